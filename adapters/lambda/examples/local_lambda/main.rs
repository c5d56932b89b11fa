//! The Lambda service on one computer: it runs `halftone-worker` or `halftone-api` as the platform does.
//!
//! ```sh
//! # The worker behind a queue, as the event source mapping runs it.
//! cargo run -p halftone-lambda --example local_lambda -- \
//!     --function target/debug/halftone-worker --queue-url http://127.0.0.1:4566/000000000000/jobs \
//!     --endpoint-url http://127.0.0.1:4566
//! # The API in a browser, as an HTTP API runs it.
//! cargo run -p halftone-lambda --example local_lambda -- \
//!     --function target/debug/halftone-api --http 127.0.0.1:9001
//! ```
//!
//! The function gets the environment of this program, and what the platform adds to it. A function that dies or runs for
//! longer than its timeout is started anew and its invocation counts as failed: the messages come again when their
//! visibility timeout is over.
//!
//! It is for play and tests. One invocation runs at a time, and nothing here checks permissions.

mod function;
mod http;
mod mapping;
mod runtime_api;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use lambda_runtime::Error;

use function::{Function, FunctionSpec};

/// Runs a function as AWS Lambda does.
#[derive(Debug, Parser)]
struct Arguments {
    /// The function's program.
    #[arg(long)]
    function: PathBuf,
    /// What the function is told of its memory, in MB.
    #[arg(long, default_value_t = 1769)]
    memory_mb: u32,
    /// How long an invocation may take, in seconds.
    #[arg(long, default_value_t = 60)]
    timeout_seconds: u64,
    /// Feed the function with batches from this queue.
    #[arg(long, required_unless_present = "http", conflicts_with = "http")]
    queue_url: Option<String>,
    /// Where SQS answers, if it is not AWS itself.
    #[arg(long)]
    endpoint_url: Option<String>,
    /// The most messages of a batch, 1 to 10.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(i32).range(1..=10))]
    batch_size: i32,
    /// Let a schedule invoke the function every so many seconds, besides the queue.
    #[arg(long, requires = "queue_url")]
    turn_seconds: Option<u64>,
    /// Feed the function with the HTTP requests that arrive here.
    #[arg(long)]
    http: Option<SocketAddr>,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let arguments = Arguments::parse();
    let function = Function::start(FunctionSpec {
        program: arguments.function,
        memory_mb: arguments.memory_mb,
        timeout: Duration::from_secs(arguments.timeout_seconds),
    })
    .await?;
    if let Some(address) = arguments.http {
        return Ok(http::serve(function, address).await?);
    }
    let queue_url = arguments.queue_url.expect("the command line was checked");
    let client = mapping::client(arguments.endpoint_url).await;
    let turns = arguments.turn_seconds.map(Duration::from_secs);
    mapping::poll(function, &client, &queue_url, arguments.batch_size, turns).await
}
