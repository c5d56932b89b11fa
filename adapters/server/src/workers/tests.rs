//! Deliveries that do not end well: the lease is kept, the job is not lost.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::FutureExt as _;
use halftone_core::clock::ManualClock;
use halftone_core::entropy::SeededEntropy;
use halftone_core::geometry::PixelSize;
use halftone_core::job::{Job, RetryPolicy};
use halftone_core::ports::Backend;
use halftone_core::ports::error::StorageError;
use halftone_core::ports::objects::stream_of;
use halftone_core::ports::queue::{QueueDepth, Receipt};
use halftone_core::ports::renderer::{
    DeliveryRequest, MarkRequest, MarkedPhoto, PrintRequest, ProofRequest, RenderError, RenderedImage,
    RenderedPhoto, Renderer,
};
use halftone_core::processing_draft::ProcessingDraft;
use halftone_core::secret::{Keyring, Password};
use halftone_core::self_served::SelfServedUrls;
use halftone_core::services::galleries::NewGallery;
use halftone_core::services::{Dependencies, Services};
use halftone_core::settings::Settings;
use halftone_core::text::{Email, Name, Prose, Tags};
use halftone_documents::PdfRenderer;
use halftone_storage::local_identity::{LocalIdentity, LocalIdentityPorts, LocalIdentitySpec};
use halftone_storage::memory::{MemoryBackend, MemoryMailer};
use jiff::Timestamp;

use super::*;

/// A renderer that never answers, or never should have been asked.
#[derive(Debug, Clone, Copy)]
enum BadRenderer {
    Hangs,
    Panics,
}

fn broken() -> RenderError {
    RenderError::Internal { detail: "not part of this test".to_owned() }
}

#[async_trait]
impl Renderer for BadRenderer {
    fn version(&self) -> u32 {
        1
    }

    async fn render_proof(&self, _: ProofRequest) -> Result<RenderedPhoto, RenderError> {
        match self {
            Self::Hangs => std::future::pending().await,
            Self::Panics => panic!("a renderer that panics"),
        }
    }

    async fn mark_anew(&self, _: MarkRequest) -> Result<MarkedPhoto, RenderError> {
        Err(broken())
    }

    async fn render_delivery(&self, _: DeliveryRequest) -> Result<RenderedImage, RenderError> {
        Err(broken())
    }

    async fn render_print(&self, _: PrintRequest) -> Result<RenderedImage, RenderError> {
        Err(broken())
    }

    async fn inspect_logo(&self, _: Bytes) -> Result<PixelSize, RenderError> {
        Err(broken())
    }
}

/// A studio in memory with one uploaded photo whose job was just received.
struct Scene {
    clock: Arc<ManualClock>,
    backend: Backend,
    crew: Crew,
    received: ReceivedJob,
}

const LEASE: SignedDuration = SignedDuration::from_mins(5);

async fn scene(renderer: BadRenderer, most_deliveries: u32) -> Scene {
    scene_over(renderer, most_deliveries, |queue| queue).await
}

async fn scene_over(
    renderer: BadRenderer,
    most_deliveries: u32,
    wrap: impl FnOnce(Arc<dyn JobQueue>) -> Arc<dyn JobQueue>,
) -> Scene {
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let entropy = Arc::new(SeededEntropy::new(7));
    let mut backend = MemoryBackend::new(Arc::clone(&clock) as _, Arc::clone(&entropy) as _).ports();
    backend.queue.jobs = wrap(Arc::clone(&backend.queue.jobs));
    let keyring = Arc::new(Keyring::generate(&*entropy));
    let identity = LocalIdentityPorts {
        credentials: Arc::clone(&backend.metadata.credentials),
        mailer: Arc::new(MemoryMailer::new()),
        keyring: Arc::clone(&keyring),
        clock: Arc::clone(&clock) as _,
        entropy: Arc::clone(&entropy) as _,
    };
    let retry =
        RetryPolicy { most_deliveries, most_outage_deliveries: most_deliveries, ..RetryPolicy::default() };
    let services = Services::new(Dependencies {
        backend: backend.clone(),
        identity: Arc::new(LocalIdentity::new(identity, LocalIdentitySpec::default())),
        renderer: Arc::new(renderer),
        documents: Arc::new(PdfRenderer::start().unwrap()),
        urls: Arc::new(SelfServedUrls::new(Arc::clone(&keyring), Arc::clone(&clock) as _)),
        notifiers: Vec::new(),
        subscriptions: None,
        mail: None,
        vapid_key: None,
        keyring,
        clock: Arc::clone(&clock) as _,
        entropy,
        settings: Settings { retry, job_lease: LEASE, ..Settings::default() },
    });
    upload(&services).await;
    let received = services.working.receive(1).await.unwrap().pop().unwrap();
    let queue = Arc::clone(&backend.queue.jobs);
    let crew = Crew { working: services.working, queue, wake: Arc::default() };
    Scene { clock, backend, crew, received }
}

async fn upload(services: &Services) {
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
    let content = stream_of(Bytes::from_static(b"a picture"));
    services.uploads.upload(&ana, gallery, "IMG_1.JPG", None, content).await.unwrap();
}

