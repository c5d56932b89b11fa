//! The real programs over the stand-in for the platform, with a data directory in the place of a cloud.

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::fixture;
use crate::runtime_api::{Outcome, RuntimeApi};
use crate::scene::record;

const WORKER: &str = env!("CARGO_BIN_EXE_halftone-worker");
const API: &str = env!("CARGO_BIN_EXE_halftone-api");

/// For a start on a busy computer.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running function. Dropping it kills it.
struct Program {
    platform: RuntimeApi,
    process: Child,
    _directory: TempDir,
}

impl Program {
    async fn start(program: &str, settings: &[(&str, &str)]) -> Self {
        let (platform, directory) = (RuntimeApi::start().await.unwrap(), tempfile::tempdir().unwrap());
        platform.expect_new_process();
        let process = Command::new(program)
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", platform.address())
            .env("AWS_LAMBDA_FUNCTION_NAME", "test")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1769")
            .env("HALFTONE_SERVER_DATA_DIR", directory.path())
            .envs(settings.iter().copied())
            .current_dir(directory.path())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Self { platform, process, _directory: directory }
    }

    async fn invoke(&self, event: &Value) -> Outcome {
        let invocation = self.platform.invoke(event.to_string(), PATIENCE);
        timeout(PATIENCE, invocation).await.expect("the function answers in time")
    }

    async fn answer(&self, event: &Value) -> Vec<u8> {
        match self.invoke(event).await {
            Outcome::Answered { body, .. } => body,
            Outcome::Failed { reason } => panic!("the invocation failed: {reason}"),
        }
    }
}

#[tokio::test]
async fn the_worker_answers_batches_and_survives_what_is_none() {
    let worker = Program::start(WORKER, &[]).await;
    let reply: Value = serde_json::from_slice(&worker.answer(&fixture::read("sqs-job")).await).unwrap();
    assert_eq!(reply, json!({"batchItemFailures": []}), "the photo is long gone");

    let Outcome::Failed { reason } = worker.invoke(&json!({"detail-type": "Object Created"})).await else {
        panic!("an event of another kind was answered");
    };
    assert!(reason.contains("WorkerEvent"), "{reason}");

    let turn: Value =
        serde_json::from_slice(&worker.answer(&json!({"detail-type": "Scheduled Event"})).await).unwrap();
    assert_eq!(turn, json!({"recovered": 0, "settled": 0, "waiting": 0, "delivered": 0, "postponed": 0}));

    let poison = record("0b5b4d60-9f1e-4c1c-8d4b-0a1c3f4e5a6b", "r", "poison", 1);
    let reply = worker.answer(&json!({"Records": [poison]})).await;
    let reply: Value = serde_json::from_slice(&reply).unwrap();
    assert_eq!(reply["batchItemFailures"][0]["itemIdentifier"], "0b5b4d60-9f1e-4c1c-8d4b-0a1c3f4e5a6b");
}

fn health() -> Value {
    let mut event = fixture::read("api-http-v2");
    event["rawPath"] = "/readyz".into();
    event["requestContext"]["http"]["method"] = "GET".into();
    event["body"] = Value::Null;
    event
}

#[tokio::test]
async fn the_api_answers_requests() {
    let api = Program::start(API, &[]).await;
    let reply: Value = serde_json::from_slice(&api.answer(&health()).await).unwrap();
    assert_eq!(reply["statusCode"], 200, "{reply}");
    assert!(reply["headers"]["x-request-id"].is_string(), "{reply}");
}

#[tokio::test]
async fn the_api_streams_if_it_is_told_to() {
    let api = Program::start(API, &[("HALFTONE_LAMBDA_REPLIES", "streamed")]).await;
    let Outcome::Answered { body, is_streamed } = api.invoke(&health()).await else {
        panic!("the invocation failed");
    };
    assert!(is_streamed);
    let end = body.windows(8).position(|window| window == [0; 8]).expect("eight zero bytes end the prelude");
    let prelude: Value = serde_json::from_slice(&body[..end]).unwrap();
    assert_eq!(prelude["statusCode"], 200, "{prelude}");
    assert!(prelude["headers"]["content-type"].is_string(), "{prelude}");
}

#[tokio::test]
async fn a_function_with_a_wrong_setting_says_which_and_ends() {
    let worker = Program::start(WORKER, &[("HALFTONE_BACKENDS_QUEUE", "carrier pigeons")]).await;
    let output = timeout(PATIENCE, worker.process.wait_with_output()).await.unwrap().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("backends.queue (HALFTONE_BACKENDS_QUEUE) must be embedded or sqs"), "{said}");
}
