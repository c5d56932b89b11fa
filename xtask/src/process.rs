//! Starting other programs: their output goes straight to the terminal unless it is asked for.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

use crate::supervised::Supervised;

/// A program about to be started in the workspace's root.
#[derive(Debug)]
pub(crate) struct Process {
    command: Command,
}

impl Process {
    /// Prepares a program, found by name on the search path or by its own path.
    pub(crate) fn new(program: impl AsRef<OsStr>, directory: &Path) -> Self {
        let mut command = Command::new(program);
        command.current_dir(directory).stdin(Stdio::null());
        // `cargo run` describes this package to its child. Passed on to another cargo, that description
        // makes build scripts which watch it run again, and with them everything that depends on them.
        for name in std::env::vars_os().map(|(name, _)| name).filter(describes_this_package) {
            command.env_remove(name);
        }
        Self { command }
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    pub(crate) fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.command.args(args);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn envs(
        mut self,
        variables: impl IntoIterator<Item = (impl AsRef<OsStr>, impl AsRef<OsStr>)>,
    ) -> Self {
        self.command.envs(variables);
        self
    }

    /// Runs the program to its end. A status other than success is an error that names the whole command.
    pub(crate) fn run(mut self) -> anyhow::Result<()> {
        let status = self.command.status().with_context(|| format!("could not start {}", self.line()))?;
        if !status.success() {
            bail!("{} ended with {status}", self.line());
        }
        Ok(())
    }

    /// Runs the program to its end and gives back what it wrote to its standard output.
    pub(crate) fn output(mut self) -> anyhow::Result<String> {
        let output = self
            .command
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| format!("could not start {}", self.line()))?;
        if !output.status.success() {
            bail!("{} ended with {}", self.line(), output.status);
        }
        String::from_utf8(output.stdout).with_context(|| format!("{} did not write UTF-8", self.line()))
    }

    /// Gives the output of a program that may be absent, as `tool --version` may be: `None` for any failure.
    pub(crate) fn output_if_it_works(mut self) -> Option<String> {
        // The question is only whether the program can be used; why it cannot is of no interest.
        let output = self.command.stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Starts the program such that it ends when this one does, whatever ends it; what it writes goes into a file.
    ///
    /// `name` is what people call the program.
    pub(crate) fn start_supervised(self, name: &str, log: &Path) -> anyhow::Result<Supervised> {
        let line = self.line();
        Supervised::start(name, &self.command, log).with_context(|| format!("could not start {line}"))
    }

    /// Runs the program to its end, supervised, with what it writes in a file. An error shows the end of that file.
    pub(crate) fn run_supervised(self, name: &str, log: &Path) -> anyhow::Result<()> {
        let line = self.line();
        let mut supervised = self.start_supervised(name, log)?;
        let status = supervised.wait()?;
        if !status.success() {
            bail!("{line} ended with {status}; the end of {}:\n{}", log.display(), supervised.last_lines());
        }
        Ok(())
    }

    fn line(&self) -> String {
        std::iter::once(self.command.get_program())
            .chain(self.command.get_args())
            .map(OsStr::to_string_lossy)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

fn describes_this_package(name: &OsString) -> bool {
    let name = name.to_string_lossy();
    name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
}
