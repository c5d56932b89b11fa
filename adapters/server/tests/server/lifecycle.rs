//! Starting, stopping, and who may have the data directory.

use std::fs;
use std::net::TcpListener;

use serde_json::json;
use tempfile::tempdir;

use crate::api::Api;
use crate::pictures::jpeg;
use crate::program::{Server, errors_of, run, wait_for};

#[test]
fn it_serves_at_the_printed_address_and_stops_when_asked() {
    let directory = tempdir().unwrap();
    let server = Server::start(directory.path());
    assert_eq!(server.api().page("/healthz").0, 200);
    assert_eq!(server.api().page("/readyz").0, 200);
    let data = fs::canonicalize(directory.path().join("data")).unwrap();
    assert_eq!(server.announced("Data"), data.display().to_string());
    assert_eq!(server.stop().code(), Some(0));
}

#[test]
fn the_admin_listener_has_metrics_and_the_mailbox() {
    let directory = tempdir().unwrap();
    let server = Server::start(directory.path());
    let email = "forgetful@example.com";
    server.api().photographer(email);
    server.api().post("/auth/password/forgot", &json!({"email": email})).expect(202);
    let admin = Api::new(server.announced("Mailbox").trim_end_matches("/mailbox").to_owned());
    wait_for("the mail", || admin.page("/mailbox").1.contains(email).then_some(()));
    let (status, metrics) = admin.page("/metrics");
    assert_eq!(status, 200);
    for line in ["halftone_jobs{state=\"waiting\"}", "halftone_http_requests_total{"] {
        assert!(metrics.contains(line), "{line} is missing in\n{metrics}");
    }
}

#[test]
fn the_admin_listener_can_be_off() {
    let directory = tempdir().unwrap();
    let arguments = ["serve", "--admin-listen", "off", "--listen", "127.0.0.1:0", "--data-dir", "data"];
    let server = Server::start_exactly(directory.path(), &arguments);
    assert!(server.greeting.iter().all(|line| !line.contains("Mailbox")), "{:?}", server.greeting);
}

#[test]
fn health_tells_a_running_server_from_one_that_is_gone() {
    let directory = tempdir().unwrap();
    let server = Server::start(directory.path());
    let address = server.announced("Studio").trim_start_matches("http://").to_owned();
    let health = ["health", "--address", address.as_str()];
    let ready = ["health", "--address", address.as_str(), "--ready"];
    for asked in [run(directory.path(), &health), run(directory.path(), &ready)] {
        assert!(asked.status.success(), "{}", errors_of(&asked));
    }
    assert_eq!(server.stop().code(), Some(0));
    let asked = run(directory.path(), &health);
    assert_eq!(asked.status.code(), Some(1));
    assert!(errors_of(&asked).contains("no answer from"), "{}", errors_of(&asked));
}

#[test]
fn a_second_server_on_the_same_directory_is_refused() {
    let directory = tempdir().unwrap();
    let server = Server::start(directory.path());
    let arguments = ["serve", "--data-dir", "data", "--listen", "127.0.0.1:0", "--admin-listen", "off"];
    let second = run(directory.path(), &arguments);
    assert_eq!(second.status.code(), Some(1));
    let errors = errors_of(&second);
    assert!(errors.contains("another Halftone server is using this directory"), "{errors}");
    assert_eq!(errors.trim_end().lines().count(), 1, "{errors}");
    assert_eq!(server.stop().code(), Some(0));
}

#[test]
fn a_port_that_is_taken_is_named_with_what_to_do() {
    let directory = tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = run(directory.path(), &["serve", "--listen", &address, "--log-filter", "error"]);
    assert_eq!(output.status.code(), Some(1));
    let errors = errors_of(&output);
    assert!(errors.contains(&address) && errors.contains("--listen"), "{errors}");
    assert_eq!(errors.trim_end().lines().count(), 1, "{errors}");
}

#[test]
fn stopping_in_the_middle_of_the_work_loses_none_of_it() {
    let directory = tempdir().unwrap();
    let server = Server::start(directory.path());
    let ana = server.api().photographer("ana@example.com");
    let gallery = ana.gallery("Ceremony");
    let upload = |seed| ana.upload(&gallery, &format!("IMG_{seed}.JPG"), &jpeg(1_600, 1_200, seed));
    let photos: Vec<String> = (0..12).map(upload).collect();
    assert_eq!(server.stop().code(), Some(0));

    let server = Server::start(directory.path());
    let ana = server.api().log_in("ana@example.com", "correct horse");
    for photo in &photos {
        ana.ready(photo);
    }
}

#[test]
fn a_second_signal_stops_at_once() {
    let directory = tempdir().unwrap();
    let mut server = Server::start(directory.path());
    let address = server.announced("Studio");
    // A request that never ends keeps the server from stopping by itself.
    let mut hanging = std::net::TcpStream::connect(address.trim_start_matches("http://")).unwrap();
    let head = "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n";
    std::io::Write::write_all(&mut hanging, head.as_bytes()).unwrap();
    server.api().page("/healthz");
    server.signal("TERM");
    wait_for("the first signal", || server.log().contains("a second signal stops at once").then_some(()));
    server.signal("TERM");
    assert_eq!(server.wait().code(), Some(1));
}
