//! What is wrong with the configuration is said all at once, and before anything is touched.

use std::fs;

use tempfile::tempdir;

use crate::program::{Server, errors_of, halftone};

#[test]
fn every_problem_is_reported_with_its_place() {
    let directory = tempdir().unwrap();
    fs::write(directory.path().join("halftone.toml"), "[server]\nlisten = 1\nport = 2\n[extras]\na = 1\n")
        .unwrap();
    let output = halftone(directory.path())
        .args(["serve", "--workers", "none"])
        .env("HALFTONE_LOG_FORMAT", "xml")
        .env("HALFTONE_PORT", "1")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let errors = errors_of(&output);
    for expected in [
        "6 problem(s)",
        "server.listen (halftone.toml)",
        "server.port (halftone.toml)",
        "[extras] (halftone.toml)",
        "workers.count (--workers)",
        "log.format (HALFTONE_LOG_FORMAT)",
        "HALFTONE_PORT is not a setting",
    ] {
        assert!(errors.contains(expected), "{expected:?} is missing in:\n{errors}");
    }
    assert!(!directory.path().join("halftone-data").exists());
}

#[test]
fn a_file_that_is_named_must_be_there() {
    let directory = tempdir().unwrap();
    let output = halftone(directory.path()).args(["serve", "--config", "missing.toml"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(errors_of(&output).contains("missing.toml"));
}

#[test]
fn the_file_is_read_without_being_named() {
    let directory = tempdir().unwrap();
    let text = "[server]\ndata_dir = \"elsewhere\"\nlisten = \"127.0.0.1:0\"\nadmin_listen = \"off\"\n[log]\nformat = \"json\"\n";
    fs::write(directory.path().join("halftone.toml"), text).unwrap();
    let server = Server::start_exactly(directory.path(), &[]);
    assert!(server.announced("Data").ends_with("elsewhere"));
    assert_eq!(server.stop().code(), Some(0));
}

#[test]
fn json_lines_are_json() {
    let directory = tempdir().unwrap();
    let server = Server::start_with(directory.path(), &["serve", "--log-format", "json"]);
    server.api().page("/healthz");
    let lines = crate::program::wait_for("a request's line", || {
        let log = server.log();
        log.contains("request answered").then_some(log)
    });
    for line in lines.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(entry["level"].is_string() && entry["target"].is_string(), "{entry}");
    }
}
