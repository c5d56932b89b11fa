//! A studio in memory, and a platform that delivers its jobs in batches as Lambda does.

use std::num::NonZeroUsize;
use std::sync::Arc;

use bytes::Bytes;
use halftone_core::access::Principal;
use halftone_core::clock::{Clock, ManualClock};
use halftone_core::entropy::{Entropy, SeededEntropy};
use halftone_core::id::{GalleryId, PhotoId, StudioId};
use halftone_core::job::{Job, RetryPolicy};
use halftone_core::object_key::OriginalKey;
use halftone_core::photo::{PhotoState, PhotoStateKind};
use halftone_core::ports::Backend;
use halftone_core::ports::objects::{Expected, stream_of};
use halftone_core::ports::queue::{JobQueue, QueueDepth, Receipt};
use halftone_core::processing_draft::ProcessingDraft;
use halftone_core::secret::{Keyring, Password};
use halftone_core::self_served::SelfServedUrls;
use halftone_core::services::galleries::NewGallery;
use halftone_core::services::uploads::AnnouncedFile;
use halftone_core::services::{Dependencies, Services};
use halftone_core::settings::Settings;
use halftone_core::text::{Email, Name, Prose, Tags};
use halftone_documents::PdfRenderer;
use halftone_lambda::event::{BatchReply, SqsEvent};
use halftone_lambda::handler::BatchHandler;
use halftone_lambda::queue::PlatformQueue;
use halftone_storage::local_identity::{LocalIdentity, LocalIdentityPorts, LocalIdentitySpec};
use halftone_storage::memory::{MemoryBackend, MemoryMailer};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::handle_queue::HandleQueue;
use crate::script::{Act, ScriptedRenderer};

/// The visibility timeout of the queue, which is longer than the function may run.
pub(crate) const VISIBILITY: SignedDuration = SignedDuration::from_mins(6);

/// How long the function may run.
pub(crate) const TIMEOUT: SignedDuration = SignedDuration::from_mins(1);

/// How often a job that fails is delivered before it is given up.
pub(crate) const MOST_DELIVERIES: u32 = 3;

/// How often any job is delivered.
pub(crate) const MOST_EVER: u32 = 4;

pub(crate) const PHOTO_BYTES: &[u8] = b"an original";

pub(crate) struct Scene {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) backend: Backend,
    pub(crate) services: Services,
    pub(crate) renderer: Arc<ScriptedRenderer>,
    pub(crate) handler: BatchHandler,
    pub(crate) studio: StudioId,
    pub(crate) ana: Principal,
    pub(crate) gallery: GalleryId,
    queue: Arc<dyn JobQueue>,
}

impl Scene {
    /// A studio with an empty gallery, whose photos are rendered one after the other.
    pub(crate) async fn new(acts: &[Act]) -> Self {
        Self::with_concurrency(acts, 1).await
    }

