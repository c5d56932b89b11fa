//! `halftone admin` between two runs of the server.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::json;
use tempfile::tempdir;

use crate::api::{Api, text};
use crate::pictures::jpeg;
use crate::program::{Server, errors_of, halftone, output_of, run, wait_for};

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

/// Makes an original unreadable while its gallery gets another watermark, so that the job fails for good; the photo
/// keeps its old proof meanwhile.
#[test]
fn a_job_that_was_given_up_is_listed_and_runs_after_a_retry() {
    let directory = tempdir().unwrap();
    let impatient = "[jobs]\nmost_deliveries = 2\nmost_outage_deliveries = 2\nfirst_delay = \"10ms\"\n";
    // Without a base, another mark needs the original.
    let settings = format!("{impatient}[workers]\nbases = \"never\"\n");
    fs::write(directory.path().join("halftone.toml"), settings).unwrap();
    let server = Server::start(directory.path());
    let ana = server.api().photographer("ana@example.com");
    let gallery = ana.gallery("Stubborn");
    let photo = ana.upload(&gallery, "IMG_1.JPG", &jpeg(600, 400, 1));
    let old = proof(&ana, &photo);
    let original = find_original(&directory.path().join("data/objects"));
    let aside = directory.path().join("aside");
    fs::rename(&original, &aside).unwrap();
    fs::create_dir(&original).unwrap();
    let watermark = json!({"kind": "text", "text": "another", "layout": "centre"});
    ana.patch(&format!("/galleries/{gallery}"), &json!({"processing": {"watermark": watermark}})).expect(200);
    wait_for("the end of all tries", || server.log().contains("a job is given up").then_some(()));
    server.stop();

    let listed = output_of(&run(directory.path(), &["admin", "--data-dir", "data", "failed-jobs"]));
    assert!(listed.contains("process photo") && listed.contains(&photo), "{listed}");
    fs::remove_dir(&original).unwrap();
    fs::rename(&aside, &original).unwrap();
    let job = listed.split_whitespace().next().unwrap();
    let retried = run(directory.path(), &["admin", "--data-dir", "data", "retry", job]);
    assert_eq!(retried.status.code(), Some(0), "{}", errors_of(&retried));
    let listed = output_of(&run(directory.path(), &["admin", "--data-dir", "data", "failed-jobs"]));
    assert!(listed.contains("No job was given up."), "{listed}");

    let server = Server::start(directory.path());
    let ana = server.api().log_in("ana@example.com", "correct horse");
    wait_for("the new proof", || (proof(&ana, &photo) != old).then_some(()));
}

fn proof(ana: &Api, photo: &str) -> Vec<u8> {
    ana.download(&text(&ana.ready(photo), "proof_url"))
}

fn find_original(objects: &Path) -> PathBuf {
    let mut folders = vec![objects.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.ends_with("source") {
                return entry;
            }
        }
    }
    panic!("there is no original");
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
