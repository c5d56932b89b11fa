//! Putting the parts together: the home that the configuration names, the services, the workers.

use std::sync::Arc;

use halftone_core::ports::Backend;
use halftone_core::services::{Dependencies, Services};
use halftone_core::settings::Settings;
use halftone_home::config::Config;
use halftone_home::home::{Home, Place};
use halftone_home::options::{http_options, settings, worker_count};
use halftone_http::{
    AdminOptions, EventStreamOptions, HttpOptions, Mailbox, Origin, Readiness, RenderMetrics,
    admin_application, application,
};
use halftone_storage::embedded::EmbeddedMailbox;
use jiff::SignedDuration;
use poem::Response;
use poem::endpoint::BoxEndpoint;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::mailbox::MailboxPage;
use crate::web_ui;
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
    object_origins: Vec<Origin>,
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
        let crew =
            Crew { working: services.working.clone(), queue: Arc::clone(&home.backend.queue.jobs), wake };
        Ok(Self {
            services,
            at_start,
            crew,
            worker_count: worker_count(config),
            readiness: home.readiness(),
            object_origins: home.object_origins,
            mailbox: home.directory.map(|directory| directory.mailbox),
            backend: home.backend,
            places: home.places,
        })
    }

    /// The studio and its API.
    /// Its event streams end when `closing` is cancelled.
    pub(crate) fn application(
        &self,
        config: &Config,
        closing: CancellationToken,
    ) -> BoxEndpoint<'static, Response> {
        let readiness = Some(Arc::clone(&self.readiness));
        let web_ui = Some(web_ui::of_this_program());
        let object_origins = self.object_origins.clone();
        let event_streams = EventStreamOptions { closing, ..EventStreamOptions::default() };
        let options =
            HttpOptions { readiness, web_ui, object_origins, event_streams, ..http_options(config) };
        application(self.services.clone(), options)
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
