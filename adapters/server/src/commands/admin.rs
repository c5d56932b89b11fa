//! `halftone admin`: looking after an installation while its server is stopped.

mod failed_jobs;
mod orphans;
mod users;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use halftone_core::id::JobId;
use halftone_core::text::{Email, Name};

use crate::cli::SourceArgs;
use crate::wiring::Studio;
use halftone_home::config::Config;
use halftone_home::telemetry;

/// What `halftone admin` takes.
#[derive(Debug, Args)]
pub(crate) struct AdminArgs {
    #[command(flatten)]
    source: SourceArgs,
    #[command(subcommand)]
    command: AdminCommand,
}

/// What can be looked after.
#[derive(Debug, Subcommand)]
enum AdminCommand {
    /// Register a photographer and make the studio. Without --password-stdin a password is made up and printed once.
    CreateUser {
        /// The mail address to log in with.
        #[arg(long, value_parser = Email::parse)]
        email: Email,
        /// What the studio is called.
        #[arg(long, value_parser = Name::parse)]
        studio_name: Name,
        /// Read the password from the first line of the standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// List the jobs that were given up.
    #[command(visible_alias = "list-failed-jobs")]
    FailedJobs,
    /// Put jobs that were given up back on the queue; the server runs them when it starts.
    Retry(RetryArgs),
    /// Remove files whose photo or logo does not exist any more.
    PurgeOrphans {
        /// Only list them.
        #[arg(long)]
        dry_run: bool,
    },
}

/// Which jobs to try again.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct RetryArgs {
    /// The job, by its id.
    #[arg(value_parser = JobId::parse)]
    job: Option<JobId>,
    /// Every job that was given up.
    #[arg(long)]
    all: bool,
}

/// Opens the data directory and does what is asked.
///
/// # Errors
/// The server has the directory open, or the command failed.
pub(crate) fn run(args: AdminArgs) -> anyhow::Result<ExitCode> {
    let mut overrides = args.source.overrides();
    overrides.defaults.insert("log.filter", "warn");
    let runtime = super::serve::runtime()?;
    runtime.block_on(async {
        let config = Config::load(overrides).await?;
        telemetry::start(&config.log)?;
        let studio = Studio::open(&config).await?;
        match args.command {
            AdminCommand::CreateUser { email, studio_name, password_stdin } => {
                let password = users::choose_password(password_stdin)?;
                users::create(&studio.services, &email, studio_name, password).await?;
            }
            AdminCommand::FailedJobs => failed_jobs::list(&studio.backend).await?,
            AdminCommand::Retry(RetryArgs { job: Some(job), .. }) => {
                failed_jobs::retry_one(&studio, job).await?;
            }
            AdminCommand::Retry(RetryArgs { job: None, .. }) => failed_jobs::retry_all(&studio).await?,
            AdminCommand::PurgeOrphans { dry_run } => {
                let wish = if dry_run { orphans::Wish::List } else { orphans::Wish::Remove };
                return orphans::purge(&studio.backend, wish).await;
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}
