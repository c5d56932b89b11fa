//! `halftone admin` between two runs of the server.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use tempfile::tempdir;

use crate::pictures::jpeg;
use crate::program::{Server, errors_of, halftone, output_of, run};

#[test]
fn a_user_made_on_the_command_line_can_log_in() {
    let directory = tempdir().unwrap();
    let create = ["admin", "--data-dir", "data", "create-user", "--studio-name", "Studio Ana", "--email"];
    let output = run(directory.path(), &[&create[..], &["ana@example.com"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", errors_of(&output));
    let said = output_of(&output);
    let password = said.lines().find_map(|line| line.trim().strip_prefix("Password")).unwrap();
    let password = password.split_whitespace().next().unwrap();

    let mut command = halftone(directory.path());
    command.args(create).args(["ben@example.com", "--password-stdin"]).stdin(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"battery staple\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", errors_of(&output));
    assert!(!output_of(&output).contains("battery"));

    let server = Server::start(directory.path());
    server.api().log_in("ana@example.com", password);
    server.api().log_in("ben@example.com", "battery staple");
}

#[test]
fn while_the_server_runs_it_says_so() {
    let directory = tempdir().unwrap();
    let _server = Server::start(directory.path());
    let output = run(directory.path(), &["admin", "--data-dir", "data", "failed-jobs"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(errors_of(&output).contains("stop it first"), "{}", errors_of(&output));
}

#[test]
fn failed_jobs_are_none_at_first_and_retrying_them_is_harmless() {
    let directory = tempdir().unwrap();
    let listed = run(directory.path(), &["admin", "--data-dir", "data", "failed-jobs"]);
    assert!(output_of(&listed).contains("No job was given up."));
    let retried = run(directory.path(), &["admin", "--data-dir", "data", "retry", "--all"]);
    assert_eq!(retried.status.code(), Some(0));
    let unknown = ["admin", "--data-dir", "data", "retry", "01890a5d-ac96-774b-bcce-b302099a8057"];
    assert_eq!(run(directory.path(), &unknown).status.code(), Some(1));
}

#[test]
fn files_without_a_photo_are_removed_and_others_stay() {
    let directory = tempdir().unwrap();
    let server = Server::start(directory.path());
    let ana = server.api().photographer("ana@example.com");
    let gallery = ana.gallery("Kept");
    let photo = ana.upload(&gallery, "IMG_1.JPG", &jpeg(600, 400, 1));
    ana.ready(&photo);
    server.stop();

    // The original of a photo that never was, beside the one that is.
    let studios = directory.path().join("data/objects/studios");
    let studio = fs::read_dir(&studios).unwrap().next().unwrap().unwrap().path();
    let orphan = studio.join("photos/01890a5d-ac96-774b-bcce-b302099a8057/source");
    fs::create_dir_all(orphan.parent().unwrap()).unwrap();
    fs::write(&orphan, b"nobody's").unwrap();

    let listed = run(directory.path(), &["admin", "--data-dir", "data", "purge-orphans", "--dry-run"]);
    assert!(output_of(&listed).contains("1 file(s)"), "{}", output_of(&listed));
    assert!(orphan.exists());
    let purged = run(directory.path(), &["admin", "--data-dir", "data", "purge-orphans"]);
    assert_eq!(purged.status.code(), Some(0), "{}", errors_of(&purged));
    assert!(!orphan.exists());

    let server = Server::start(directory.path());
    let ana = server.api().log_in("ana@example.com", "correct horse");
    let photo = ana.ready(&photo);
    ana.download(photo["proof_url"].as_str().unwrap());
}
