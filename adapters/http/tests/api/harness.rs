//! The application over the memory backend, a clock that is moved by hand and the real renderer.

use std::num::NonZeroUsize;
use std::sync::{Arc, OnceLock};

use halftone_core::clock::{Clock, ManualClock};
use halftone_core::entropy::{Entropy, SeededEntropy};
use halftone_core::ports::documents::DocumentRenderer;
use halftone_core::ports::notifier::NoticeSubscriptions;
use halftone_core::ports::renderer::Renderer;
use halftone_core::secret::Keyring;
use halftone_core::self_served::SelfServedUrls;
use halftone_core::services::{Dependencies, Services};
use halftone_core::settings::Settings;
use halftone_core::studio::Channel;
use halftone_core::text::Email;
use halftone_documents::PdfRenderer;
use halftone_http::{EventStreamOptions, HttpOptions, application};
use halftone_processing::renderer::{PooledRenderer, RendererSpec};
use halftone_storage::local_identity::{LocalIdentity, LocalIdentityPorts, LocalIdentitySpec};
use halftone_storage::memory::{MemoryBackend, MemoryMailer};
use jiff::{SignedDuration, Timestamp};
use poem::endpoint::BoxEndpoint;
use poem::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use poem::{Body, Endpoint as _, Request, Response};
use serde_json::{Value, json};

use crate::channels::FakeNotifier;
use crate::error_watch;
use crate::topic::FakeTopic;

/// A running application.
pub(crate) struct TestApp {
    pub(crate) services: Services,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) topic: Arc<FakeTopic>,
    pub(crate) push: Arc<FakeNotifier>,
    pub(crate) hooks: Arc<FakeNotifier>,
    mailer: Arc<MemoryMailer>,
    endpoint: Arc<BoxEndpoint<'static, Response>>,
}

/// How an application under test differs from the default.
pub(crate) struct Setup {
    pub(crate) http: HttpOptions,
    pub(crate) identity: LocalIdentitySpec,
    pub(crate) offers_subscriptions: bool,
}

impl Default for Setup {
    fn default() -> Self {
        // One process registers and logs in far more often than people do.
        let rate_limits = halftone_http::RateLimitOptions::UNLIMITED;
        // Streams end at once, for most tests read answers to their end.
        let event_streams = EventStreamOptions::default();
        event_streams.closing.cancel();
        Self {
            http: HttpOptions { rate_limits, event_streams, ..HttpOptions::default() },
            identity: LocalIdentitySpec::default(),
            offers_subscriptions: true,
        }
    }
}

/// The password of every photographer here.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Everything under this is under test.
pub(crate) const BASE: &str = "/api/v1";

const HOST: &str = "studio.test";

impl TestApp {
    pub(crate) async fn new() -> Self {
        Self::with(Setup::default()).await
    }

    #[expect(clippy::unused_async, reason = "the password hasher needs a runtime around it")]
    pub(crate) async fn with(setup: Setup) -> Self {
        error_watch::begin();
        let start: Timestamp = "2026-05-14T12:00:00Z".parse().unwrap();
        let clock = Arc::new(ManualClock::new(start));
        let time: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
        let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(7));
        let backend = MemoryBackend::new(Arc::clone(&time), Arc::clone(&entropy)).ports();
        let keyring = Arc::new(Keyring::generate(&*entropy));
        let mailer = Arc::new(MemoryMailer::new());
        let ports = LocalIdentityPorts {
            credentials: Arc::clone(&backend.metadata.credentials),
            mailer: Arc::<MemoryMailer>::clone(&mailer),
            keyring: Arc::clone(&keyring),
            clock: Arc::clone(&time),
            entropy: Arc::clone(&entropy),
        };
        let topic = Arc::new(FakeTopic::default());
        let push = Arc::new(FakeNotifier::new(Channel::WebPush));
        let hooks = Arc::new(FakeNotifier::new(Channel::Webhook));
        let offered: Arc<dyn NoticeSubscriptions> = Arc::<FakeTopic>::clone(&topic);
        let services = Services::new(Dependencies {
            backend,
            identity: Arc::new(LocalIdentity::new(ports, setup.identity)),
            renderer: renderer(),
            documents: documents(),
            urls: Arc::new(SelfServedUrls::new(Arc::clone(&keyring), Arc::clone(&time))),
            notifiers: vec![Arc::<FakeNotifier>::clone(&push), Arc::<FakeNotifier>::clone(&hooks)],
            subscriptions: setup.offers_subscriptions.then_some(offered),
            mail: None,
            vapid_key: Some([4; 65]),
            keyring,
            clock: time,
            entropy,
            settings: settings(),
        });
        let endpoint = Arc::new(application(services.clone(), setup.http));
        Self { services, clock, topic, push, hooks, mailer, endpoint }
    }

    /// The application itself.
    pub(crate) fn endpoint(&self) -> Arc<BoxEndpoint<'static, Response>> {
        Arc::clone(&self.endpoint)
    }

    /// Registers a photographer and logs in; returns the access token.
    pub(crate) async fn photographer(&self, name: &str) -> String {
        let email = format!("{name}@example.com");
        let registration = json!({"email": email, "password": PASSWORD, "studio_name": name});
        self.post("/auth/register", &registration).await.expect(201);
        let credentials = json!({"email": email, "password": PASSWORD});
        self.post("/auth/login", &credentials).await.expect(200).text_at("/access_token")
    }

    /// Runs jobs until there are none.
    pub(crate) async fn run_jobs(&self) {
        loop {
            let received = self.services.working.receive(10).await.unwrap();
            if received.is_empty() {
                return;
            }
            for job in &received {
                self.services.working.run(job).await.unwrap();
            }
        }
    }

    pub(crate) fn advance_seconds(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    /// The largest photo that this application takes.
    #[expect(clippy::unused_self, reason = "it is a property of the application")]
    pub(crate) fn most_upload_bytes(&self) -> usize {
        usize::try_from(settings().most_upload_bytes).unwrap()
    }

    /// The last code that was mailed to an address.
    pub(crate) fn mailed_code(&self, email: &str) -> String {
        let mail = self.mailer.find_last_to(&Email::parse(email).unwrap()).unwrap();
        let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
        let mut words = mail.text.split(|character: char| !character.is_ascii_alphanumeric());
        words.find(is_code).expect("the mail holds a code").to_owned()
    }

    /// A call of the API; `path` follows `/api/v1`.
    pub(crate) fn call(&self, method: Method, path: &str) -> Call<'_> {
        self.call_root(method, &format!("{BASE}{path}"))
    }

    /// A call of anything.
    pub(crate) fn call_root(&self, method: Method, path: &str) -> Call<'_> {
        Call { app: self, method, path: path.to_owned(), headers: HeaderMap::new(), body: Body::empty() }
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Reply {
        self.call(Method::GET, path).bearer(token).send().await
    }

    /// A call that needs no token.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.call(Method::POST, path).json_if(Some(body)).send().await
    }

    /// Fetches an absolute URL of this application.
    pub(crate) async fn fetch(&self, url: &str) -> Reply {
        self.call_root(Method::GET, local(url)).send().await
    }

    /// Sends bytes to a ticket's URL.
    pub(crate) async fn put_bytes(&self, url: &str, bytes: &[u8]) -> Reply {
        let call = self.call_root(Method::PUT, local(url)).header("Content-Type", "image/jpeg");
        call.header("Content-Length", &bytes.len().to_string()).body(bytes.to_vec()).send().await
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            error_watch::check();
        }
    }
}

