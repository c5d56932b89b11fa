//! Settings: every one that the programs read is set where they run, or stands in the list of those that are not, with the
//! reason; and nothing is set that no program reads.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Setting;
use crate::infra::installation::{Installation, Resource};

/// Which program's variables are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Program {
    Server,
    Function,
}

/// A setting that is not a variable of a program.
struct Exception {
    path: &'static str,
    of: &'static [Program],
    /// For whoever wonders.
    #[expect(dead_code, reason = "the reason is written where the exception is made")]
    because: &'static str,
}

const BOTH: &[Program] = &[Program::Server, Program::Function];

const EXCEPTIONS: [Exception; 25] = [
    exception("secrets.master_key", BOTH, "in the secret"),
    exception("mongodb.uri", BOTH, "in the secret"),
    exception("cognito.client_secret", BOTH, "in the secret"),
    exception("lambda.proxy_secret", BOTH, "in the secret, where CloudFront stands before a function"),
    exception("mail.password", BOTH, "in the secret, by a team that has a mail server"),
    exception(
        "notifications.vapid_key",
        BOTH,
        "in the secret, by a team that brings its subscriptions along",
    ),
    exception("notifications.fcm_service_account", BOTH, "in the secret, by a team that has an app"),
    exception("notifications.fcm_service_account_file", BOTH, "the JSON is in the secret"),
    exception("notifications.contact", BOTH, "the address of the studio serves; a team may tune it"),
    exception("mail.server", BOTH, "set where mail is sent"),
    exception("mail.user", BOTH, "set where mail is sent"),
    exception("mail.from", BOTH, "set where mail is sent"),
    exception("mail.ca_file", BOTH, "set where mail is sent"),
    exception("server.data_dir", BOTH, "nothing is kept in a directory"),
    exception("server.cors_origins", BOTH, "pages and API share one host"),
    exception("aws.endpoint", BOTH, "for stand-ins of AWS"),
    exception("s3.endpoint", BOTH, "for stores that are not AWS's"),
    exception("cognito.endpoint", BOTH, "for stand-ins of AWS"),
    exception("cognito.issuer", BOTH, "the pool's own"),
    exception("cognito.jwks_url", BOTH, "the issuer's own"),
    exception("lambda.base_path", BOTH, "CloudFront leads to the API's own host"),
    exception("lambda.replies", &[Program::Server], "servers do not look at it"),
    exception("server.listen", &[Program::Function], "functions do not listen"),
    exception("server.admin_listen", &[Program::Function], "functions do not listen"),
    // With a database elsewhere, whose certificates everybody knows.
    exception("mongodb.ca_file", &[Program::Function], "set where the database is DocumentDB"),
];

const fn exception(path: &'static str, of: &'static [Program], because: &'static str) -> Exception {
    Exception { path, of, because }
}

/// What a deployment says otherwise than the program's default does, on purpose. Every other value must be the default, so that a
/// change of the default is not undone here.
const DECIDED: [&str; 29] = [
    "mail.server",
    "mail.port",
    "mail.protection",
    "mail.user",
    "mail.from",
    "backends.metadata",
    "backends.objects",
    "backends.queue",
    "backends.identity",
    "aws.region",
    "s3.bucket",
    "sqs.queue_url",
    "sqs.dead_letter_queue_url",
    "sns.topic_arn",
    "cognito.user_pool_id",
    "cognito.client_id",
    "cognito.refresh_rotation",
    "secrets.manager",
    "server.public_url",
    "server.trusted_proxies",
    "server.listen",
    "server.admin_listen",
    "mongodb.ca_file",
    "mongodb.create_indexes",
    "workers.count",
    "log.format",
    "lambda.replies",
    "s3.encryption",
    "s3.path_style",
];

pub(super) fn broken_functions(installation: &Installation, settings: &[Setting]) -> Vec<String> {
    let functions = installation.all("aws_lambda_function").filter(|function| {
        // The rotation is no program of Halftone's crates and reads no settings.
        function.text("runtime") == Some("provided.al2023")
    });
    let environments: Vec<_> =
        functions.map(|function| (function.address.clone(), of_function(function))).collect();
    broken(Program::Function, &environments, settings)
}

fn of_function(function: &Resource) -> BTreeMap<String, String> {
    let variables = function.at("/environment/0/variables").and_then(Value::as_object);
    let entry = |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
    variables.into_iter().flatten().filter_map(entry).collect()
}

pub(super) fn broken_servers(installation: &Installation, settings: &[Setting]) -> Vec<String> {
    let containers = installation.all("aws_ecs_task_definition").flat_map(|task| {
        let containers = task.json("container_definitions").unwrap_or_default();
        let containers = containers.as_array().cloned().unwrap_or_default();
        containers.into_iter().map(|container| (task.address.clone(), of_container(&container)))
    });
    broken(Program::Server, &containers.collect::<Vec<_>>(), settings)
}

fn of_container(container: &Value) -> BTreeMap<String, String> {
    let entry =
        |entry: &Value| Some((entry["name"].as_str()?.to_owned(), entry["value"].as_str()?.to_owned()));
    container["environment"].as_array().into_iter().flatten().filter_map(entry).collect()
}

