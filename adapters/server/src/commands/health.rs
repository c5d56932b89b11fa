//! `halftone health`: asks a running server whether it is alive, for container platforms whose images have no other program.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;

use crate::console;

/// How long connecting, asking and waiting for the answer may take, each.
const PATIENCE: Duration = Duration::from_secs(3);

/// The first line of the answer is all that counts, and it is short.
const MOST_BYTES: u64 = 4096;

/// What `health` takes.
#[derive(Debug, Args)]
pub(crate) struct HealthArgs {
    /// The address that the server listens on, from here.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    address: SocketAddr,
    /// Asks for readiness instead: whether everything answers that the server needs.
    #[arg(long)]
    ready: bool,
}

/// Asks once.
///
/// # Errors
/// The server cannot be reached, does not answer in time, or answers that it is not well.
pub(crate) fn run(args: &HealthArgs) -> anyhow::Result<ExitCode> {
    let path = if args.ready { "/readyz" } else { "/healthz" };
    let answer = ask(args.address, path).with_context(|| format!("no answer from {}", args.address))?;
    match status_of(&answer) {
        Some(200) => console::say("well"),
        Some(status) => bail!("{} answers {path} with {status}", args.address),
        None => bail!("{} does not speak HTTP", args.address),
    }
    Ok(ExitCode::SUCCESS)
}

fn ask(address: SocketAddr, path: &str) -> std::io::Result<Vec<u8>> {
    let mut connection = TcpStream::connect_timeout(&address, PATIENCE)?;
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_write_timeout(Some(PATIENCE))?;
    write!(connection, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    connection.take(MOST_BYTES).read_to_end(&mut answer)?;
    Ok(answer)
}

/// The status of an answer that begins as HTTP/1 does.
fn status_of(answer: &[u8]) -> Option<u16> {
    let line = answer.split(|byte| *byte == b'\r').next()?;
    // What is no text or no number is no answer in HTTP, which the caller says.
    let line = std::str::from_utf8(line).ok()?;
    line.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::status_of;

    #[test]
    fn the_status_stands_in_the_first_line() {
        assert_eq!(status_of(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"), Some(200));
        assert_eq!(status_of(b"HTTP/1.0 503 Service Unavailable\r\n\r\n"), Some(503));
    }

    #[test]
    fn other_protocols_have_no_status() {
        for answer in
            [b"SSH-2.0-OpenSSH_9.2\r\n".as_slice(), b"", b"HTTP/1.1\r\n", b"HTTP/1.1 well\r\n", b"\xff\r\n"]
        {
            assert_eq!(status_of(answer), None, "{}", String::from_utf8_lossy(answer));
        }
    }
}
