//! Putting the parts together: the embedded backend, the identity provider, the renderer, the services.

use std::error::Error;
use std::fs;
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use async_trait::async_trait;
use halftone_core::clock::{Clock, SystemClock};
use halftone_core::entropy::Entropy;
use halftone_core::job::RetryPolicy;
use halftone_core::ports::Backend;
use halftone_core::ports::error::StorageError;
use halftone_core::ports::queue::JobQueue;
use halftone_core::self_served::SelfServedUrls;
use halftone_core::services::{Dependencies, Services};
use halftone_core::settings::Settings;
use halftone_http::{
    AdminOptions, HttpOptions, RateLimitOptions, Readiness, RenderMetrics, admin_application, application,
};
use halftone_processing::limits::Limits;
use halftone_processing::renderer::{PooledRenderer, RendererSpec};
use halftone_storage::embedded::{EmbeddedBackend, EmbeddedMailbox, master_key};
use halftone_storage::local_identity::{LocalIdentity, LocalIdentityPorts, LocalIdentitySpec};
use halftone_storage::os_entropy::OsEntropy;
use jiff::SignedDuration;
use poem::Response;
use poem::endpoint::BoxEndpoint;
use tokio::sync::Notify;

use crate::config::Config;
use crate::mailbox::MailboxPage;
use crate::workers::{Crew, WakingJobQueue};

/// An open data directory with everything on top of it. Dropping it closes the directory.
#[derive(Debug)]
pub(crate) struct Studio {
    /// Where the data is, as an absolute path.
    pub(crate) directory: PathBuf,
    /// The use cases.
    pub(crate) services: Services,
    /// The same, but taking every photo without a result for stalled: right at start, when no job can be running.
    pub(crate) at_start: Services,
    /// The ports themselves, for maintenance.
    pub(crate) backend: Backend,
    /// What runs jobs.
    pub(crate) crew: Crew,
    /// How many jobs run at once.
    pub(crate) worker_count: NonZeroUsize,
    mailbox: EmbeddedMailbox,
}

impl Studio {
    /// Opens the data directory, making it if it is not there.
    ///
    /// # Errors
    /// The directory is in use by another process, or cannot be read or written.
    pub(crate) fn open(config: &Config) -> anyhow::Result<Self> {
        let directory = open_directory(&config.server.data_dir)?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let entropy: Arc<dyn Entropy> = Arc::new(OsEntropy);
        let embedded = EmbeddedBackend::open(&directory, Arc::clone(&clock), Arc::clone(&entropy))
            .map_err(|error| explain(error, &directory))?;
        let keyring =
            Arc::new(master_key(&directory, &OsEntropy).context("cannot open the installation's key")?);
        let wake = Arc::new(Notify::new());
        let mut backend = embedded.ports();
        let waking = WakingJobQueue::new(Arc::clone(&backend.queue.jobs), Arc::clone(&wake));
        backend.queue.jobs = Arc::new(waking);
        let mailbox = embedded.mailbox();
        let identity = LocalIdentity::new(
            LocalIdentityPorts {
                credentials: Arc::clone(&backend.metadata.credentials),
                mailer: Arc::new(mailbox.clone()),
                keyring: Arc::clone(&keyring),
                clock: Arc::clone(&clock),
                entropy: Arc::clone(&entropy),
            },
            LocalIdentitySpec::default(),
        );
        let spec = renderer_spec(config);
        let renderer = PooledRenderer::new(spec).context("cannot start the rendering threads")?;
        let settings = settings(config);
        let dependencies = Dependencies {
            backend: backend.clone(),
            identity: Arc::new(identity),
            renderer: Arc::new(renderer),
            urls: Arc::new(SelfServedUrls::new(Arc::clone(&keyring), Arc::clone(&clock))),
            keyring,
            clock,
            entropy,
            settings,
        };
        let impatient = Settings { stalled_after: SignedDuration::ZERO, ..settings };
        let at_start = Services::new(Dependencies { settings: impatient, ..dependencies.clone() });
        let services = Services::new(dependencies);
        let crew = Crew {
            working: services.working.clone(),
            queue: Arc::clone(&backend.queue.jobs),
            retry: settings.retry,
            wake,
        };
        Ok(Self { directory, services, at_start, backend, crew, worker_count: spec.threads, mailbox })
    }

