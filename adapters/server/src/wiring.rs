//! Putting the parts together: the home that the configuration names, the services, the workers.

use std::sync::Arc;

use halftone_core::ports::Backend;
use halftone_core::services::{Dependencies, Services};
use halftone_core::settings::Settings;
use halftone_home::config::Config;
use halftone_home::home::{Home, Place};
use halftone_home::options::{http_options, settings, worker_count};
use halftone_http::{
    AdminOptions, HttpOptions, Mailbox, Readiness, RenderMetrics, admin_application, application,
};
use halftone_storage::embedded::EmbeddedMailbox;
use jiff::SignedDuration;
use poem::Response;
use poem::endpoint::BoxEndpoint;
use tokio::sync::Notify;

use crate::mailbox::MailboxPage;
use crate::workers::{Crew, WakingJobQueue};

/// An open home with everything on top of it. Dropping it closes the data directory, if it has one.
#[derive(Debug)]
pub(crate) struct Studio {
    /// Where the data is.
    pub(crate) places: Vec<Place>,
    /// The use cases.
    pub(crate) services: Services,
    /// The same for the first sweep. Where no other process works on the same jobs, none can be running right at start:
    /// then every photo without a result counts as stalled.
    pub(crate) at_start: Services,
    /// The ports themselves, for maintenance.
    pub(crate) backend: Backend,
    /// What runs jobs.
    pub(crate) crew: Crew,
    /// How many jobs run at once.
    pub(crate) worker_count: usize,
    mailbox: Option<EmbeddedMailbox>,
    readiness: Arc<dyn Readiness>,
}

impl Studio {
    /// Opens the home.
    ///
    /// # Errors
    /// The data directory is in use by another process, or something cannot be reached.
    pub(crate) async fn open(config: &Config) -> anyhow::Result<Self> {
        let mut home = Home::open(config).await?;
        home.check().await?;
        let wake = Arc::new(Notify::new());
        let jobs = &mut home.backend.queue.jobs;
        *jobs = Arc::new(WakingJobQueue::new(Arc::clone(jobs), Arc::clone(&wake)));
        let dependencies = home.dependencies(config)?;
        let settings = settings(config);
        let stalled_after = if home.is_alone() { SignedDuration::ZERO } else { settings.stalled_after };
        let impatient = Settings { stalled_after, ..settings };
        let at_start = Services::new(Dependencies { settings: impatient, ..dependencies.clone() });
        let services = Services::new(dependencies);
        let crew = Crew {
            working: services.working.clone(),
            queue: Arc::clone(&home.backend.queue.jobs),
            retry: settings.retry,
            wake,
        };
        Ok(Self {
            services,
            at_start,
            crew,
            worker_count: worker_count(config),
            readiness: home.readiness(),
            mailbox: home.directory.map(|directory| directory.mailbox),
            backend: home.backend,
            places: home.places,
        })
    }

    /// The studio and its API.
    pub(crate) fn application(&self, config: &Config) -> BoxEndpoint<'static, Response> {
        let readiness = Some(Arc::clone(&self.readiness));
        application(self.services.clone(), HttpOptions { readiness, ..http_options(config) })
    }

    /// The mailbox page, the metrics and the health of the server.
    pub(crate) fn admin_application(&self, metrics: RenderMetrics) -> BoxEndpoint<'static, Response> {
        let page = |mailbox| -> Arc<dyn Mailbox> { Arc::new(MailboxPage::new(mailbox)) };
        admin_application(AdminOptions {
            metrics: Some(metrics),
            mailbox: self.mailbox.clone().map(page),
            readiness: Some(Arc::clone(&self.readiness)),
        })
    }
}
