//! A process that is killed in the middle of writing loses nothing that was answered, and leaves no rubbish.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::samples::{content, open, original, photo, put, studio};

/// Tells the child where to write. The tests of this file are the only ones that read the environment: a
/// process has no other way to tell its child.
const DIRECTORY: &str = "HALFTONE_TEST_KILLED_DIRECTORY";

/// How many writes are answered before the kill.
const ANSWERED: usize = 60;

/// The child: does nothing as an ordinary test.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child_writes_until_it_is_killed() {
    let Some(directory) = std::env::var_os(DIRECTORY) else { return };
    let backend = open(Path::new(&directory)).ports();
    for number in 1_u128.. {
        put(&*backend.objects.store, number).await;
        backend.metadata.photos.create_many(&[photo(number)]).await.unwrap();
        let mut output = std::io::stdout().lock();
        writeln!(output, "answered {number}").unwrap();
        output.flush().unwrap();
    }
}

fn start_child(directory: &Path) -> Child {
    let name = concat!(module_path!(), "::child_writes_until_it_is_killed");
    let name = name.split_once("::").unwrap().1;
    Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture"])
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The numbers that the child reported before it was killed.
fn kill_after_some_answers(mut child: Child) -> Vec<u128> {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let number = |line: String| line.rsplit_once("answered ").and_then(|(_, number)| number.parse().ok());
    let mut answered: Vec<u128> =
        lines.by_ref().map_while(Result::ok).filter_map(number).take(ANSWERED).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    // What it reported before the signal arrived.
    answered.extend(lines.map_while(Result::ok).filter_map(number));
    answered
}

#[tokio::test]
async fn everything_answered_before_the_kill_is_there() {
    let root = tempfile::tempdir().unwrap();
    let answered = kill_after_some_answers(start_child(root.path()));
    assert!(answered.len() >= ANSWERED, "the child ended after {} writes", answered.len());
    let backend = open(root.path()).ports();
    assert_eq!(std::fs::read_dir(root.path().join("incoming")).unwrap().count(), 0);
    for number in answered {
        assert!(
            backend.metadata.photos.find(studio(), photo(number).id).await.unwrap().is_some(),
            "{number}"
        );
        let body = backend.objects.store.get(original(number), None).await.unwrap();
        assert!(body.read(1 << 20).await.unwrap() == content(number), "{number}");
    }
}