#[tokio::test]
async fn a_job_that_runs_for_long_keeps_its_lease() {
    let scene = scene(BadRenderer::Hangs, 5).await;
    let Scene { clock, crew, received, .. } = &scene;
    let shutdown = Shutdown::default();
    tokio::time::pause();
    let watch = async {
        for _ in 0..3 {
            clock.advance(SignedDuration::from_mins(3));
            // Longer than half a lease for the timer that extends it.
            tokio::time::sleep(Duration::from_mins(3)).await;
            assert!(crew.working.receive(1).await.unwrap().is_empty(), "somebody else got the job");
        }
        shutdown.deadline.cancel();
    };
    tokio::join!(delivery::deliver(crew, received, &shutdown), watch);
}

#[tokio::test]
async fn at_the_deadline_a_job_goes_back_to_the_queue() {
    let scene = scene(BadRenderer::Hangs, 5).await;
    let shutdown = Shutdown::default();
    shutdown.deadline.cancel();
    delivery::deliver(&scene.crew, &scene.received, &shutdown).await;
    let again = scene.crew.working.receive(1).await.unwrap();
    assert_eq!(again.first().map(|job| job.id), Some(scene.received.id));
}

#[tokio::test]
async fn a_job_that_panics_is_tried_again_and_then_given_up() {
    let scene = scene(BadRenderer::Panics, 2).await;
    delivery::deliver(&scene.crew, &scene.received, &Shutdown::default()).await;
    let depth = scene.backend.queue.jobs.depth().await.unwrap();
    assert_eq!((depth.waiting, depth.dead), (1, 0));

    scene.clock.advance(SignedDuration::from_mins(1));
    let second = scene.crew.working.receive(1).await.unwrap().pop().unwrap();
    delivery::deliver(&scene.crew, &second, &Shutdown::default()).await;
    let depth = scene.backend.queue.jobs.depth().await.unwrap();
    assert_eq!((depth.waiting, depth.dead), (0, 1));
}

#[tokio::test]
async fn a_job_that_took_the_program_down_each_time_is_not_run_again() {
    let scene = scene(BadRenderer::Hangs, 1).await;
    assert!(scene.crew.working.run(&scene.received).now_or_never().is_none(), "it dies while it renders");
    scene.clock.advance(LEASE + LEASE);
    let again = scene.crew.working.receive(1).await.unwrap().pop().unwrap();
    delivery::deliver(&scene.crew, &again, &Shutdown::default()).await;
    assert_eq!(scene.backend.queue.jobs.depth().await.unwrap().dead, 1);
}

/// A queue during whose answer the program is asked to stop, once a test has said which.
#[derive(Debug)]
struct StoppingJobQueue {
    inner: Arc<dyn JobQueue>,
    shutdown: Arc<Mutex<Option<Shutdown>>>,
}

#[async_trait]
impl JobQueue for StoppingJobQueue {
    async fn enqueue(&self, jobs: &[Job], delay: SignedDuration) -> Result<(), StorageError> {
        self.inner.enqueue(jobs, delay).await
    }

    async fn receive(&self, most: usize, lease: SignedDuration) -> Result<Vec<ReceivedJob>, StorageError> {
        let received = self.inner.receive(most, lease).await;
        if let Some(shutdown) = self.shutdown.lock().unwrap().take() {
            shutdown.stop.cancel();
        }
        received
    }

    async fn extend(&self, receipt: &Receipt, lease: SignedDuration) -> Result<(), StorageError> {
        self.inner.extend(receipt, lease).await
    }

    async fn acknowledge(&self, receipt: &Receipt) -> Result<(), StorageError> {
        self.inner.acknowledge(receipt).await
    }

    async fn release(&self, receipt: &Receipt, delay: SignedDuration) -> Result<(), StorageError> {
        self.inner.release(receipt, delay).await
    }

    async fn bury(&self, receipt: &Receipt, reason: &str) -> Result<(), StorageError> {
        self.inner.bury(receipt, reason).await
    }

    async fn depth(&self) -> Result<QueueDepth, StorageError> {
        self.inner.depth().await
    }
}

#[tokio::test]
async fn a_job_that_comes_while_the_server_stops_is_given_back_and_not_begun() {
    let armed = Arc::new(Mutex::new(None));
    let shared = Arc::clone(&armed);
    let stopping =
        move |inner| -> Arc<dyn JobQueue> { Arc::new(StoppingJobQueue { inner, shutdown: shared }) };
    let scene = scene_over(BadRenderer::Panics, 1, stopping).await;
    scene.crew.queue.release(&scene.received.receipt, SignedDuration::ZERO).await.unwrap();
    let shutdown = Shutdown::default();
    *armed.lock().unwrap() = Some(shutdown.clone());
    scene.crew.clone().work_until(shutdown).await;
    let again = scene.crew.working.receive(1).await.unwrap();
    assert_eq!(again.first().map(|job| job.id), Some(scene.received.id));
    assert_eq!(scene.backend.queue.jobs.depth().await.unwrap().dead, 0);
}

#[tokio::test]
async fn a_new_job_wakes_a_resting_worker() {
    let scene = scene(BadRenderer::Panics, 1).await;
    let waking = WakingJobQueue::new(Arc::clone(&scene.backend.queue.jobs), Arc::clone(&scene.crew.wake));
    waking.enqueue(std::slice::from_ref(&scene.received.job), SignedDuration::ZERO).await.unwrap();
    let woken = tokio::time::timeout(Duration::from_secs(5), scene.crew.wake.notified()).await;
    assert!(woken.is_ok());
}
