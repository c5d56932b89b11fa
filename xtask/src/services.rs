//! The peers: servers that stand in for MongoDB, AWS and a mail server, so that the tests meet real protocols without an account.
//!
//! | peer | for | licence |
//! | --- | --- | --- |
//! | `secantusd-rs` | MongoDB and Amazon DocumentDB | GPL-2.0 |
//! | LocalStack | S3 with signatures that are checked, SQS, SNS, Secrets Manager | Apache-2.0 |
//! | moto | Cognito | Apache-2.0 |
//! | aiosmtpd | a mail server | Apache-2.0 |
//!
//! They are programs of their own that tests talk to over the network; nothing of Halftone is linked with them or
//! distributed with them. [`install`](install()) puts them into `target/peers`, [`Peers`] runs them on the loopback interface.

mod environment;
mod install;
mod listeners;
mod mail;
mod mongodb;
mod peers;
mod ports;
mod python;
mod run_directory;
mod secantus;
mod servers;
mod stamp;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

pub(crate) use environment::{Addresses, Environment};
pub(crate) use install::install;
pub(crate) use peers::{Peers, refuse_ended, wait_until};
pub(crate) use ports::{Ports, pick_ports};
pub(crate) use python::PythonEnvironment;
pub(crate) use servers::answers;

use crate::report;
use crate::workspace::Workspace;

/// How often the peers are looked after while nothing happens.
const ROUND: Duration = Duration::from_secs(1);

/// What follows `cargo xtask services`.
#[derive(Debug, Clone, Copy, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: RunArguments,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum Command {
    /// Installs the peers into `target/peers`, where they are missing.
    Install,
    /// Installs the peers, and runs them until Ctrl-C. The same as no subcommand.
    Run(RunArguments),
}

#[derive(Debug, Clone, Copy, Args)]
struct RunArguments {
    /// Takes this port and the three that follow, instead of any that are free.
    #[arg(long)]
    port_base: Option<u16>,
}

/// Runs the subcommand.
pub(crate) fn run(workspace: &Workspace, arguments: Arguments) -> anyhow::Result<()> {
    match arguments.command {
        Some(Command::Install) => {
            install(workspace)?;
            report::line(&format!("services: everything is in {}", directory(workspace).display()));
            Ok(())
        }
        Some(Command::Run(run)) => run_until_stopped(workspace, run),
        None => run_until_stopped(workspace, arguments.run),
    }
}

/// Where the peers are installed, and where they run.
pub(crate) fn directory(workspace: &Workspace) -> PathBuf {
    workspace.target_directory.join("peers")
}

fn run_until_stopped(workspace: &Workspace, arguments: RunArguments) -> anyhow::Result<()> {
    install(workspace)?;
    let mut peers = Peers::start(workspace, Ports::pick(arguments.port_base)?, None)?;
    // Until now a signal has ended xtask at once, and the supervisors have done the rest.
    let stop = stop_signals()?;
    let variables = peers.addresses().environment().in_shell_form();
    let file = directory(workspace).join("env");
    std::fs::write(&file, &variables).with_context(|| format!("could not write {}", file.display()))?;
    report::line(&format!("\n{variables}"));
    report::line(&format!("The same is in {}. Ctrl-C stops the peers.", file.display()));
    let outcome = look_after(&stop, || peers.check_alive());
    forget(&file, &variables)?;
    drop(peers);
    report::line("services: stopped");
    outcome
}

/// Gives a channel that receives something when whoever started xtask wants it to stop.
pub(crate) fn stop_signals() -> anyhow::Result<mpsc::Receiver<()>> {
    let mut signals = Signals::new([SIGINT, SIGTERM]).context("could not listen for signals")?;
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        // The receiver is gone when the run is over, and with it the reason to tell.
        while signals.forever().next().is_some() && sender.send(()).is_ok() {}
    });
    Ok(receiver)
}

/// Waits for the wish to stop, and checks every second that all is well.
pub(crate) fn look_after(
    stop: &mpsc::Receiver<()>,
    mut check: impl FnMut() -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    while stop.recv_timeout(ROUND) == Err(RecvTimeoutError::Timeout) {
        check()?;
    }
    Ok(())
}

/// Removes the file of variables, unless another run has written its own into it.
fn forget(file: &Path, variables: &str) -> anyhow::Result<()> {
    if std::fs::read_to_string(file).is_ok_and(|written| written == variables) {
        std::fs::remove_file(file).with_context(|| format!("could not remove {}", file.display()))?;
    }
    Ok(())
}
