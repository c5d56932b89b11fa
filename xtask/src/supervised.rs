//! Programs that never outlive this one.
//!
//! A server that is left behind holds its port and its directory, and an xtask that was killed cannot stop it. So such a
//! program is started through `xtask supervise`: a small process that holds the reading end of a pipe. Whatever
//! ends xtask, the kernel closes the pipe, and the supervisor stops the program with its whole process group. (Linux can also
//! signal a child when its parent dies, but the child would have to ask for it in `unsafe` code between fork and exec.)

use std::ffi::OsString;
use std::fs::File;
use std::io::Read as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitCode, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// The hidden subcommand that is the supervisor.
pub(crate) const SUBCOMMAND: &str = "supervise";

/// How long a program may take to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(10);

/// How much of a log is shown when its program has failed.
const SHOWN_LINES: usize = 25;

/// A running program and its supervisor. It is stopped when this is dropped.
#[derive(Debug)]
pub(crate) struct Supervised {
    name: String,
    supervisor: Child,
    /// The writing end of the pipe; nothing is ever written to it.
    lifeline: Option<ChildStdin>,
    log: PathBuf,
}

impl Supervised {
    pub(crate) fn start(name: &str, command: &Command, log: &Path) -> anyhow::Result<Self> {
        let output = File::create(log).with_context(|| format!("could not create {}", log.display()))?;
        let mut supervisor = through_supervisor(command)?
            .stdin(Stdio::piped())
            .stdout(output.try_clone()?)
            .stderr(output)
            // Ctrl-C reaches the terminal's whole process group. A supervisor stops its program in its own order.
            .process_group(0)
            .spawn()?;
        let lifeline = supervisor.stdin.take();
        Ok(Self { name: name.to_owned(), supervisor, lifeline, log: log.to_owned() })
    }

    /// What people call the program.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The supervisor's process; the program and all that it starts descend from it.
    pub(crate) fn process_id(&self) -> u32 {
        self.supervisor.id()
    }

    /// Waits until the program ends by itself.
    pub(crate) fn wait(&mut self) -> anyhow::Result<ExitStatus> {
        self.supervisor.wait().with_context(|| format!("could not wait for {}", self.name))
    }

    /// Tells how the program ended, if it has.
    pub(crate) fn try_wait(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        self.supervisor.try_wait().with_context(|| format!("could not wait for {}", self.name))
    }

    /// Asks the program to end, without waiting for it.
    pub(crate) fn ask_to_stop(&mut self) {
        self.lifeline = None;
    }

    /// Gives the end of what the program has written.
    pub(crate) fn last_lines(&self) -> String {
        std::fs::read(&self.log).map_or_else(
            |error| format!("(its log {} cannot be read: {error})", self.log.display()),
            |bytes| last_lines(&String::from_utf8_lossy(&bytes)),
        )
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        self.ask_to_stop();
        if let Err(error) = self.wait() {
            crate::report::failure(&error);
        }
    }
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(SHOWN_LINES)..].join("\n")
}

fn through_supervisor(command: &Command) -> anyhow::Result<Command> {
    let this_program = std::env::current_exe().context("this program does not know its own path")?;
    let mut through = Command::new(this_program);
    through.args([SUBCOMMAND, "--"]).arg(command.get_program()).args(command.get_args());
    if let Some(directory) = command.get_current_dir() {
        through.current_dir(directory);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => through.env(name, value),
            None => through.env_remove(name),
        };
    }
    Ok(through)
}

/// What a supervisor waits for.
enum Event {
    /// The program has ended by itself.
    Ended(std::io::Result<ExitStatus>),
    /// Whoever started the supervisor is gone, or wants the program to stop.
    Abandoned,
}

/// Runs a program as its supervisor, and ends as the program did.
pub(crate) fn supervise(command: &[OsString]) -> anyhow::Result<ExitCode> {
    let (program, arguments) = command.split_first().context("there is no program to supervise")?;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .process_group(0)
        .spawn()
        .with_context(|| format!("could not start {}", program.display()))?;
    let group = Pid::from_child(&child);
    let (events, received) = mpsc::channel();
    watch_lifeline(events.clone());
    watch_signals(events.clone())?;
    thread::spawn(move || report_to(&events, Event::Ended(child.wait())));
    match received.recv()? {
        Event::Ended(status) => Ok(exit_code(status?)),
        Event::Abandoned => {
            signal(group, Signal::TERM);
            wait_for_the_end(&received);
            // Whether the program has ended or not, nothing of its group may remain.
            signal(group, Signal::KILL);
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn watch_lifeline(events: Sender<Event>) {
    thread::spawn(move || {
        // The end of the pipe and a broken pipe mean the same.
        drop(std::io::stdin().read_to_end(&mut Vec::new()));
        report_to(&events, Event::Abandoned);
    });
}

fn watch_signals(events: Sender<Event>) -> anyhow::Result<()> {
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM])?;
    thread::spawn(move || signals.forever().for_each(|_| report_to(&events, Event::Abandoned)));
    Ok(())
}

fn report_to(events: &Sender<Event>, event: Event) {
    // Nobody listens any more once the supervisor is about to end.
    drop(events.send(event));
}

fn wait_for_the_end(received: &Receiver<Event>) {
    let deadline = Instant::now() + GRACE;
    // Further wishes that the program stop change nothing.
    while let Ok(Event::Abandoned) = received.recv_timeout(deadline.saturating_duration_since(Instant::now()))
    {
    }
}

fn signal(group: Pid, signal: Signal) {
    match kill_process_group(group, signal) {
        // All of them are gone already.
        Ok(()) | Err(Errno::SRCH) => {}
        Err(error) => {
            let error = anyhow::Error::new(error).context("could not signal a program");
            crate::report::failure(&error);
        }
    }
}

fn exit_code(status: ExitStatus) -> ExitCode {
    // A shell says it the same way: 128 and the number of the signal.
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::{Command, ExitCode, ExitStatus};

    use super::{exit_code, last_lines, through_supervisor};

    #[test]
    fn the_supervised_command_keeps_its_arguments_directory_and_environment() {
        let mut command = Command::new("server");
        command.args(["--port", "1"]).current_dir("/tmp").env("A", "b").env_remove("C");
        let through = through_supervisor(&command).unwrap();
        assert!(through.get_args().eq(["supervise", "--", "server", "--port", "1"]));
        assert_eq!(through.get_current_dir(), command.get_current_dir());
        assert!(through.get_envs().eq(command.get_envs()));
    }

    #[test]
    fn a_program_that_was_killed_ends_as_in_a_shell() {
        let killed = ExitStatus::from_raw(9);
        assert_eq!(format!("{:?}", exit_code(killed)), format!("{:?}", ExitCode::from(137)));
    }

    #[test]
    fn a_log_is_shown_from_its_end() {
        let text: String = (1..=100).map(|number| format!("line {number}")).collect::<Vec<_>>().join("\n");
        let shown = last_lines(&text);
        assert!(shown.starts_with("line 76\n"), "{shown}");
        assert!(shown.ends_with("line 100"), "{shown}");
    }
}
