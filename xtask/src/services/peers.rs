//! The running peers: started together, asked until they answer, stopped together.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use super::environment::Addresses;
use super::python::PythonEnvironment;
use super::run_directory::RunDirectory;
use super::{Ports, listeners, mail, mongodb, servers};
use crate::report;
use crate::supervised::Supervised;
use crate::workspace::Workspace;

/// How long a peer may take until it answers. They take seconds; a computer that is busy compiling takes longer.
const PATIENCE: Duration = Duration::from_mins(3);

/// Servers that stand in for MongoDB and AWS. They are stopped when this is dropped.
#[derive(Debug)]
pub(crate) struct Peers {
    // The servers go first: they write into the directory until they have ended.
    servers: Vec<Supervised>,
    _run: RunDirectory,
    addresses: Addresses,
}

impl Peers {
    /// Starts all peers, which must be installed, and returns when each has answered.
    ///
    /// `documents` is the directory of the documents that outlive this run; they do not if there is none.
    pub(crate) fn start(
        workspace: &Workspace,
        ports: Ports,
        documents: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let run = RunDirectory::create(&super::directory(workspace).join("run"))?;
        let mut localstack = servers::start_localstack(
            &PythonEnvironment::localstack(workspace),
            run.path(),
            ports.localstack,
        )?;
        let mut moto = servers::start_moto(&PythonEnvironment::moto(workspace), run.path(), ports.moto)?;
        let fresh = run.path().join("mongodb");
        let documents = documents.unwrap_or(&fresh);
        let (mongodb, uri) = mongodb::start(workspace, run.path(), documents, ports.mongodb)?;
        // The certificates of the run are there now.
        let (mut mail, smtp_uri) = mail::start(&PythonEnvironment::moto(workspace), run.path(), ports.mail)?;
        wait_until(&mut mail, || mail::accepts_connections(ports.mail))?;
        wait_until(&mut localstack, || servers::answers(ports.localstack, "/_localstack/health"))?;
        wait_until(&mut moto, || servers::answers(ports.moto, "/moto-api/"))?;
        let addresses = Addresses {
            mongodb_uri: uri,
            aws: format!("http://127.0.0.1:{}", ports.localstack),
            cognito: format!("http://127.0.0.1:{}", ports.moto),
            smtp_uri,
        };
        let peers = Self { servers: vec![mongodb, localstack, moto, mail], _run: run, addresses };
        peers.refuse_exposed()?;
        Ok(peers)
    }

    /// Where they are.
    pub(crate) const fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// Fails if a peer has ended by itself.
    pub(crate) fn check_alive(&mut self) -> anyhow::Result<()> {
        self.servers.iter_mut().try_for_each(refuse_ended)
    }

    fn refuse_exposed(&self) -> anyhow::Result<()> {
        let processes: Vec<u32> = self.servers.iter().map(Supervised::process_id).collect();
        let text = match listeners::refuse_exposed(&processes)? {
            // A check that sees fewer addresses than there are peers has looked at the wrong processes.
            Some(count) if count < processes.len() => bail!("only {count} addresses of the peers were found"),
            Some(count) => format!("services: the peers listen on {count} addresses, all loopback"),
            None => {
                "services: this system does not tell whether the peers listen on loopback only".to_owned()
            }
        };
        report::line(&text);
        Ok(())
    }
}

impl Drop for Peers {
    fn drop(&mut self) {
        // All at once, so that the slowest decides how long it takes.
        self.servers.iter_mut().for_each(Supervised::ask_to_stop);
    }
}

/// Waits until a server answers, and fails with the end of its log if it ends or is too late.
pub(crate) fn wait_until(server: &mut Supervised, answers: impl Fn() -> bool) -> anyhow::Result<()> {
    let start = Instant::now();
    while !answers() {
        refuse_ended(server)?;
        if start.elapsed() > PATIENCE {
            bail!(
                "{} did not answer within {} seconds; the end of its log:\n{}",
                server.name(),
                PATIENCE.as_secs(),
                server.last_lines()
            );
        }
        pause();
    }
    report::line(&format!(
        "services: {} answers after {:.1} s",
        server.name(),
        start.elapsed().as_secs_f64()
    ));
    Ok(())
}

/// Fails, with the end of its log, if a server has ended by itself.
pub(crate) fn refuse_ended(server: &mut Supervised) -> anyhow::Result<()> {
    if let Some(status) = server.try_wait().context("could not look after a peer")? {
        bail!("{} ended with {status}; the end of its log:\n{}", server.name(), server.last_lines());
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "another program gives no sign when it is ready, so it is asked again"
)]
fn pause() {
    std::thread::sleep(Duration::from_millis(100));
}
