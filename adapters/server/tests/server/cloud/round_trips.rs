//! What one request of a client costs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use halftone_core::allowance::Allowance;
use halftone_core::clock::{Clock, SystemClock};
use halftone_core::entropy::Entropy;
use halftone_core::page::{PageLimit, PageRequest};
use halftone_core::ports::Backend;
use halftone_core::ports::objects::stream_of;
use halftone_core::processing_draft::ProcessingDraft;
use halftone_core::secret::{Keyring, Password};
use halftone_core::services::galleries::NewGallery;
use halftone_core::services::sharing::{NewShare, Visitor};
use halftone_core::services::visiting::ClientPhotoFilter;
use halftone_core::services::{Dependencies, Services as UseCases};
use halftone_core::settings::Settings;
use halftone_core::share::{Limits, Permissions};
use halftone_core::text::{Email, Line, Name, Prose, Tags};
use halftone_documents::PdfRenderer;
use halftone_processing::renderer::{PooledRenderer, RendererSpec};
use halftone_storage::local_identity::{LocalIdentity, LocalIdentityPorts, LocalIdentitySpec};
use halftone_storage::memory::{MemoryBackend, MemoryMailer};
use halftone_storage::mongo::{MongoBackend, MongoSpec};
use halftone_storage::os_entropy::OsEntropy;
use halftone_storage::s3::{S3Backend, S3Spec};
use mongodb::event::EventHandler;
use mongodb::event::command::CommandEvent;

use super::peers::Peers;
use super::provision::{Services, unique};
use crate::pictures::jpeg;

/// The use cases over the peers, with a count of the database's commands.
async fn open(peers: &Peers) -> (UseCases, Arc<AtomicUsize>) {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let entropy: Arc<dyn Entropy> = Arc::new(OsEntropy);
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let observer = EventHandler::callback(move |event| {
        if matches!(event, CommandEvent::Started(_)) {
            counted.fetch_add(1, Ordering::Relaxed);
        }
    });
    let spec = MongoSpec::new(peers.mongodb_uri.clone(), unique("round_trips"));
    let database = MongoBackend::connect_observed(spec, Arc::clone(&clock), observer).await.unwrap();
    database.ensure_indexes().await.unwrap();
    // The bucket does not exist: whatever asks S3 for something fails.
    let client = Services::at(peers).s3;
    let files = S3Backend::new(&client, S3Spec::new(unique("no-such-bucket")), Arc::clone(&clock));
    let memory = MemoryBackend::new(Arc::clone(&clock), Arc::clone(&entropy)).ports();
    let backend = Backend { metadata: database.metadata(), ..memory };
    let keyring = Arc::new(Keyring::generate(&*entropy));
    let logins = LocalIdentityPorts {
        credentials: Arc::clone(&backend.metadata.credentials),
        mailer: Arc::new(MemoryMailer::new()),
        keyring: Arc::clone(&keyring),
        clock: Arc::clone(&clock),
        entropy: Arc::clone(&entropy),
    };
    let services = UseCases::new(Dependencies {
        backend,
        identity: Arc::new(LocalIdentity::new(logins, LocalIdentitySpec::default())),
        renderer: Arc::new(PooledRenderer::new(RendererSpec::default()).unwrap()),
        documents: Arc::new(PdfRenderer::start().unwrap()),
        urls: files.urls(),
        notifiers: Vec::new(),
        subscriptions: None,
        mail: None,
        vapid_key: None,
        keyring,
        clock,
        entropy,
        settings: Settings::default(),
    });
    (services, count)
}

/// A gallery with a photo that is ready, and the access token of a client of its share.
async fn share_a_photo(services: &UseCases) -> String {
    let (email, password) =
        (Email::parse("ana@example.com").unwrap(), Password::choose("correct horse").unwrap());
    services.accounts.register(&email, &password, Name::parse("Studio Ana").unwrap()).await.unwrap();
    let session = services.accounts.log_in(&email, &password).await.unwrap();
    let ana = services.accounts.authenticate(&session.access_token).await.unwrap();
    let gallery = NewGallery {
        name: Name::parse("Ceremony").unwrap(),
        description: Prose::empty(),
        tags: Tags::default(),
        collection: None,
        price_list: None,
        processing: ProcessingDraft::default(),
    };
    let gallery = services.galleries.create(&ana, gallery).await.unwrap().gallery.value.id;
    let content = stream_of(Bytes::from(jpeg(320, 200, 1)));
    services.uploads.upload(&ana, gallery, "IMG_1.JPG", Some("image/jpeg"), content).await.unwrap();
    for job in services.working.receive(10).await.unwrap() {
        services.working.run(&job).await.unwrap();
    }
    let share = NewShare {
        label: Line::empty(),
        expires_at: None,
        pin: None,
        permissions: Permissions::default(),
        limits: Limits::default(),
        allowance: Allowance::default(),
    };
    let visitor = Visitor { pin: None, client_key: None, name: None, email: None };
    let (_, token) = services.sharing.share_gallery(&ana, gallery, share).await.unwrap();
    services.sharing.open(token.reveal(), visitor).await.unwrap().access_token
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn a_page_of_a_clients_photos_costs_two_commands_and_no_request_to_s3() {
    let (services, count) = open(&Peers::find()).await;
    let access_token = share_a_photo(&services).await;
    let before = count.load(Ordering::Relaxed);
    let client = services.sharing.admit(&access_token).await.unwrap();
    let page = PageRequest::first(PageLimit::DEFAULT);
    let photos = services.visiting.photos(&client, &ClientPhotoFilter::default(), &page).await.unwrap();
    assert_eq!(photos.items.len(), 1);
    assert!(photos.items[0].proof.0.contains("X-Amz-Signature"), "the URL is not presigned");
    assert_eq!(count.load(Ordering::Relaxed) - before, 2);
}
