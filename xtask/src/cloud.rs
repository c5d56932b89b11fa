//! Halftone in the shape it has on AWS, on one computer and without an account.
//!
//! The peers of the tests stand in for the services, a Python script for the Terraform that makes bucket, queues and
//! user pool, and `local_lambda` for Lambda. Servers and worker are the real programs, with the settings of a
//! deployment. The documents are kept in `target/peers/cloud` from run to run. LocalStack and moto keep nothing: files, jobs and
//! logins are gone when the run ends.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use crate::process::Process;
use crate::report;
use crate::services::{self, Addresses, Peers, Ports, PythonEnvironment};
use crate::supervised::Supervised;
use crate::workspace::Workspace;

/// What follows `cargo xtask cloud`.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Arguments {
    /// How many servers share the services.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=8))]
    instances: u16,
    /// Takes this port and those that follow: four for the peers, then one for each server. Any that are free otherwise.
    #[arg(long)]
    port_base: Option<u16>,
    /// Begins without the documents of earlier runs.
    #[arg(long)]
    fresh: bool,
}

/// Names and values of settings.
type Variables = BTreeMap<String, String>;

/// Builds the programs, starts everything and runs until it is told to stop.
pub(crate) fn run(workspace: &Workspace, arguments: Arguments) -> anyhow::Result<()> {
    services::install(workspace)?;
    build(workspace)?;
    let directory = kept_directory(workspace, arguments.fresh)?;
    let peers_base = arguments.port_base;
    let servers_base =
        peers_base.map(|base| base.checked_add(3).context("the first port is too high")).transpose()?;
    let mut peers = Peers::start(workspace, Ports::pick(peers_base)?, Some(&directory.join("mongodb")))?;
    let ports = services::pick_ports(servers_base, arguments.instances)?;
    let variables = provision(workspace, peers.addresses(), &ports, &directory)?;
    let mut programs = start_servers(workspace, &variables, &ports, &directory)?;
    programs.push(start_worker(workspace, peers.addresses(), &variables, &directory)?);
    let stop = services::stop_signals()?;
    explain(&ports, &directory);
    let outcome = services::look_after(&stop, || {
        peers.check_alive()?;
        programs.iter_mut().try_for_each(services::refuse_ended)
    });
    // The servers finish what they do while the services are still there.
    programs.iter_mut().for_each(Supervised::ask_to_stop);
    drop(programs);
    drop(peers);
    report::line("cloud: stopped");
    outcome
}

fn build(workspace: &Workspace) -> anyhow::Result<()> {
    report::heading("building the servers and the worker");
    let packages = ["--package", "halftone-server", "--package", "halftone-lambda"];
    workspace
        .cargo("build")
        .arg("--locked")
        .args(packages)
        .args(["--bins", "--example", "local_lambda"])
        .run()
}

/// The directory that outlives the run: documents, the installation's key, logs.
fn kept_directory(workspace: &Workspace, fresh: bool) -> anyhow::Result<PathBuf> {
    let directory = services::directory(workspace).join("cloud");
    if fresh && directory.exists() {
        std::fs::remove_dir_all(&directory)
            .with_context(|| format!("could not remove {}", directory.display()))?;
    }
    std::fs::create_dir_all(&directory)
        .with_context(|| format!("could not create {}", directory.display()))?;
    Ok(directory)
}

/// Makes what the programs need in the peers, and gives all their settings.
fn provision(
    workspace: &Workspace,
    addresses: &Addresses,
    ports: &[u16],
    directory: &Path,
) -> anyhow::Result<Variables> {
    let json = PythonEnvironment::moto(workspace)
        .script("provision.py")
        .args([&addresses.aws, &addresses.cognito])
        .arg(directory.join("master.key"))
        .args(ports.iter().map(|port| address_of(*port)))
        .output()
        .context("could not make bucket, queues and user pool")?;
    let made = serde_json::from_str(&json).context("the names of what was made are not as expected")?;
    Ok(settings(made, addresses))
}