    pub(crate) async fn with_concurrency(acts: &[Act], concurrency: usize) -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24)));
        let time: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
        let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(7));
        let backend = MemoryBackend::new(Arc::clone(&time), Arc::clone(&entropy)).ports();
        let queue = Arc::clone(&backend.queue.jobs);
        let renderer = Arc::new(ScriptedRenderer::new(acts));
        let retry = RetryPolicy {
            most_deliveries: MOST_DELIVERIES,
            most_outage_deliveries: MOST_EVER,
            ..RetryPolicy::default()
        };
        let sqs: Arc<dyn JobQueue> = Arc::new(HandleQueue(Arc::clone(&queue)));
        let platform: Arc<dyn JobQueue> = Arc::new(PlatformQueue::new(sqs));
        let services = services(&backend, &platform, &time, &entropy, &renderer, retry);
        let handler = BatchHandler {
            working: services.working.clone(),
            queue: platform,
            clock: time,
            concurrency: NonZeroUsize::new(concurrency).unwrap(),
        };
        let (ana, gallery) = open_studio(&services).await;
        let studio = ana.manage().unwrap();
        Self { clock, backend, services, renderer, handler, studio, ana, gallery, queue }
    }

    /// The queue forgets what it has.
    pub(crate) async fn lose_jobs(&self) {
        for received in self.queue.receive(10, SignedDuration::from_mins(1)).await.unwrap() {
            self.queue.acknowledge(&received.receipt).await.unwrap();
        }
    }

    /// Uploads a photo; its job waits.
    pub(crate) async fn upload(&self, filename: &str) -> PhotoId {
        let content = stream_of(Bytes::from_static(PHOTO_BYTES));
        let view =
            self.services.uploads.upload(&self.ana, self.gallery, filename, None, content).await.unwrap();
        view.photo.value.id
    }

    /// Uploads a photo straight into the bucket, and says nothing about it.
    pub(crate) async fn upload_silently(&self, filename: &str) -> PhotoId {
        let file = AnnouncedFile {
            filename: filename.to_owned(),
            size: PHOTO_BYTES.len() as u64,
            content_type: None,
            sha256: None,
        };
        let tickets = self.services.uploads.request(&self.ana, self.gallery, &[file]).await.unwrap();
        let upload = tickets.into_iter().next().unwrap().unwrap().upload.to_string();
        let photo = PhotoId::parse(&upload).unwrap();
        let key = OriginalKey { studio: self.studio, photo, replacement: None };
        let content = stream_of(Bytes::from_static(PHOTO_BYTES));
        self.backend.objects.store.put(key.into(), content, Expected::default()).await.unwrap();
        photo
    }

    /// What the event source mapping makes of the messages that are visible.
    pub(crate) async fn next_batch(&self) -> Value {
        let received = self.queue.receive(10, VISIBILITY).await.unwrap();
        let records = received.iter().map(|received| {
            let id = received.id.to_string();
            record(&id, &received.receipt.0, &received.job.to_message(), received.receive_count)
        });
        json!({ "Records": records.collect::<Vec<_>>() })
    }

    /// Runs the function on an event, and deletes what it does not keep, as the platform does.
    pub(crate) async fn invoke(&self, event: &Value) -> Vec<String> {
        let parsed: SqsEvent = serde_json::from_value(event.clone()).unwrap();
        let reply = self.handler.handle(parsed, self.clock.now() + TIMEOUT).await;
        let kept = kept(&reply);
        for record in event["Records"].as_array().unwrap() {
            let id = record["messageId"].as_str().unwrap();
            if !kept.iter().any(|kept| kept == id) {
                let receipt = Receipt(record["receiptHandle"].as_str().unwrap().to_owned());
                self.queue.acknowledge(&receipt).await.unwrap();
            }
        }
        kept
    }

    /// The next batch, run.
    pub(crate) async fn run_batch(&self) -> Vec<String> {
        let event = self.next_batch().await;
        self.invoke(&event).await
    }

    pub(crate) async fn enqueue(&self, job: Job) {
        self.queue.enqueue(&[job], SignedDuration::ZERO).await.unwrap();
    }

    pub(crate) async fn depth(&self) -> (u64, u64, u64) {
        let QueueDepth { waiting, leased, dead } = self.queue.depth().await.unwrap();
        (waiting, leased, dead)
    }

    pub(crate) async fn state(&self, photo: PhotoId) -> PhotoStateKind {
        self.photo_state(photo).await.kind()
    }

    pub(crate) async fn photo_state(&self, photo: PhotoId) -> PhotoState {
        self.backend.metadata.photos.find(self.studio, photo).await.unwrap().unwrap().value.state
    }
}

/// One message of a batch.
pub(crate) fn record(id: &str, receipt: &str, body: &str, receive_count: u32) -> Value {
    json!({
        "messageId": id,
        "receiptHandle": receipt,
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": receive_count.to_string(),
            "SentTimestamp": "1747234800000",
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": "1747234800001"
        },
        "messageAttributes": {},
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:halftone-jobs",
        "awsRegion": "eu-central-1"
    })
}

/// The messages that an answer keeps, read as the platform reads them.
pub(crate) fn kept(reply: &BatchReply) -> Vec<String> {
    let printed = serde_json::to_value(reply).unwrap();
    let failures = printed["batchItemFailures"].as_array().expect("the field is always there");
    failures.iter().map(|failure| failure["itemIdentifier"].as_str().unwrap().to_owned()).collect()
}

fn services(
    backend: &Backend,
    platform: &Arc<dyn JobQueue>,
    clock: &Arc<dyn Clock>,
    entropy: &Arc<dyn Entropy>,
    renderer: &Arc<ScriptedRenderer>,
    retry: RetryPolicy,
) -> Services {
    let mut backend = backend.clone();
    let keyring = Arc::new(Keyring::generate(&**entropy));
    let identity = LocalIdentityPorts {
        credentials: Arc::clone(&backend.metadata.credentials),
        mailer: Arc::new(MemoryMailer::new()),
        keyring: Arc::clone(&keyring),
        clock: Arc::clone(clock),
        entropy: Arc::clone(entropy),
    };
    backend.queue.jobs = Arc::clone(platform);
    Services::new(Dependencies {
        backend,
        identity: Arc::new(LocalIdentity::new(identity, LocalIdentitySpec::default())),
        renderer: Arc::<ScriptedRenderer>::clone(renderer),
        documents: Arc::new(PdfRenderer::start().unwrap()),
        urls: Arc::new(SelfServedUrls::new(Arc::clone(&keyring), Arc::clone(clock))),
        notifiers: Vec::new(),
        subscriptions: None,
        mail: None,
        vapid_key: None,
        keyring,
        clock: Arc::clone(clock),
        entropy: Arc::clone(entropy),
        settings: Settings { retry, ..Settings::default() },
    })
}

async fn open_studio(services: &Services) -> (Principal, GalleryId) {
    let email = Email::parse("ana@example.com").unwrap();
    let password = Password::choose("correct horse").unwrap();
    services.accounts.register(&email, &password, Name::parse("Ana").unwrap()).await.unwrap();
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
    (ana, gallery)
}
