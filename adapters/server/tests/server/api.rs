//! The HTTP API as its clients see it.

use std::time::Duration;

use serde_json::{Value, json};
use ureq::http::Response;
use ureq::{Agent, Body, RequestBuilder};

use crate::program::wait_for;

/// A client of the API, perhaps with a token.
#[derive(Clone)]
pub(crate) struct Api {
    agent: Agent,
    base: String,
    token: Option<String>,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Answer {
    /// The body of an answer with this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }
}

/// The text of a field.
#[track_caller]
pub(crate) fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_else(|| panic!("no {field} in {value}")).to_owned()
}

impl Api {
    pub(crate) fn new(base: String) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_mins(1)))
            .build();
        Self { agent: config.into(), base, token: None }
    }

    /// The token of a logged-in client.
    pub(crate) fn token(&self) -> String {
        self.token.clone().unwrap()
    }

    /// The same with a token.
    pub(crate) fn with_token(&self, token: String) -> Self {
        Self { token: Some(token), ..self.clone() }
    }

    /// A URL that another run of the server made, as this one answers it.
    pub(crate) fn here(&self, url: &str) -> String {
        let path = url.find("/media/").expect("a URL of an upload or a picture");
        format!("{}{}", self.base, &url[path..])
    }

    fn url(&self, path: &str) -> String {
        if path.starts_with("http://") { path.to_owned() } else { format!("{}/api/v1{path}", self.base) }
    }

    fn authorised<T>(&self, request: RequestBuilder<T>) -> RequestBuilder<T> {
        match &self.token {
            Some(token) => request.header("Authorization", format!("Bearer {token}")),
            None => request,
        }
    }

    /// Asks, and panics if there is no answer.
    pub(crate) fn get(&self, path: &str) -> Answer {
        read(self.authorised(self.agent.get(self.url(path))).call().unwrap())
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        read(self.authorised(self.agent.delete(self.url(path))).call().unwrap())
    }

    /// Deletes what asks for more than its name.
    pub(crate) fn delete_with(&self, path: &str, body: &Value) -> Answer {
        let request = self.authorised(self.agent.delete(self.url(path)).force_send_body());
        read(request.send_json(body).unwrap())
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.try_post(path, body).unwrap()
    }

    /// Asks a server that may be gone.
    pub(crate) fn try_post(&self, path: &str, body: &Value) -> Result<Answer, ureq::Error> {
        Ok(read(self.authorised(self.agent.post(self.url(path))).send_json(body)?))
    }

    /// Places an order.
    pub(crate) fn post_once(&self, path: &str, key: &str, body: &Value) -> Answer {
        let request = self.authorised(self.agent.post(self.url(path))).header("Idempotency-Key", key);
        read(request.send_json(body).unwrap())
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Answer {
        read(self.authorised(self.agent.put(self.url(path))).send_json(body).unwrap())
    }

    pub(crate) fn patch(&self, path: &str, body: &Value) -> Answer {
        read(self.authorised(self.agent.patch(self.url(path))).send_json(body).unwrap())
    }

    /// Sends a file as a ticket says.
    pub(crate) fn send_file(&self, ticket: &Value, content: &[u8]) -> Result<Answer, ureq::Error> {
        self.send_file_to(&text(ticket, "url"), ticket, content)
    }

    /// The same to another URL.
    pub(crate) fn send_file_to(
        &self,
        url: &str,
        ticket: &Value,
        content: &[u8],
    ) -> Result<Answer, ureq::Error> {
        let headers = ticket["headers"].as_object().unwrap().iter();
        let request = headers.fold(self.agent.put(url), |request, (name, value)| {
            request.header(name, value.as_str().unwrap())
        });
        Ok(read(request.send(content)?))
    }

    /// The bytes behind a URL.
    pub(crate) fn download(&self, url: &str) -> Vec<u8> {
        let mut response = self.agent.get(url).call().unwrap();
        assert_eq!(response.status().as_u16(), 200, "{url}");
        response.body_mut().read_to_vec().unwrap()
    }

    /// Where a URL sends the browser to.
    pub(crate) fn redirection(&self, url: &str) -> String {
        let request = self.agent.get(url).config().max_redirects(0).max_redirects_will_error(false).build();
        let response = request.call().unwrap();
        assert_eq!(response.status().as_u16(), 302, "{url}");
        response.headers()["location"].to_str().unwrap().to_owned()
    }

    /// Something outside of the API, such as `/healthz`.
    pub(crate) fn page(&self, path: &str) -> (u16, String) {
        let mut response = self.agent.get(format!("{}{path}", self.base)).call().unwrap();
        (response.status().as_u16(), response.body_mut().read_to_string().unwrap())
    }

    /// The status of something outside of the API, if there is an answer.
    pub(crate) fn try_page(&self, path: &str) -> Option<u16> {
        let response = self.agent.get(format!("{}{path}", self.base)).call().ok()?;
        Some(response.status().as_u16())
    }

    /// Registers and logs in.
    pub(crate) fn photographer(&self, email: &str) -> Self {
        let body = json!({"email": email, "password": "correct horse", "studio_name": "Studio Ana"});
        self.post("/auth/register", &body).expect(201);
        self.log_in(email, "correct horse")
    }

    pub(crate) fn log_in(&self, email: &str, password: &str) -> Self {
        let session = self.post("/auth/login", &json!({"email": email, "password": password})).expect(200);
        self.with_token(text(&session, "access_token"))
    }

    /// Makes a gallery and tells its id.
    pub(crate) fn gallery(&self, name: &str) -> String {
        text(&self.post("/galleries", &json!({"name": name})).expect(201), "id")
    }

    /// Uploads a file in the three steps of a browser, and tells the photo's id.
    pub(crate) fn upload(&self, gallery: &str, filename: &str, content: &[u8]) -> String {
        let file = json!({"filename": filename, "size": content.len(), "content_type": "image/jpeg"});
        let tickets =
            self.post(&format!("/galleries/{gallery}/uploads"), &json!({"files": [file]})).expect(201);
        let ticket = &tickets["uploads"][0];
        let sent = self.send_file(ticket, content).unwrap();
        assert!((200..300).contains(&sent.status), "{sent:?}");
        let upload = text(ticket, "upload_id");
        let photo = self.post(&format!("/uploads/{upload}/complete"), &json!({})).expect(200);
        text(&photo, "id")
    }

    /// Waits until a photo is in its last state.
    pub(crate) fn settled(&self, photo: &str) -> Value {
        wait_for("the photo's result", || {
            let photo = self.get(&format!("/photos/{photo}")).expect(200);
            matches!(photo["state"].as_str(), Some("ready" | "failed")).then_some(photo)
        })
    }

    /// Waits until a photo is ready.
    #[track_caller]
    pub(crate) fn ready(&self, photo: &str) -> Value {
        let photo = self.settled(photo);
        assert_eq!(photo["state"], "ready", "{photo}");
        photo
    }
}

fn read(mut response: Response<Body>) -> Answer {
    let status = response.status().as_u16();
    let text = response.body_mut().read_to_string().unwrap_or_default();
    Answer { status, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
}