    /// The studio and its API.
    pub(crate) fn application(&self, config: &Config) -> BoxEndpoint<'static, Response> {
        let limits = &config.limits;
        let options = HttpOptions {
            public_url: config.server.public_url.0.as_ref().map(|url| url.as_str().to_owned()),
            cors_origins: config
                .server
                .cors_origins
                .iter()
                .map(|origin| origin.as_str().to_owned())
                .collect(),
            trusted_proxies: usize::try_from(config.server.trusted_proxies).unwrap_or(usize::MAX),
            // The form around a photo takes some room of its own.
            most_form_bytes: config.uploads.largest_photo.0.saturating_add(1 << 20),
            rate_limits: RateLimitOptions {
                credentials_per_subject: limits.credentials_per_subject.get(),
                credentials_per_address: limits.credentials_per_address.get(),
                sessions_per_address: limits.sessions_per_address.get(),
                pins_per_address: limits.pins_per_address.get(),
                wrong_pins_per_share: limits.wrong_pins_per_share.get(),
                wrong_pins_back_per_hour: limits.wrong_pins_back_per_hour.get(),
                unknown_tokens_per_address: limits.unknown_tokens_per_address.get(),
            },
            readiness: Some(self.readiness()),
            ..HttpOptions::default()
        };
        application(self.services.clone(), options)
    }

    /// The mailbox page, the metrics and the health of the server.
    pub(crate) fn admin_application(&self, metrics: RenderMetrics) -> BoxEndpoint<'static, Response> {
        admin_application(AdminOptions {
            metrics: Some(metrics),
            mailbox: Some(Arc::new(MailboxPage::new(self.mailbox.clone()))),
            readiness: Some(self.readiness()),
        })
    }

    fn readiness(&self) -> Arc<dyn Readiness> {
        Arc::new(DatabaseReadiness { queue: Arc::clone(&self.backend.queue.jobs) })
    }
}

/// The directory as an absolute path, so that later messages mean the same wherever they are read.
fn open_directory(path: &Path) -> anyhow::Result<PathBuf> {
    let opened = make_private_directory(path).and_then(|()| path.canonicalize());
    opened.with_context(|| format!("cannot open the data directory {}", path.display()))
}

/// Makes the directory, if it is not there, so that nobody else on this computer can read it: it holds clients'
/// names and addresses, and originals.
pub(crate) fn make_private_directory(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

/// The deepest cause says what to do; what lies above it are details for developers.
fn explain(error: StorageError, directory: &Path) -> anyhow::Error {
    let error = anyhow::Error::new(error);
    anyhow!("cannot open the data directory {}: {}", directory.display(), error.root_cause())
}

fn renderer_spec(config: &Config) -> RendererSpec {
    let defaults = config.workers.count.0.map_or_else(RendererSpec::default, RendererSpec::with_threads);
    RendererSpec {
        memory_budget_bytes: config
            .workers
            .memory_budget
            .0
            .map_or(defaults.memory_budget_bytes, |size| size.0),
        limits: Limits {
            max_file_bytes: config.uploads.largest_photo.0,
            max_pixels: config.uploads.most_megapixels.get().saturating_mul(1_000_000),
            max_side_px: config.uploads.longest_side.get(),
            max_logo_bytes: config.uploads.largest_logo.0,
            ..Limits::default()
        },
        ..defaults
    }
}

fn settings(config: &Config) -> Settings {
    Settings {
        most_upload_bytes: config.uploads.largest_photo.0,
        most_image_bytes: config.uploads.largest_logo.0,
        ticket_lifetime: config.uploads.ticket_lifetime,
        client_session: config.clients.session_lifetime,
        delivery_long_edge_px: config.clients.delivery_long_edge.get(),
        retry: RetryPolicy {
            most_deliveries: config.jobs.most_deliveries.get(),
            first_delay: config.jobs.first_delay,
            longest_delay: config.jobs.longest_delay,
        },
        job_lease: config.jobs.lease,
        stalled_after: config.jobs.stalled_after,
    }
}

/// The server can serve while its database answers.
#[derive(Debug)]
struct DatabaseReadiness {
    queue: Arc<dyn JobQueue>,
}

#[async_trait]
impl Readiness for DatabaseReadiness {
    async fn check(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.queue.depth().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_new_data_directory_is_nobody_elses_business() {
        use std::os::unix::fs::PermissionsExt as _;

        let around = tempfile::tempdir().unwrap();
        let directory = around.path().join("studio/data");
        make_private_directory(&directory).unwrap();
        make_private_directory(&directory).unwrap();
        assert_eq!(fs::metadata(&directory).unwrap().permissions().mode() & 0o777, 0o700);
    }
}
