//! Starting and ending the binary.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::api::Api;

/// How long anything may take before a test says that it does not happen. Generous, because test machines are busy.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// The binary with nothing of the surrounding configuration, in a directory without any.
pub(crate) fn halftone(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_halftone"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("HALFTONE_")) {
        command.env_remove(name);
    }
    command.current_dir(directory).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs a command that ends by itself.
pub(crate) fn run(directory: &Path, arguments: &[&str]) -> Output {
    halftone(directory).args(arguments).output().unwrap()
}

/// What a command said on the standard error stream.
pub(crate) fn errors_of(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What a command said on the standard output.
pub(crate) fn output_of(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Waits until `look` finds something.
pub(crate) fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "{what} did not happen");
        thread::park_timeout(Duration::from_millis(20));
    }
}

/// A server that runs. Dropping it kills it.
pub(crate) struct Server {
    child: Child,
    lines: Receiver<String>,
    log: Arc<Mutex<String>>,
    /// What it printed until it was ready.
    pub(crate) greeting: Vec<String>,
}

impl Server {
    /// Serves `data` below `directory` on free ports.
    pub(crate) fn start(directory: &Path) -> Self {
        Self::start_with(directory, &["serve"])
    }

    /// Runs a command that serves.
    pub(crate) fn start_with(directory: &Path, arguments: &[&str]) -> Self {
        let mut command = halftone(directory);
        command.args(arguments).args(["--data-dir", "data", "--listen", "127.0.0.1:0"]);
        command.args(["--admin-listen", "127.0.0.1:0"]);
        Self::spawn(command)
    }

    /// Runs a command that serves, with nothing added.
    pub(crate) fn start_exactly(directory: &Path, arguments: &[&str]) -> Self {
        let mut command = halftone(directory);
        command.args(arguments);
        Self::spawn(command)
    }

    fn spawn(command: Command) -> Self {
        Self::spawn_until(command, "  Data ")
    }

    /// Runs a command that serves, and waits for the line that begins so.
    pub(crate) fn spawn_until(mut command: Command, last_line: &str) -> Self {
        let mut child = command.spawn().unwrap();
        let (sender, lines) = channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let log = Arc::new(Mutex::new(String::new()));
        let mut errors = BufReader::new(child.stderr.take().unwrap());
        let kept = Arc::clone(&log);
        thread::spawn(move || {
            let mut line = String::new();
            while errors.read_line(&mut line).is_ok_and(|read| read > 0) {
                kept.lock().unwrap().push_str(&std::mem::take(&mut line));
            }
        });
        let mut server = Self { child, lines, log, greeting: Vec::new() };
        server.read_until(last_line);
        server
    }

    /// Takes lines up to one that begins with `beginning`.
    pub(crate) fn read_until(&mut self, beginning: &str) {
        loop {
            let Ok(line) = self.lines.recv_timeout(PATIENCE) else {
                panic!("no line {beginning:?}; it said {:?} and logged:\n{}", self.greeting, self.log());
            };
            self.greeting.push(line);
            if self.greeting.last().unwrap().starts_with(beginning) {
                return;
            }
        }
    }

    /// What stands after a word of the greeting.
    pub(crate) fn announced(&self, word: &str) -> String {
        let beginning = format!("  {word} ");
        let line = self.greeting.iter().find(|line| line.starts_with(&beginning));
        line.unwrap_or_else(|| panic!("{word} is not announced"))
            .trim_start_matches(&beginning)
            .trim()
            .to_owned()
    }

    /// Its API.
    pub(crate) fn api(&self) -> Api {
        Api::new(self.announced("Studio"))
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }

    /// Waits for its end.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let child = &mut self.child;
        wait_for("the end of the server", || child.try_wait().unwrap())
    }

    /// Asks it to stop, and waits.
    pub(crate) fn stop(mut self) -> ExitStatus {
        self.signal("TERM");
        self.wait()
    }

    /// Ends it without any warning.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Why ignored: it may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
        if thread::panicking() {
            let mut rest = String::new();
            if let Some(errors) = &mut self.child.stderr {
                drop(errors.read_to_string(&mut rest));
            }
            eprintln!("the server logged:\n{}{rest}", self.log());
        }
    }
}
