//! Files that are not what they say.

use serde_json::json;
use tempfile::tempdir;

use crate::pictures::{jpeg, lying_jpeg, truncated_jpeg};
use crate::program::Server;

#[test]
fn bad_files_fail_with_a_sentence_and_the_server_goes_on() {
    let directory = tempdir().unwrap();
    let server = Server::start(directory.path());
    let ana = server.api().photographer("ana@example.com");
    let gallery = ana.gallery("Hostile");
    let hostile: [(&str, Vec<u8>); 6] = [
        ("truncated.jpg", truncated_jpeg()),
        ("invoice.jpg", b"%PDF-1.7 an invoice".to_vec()),
        ("huge.jpg", lying_jpeg(60_000, 60_000)),
        ("nothing.jpg", lying_jpeg(0, 480)),
        ("note.jpg", b"only a note".to_vec()),
        ("head.jpg", vec![0xff, 0xd8, 0xff]),
    ];
    let photos: Vec<(&str, String)> =
        hostile.iter().map(|(name, content)| (*name, ana.upload(&gallery, name, content))).collect();
    for (name, photo) in photos {
        let photo = ana.settled(&photo);
        assert_eq!(photo["state"], "failed", "{name}: {photo}");
        let failure = photo["failure"].as_str().unwrap();
        let is_sentence = failure.ends_with('.') && failure.starts_with(char::is_uppercase);
        assert!(is_sentence && failure.len() > 20, "{name}: {failure}");
        assert!(photo["proof_url"].is_null() && photo["thumb_url"].is_null(), "{name}: {photo}");
    }
    let good = ana.upload(&gallery, "good.jpg", &jpeg(800, 600, 3));
    ana.ready(&good);
}

#[test]
fn an_empty_file_is_refused_in_its_own_entry() {
    let directory = tempdir().unwrap();
    let server = Server::start(directory.path());
    let ana = server.api().photographer("ana@example.com");
    let gallery = ana.gallery("Empty");
    let file = |size| json!({"filename": "IMG.jpg", "size": size, "content_type": "image/jpeg"});
    let body = json!({"files": [file(0), file(1_000)]});
    let answer = ana.post(&format!("/galleries/{gallery}/uploads"), &body).expect(201);
    assert!(answer["uploads"][0]["error"]["status"].is_number(), "{answer}");
    assert!(answer["uploads"][1]["url"].is_string(), "{answer}");
}

#[test]
fn a_refusal_reaches_whoever_is_still_sending() {
    let directory = tempdir().unwrap();
    let server = Server::start(directory.path());
    let ana = server.api().photographer("ana@example.com");
    let gallery = ana.gallery("Twice");
    // Much more than the buffers between the two hold.
    let mut content = jpeg(800, 600, 3);
    content.resize(24 << 20, 0);
    let file = json!({"filename": "IMG.jpg", "size": content.len(), "content_type": "image/jpeg"});
    let tickets = ana.post(&format!("/galleries/{gallery}/uploads"), &json!({"files": [file]})).expect(201);
    let ticket = &tickets["uploads"][0];
    assert!(ana.send_file(ticket, &content).unwrap().status < 300);
    let complete = format!("/uploads/{}/complete", ticket["upload_id"].as_str().unwrap());
    ana.post(&complete, &json!({})).expect(200);
    for _ in 0..3 {
        let refused = ana.send_file(ticket, &content).expect("an answer, and no broken connection");
        assert_eq!(refused.status, 409, "{refused:?}");
        // On the same connection.
        ana.post(&complete, &json!({})).expect(200);
    }
}
