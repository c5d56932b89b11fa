//! What the sources give, in which order, and that the documentation names every setting.

use std::num::NonZeroUsize;

use super::value::WorkerCount;
use super::*;

fn sources(file: &str) -> Sources {
    Sources { file: file.parse().unwrap(), file_name: "halftone.toml".to_owned(), ..Sources::default() }
}

fn variables(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn every_default_is_a_value() {
    let config = Config::build(Sources::default()).unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.uploads.largest_photo.0, 256 << 20);
    assert!(config.server.cors_origins.is_empty());
}

#[test]
fn flags_win_over_variables_over_the_file() {
    let mut sources =
        sources("[server]\nlisten = \"127.0.0.1:1\"\nadmin_listen = \"127.0.0.1:2\"\ndrain_time = \"3s\"");
    sources.variables = variables(&[
        ("HALFTONE_SERVER_LISTEN", "127.0.0.1:4"),
        ("HALFTONE_SERVER_ADMIN_LISTEN", "127.0.0.1:5"),
    ]);
    let flag = Flag { name: "--listen", text: "127.0.0.1:7".to_owned() };
    sources.flags.insert("server.listen", flag);
    let server = Config::build(sources).unwrap().server;
    assert_eq!(server.listen.port(), 7);
    assert_eq!(server.admin_listen.0.unwrap().port(), 5);
    assert_eq!(server.drain_time.as_secs(), 3);
}

#[test]
fn a_file_may_hold_numbers_and_lists() {
    let text =
        "[server]\ncors_origins = [\"https://a.example\", \"https://b.example\"]\n[workers]\ncount = 3";
    let config = Config::build(sources(text)).unwrap();
    assert_eq!(config.server.cors_origins.len(), 2);
    assert_eq!(config.workers.count, WorkerCount::Exactly(NonZeroUsize::new(3).unwrap()));
}

#[test]
fn every_problem_is_reported_at_once() {
    let mut sources = sources(
        "stray = 1\n[server]\nlisten = 8080\ncolour = \"red\"\n[workers]\ncount = true\n[smtp]\nhost = \"x\"\n\
         [jobs]\nfirst_delay = \"1h\"",
    );
    sources.variables = variables(&[("HALFTONE_LOG_FORMAT", "xml"), ("HALFTONE_SERVR_LISTEN", "x")]);
    let error = Config::build(sources).unwrap_err();
    let text = error.to_string();
    for expected in [
        "server.listen (halftone.toml) must be an IP address",
        "server.colour (halftone.toml) is not a setting",
        "workers.count (halftone.toml) must be a text",
        "[smtp] (halftone.toml) is not a section",
        "stray (halftone.toml) must stand in a section",
        "log.format (HALFTONE_LOG_FORMAT) must be text or json",
        "HALFTONE_SERVR_LISTEN is not a setting",
        "jobs.first_delay must not be longer",
    ] {
        assert!(text.contains(expected), "{expected:?} is missing in:\n{text}");
    }
    assert_eq!(error.problems.len(), 8, "{text}");
}

#[test]
fn variables_of_the_web_uis_build_are_no_settings_and_no_problem() {
    let mut sources = sources("");
    sources.variables =
        variables(&[("HALFTONE_WEB", "required"), ("HALFTONE_CHROMIUM", "/usr/bin/chromium")]);
    assert!(Config::build(sources).is_ok());
}

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

#[test]
fn a_home_in_the_cloud_names_what_it_lacks() {
    let text =
        "[backends]\nmetadata = \"mongodb\"\nobjects = \"s3\"\nqueue = \"sqs\"\nidentity = \"cognito\"";
    let text = Config::build(sources(text)).unwrap_err().to_string();
    for expected in [
        "mongodb.uri must be set, because backends.metadata is mongodb",
        "s3.bucket must be set",
        "sqs.queue_url must be set",
        "sqs.dead_letter_queue_url must be set",
        "cognito.user_pool_id must be set",
        "cognito.client_id must be set",
        "secrets.master_key must be set, because no data directory",
    ] {
        assert!(text.contains(expected), "{expected:?} is missing in:\n{text}");
    }
}

#[test]
fn documents_in_mongodb_need_logins_elsewhere() {
    let text = "[backends]\nmetadata = \"mongodb\"\n[mongodb]\nuri = \"mongodb://db.example\"";
    let text = Config::build(sources(text)).unwrap_err().to_string();
    assert!(text.contains("backends.identity must be cognito"), "{text}");
}

#[test]
fn a_secret_stands_between_variables_and_the_file() {
    let mut sources = sources("[mongodb]\ndatabase = \"file\"\nuri = \"mongodb://file.example\"");
    sources.secret = variables(&[
        ("HALFTONE_MONGODB_DATABASE", "secret"),
        ("HALFTONE_MONGODB_URI", "mongodb://secret.example"),
        ("HALFTONE_SECRETS_MASTER_KEY", KEY),
    ]);
    sources.variables = variables(&[("HALFTONE_MONGODB_DATABASE", "variable")]);
    let config = Config::build(sources).unwrap();
    assert_eq!(config.mongodb.database.as_str(), "variable");
    assert_eq!(config.mongodb.uri.0.as_ref().unwrap().reveal(), "mongodb://secret.example");
    assert_eq!(config.secrets.master_key.0.as_ref().unwrap().reveal()[31], 31);
    let shown = format!("{config:?}");
    assert!(!shown.contains("secret.example") && !shown.contains(KEY), "{shown}");
}

#[test]
fn a_wrong_secret_is_not_quoted() {
    let mut sources = sources("");
    sources.secret = variables(&[
        ("HALFTONE_SECRETS_MASTER_KEY", "hunter2"),
        ("HALFTONE_MONGO_URI", "mongodb://u:hunter2@x"),
    ]);
    let text = Config::build(sources).unwrap_err().to_string();
    assert!(
        text.contains("secrets.master_key (HALFTONE_SECRETS_MASTER_KEY in the secret) must be 32 bytes"),
        "{text}"
    );
    assert!(text.contains("HALFTONE_MONGO_URI in the secret is not a setting"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn every_setting_is_documented_with_its_variable_and_default() {
    let document = include_str!("../../../../docs/configuration.md");
    for key in Config::keys() {
        let row = format!("| `{}` | `{}` | `{}` |", key.name, key.variable(), key.default);
        let empty = format!("| `{}` | `{}` | none |", key.name, key.variable());
        let expected = if key.default.is_empty() { empty } else { row };
        assert!(document.contains(&expected), "docs/configuration.md lacks the row {expected}");
    }
    for section in Config::SECTIONS {
        assert!(document.contains(&format!("[{section}]")), "docs/configuration.md lacks [{section}]");
    }
}

#[test]
fn the_documentation_names_no_setting_that_is_gone() {
    let document = include_str!("../../../../docs/configuration.md");
    let known: Vec<String> = Config::keys().map(Key::variable).collect();
    for word in document.split(|character: char| {
        !(character.is_ascii_uppercase() || character.is_ascii_digit() || character == '_')
    }) {
        let is_setting = word.starts_with(VARIABLE_PREFIX) && word != CONFIG_VARIABLE && !word.ends_with('_');
        assert!(!is_setting || known.iter().any(|name| name == word), "{word} is documented but unknown");
    }
}
