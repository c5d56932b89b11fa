//! The HTTP API as its clients see it.

use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;
use ureq::Agent;

/// A client of the API, perhaps with a token.
#[derive(Clone)]
pub(super) struct Api {
    agent: Agent,
    address: String,
    token: Option<String>,
}

/// What was answered to what.
pub(super) struct Answer {
    request: String,
    outcome: anyhow::Result<(u16, Value)>,
}

impl Answer {
    /// The body of an answer with this status.
    pub(super) fn expect(self, wanted: u16) -> anyhow::Result<Value> {
        let (status, body) = self.outcome.with_context(|| self.request.clone())?;
        ensure!(status == wanted, "{}: {status} instead of {wanted}: {body}", self.request);
        Ok(body)
    }

    /// Any refusal.
    pub(super) fn expect_refusal(self) -> anyhow::Result<()> {
        let (status, _) = self.outcome.with_context(|| self.request.clone())?;
        ensure!((400..500).contains(&status), "{}: {status} instead of a refusal", self.request);
        Ok(())
    }
}

/// The text of a field.
pub(super) fn text(value: &Value, field: &str) -> anyhow::Result<String> {
    value[field].as_str().map(str::to_owned).with_context(|| format!("no {field} in {value}"))
}

/// A number that no other run has.
pub(super) fn nanoseconds() -> anyhow::Result<u128> {
    #[expect(clippy::disallowed_methods, reason = "a name that is free, and no rule of the domain")]
    let now = std::time::SystemTime::now();
    Ok(now.duration_since(UNIX_EPOCH).context("the clock stands before 1970")?.as_nanos())
}

impl Api {
    pub(super) fn new(address: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_mins(1)))
            .max_redirects(0)
            // A proxy for the internet knows nothing of this computer.
            .proxy(None)
            .build();
        Self { agent: config.into(), address: address.to_owned(), token: None }
    }

    pub(super) fn with_token(&self, token: String) -> Self {
        Self { token: Some(token), ..self.clone() }
    }

    /// Whether the server answers that it can serve.
    pub(super) fn is_ready(&self) -> bool {
        self.agent.get(format!("{}/readyz", self.address)).call().is_ok_and(|answer| answer.status() == 200)
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        let request = self.agent.get(self.url(path)).header("authorization", self.authorization());
        answer("GET", path, request.call())
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Answer {
        let request = self.agent.post(self.url(path)).header("authorization", self.authorization());
        answer("POST", path, request.send_json(body))
    }

    pub(super) fn post_once(&self, path: &str, key: &str, body: &Value) -> Answer {
        let request = self.agent.post(self.url(path)).header("authorization", self.authorization());
        answer("POST", path, request.header("idempotency-key", key).send_json(body))
    }

    pub(super) fn put(&self, path: &str, body: &Value) -> Answer {
        let request = self.agent.put(self.url(path)).header("authorization", self.authorization());
        answer("PUT", path, request.send_json(body))
    }

    /// Deletes something, and expects that it is, or will be, gone.
    pub(super) fn delete(&self, path: &str, body: Option<&Value>) -> anyhow::Result<()> {
        let request = self.agent.delete(self.url(path)).header("authorization", self.authorization());
        let sent = match body {
            Some(body) => request.force_send_body().send_json(body),
            None => request.call(),
        };
        let (status, body) = answer("DELETE", path, sent).outcome?;
        ensure!((200..300).contains(&status), "DELETE {path}: {status}: {body}");
        Ok(())
    }

    /// Puts a file where its ticket says.
    pub(super) fn put_bytes(&self, url: &str, headers: &Value, bytes: &[u8]) -> anyhow::Result<()> {
        let mut request = self.agent.put(self.absolute(url));
        for (name, value) in headers.as_object().into_iter().flatten() {
            request = request.header(name, value.as_str().unwrap_or_default());
        }
        let status = request.send(bytes).context("the file cannot be sent")?.status();
        ensure!(status.is_success(), "the file was answered with {status}");
        Ok(())
    }

    /// What a picture's URL leads to. No token goes along.
    pub(super) fn fetch(&self, url: &str) -> anyhow::Result<Vec<u8>> {
        let mut answer =
            self.agent.get(self.absolute(url)).call().context("the picture cannot be fetched")?;
        if !answer.status().is_success() {
            bail!("the picture was answered with {}", answer.status());
        }
        Ok(answer.body_mut().read_to_vec()?)
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/v1{path}", self.address)
    }

    fn absolute(&self, url: &str) -> String {
        if url.starts_with('/') { format!("{}{url}", self.address) } else { url.to_owned() }
    }

    fn authorization(&self) -> String {
        self.token.as_ref().map(|token| format!("Bearer {token}")).unwrap_or_default()
    }
}

fn answer(method: &str, path: &str, sent: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Answer {
    let outcome = sent.map_err(anyhow::Error::new).and_then(|mut answer| {
        let text = answer.body_mut().read_to_string()?;
        // What is no JSON is shown as it is.
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Ok((answer.status().as_u16(), body))
    });
    Answer { request: format!("{method} {path}"), outcome }
}
