//! A queue of one's own, with its dead letters.

use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;
use halftone_aws::sqs::{SqsDeadLetterQueue, SqsJobQueue, SqsSpec};
use halftone_core::clock::SystemClock;
use halftone_core::entropy::SeededEntropy;
use halftone_core::id::{PhotoId, StudioId};
use halftone_core::job::Job;
use halftone_core::page::{PageLimit, PageRequest};
use halftone_core::ports::queue::{DeadLetter, DeadLetterQueue as _, JobQueue as _, Receipt, ReceivedJob};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use crate::peers::{Peer, unique};

/// Longer than any test.
pub(crate) const LEASE: SignedDuration = SignedDuration::from_secs(120);

/// As short as SQS counts.
pub(crate) const SHORT: SignedDuration = SignedDuration::from_secs(1);

/// When a condition that comes no nearer is given up.
const DEADLINE: Duration = Duration::from_secs(20);

/// After how many deliveries the redrive policy takes a message.
pub(crate) const MOST_DELIVERIES: u32 = 3;

pub(crate) struct World {
    pub(crate) config: SdkConfig,
    /// The same peer without our code in between.
    pub(crate) raw: Client,
    pub(crate) url: String,
    pub(crate) dead_url: String,
    pub(crate) jobs: SqsJobQueue,
    pub(crate) letters: SqsDeadLetterQueue,
}

async fn create(raw: &Client, kind: &str, attributes: &[(QueueAttributeName, String)]) -> String {
    let request = raw.create_queue().queue_name(unique(kind));
    let request =
        attributes.iter().fold(request, |request, (name, value)| request.attributes(name.clone(), value));
    request.send().await.unwrap().queue_url.unwrap()
}

pub(crate) async fn arn(raw: &Client, url: &str) -> String {
    let request = raw.get_queue_attributes().queue_url(url).attribute_names(QueueAttributeName::QueueArn);
    request.send().await.unwrap().attributes.unwrap().remove(&QueueAttributeName::QueueArn).unwrap()
}

impl World {
    pub(crate) async fn on(peer: Peer) -> Self {
        let config = peer.config().await;
        let raw = Client::new(&config);
        let dead_url = create(&raw, "dead", &[]).await;
        let dead_arn = arn(&raw, &dead_url).await;
        let redrive =
            format!(r#"{{"deadLetterTargetArn":"{dead_arn}","maxReceiveCount":"{MOST_DELIVERIES}"}}"#);
        let url = create(&raw, "jobs", &[(QueueAttributeName::RedrivePolicy, redrive)]).await;
        let jobs = open(&config, &url, Some(&dead_url));
        let letters = SqsDeadLetterQueue::new(&config, &url, &dead_url);
        Self { config, raw, url, dead_url, jobs, letters }
    }

    /// The same queue, as another worker or a restarted one opens it.
    pub(crate) fn reopened(&self) -> SqsJobQueue {
        open(&self.config, &self.url, Some(&self.dead_url))
    }

    pub(crate) async fn enqueue(&self, jobs: &[Job]) {
        self.jobs.enqueue(jobs, SignedDuration::ZERO).await.unwrap();
    }

    pub(crate) async fn send(&self, body: &str) {
        self.raw.send_message().queue_url(&self.url).message_body(body).send().await.unwrap();
    }

    /// What there is after a second's wait.
    pub(crate) async fn receive(&self, lease: SignedDuration) -> Vec<ReceivedJob> {
        self.jobs.receive(10, lease).await.unwrap()
    }

    /// Waits for so many jobs, each with this lease.
    pub(crate) async fn receive_all(&self, count: usize, lease: SignedDuration) -> Vec<ReceivedJob> {
        let mut progress = Instant::now();
        let mut received = Vec::new();
        while received.len() < count {
            assert!(progress.elapsed() < DEADLINE, "{} of {count} jobs came", received.len());
            let batch = self.receive(lease).await;
            if !batch.is_empty() {
                progress = Instant::now();
            }
            received.extend(batch);
        }
        received
    }

    /// Waits for one job.
    pub(crate) async fn receive_one(&self, lease: SignedDuration) -> ReceivedJob {
        let mut received = self.receive_all(1, lease).await;
        assert_eq!(received.len(), 1);
        received.remove(0)
    }

    /// Enqueues a job and receives it.
    pub(crate) async fn hold(&self, job: &Job, lease: SignedDuration) -> ReceivedJob {
        self.enqueue(std::slice::from_ref(job)).await;
        let held = self.receive_one(lease).await;
        assert_eq!(&held.job, job);
        held
    }

    pub(crate) async fn bury(&self, job: &Job, reason: &str) -> ReceivedJob {
        let held = self.hold(job, LEASE).await;
        self.jobs.bury(&held.receipt, reason).await.unwrap();
        held
    }

    pub(crate) async fn list(&self) -> Vec<DeadLetter> {
        self.letters.list(&PageRequest::first(PageLimit::MOST)).await.unwrap().items
    }

    /// Calls everything that takes a receipt.
    pub(crate) async fn settle_in_every_way(&self, receipt: &Receipt) {
        self.jobs.extend(receipt, LEASE).await.unwrap();
        self.jobs.release(receipt, SignedDuration::ZERO).await.unwrap();
        self.jobs.bury(receipt, "stale").await.unwrap();
        self.jobs.acknowledge(receipt).await.unwrap();
    }
}

pub(crate) fn open(config: &SdkConfig, url: &str, dead_url: Option<&str>) -> SqsJobQueue {
    let spec =
        SqsSpec { dead_letter_queue_url: dead_url.map(str::to_owned), wait_seconds: 1, ..SqsSpec::new(url) };
    SqsJobQueue::new(config, spec, Arc::new(SystemClock))
}

/// The job of the photo with this number.
pub(crate) fn job(number: u64) -> Job {
    let entropy = SeededEntropy::new(number);
    let studio = StudioId::generate(Timestamp::UNIX_EPOCH, &entropy);
    Job::ProcessPhoto { studio, photo: PhotoId::generate(Timestamp::UNIX_EPOCH, &entropy) }
}
