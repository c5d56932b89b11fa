//! The interface that the platform gives to a function: it fetches invocations and posts what came of them.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>. One function is served, one invocation at a time, as
//! in one execution environment.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use halftone_core::clock::{Clock as _, SystemClock};
use poem::http::StatusCode;
use poem::listener::TcpAcceptor;
use poem::web::{Data, Path};
use poem::{Body, EndpointExt as _, IntoResponse as _, Request, Response, Route, Server, get, handler, post};
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

/// What came of an invocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The function answered.
    Answered {
        /// What it answered with.
        body: Vec<u8>,
        /// Whether the body is a streamed HTTP reply: a prelude, eight zero bytes, and the bytes.
        is_streamed: bool,
    },
    /// The function said that it failed, or could not say anything any more.
    Failed {
        /// What is known of it.
        reason: String,
    },
}

/// Serves the interface on a port of its own until it is dropped.
#[derive(Debug)]
pub(crate) struct RuntimeApi {
    address: SocketAddr,
    desk: Arc<Desk>,
    server: JoinHandle<()>,
}

/// Where invocations lie.
#[derive(Debug, Default)]
struct Desk {
    slot: Mutex<Slot>,
    arrival: Notify,
}

#[derive(Debug, Default)]
struct Slot {
    /// Counts invocations; it makes their ids.
    count: u64,
    /// Counts processes. A request of an earlier one, which the server may not have noticed to be dead, gets nothing.
    process: u64,
    waiting: Option<Invocation>,
    running: Option<(String, oneshot::Sender<Outcome>)>,
}

#[derive(Debug)]
struct Invocation {
    id: String,
    payload: String,
    deadline_ms: i64,
    outcome: oneshot::Sender<Outcome>,
}

impl Desk {
    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn finish(&self, id: &str, outcome: Outcome) -> StatusCode {
        let mut slot = self.slot();
        match slot.running.take() {
            Some((running, sender)) if running == id => {
                // Nobody waits any more if the time was up; the platform would not listen either.
                drop(sender.send(outcome));
                StatusCode::ACCEPTED
            }
            other => {
                slot.running = other;
                StatusCode::BAD_REQUEST
            }
        }
    }
}

/// Takes an invocation back that nobody waits for any more.
struct Withdrawal<'a>(&'a Desk);

impl Drop for Withdrawal<'_> {
    fn drop(&mut self) {
        let mut slot = self.0.slot();
        slot.waiting = None;
        slot.running = None;
    }
}

impl RuntimeApi {
    /// Begins to serve on loopback.
    pub(crate) async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let desk = Arc::new(Desk::default());
        let routes = Route::new()
            .at("/2018-06-01/runtime/invocation/next", get(give_next))
            .at("/2018-06-01/runtime/invocation/:id/response", post(take_response))
            .at("/2018-06-01/runtime/invocation/:id/error", post(take_error))
            .at("/2018-06-01/runtime/init/error", post(take_init_error))
            .data(Arc::clone(&desk));
        let server = tokio::spawn(async move {
            let acceptor = TcpAcceptor::from_tokio(listener).expect("the listener is bound");
            if let Err(error) = Server::new_with_acceptor(acceptor).run(routes).await {
                tracing::error!(%error, "the runtime interface ended");
            }
        });
        Ok(Self { address, desk, server })
    }

    /// What belongs into `AWS_LAMBDA_RUNTIME_API`.
    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// From now on another process asks.
    pub(crate) fn expect_new_process(&self) {
        self.desk.slot().process += 1;
        self.desk.arrival.notify_waiters();
    }

    /// Hands an event to the function and waits for what comes of it, however long that takes. Dropping the future
    /// withdraws the invocation.
    pub(crate) async fn invoke(&self, payload: String, timeout: Duration) -> Outcome {
        let (outcome, received) = oneshot::channel();
        {
            let mut slot = self.desk.slot();
            slot.count += 1;
            let id = format!("00000000-0000-4000-8000-{:012}", slot.count);
            let deadline = SystemClock.now().saturating_add(timeout).expect("a positive span is exact");
            slot.waiting = Some(Invocation { id, payload, deadline_ms: deadline.as_millisecond(), outcome });
        }
        let _withdrawal = Withdrawal(&self.desk);
        self.desk.arrival.notify_one();
        received
            .await
            .unwrap_or_else(|_| Outcome::Failed { reason: "the invocation was withdrawn".to_owned() })
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

#[handler]
async fn give_next(desk: Data<&Arc<Desk>>) -> Response {
    let process = desk.slot().process;
    loop {
        if desk.slot().process != process {
            // What woke this request was meant for the living.
            desk.arrival.notify_one();
            return StatusCode::GONE.into();
        }
        // Taken first, so that the slot is not locked below.
        let waiting = desk.slot().waiting.take();
        if let Some(Invocation { id, payload, deadline_ms, outcome }) = waiting {
            desk.slot().running = Some((id.clone(), outcome));
            return Response::builder()
                .content_type("application/json")
                .header("Lambda-Runtime-Aws-Request-Id", id)
                .header("Lambda-Runtime-Deadline-Ms", deadline_ms)
                .header(
                    "Lambda-Runtime-Invoked-Function-Arn",
                    "arn:aws:lambda:local:000000000000:function:local",
                )
                .header("Lambda-Runtime-Trace-Id", "Root=1-00000000-000000000000000000000000;Sampled=0")
                .body(payload);
        }
        desk.arrival.notified().await;
    }
}

#[handler]
async fn take_response(
    desk: Data<&Arc<Desk>>,
    Path(id): Path<String>,
    request: &Request,
    body: Body,
) -> Response {
    let is_streamed = request.header("Lambda-Runtime-Function-Response-Mode") == Some("streaming");
    match body.into_vec().await {
        Ok(body) => desk.finish(&id, Outcome::Answered { body, is_streamed }).into_response(),
        Err(error) => desk.finish(&id, Outcome::Failed { reason: error.to_string() }).into_response(),
    }
}

#[handler]
async fn take_error(desk: Data<&Arc<Desk>>, Path(id): Path<String>, body: Body) -> StatusCode {
    desk.finish(&id, Outcome::Failed { reason: text(body).await })
}

#[handler]
async fn take_init_error(body: Body) -> StatusCode {
    let reason = text(body).await;
    tracing::error!(reason, "the function cannot start");
    StatusCode::ACCEPTED
}

/// What a function says of its failure, or of why that cannot be read.
async fn text(body: Body) -> String {
    body.into_string().await.unwrap_or_else(|error| error.to_string())
}
