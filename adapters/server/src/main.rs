//! The `halftone` command: the studio on one computer, the pipeline on local files, administration, a demonstration.
//!
//! This program is wiring. Rules live in `halftone-core`, pictures in `halftone-processing`, documents and files in
//! `halftone-storage`, routes in `halftone-http`. Start reading at [`commands::serve`].

mod cli;
mod commands;
mod console;
mod mailbox;
mod metrics;
mod serving;
mod shutdown;
mod web_ui;
mod wiring;
mod workers;

use std::process::ExitCode;

use clap::Parser as _;

use cli::{Cli, Command};

/// A lab pack of large originals took 679 MB with the allocator of glibc, which keeps freed memory for each of two dozen threads,
/// and 310 MB with this one.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        None => commands::serve::run(cli.serve),
        Some(Command::Serve(args)) => commands::serve::run(args),
        Some(Command::Demo(args)) => commands::demo::run(args),
        Some(Command::Process(args)) => commands::process::run(&args),
        Some(Command::Admin(args)) => commands::admin::run(args),
        Some(Command::Health(args)) => commands::health::run(&args),
    };
    result.unwrap_or_else(|error| {
        console::warn(format!("halftone: {error:#}"));
        ExitCode::FAILURE
    })
}
