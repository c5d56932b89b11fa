//! The MongoDB peer, as strict as Amazon DocumentDB: TLS, a password, every commit on disk before it is acknowledged.

use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;

use anyhow::Context as _;

use super::environment::mongodb_uri;
use super::peers::wait_until;
use super::python::PythonEnvironment;
use super::secantus::Secantus;
use super::stamp::Stamp;
use crate::process::Process;
use crate::supervised::Supervised;
use crate::workspace::Workspace;

/// Known to all: only this computer can reach the server.
const USER: &str = "halftone";
const PASSWORD: &str = "halftone";

/// Starts the server on the given documents, and gives it with its connection string when it has let the user in.
pub(super) fn start(
    workspace: &Workspace,
    run: &Path,
    documents: &Path,
    port: u16,
) -> anyhow::Result<(Supervised, String)> {
    let python = PythonEnvironment::localstack(workspace);
    python
        .script("certificates.py")
        .arg(run)
        .run_supervised("certificates.py", &run.join("certificates.log"))
        .context("could not make the certificates")?;
    create_user(workspace, run, documents, port).context("could not create the user of the MongoDB peer")?;
    let mut server = program(workspace, documents, port, run)?
        .arg("--auth")
        .arg("--tls-cert-file")
        .arg(run.join("server.pem"))
        .arg("--tls-key-file")
        .arg(run.join("server.key"))
        .start_supervised("MongoDB peer", &run.join("mongodb.log"))?;
    wait_until(&mut server, || accepts_connections(port))?;
    let uri = mongodb_uri(USER, PASSWORD, port, &run.join("ca.pem"));
    python
        .script("mongodb.py")
        .args(["ping", &uri])
        .run_supervised("mongodb.py", &run.join("mongodb-ping.log"))
        .with_context(|| format!("the MongoDB peer does not answer; its log:\n{}", server.last_lines()))?;
    Ok((server, uri))
}

/// Creates the user where the documents are new: that is possible only while the server asks nobody who they are.
fn create_user(workspace: &Workspace, run: &Path, documents: &Path, port: u16) -> anyhow::Result<()> {
    let stamp = Stamp::new(documents, USER.to_owned());
    if documents.exists() {
        if stamp.is_current() {
            return Ok(());
        }
        // The first start did not come to its end, so there is nothing to keep.
        std::fs::remove_dir_all(documents)?;
    }
    let mut server = program(workspace, documents, port, run)?
        .start_supervised("MongoDB peer, still without a user,", &run.join("mongodb-first.log"))?;
    wait_until(&mut server, || accepts_connections(port))?;
    let uri = format!("mongodb://127.0.0.1:{port}/?directConnection=true");
    PythonEnvironment::localstack(workspace)
        .script("mongodb.py")
        .args(["create-user", &uri, USER, PASSWORD])
        .run_supervised("mongodb.py", &run.join("mongodb-user.log"))?;
    drop(server);
    stamp.write()
}

fn program(workspace: &Workspace, documents: &Path, port: u16, run: &Path) -> anyhow::Result<Process> {
    // An empty file of settings, or the server would look for one in the current directory and at home.
    let settings = run.join("secantusd.toml");
    std::fs::write(&settings, "").with_context(|| format!("could not write {}", settings.display()))?;
    Ok(workspace
        .process(Secantus::of(workspace).program())
        .arg("--config")
        .arg(settings)
        .args(["--host", "127.0.0.1", "--port", &port.to_string(), "--storage-path"])
        .arg(documents)
        .args(["--sync-on-commit", "--cache-size", "512M"]))
}

fn accepts_connections(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}
