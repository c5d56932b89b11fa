//! `halftone demo`, as a newcomer runs it.

use std::fs;

use serde_json::json;
use tempfile::tempdir;

use crate::program::{Server, errors_of, run};

fn start(directory: &std::path::Path) -> (Server, Vec<String>) {
    let mut server = Server::start_with(directory, &["demo"]);
    server.read_until("Or open a gallery");
    server.read_until("  http");
    server.read_until("  http");
    let links = server.greeting.iter().filter(|line| line.contains("/s/"));
    let paths = links.map(|line| line[line.find("/s/").unwrap()..].to_owned()).collect();
    (server, paths)
}

#[test]
fn the_demonstration_can_be_looked_at_from_both_sides_and_run_again() {
    let directory = tempdir().unwrap();
    let (server, links) = start(directory.path());
    let demo = server.api().log_in("demo@halftone.example", "halftone-demo");
    let galleries = demo.get("/galleries").expect(200);
    assert_eq!(galleries["items"].as_array().unwrap().len(), 2);
    let orders = demo.get("/orders").expect(200);
    assert_eq!(orders["items"].as_array().unwrap().len(), 3);
    let requests: Vec<&str> = orders["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|order| order["special_request"].as_str())
        .collect();
    assert!(requests.iter().any(|request| request.contains("white borders")), "{requests:?}");

    for link in &links {
        let token = link.trim_start_matches("/s/").split_whitespace().next().unwrap();
        let pin = link.contains("PIN 4711").then_some("4711");
        let session = server.api().post("/client/sessions", &json!({"token": token, "pin": pin})).expect(201);
        let client = server.api().with_token(session["access_token"].as_str().unwrap().to_owned());
        let photos = client.get("/client/photos").expect(200);
        assert!(photos["items"].as_array().unwrap().len() >= 4);
        client.download(photos["items"][0]["proof_url"].as_str().unwrap());
    }
    assert_eq!(server.stop().code(), Some(0));

    let (again, same_links) = start(directory.path());
    assert_eq!(same_links, links);
    let demo = again.api().log_in("demo@halftone.example", "halftone-demo");
    assert_eq!(demo.get("/galleries").expect(200)["items"].as_array().unwrap().len(), 2);
}

#[test]
fn a_directory_with_other_things_in_it_is_left_alone() {
    let directory = tempdir().unwrap();
    fs::create_dir(directory.path().join("data")).unwrap();
    fs::write(directory.path().join("data/thesis.txt"), "years of work").unwrap();
    let output = run(directory.path(), &["demo", "--data-dir", "data", "--listen", "127.0.0.1:0"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(errors_of(&output).contains("--data-dir"), "{}", errors_of(&output));
    assert_eq!(fs::read_dir(directory.path().join("data")).unwrap().count(), 1);
}