fn broken(
    program: Program,
    environments: &[(String, BTreeMap<String, String>)],
    settings: &[Setting],
) -> Vec<String> {
    if environments.is_empty() || settings.is_empty() {
        return vec![format!("there is no {program:?} whose settings could be looked at")];
    }
    let stale = EXCEPTIONS
        .iter()
        .map(|exception| exception.path)
        .chain(DECIDED)
        .filter(|path| !settings.iter().any(|setting| setting.path == *path));
    let stale = stale.map(|path| format!("{path} is no setting any more; rules/settings.rs still names it"));
    let mut findings: BTreeSet<String> = stale.collect();
    for (address, variables) in environments {
        findings
            .extend(differences(program, variables, settings).map(|finding| format!("{address} {finding}")));
    }
    findings.into_iter().collect()
}

fn differences<'a>(
    program: Program,
    variables: &'a BTreeMap<String, String>,
    settings: &'a [Setting],
) -> impl Iterator<Item = String> + 'a {
    let unknown = variables.keys().filter(|name| !settings.iter().any(|setting| setting.variable == **name));
    let unknown = unknown.map(|name| format!("sets {name}, which the program does not read"));
    let is_excepted = move |setting: &Setting| {
        EXCEPTIONS.iter().any(|exception| exception.path == setting.path && exception.of.contains(&program))
    };
    let wrong = settings.iter().filter_map(move |setting| match variables.get(&setting.variable) {
        None if is_excepted(setting) => None,
        None => Some(format!("does not set {}", setting.variable)),
        Some(value) if value.is_empty() => Some(format!("sets {} to nothing", setting.variable)),
        Some(value) if *value != setting.default && !DECIDED.contains(&setting.path.as_str()) => {
            Some(format!("sets {} to {value}, and its default is {}", setting.variable, setting.default))
        }
        Some(_) => None,
    });
    unknown.chain(wrong)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{DECIDED, EXCEPTIONS, broken_functions, broken_servers};
    use crate::infra::installation::Installation;
    use crate::infra::rules::{Setting, setting};

    /// As the program declares them: those with a decision or an exception, and one that has neither.
    fn settings() -> Vec<Setting> {
        let mut paths: Vec<&str> = EXCEPTIONS.iter().map(|exception| exception.path).chain(DECIDED).collect();
        paths.sort_unstable();
        paths.dedup();
        let mut settings: Vec<Setting> = paths.into_iter().map(|path| setting(path, "other")).collect();
        settings.push(setting("jobs.lease", "5m"));
        settings
    }

    fn variables() -> serde_json::Map<String, Value> {
        let decided = DECIDED.iter().filter(|path| !["server.listen", "server.admin_listen"].contains(path));
        let mut variables: serde_json::Map<String, Value> =
            decided.map(|path| (setting(path, "").variable, json!("value"))).collect();
        variables.insert("HALFTONE_JOBS_LEASE".to_owned(), json!("5m"));
        variables
    }

    fn function(variables: &serde_json::Map<String, Value>) -> Installation {
        let values = json!({"runtime": "provided.al2023", "environment": [{"variables": variables}]});
        Installation::of(&[("aws_lambda_function", "worker", values)])
    }

    fn found(change: impl FnOnce(&mut serde_json::Map<String, Value>)) -> String {
        let mut variables = variables();
        change(&mut variables);
        broken_functions(&function(&variables), &settings()).join("; ")
    }

    #[test]
    fn a_function_that_sets_everything_is_right() {
        assert_eq!(found(|_| ()), "");
    }

    #[test]
    fn a_setting_that_is_missing_is_found() {
        let found = found(|variables| drop(variables.remove("HALFTONE_SQS_QUEUE_URL")));
        assert!(found.contains("does not set HALFTONE_SQS_QUEUE_URL"), "{found}");
    }

    #[test]
    fn a_variable_that_no_program_reads_is_found() {
        let found =
            found(|variables| drop(variables.insert("HALFTONE_SQS_QUEUE".to_owned(), json!("value"))));
        assert!(found.contains("sets HALFTONE_SQS_QUEUE, which the program does not read"), "{found}");
    }

    #[test]
    fn a_default_that_has_changed_in_the_program_is_found() {
        let found = found(|variables| drop(variables.insert("HALFTONE_JOBS_LEASE".to_owned(), json!("4m"))));
        assert!(found.contains("its default is 5m"), "{found}");
    }

    #[test]
    fn an_empty_value_is_found() {
        let found = found(|variables| drop(variables.insert("HALFTONE_SQS_QUEUE_URL".to_owned(), json!(""))));
        assert!(found.contains("to nothing"), "{found}");
    }

    #[test]
    fn an_exception_for_a_setting_that_is_gone_is_found() {
        let mut settings = settings();
        settings.retain(|setting| setting.path != "mongodb.uri");
        let found = broken_functions(&function(&variables()), &settings).join("; ");
        assert!(found.contains("mongodb.uri is no setting any more"), "{found}");
    }

    #[test]
    fn servers_are_looked_at_in_their_task_definition() {
        let task = |environment: Value| {
            let containers = json!([{"name": "server", "environment": environment}]).to_string();
            Installation::of(&[(
                "aws_ecs_task_definition",
                "server",
                json!({"container_definitions": containers}),
            )])
        };
        let found =
            broken_servers(&task(json!([{"name": "HALFTONE_JOBS_LEASE", "value": "5m"}])), &settings())
                .join("; ");
        assert!(
            found.contains("does not set HALFTONE_SERVER_LISTEN") && !found.contains("JOBS_LEASE"),
            "{found}"
        );
        assert_eq!(broken_servers(&Installation::default(), &settings()).len(), 1);
    }
}
