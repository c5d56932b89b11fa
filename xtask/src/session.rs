//! What the steps of one run share: the peers that the tests talk to.

use std::panic::resume_unwind;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::report;
use crate::services::{self, Environment, Peers, Ports};
use crate::workspace::Workspace;

/// The state of one run. The peers, if they were started, are stopped with it.
#[derive(Debug)]
pub(crate) struct Session<'a> {
    workspace: &'a Workspace,
    installation: Option<JoinHandle<anyhow::Result<Duration>>>,
    peers: Option<Peers>,
}

impl<'a> Session<'a> {
    pub(crate) const fn new(workspace: &'a Workspace) -> Self {
        Self { workspace, installation: None, peers: None }
    }

    pub(crate) const fn workspace(&self) -> &'a Workspace {
        self.workspace
    }

    /// Begins to install the peers, which takes minutes the first time, while other steps run.
    ///
    /// If the run ends before the installation does, the installation ends with it.
    pub(crate) fn install_peers_in_background(&mut self) {
        self.installation = Some(thread::spawn(|| {
            let start = Instant::now();
            services::install(&Workspace::open()?)?;
            Ok(start.elapsed())
        }));
    }

    /// Makes sure that the peers run: waits for their installation, and starts them.
    pub(crate) fn start_peers(&mut self) -> anyhow::Result<()> {
        if self.peers.is_some() {
            return Ok(());
        }
        match self.installation.take() {
            None => services::install(self.workspace)?,
            Some(installation) => {
                let took = installation.join().unwrap_or_else(|panic| resume_unwind(panic))?;
                let took = report::minutes_and_seconds(took);
                report::line(&format!("services: the installation beside the other steps took {took}"));
            }
        }
        self.peers = Some(Peers::start(self.workspace, Ports::pick(None)?, None)?);
        Ok(())
    }

    /// The variables through which tests find the peers: none until the peers run.
    pub(crate) fn environment(&self) -> Environment {
        self.peers.as_ref().map(|peers| peers.addresses().environment()).unwrap_or_default()
    }

    /// Shows the log of a peer that has ended by itself: the tests that failed after it are of no interest.
    pub(crate) fn report_ended_peers(&mut self) {
        if let Some(Err(error)) = self.peers.as_mut().map(Peers::check_alive) {
            report::failure(&error);
        }
    }
}
