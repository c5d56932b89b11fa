//! A container of the image: its files as a root that cannot be written, its user, no way to more rights, and `/data`.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;
use serde_json::Value;

use super::Store;
use crate::process::Process;
use crate::report;
use crate::supervised::Supervised;

/// Longer than the server takes to end in order: 25 s and 5 s.
const PATIENCE: Duration = Duration::from_secs(45);

/// Mounts what a container platform mounts, and becomes what the image says. The mounts are this process's own, and go with it.
const START: &str = r#"
set -eu
root="$1" data="$2" user="$3"
shift 3
mkdir -p "$root/proc" "$root/tmp"
mount --bind "$root" "$root"
mount --bind "$data" "$root/data"
mount -o remount,ro,bind "$root"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t proc proc "$root/proc"
exec setpriv --no-new-privs chroot --userspec="$user" --groups= "$root" "$@"
"#;

/// A server that runs in it.
#[derive(Debug)]
pub(super) struct Container<'a> {
    store: &'a Store,
    name: String,
    server: Supervised,
    log: PathBuf,
    user: String,
}

/// What of the image's configuration decides how it is run.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Configuration {
    user: String,
    env: Vec<String>,
    entrypoint: Vec<String>,
    cmd: Vec<String>,
}

impl<'a> Container<'a> {
    /// Starts the image's own command, as the image's own user, with its own variables.
    pub(super) fn start(store: &'a Store, image: &str, port: u16) -> anyhow::Result<Self> {
        let name = store.buildah("from").args(["--pull-never", image]).output()?.trim().to_owned();
        let root = store.buildah("mount").arg(&name).output()?.trim().to_owned();
        let configuration = configuration(store, image)?;
        ensure!(configuration.user != "0" && !configuration.user.starts_with("0:"), "the image runs as root");
        let data = store.directory.join("data");
        if data.exists() {
            fs::remove_dir_all(&data).context("could not remove the data of the last run")?;
        }
        fs::create_dir_all(&data).context("could not create the data directory")?;
        let (user, group) = configuration.user.split_once(':').unwrap_or((&configuration.user, "65532"));
        let owner = |number: &str| number.parse().context("the image's user is no number");
        std::os::unix::fs::chown(&data, Some(owner(user)?), Some(owner(group)?))
            .context("could not give the data away")?;
        let log = store.directory.join("server.log");
        let variables = configuration.env.iter().filter_map(|entry| entry.split_once('='));
        let server = Process::new("unshare", &store.root)
            .args(["--mount", "--pid", "--fork", "--kill-child", "sh", "-c", START, "sh", &root])
            .arg(&data)
            .arg(&configuration.user)
            .args(&configuration.entrypoint)
            .args(&configuration.cmd)
            .envs(variables)
            .env("HALFTONE_SERVER_LISTEN", format!("127.0.0.1:{port}"))
            .env("HALFTONE_SERVER_ADMIN_LISTEN", "off")
            .start_supervised("container", &log)?;
        let user = user.to_owned();
        Ok(Self { store, name, server, log, user })
    }

    /// What the server has written.
    pub(super) fn log(&self) -> String {
        // A log that cannot be read is no reason to hide what was found.
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// What the kernel says of the process: whose it is, and what it may.
    pub(super) fn check_limits(&self) -> anyhow::Result<()> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process_id()?))?;
        let line = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let users: Vec<&str> = line("Uid:").unwrap_or_default().split_whitespace().collect();
        ensure!(
            users.iter().all(|user| **user == self.user) && users.len() == 4,
            "the server runs as {users:?}"
        );
        ensure!(line("NoNewPrivs:") == Some("1"), "the server may get new privileges");
        ensure!(line("CapEff:") == Some("0000000000000000"), "the server has capabilities");
        let mounts = fs::read_to_string(format!("/proc/{}/mounts", self.process_id()?))?;
        let root = mounts.lines().find(|mount| mount.split(' ').nth(1) == Some("/"));
        let options = root.and_then(|mount| mount.split(' ').nth(3)).unwrap_or_default();
        ensure!(options.split(',').any(|option| option == "ro"), "the root can be written: {root:?}");
        report::line(&format!("image: the server ran as {} on a root that cannot be written", self.user));
        Ok(())
    }

    /// Asks the server to end, and waits until it has.
    pub(super) fn stop(mut self) -> anyhow::Result<()> {
        let server = self.process_id()?;
        Process::new("kill", &self.store.root).args(["-TERM", &server.to_string()]).run()?;
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.server.try_wait()? {
                break status;
            }
            if Instant::now() > deadline {
                bail!("the server did not end within {} s", PATIENCE.as_secs());
            }
            std::thread::park_timeout(Duration::from_millis(100));
        };
        ensure!(status.success(), "the server ended with {status}:\n{}", self.log());
        self.store.buildah("rm").arg(&self.name).run()
    }

    /// The server itself: the innermost of the processes that were started for it.
    fn process_id(&self) -> anyhow::Result<u32> {
        let mut process = self.server.process_id();
        loop {
            let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children"))
                .with_context(|| format!("the server has ended:\n{}", self.log()))?;
            match children.split_whitespace().next() {
                Some(child) => process = child.parse().context("a process has a number")?,
                None => return Ok(process),
            }
        }
    }
}

fn configuration(store: &Store, image: &str) -> anyhow::Result<Configuration> {
    let json = store.buildah("inspect").args(["--type", "image", image]).output()?;
    let inspected: Value =
        serde_json::from_str(&json).context("buildah does not describe the image in JSON")?;
    let configuration = inspected.pointer("/OCIv1/config").cloned().unwrap_or_default();
    serde_json::from_value(configuration).context("the image's configuration is not as expected")
}
