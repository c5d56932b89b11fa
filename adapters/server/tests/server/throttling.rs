//! A provider of logins that asks us to be slower.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use serde_json::json;
use tempfile::tempdir;

use crate::program::{Server, halftone};

/// Answers every request as Cognito does to those who ask too often, and tells its address.
fn throttling_cognito() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, mut request) = (stream.unwrap(), [0; 16 << 10]);
            assert!(stream.read(&mut request).unwrap() > 0);
            let body = r#"{"__type":"TooManyRequestsException","message":"Rate exceeded"}"#;
            let head =
                "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-type: application/x-amz-json-1.1";
            write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
        }
    });
    address
}

#[test]
fn a_login_that_cognito_throttles_is_answered_with_503_and_when_to_come_again() {
    let directory = tempdir().unwrap();
    let mut command = halftone(directory.path());
    command.args(["serve", "--data-dir", "data", "--listen", "127.0.0.1:0", "--admin-listen", "off"]);
    command.envs([
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("HALFTONE_BACKENDS_IDENTITY", "cognito"),
        ("HALFTONE_COGNITO_USER_POOL_ID", "us-east-1_Pool"),
        ("HALFTONE_COGNITO_CLIENT_ID", "3halftone"),
    ]);
    command.env("HALFTONE_COGNITO_ENDPOINT", throttling_cognito());
    let server = Server::spawn_until(command, "  Data ");
    let url = format!("{}/api/v1/auth/login", server.announced("Studio"));
    let credentials = json!({"email": "ana@example.com", "password": "correct horse"});
    let request = ureq::post(url).config().http_status_as_error(false).build();
    let mut answer = request.send_json(&credentials).unwrap();
    assert_eq!(answer.status().as_u16(), 503);
    let pause: u32 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(pause > 0);
    let problem: serde_json::Value = answer.body_mut().read_json().unwrap();
    assert_eq!(problem["status"], 503);
    assert!(!problem.to_string().contains("Rate exceeded"), "{problem}");
}
