//! Halftone's HTTP application under a path of another Poem application. Run it with `cargo run --example nest`.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::sync::Arc;

use halftone_core::clock::{Clock, SystemClock};
use halftone_core::entropy::Entropy;
use halftone_core::secret::Keyring;
use halftone_core::self_served::SelfServedUrls;
use halftone_core::services::{Dependencies, Services};
use halftone_core::settings::Settings;
use halftone_documents::PdfRenderer;
use halftone_http::{HttpOptions, application};
use halftone_processing::renderer::{PooledRenderer, RendererSpec};
use halftone_storage::local_identity::{LocalIdentity, LocalIdentityPorts, LocalIdentitySpec};
use halftone_storage::memory::{MemoryBackend, MemoryMailer};
use halftone_storage::os_entropy::OsEntropy;
use poem::{Endpoint as _, Request, Route, handler};

/// Everything in memory, as in the example `embed`.
fn services() -> std::io::Result<Services> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let entropy: Arc<dyn Entropy> = Arc::new(OsEntropy);
    let backend = MemoryBackend::new(Arc::clone(&clock), Arc::clone(&entropy)).ports();
    let keyring = Arc::new(Keyring::generate(&*entropy));
    let identity = LocalIdentityPorts {
        credentials: Arc::clone(&backend.metadata.credentials),
        mailer: Arc::new(MemoryMailer::new()),
        keyring: Arc::clone(&keyring),
        clock: Arc::clone(&clock),
        entropy: Arc::clone(&entropy),
    };
    Ok(Services::new(Dependencies {
        backend,
        identity: Arc::new(LocalIdentity::new(identity, LocalIdentitySpec::default())),
        renderer: Arc::new(PooledRenderer::new(RendererSpec::default())?),
        documents: Arc::new(PdfRenderer::start()?),
        urls: Arc::new(SelfServedUrls::new(Arc::clone(&keyring), Arc::clone(&clock))),
        notifiers: Vec::new(),
        subscriptions: None,
        mail: None,
        vapid_key: None,
        keyring,
        clock,
        entropy,
        settings: Settings::default(),
    }))
}

/// A page of the surrounding application.
#[handler]
fn home() -> &'static str {
    "My own site"
}

/// Nests the application and asks both a question. A real program would hand `site` to `poem::Server`.
#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    // Links in answers must lead back here, so the application is told where "here" is.
    let public_url = Some("https://my-own-site.example/proofs".to_owned());
    let options = HttpOptions { public_url, ..HttpOptions::default() };
    let site = Route::new().at("/", home).nest("/proofs", application(services()?, options));

    for path in ["/", "/proofs/healthz", "/proofs/api/v1/openapi.json"] {
        let answer = site.get_response(Request::builder().uri(path.parse()?).finish()).await;
        println!("{path}: {}", answer.status());
        if !answer.is_success() {
            return Err(format!("{path} answered {}", answer.status()).into());
        }
    }
    Ok(())
}