/// The settings of a deployment: what was made, where the services are, and what each is used for.
fn settings(made: Variables, addresses: &Addresses) -> Variables {
    let fixed = [
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("HALFTONE_BACKENDS_METADATA", "mongodb"),
        ("HALFTONE_BACKENDS_OBJECTS", "s3"),
        ("HALFTONE_BACKENDS_QUEUE", "sqs"),
        ("HALFTONE_BACKENDS_IDENTITY", "cognito"),
        ("HALFTONE_MONGODB_URI", &addresses.mongodb_uri),
        ("HALFTONE_AWS_ENDPOINT", &addresses.aws),
        ("HALFTONE_S3_PATH_STYLE", "on"),
        ("HALFTONE_COGNITO_ENDPOINT", &addresses.cognito),
        // moto gives the same refresh token again.
        ("HALFTONE_COGNITO_REFRESH_ROTATION", "off"),
        // The worker behind the queue does the jobs.
        ("HALFTONE_WORKERS_COUNT", "off"),
    ];
    let fixed = fixed.map(|(name, value)| (name.to_owned(), value.to_owned()));
    made.into_iter().chain(fixed).collect()
}

fn start_servers(
    workspace: &Workspace,
    variables: &Variables,
    ports: &[u16],
    directory: &Path,
) -> anyhow::Result<Vec<Supervised>> {
    let mut servers = Vec::new();
    for (number, &port) in (1..).zip(ports) {
        let mut server = Process::new(built(workspace, "halftone"), directory)
            .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--admin-listen", "off"])
            .envs(variables)
            .start_supervised(&format!("server {number}"), &directory.join(format!("server-{number}.log")))?;
        services::wait_until(&mut server, || services::answers(port, "/readyz"))?;
        servers.push(server);
    }
    Ok(servers)
}

fn start_worker(
    workspace: &Workspace,
    addresses: &Addresses,
    variables: &Variables,
    directory: &Path,
) -> anyhow::Result<Supervised> {
    let queue = variables.get("HALFTONE_SQS_QUEUE_URL").context("provision.py made no queue")?;
    Process::new(built(workspace, "examples/local_lambda"), directory)
        .arg("--function")
        .arg(built(workspace, "halftone-worker"))
        .args(["--queue-url", queue, "--endpoint-url", &addresses.aws])
        .envs(variables)
        .start_supervised("worker", &directory.join("worker.log"))
}

fn built(workspace: &Workspace, program: &str) -> PathBuf {
    workspace.target_directory.join("debug").join(program)
}

fn address_of(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

fn explain(ports: &[u16], directory: &Path) {
    report::heading("Halftone runs as on AWS");
    for (number, port) in (1..).zip(ports) {
        report::line(&format!("server {number}: {}", address_of(*port)));
    }
    let directory = directory.display();
    report::line(&format!("logs: {directory}/*.log"));
    report::line(
        "Register with any address; every confirmation code is accepted, because moto looks at none.",
    );
    report::line(&format!(
        "Documents stay in {directory}/mongodb. Files, jobs and logins are gone after Ctrl-C: LocalStack and moto keep \
         nothing, so register again, or begin anew with --fresh."
    ));
}

#[cfg(test)]
mod tests {
    use super::{Variables, settings};
    use crate::services::Addresses;

    #[test]
    fn the_settings_are_what_was_made_and_where_the_services_are() {
        let addresses = Addresses {
            mongodb_uri: "mongodb://127.0.0.1:1".to_owned(),
            aws: "http://127.0.0.1:2".to_owned(),
            cognito: "http://127.0.0.1:3".to_owned(),
            smtp_uri: "smtp://127.0.0.1:4".to_owned(),
        };
        let made = Variables::from([("HALFTONE_S3_BUCKET".to_owned(), "photos".to_owned())]);
        let settings = settings(made, &addresses);
        assert_eq!(settings["HALFTONE_S3_BUCKET"], "photos");
        assert_eq!(settings["HALFTONE_MONGODB_URI"], addresses.mongodb_uri);
        assert_eq!(settings["HALFTONE_AWS_ENDPOINT"], addresses.aws);
        assert_eq!(settings["HALFTONE_COGNITO_ENDPOINT"], addresses.cognito);
    }
}
