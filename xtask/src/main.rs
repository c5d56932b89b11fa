//! Project automation, in Rust so that it needs nothing but the toolchain.
//!
//! `cargo xtask test` is the README's test command: it installs what the checks need and runs every one of them.
//! Each step is a subcommand of its own, so what fails can be repeated alone.
//!
//! This crate holds no product code, and nothing in the workspace depends on it. Start at [`steps`] for what is run
//! and in which order, at [`arrows`] for the rules of the workspace's layout.

mod arrows;
mod cloud;
mod compare;
mod conformance;
mod features;
mod fuzz;
mod image;
mod infra;
mod journey;
mod process;
mod report;
mod services;
mod session;
mod steps;
mod supervised;
mod tools;
mod web;
mod workspace;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::session::Session;
use crate::steps::{OnFailure, Step};
use crate::workspace::Workspace;

/// Project automation for Halftone.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, Subcommand)]
enum Command {
    /// Installs what the tests need and runs every step below, in this order.
    Test {
        /// Runs the remaining steps after one has failed.
        #[arg(long)]
        keep_going: bool,
    },
    #[command(flatten)]
    Step(Step),
    /// Runs the servers that stand in for MongoDB and AWS in the tests, until Ctrl-C.
    Services(services::Arguments),
    /// Runs Halftone as on AWS, on this computer and without an account, until Ctrl-C.
    Cloud(cloud::Arguments),
    /// Measures Halftone beside the other tools that make proofs, and prints a table (needs the network the first time).
    Compare(compare::Arguments),
    /// Fuzzes the image pipeline for a while.
    Fuzz(fuzz::Arguments),
    /// Checks the dependencies against the advisory database (needs the network; run by the hosted pipeline).
    Advisories,
    /// Checks that each feature of each library compiles alone.
    Features,
    /// Scans Terraform, Dockerfiles and workflows against checkov's policies.
    InfraPolicy,
    /// Lists what the programs are made of, as `CycloneDX` files under `target/sbom`.
    Sbom(infra::sbom::Arguments),
    /// Builds the container image without a daemon, and does a studio's whole day in it (Debian, as root).
    Image(image::Arguments),
    /// Does a studio's whole day against a server that runs, such as `http://127.0.0.1:8080`.
    Journey {
        /// The server's address.
        address: String,
    },
    /// Makes the schema anew that the checks of the infrastructure use, from the provider's published bindings.
    InfraSchema,
    /// Runs a program until its standard input ends; xtask calls itself so.
    #[command(name = supervised::SUBCOMMAND, hide = true)]
    Supervise {
        /// The program and its arguments.
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments.command) {
        Ok(code) => code,
        Err(error) => {
            report::failure(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        // A supervisor asks cargo nothing: it has to be there at once.
        Command::Supervise { command } => supervised::supervise(&command),
        command => run_in(&Workspace::open()?, &command).map(|()| ExitCode::SUCCESS),
    }
}

fn run_in(workspace: &Workspace, command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Test { keep_going: false } => steps::run_all(&mut Session::new(workspace), OnFailure::Stop),
        Command::Test { keep_going: true } => {
            steps::run_all(&mut Session::new(workspace), OnFailure::KeepGoing)
        }
        Command::Step(step) => step.run(&mut Session::new(workspace)),
        Command::Services(arguments) => services::run(workspace, *arguments),
        Command::Cloud(arguments) => cloud::run(workspace, *arguments),
        Command::Compare(arguments) => compare::run(workspace, *arguments),
        Command::Advisories => tools::cargo_deny(workspace)?.args(["check", "advisories"]).run(),
        Command::Fuzz(arguments) => fuzz::run(workspace, *arguments),
        Command::Features => features::check_each(workspace),
        Command::Image(arguments) => image::run(workspace, *arguments),
        Command::Journey { address } => journey::run(&workspace.root, address),
        Command::InfraPolicy => infra::scan(workspace),
        Command::Sbom(arguments) => infra::sbom::list_components(workspace, arguments),
        Command::InfraSchema => infra::extract(workspace),
        Command::Supervise { .. } => unreachable!("a supervisor needs no workspace"),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Arguments;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }
}
