//! `kill -9` in the middle of the work.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::api::{Api, text};
use crate::pictures::jpeg;
use crate::program::{PATIENCE, Server, wait_for};

const FILES: u8 = 50;
/// How many uploads are confirmed when the power goes.
const BEFORE_THE_END: usize = 20;

/// A file that is being uploaded. Its height is its number plus a constant, so that a mix-up would show.
struct Upload {
    content: Vec<u8>,
    ticket: Value,
}

fn height(number: u8) -> u16 {
    900 + u16::from(number)
}

#[test]
fn what_was_completed_before_a_crash_becomes_ready_after_it() {
    let directory = tempdir().unwrap();
    let server = Server::start(directory.path());
    let ana = server.api().photographer("ana@example.com");
    let gallery = ana.gallery("Power cut");
    let uploads = announce(&ana, &gallery);

    let completed = upload_until_killed(server, &ana, &uploads);
    assert!(completed.len() >= BEFORE_THE_END && completed.len() < usize::from(FILES), "{}", completed.len());

    let server = Server::start(directory.path());
    let ana = server.api().log_in("ana@example.com", "correct horse");
    for (number, photo) in &completed {
        check(&ana.ready(photo), *number);
    }
    // Nobody is told a lie about the others: they can be finished now.
    for (number, upload) in (0..FILES).zip(&uploads).filter(|(number, _)| !completed.contains_key(number)) {
        let photo = finish(&ana, upload);
        check(&ana.ready(&photo), number);
    }
    let listed = ana.get(&format!("/galleries/{gallery}/photos?limit=500")).expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), usize::from(FILES));
    for photo in listed["items"].as_array().unwrap() {
        let thumb = ana.download(&text(photo, "thumb_url"));
        assert!(thumb.starts_with(&[0xff, 0xd8]), "a thumb is a JPEG");
    }
    check_files(&directory.path().join("data"));
}

fn announce(ana: &Api, gallery: &str) -> Vec<Upload> {
    let contents: Vec<Vec<u8>> = (0..FILES).map(|number| jpeg(1_200, height(number), number)).collect();
    let describe = |(number, content): (usize, &Vec<u8>)| json!({"filename": format!("IMG_{number:04}.JPG"), "size": content.len(), "content_type": "image/jpeg"});
    let files: Vec<Value> = contents.iter().enumerate().map(describe).collect();
    let tickets = ana.post(&format!("/galleries/{gallery}/uploads"), &json!({"files": files})).expect(201);
    let tickets = tickets["uploads"].as_array().unwrap().clone();
    contents.into_iter().zip(tickets).map(|(content, ticket)| Upload { content, ticket }).collect()
}

/// Four browsers at once, until the server is killed under them. Tells the photos whose completion was confirmed.
fn upload_until_killed(server: Server, ana: &Api, uploads: &[Upload]) -> BTreeMap<u8, String> {
    let next = AtomicUsize::new(0);
    let (sender, confirmed) = channel();
    thread::scope(|scope| {
        for sender in vec![sender; 4] {
            let next = &next;
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    let Some(upload) = uploads.get(number) else { break };
                    let Some(photo) = try_upload(ana, upload) else { break };
                    sender.send((u8::try_from(number).unwrap(), photo)).unwrap();
                }
            });
        }
        let mut completed: BTreeMap<u8, String> = BTreeMap::new();
        while completed.len() < BEFORE_THE_END {
            completed.extend([confirmed.recv_timeout(PATIENCE).unwrap()]);
        }
        server.kill();
        // Those that were confirmed in the last moment count as well.
        completed.extend(confirmed);
        completed
    })
}

/// `None` once the server is gone.
fn try_upload(ana: &Api, upload: &Upload) -> Option<String> {
    let sent = ana.send_file(&upload.ticket, &upload.content).ok()?;
    if !(200..300).contains(&sent.status) {
        return None;
    }
    let id = text(&upload.ticket, "upload_id");
    let answer = ana.try_post(&format!("/uploads/{id}/complete"), &json!({})).ok()?;
    (answer.status == 200).then(|| answer.body["id"].as_str().map(str::to_owned)).flatten()
}

/// Sends what is missing. A file whose completion arrived although its answer did not, is complete.
fn finish(ana: &Api, upload: &Upload) -> String {
    let sent =
        ana.send_file_to(&ana.here(&text(&upload.ticket, "url")), &upload.ticket, &upload.content).unwrap();
    assert!((200..300).contains(&sent.status) || sent.status == 409, "{sent:?}");
    let id = text(&upload.ticket, "upload_id");
    text(&ana.post(&format!("/uploads/{id}/complete"), &json!({})).expect(200), "id")
}

fn check(photo: &Value, number: u8) {
    assert_eq!(photo["filename"], format!("IMG_{number:04}.JPG"));
    assert_eq!(photo["height"], height(number), "{photo}");
    assert_eq!(photo["width"], 1_200, "{photo}");
}

/// Every file is an original, a thumb, a proof or its base, and nothing temporary is left.
fn check_files(data: &Path) {
    wait_for("the last write", || (count(&data.join("incoming")) == 0).then_some(()));
    assert_eq!(count(&data.join("multipart")), 0);
    assert_eq!(count(&data.join("objects")), usize::from(FILES) * 4);
}

fn count(directory: &Path) -> usize {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
}
