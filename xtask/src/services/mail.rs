//! The mail server of the tests: STARTTLS, a password, and every mail as a file.

use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;

use super::environment::percent_encoded;
use super::python::PythonEnvironment;
use crate::supervised::Supervised;

/// Known to all: only this computer can reach the server.
const USER: &str = "halftone";
const PASSWORD: &str = "halftone";

/// Starts the server with the certificates of the run, and gives it with its address.
pub(super) fn start(
    python: &PythonEnvironment<'_>,
    run: &Path,
    port: u16,
) -> anyhow::Result<(Supervised, String)> {
    let mailbox = run.join("mailbox");
    std::fs::create_dir_all(&mailbox)?;
    let server = python
        .script("mail.py")
        .arg(port.to_string())
        .arg(run.join("server.pem"))
        .arg(run.join("server.key"))
        .args([USER, PASSWORD])
        .arg(&mailbox)
        .start_supervised("mail server", &run.join("mail.log"))?;
    Ok((server, uri(port, &run.join("ca.pem"), &mailbox)))
}

/// Where mail goes, which authority vouches for the server, and where mails lie then.
fn uri(port: u16, authority: &Path, mailbox: &Path) -> String {
    let (authority, mailbox) = (authority.to_string_lossy(), mailbox.to_string_lossy());
    format!(
        "smtp://{USER}:{PASSWORD}@localhost:{port}/?ca={}&mailbox={}",
        percent_encoded(&authority),
        percent_encoded(&mailbox)
    )
}

/// Whether it takes connections.
pub(super) fn accepts_connections(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}
