//! A data directory that was copied while the server was stopped is a whole backup: documents, files, logins, the key.

use std::fs;
use std::path::Path;

use serde_json::json;
use tempfile::tempdir;

use crate::api::text;
use crate::journey;
use crate::pictures::jpeg;
use crate::program::{Server, wait_for};

#[test]
fn a_studio_comes_back_from_its_backup() {
    let directory = tempdir().unwrap();
    let (data, backup) = (directory.path().join("data"), directory.path().join("backup"));
    let picture = jpeg(1_800, 1_200, 1);

    let server = Server::start(directory.path());
    let ana = server.api().photographer("ana@example.com");
    let (gallery, product) = journey::set_up(&ana);
    let photo = ana.upload(&gallery, "IMG_1.JPG", &picture);
    ana.ready(&photo);
    let share = journey::share(&ana, &gallery);
    let order = journey::order(&journey::visit(&server.api(), &share), &photo, &product);
    let proof = proof_of(&server, &share);
    assert_eq!(server.stop().code(), Some(0));
    copy(&data, &backup);

    // What happens after the backup is lost with the disk.
    let server = Server::start(directory.path());
    let ana = server.api().with_token(ana.token());
    assert_eq!(ana.delete(&format!("/galleries/{gallery}")).status, 202);
    wait_for("the end of the gallery", || (ana.get(&format!("/photos/{photo}")).status == 404).then_some(()));
    assert_eq!(server.stop().code(), Some(0));
    fs::remove_dir_all(&data).unwrap();

    copy(&backup, &data);
    let server = Server::start(directory.path());
    let ana = server.api().with_token(ana.token());
    assert_eq!(ana.get(&format!("/galleries/{gallery}")).expect(200)["photo_count"], 1);
    assert_eq!(ana.get(&format!("/orders/{order}")).expect(200)["total"]["amount"], 500);
    assert!(holds(&data, &picture), "the original is not as it was");
    // The share's token, the signed URLs and the sessions hang on the key, which is part of the backup.
    assert!(proof_of(&server, &share) == proof, "the proof came back changed");
    let again = json!({"name": "Second day"});
    ana.post("/galleries", &again).expect(201);
    assert_eq!(server.stop().code(), Some(0));
}

/// What the share's client is shown.
fn proof_of(server: &Server, share: &serde_json::Value) -> Vec<u8> {
    let client = journey::visit(&server.api(), share);
    let photos = client.get("/client/photos").expect(200);
    client.download(&text(&photos["items"][0], "proof_url"))
}

/// Whether a file below the directory has exactly these bytes.
fn holds(directory: &Path, bytes: &[u8]) -> bool {
    fs::read_dir(directory).unwrap().any(|entry| {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            holds(&entry.path(), bytes)
        } else {
            fs::read(entry.path()).unwrap() == bytes
        }
    })
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
