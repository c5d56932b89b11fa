//! Halftone inside another program: no server, no database. Run it with `cargo run --example embed`.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::sync::Arc;

use halftone_core::clock::{Clock, SystemClock};
use halftone_core::entropy::Entropy;
use halftone_core::page::{PageLimit, PageRequest};
use halftone_core::ports::galleries::GalleryFilter;
use halftone_core::processing_draft::ProcessingDraft;
use halftone_core::secret::{Keyring, Password};
use halftone_core::self_served::SelfServedUrls;
use halftone_core::services::galleries::NewGallery;
use halftone_core::services::{Dependencies, Services};
use halftone_core::settings::Settings;
use halftone_core::text::{Email, Name, Prose, Tags};
use halftone_documents::PdfRenderer;
use halftone_processing::renderer::{PooledRenderer, RendererSpec};
use halftone_storage::local_identity::{LocalIdentity, LocalIdentityPorts, LocalIdentitySpec};
use halftone_storage::memory::{MemoryBackend, MemoryMailer};
use halftone_storage::os_entropy::OsEntropy;

/// Everything in memory. Swap any part for one of your own that implements the same port.
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

/// Registers a photographer, makes a gallery, and lists what there is.
#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let services = services()?;
    let (email, password) = (Email::parse("ana@example.com")?, Password::choose("correct horse")?);
    services.accounts.register(&email, &password, Name::parse("Studio Ana")?).await?;
    let session = services.accounts.log_in(&email, &password).await?;
    let ana = services.accounts.authenticate(&session.access_token).await?;

    let gallery = NewGallery {
        name: Name::parse("Ceremony")?,
        description: Prose::empty(),
        tags: Tags::default(),
        collection: None,
        price_list: None,
        processing: ProcessingDraft::default(),
    };
    services.galleries.create(&ana, gallery).await?;

    let page = PageRequest::first(PageLimit::DEFAULT);
    for found in services.galleries.list(&ana, &GalleryFilter::default(), &page).await?.items {
        println!("{}: {} photos ready", found.gallery.value.name, found.photos.ready);
    }
    Ok(())
}