/// The path of an absolute URL of this application.
pub(crate) fn local(url: &str) -> &str {
    url.strip_prefix(&format!("http://{HOST}")).expect("the URL is one of this application")
}

fn settings() -> Settings {
    Settings { most_upload_bytes: 2 << 20, ..Settings::default() }
}

fn documents() -> Arc<dyn DocumentRenderer> {
    static DOCUMENTS: OnceLock<Arc<PdfRenderer>> = OnceLock::new();
    Arc::<PdfRenderer>::clone(DOCUMENTS.get_or_init(|| Arc::new(PdfRenderer::start().unwrap())))
}

fn renderer() -> Arc<dyn Renderer> {
    static RENDERER: OnceLock<Arc<PooledRenderer>> = OnceLock::new();
    let spec = RendererSpec::with_threads(NonZeroUsize::MIN.saturating_add(1));
    let renderer = RENDERER.get_or_init(|| Arc::new(PooledRenderer::new(spec).unwrap()));
    Arc::<PooledRenderer>::clone(renderer)
}

/// A request that is being put together.
pub(crate) struct Call<'a> {
    app: &'a TestApp,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Body,
}

impl Call<'_> {
    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, HeaderValue::try_from(value).unwrap());
        self
    }

    pub(crate) fn json_if(self, body: Option<&Value>) -> Self {
        match body {
            Some(body) => self.header("Content-Type", "application/json").body(body.to_string().into_bytes()),
            None => self,
        }
    }

    pub(crate) fn body(mut self, bytes: Vec<u8>) -> Self {
        self.body = Body::from_vec(bytes);
        self
    }

    /// From where the call comes, for an application that trusts a proxy.
    pub(crate) fn from(self, address: &str) -> Self {
        self.header("X-Forwarded-For", address)
    }

    pub(crate) async fn send(self) -> Reply {
        let mut request = Request::builder()
            .method(self.method)
            .uri_str(&self.path)
            .header(header::HOST, HOST)
            .body(self.body);
        request.headers_mut().extend(self.headers);
        let response = self.app.endpoint.get_response(request).await;
        Reply::read(response, &self.path).await
    }
}

/// An answer that was read to its end.
#[derive(Debug)]
pub(crate) struct Reply {
    path: String,
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Reply {
    async fn read(response: Response, path: &str) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = body.into_vec().await.unwrap();
        Self { path: path.to_owned(), status: parts.status, headers: parts.headers, bytes }
    }

    pub(crate) fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// The status must be this one.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        let shown: String = String::from_utf8_lossy(&self.bytes).chars().take(500).collect();
        assert_eq!(self.status.as_u16(), status, "{}: {shown}", self.path);
        self
    }

    /// The answer must be a problem document of this kind, about this field; an empty field for none.
    #[track_caller]
    pub(crate) fn problem(&self, kind: &str, field: &str) {
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        let problem = self.json();
        assert_eq!(problem["type"], kind, "{problem}");
        assert_eq!(problem["status"], self.status.as_u16());
        assert_eq!(problem["field"].as_str().unwrap_or_default(), field, "{problem}");
        assert!(
            problem["title"].is_string()
                && problem["detail"].is_string()
                && problem["request_id"].is_string()
        );
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).expect("the answer is JSON")
    }

    /// The text at a JSON pointer.
    #[track_caller]
    pub(crate) fn text_at(&self, pointer: &str) -> String {
        let json = self.json();
        let value = json.pointer(pointer).and_then(Value::as_str);
        value.unwrap_or_else(|| panic!("no text at {pointer} of {json}")).to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    #[track_caller]
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).expect("the answer is text")
    }
}
