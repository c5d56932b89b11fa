//! Opening what the configuration names.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use async_trait::async_trait;
use halftone_core::clock::{Clock, SystemClock};
use halftone_core::entropy::Entropy;
use halftone_core::ports::error::StorageError;
use halftone_core::ports::identity::IdentityProvider;
use halftone_core::ports::notifier::{NoticeSubscriptions, Notifier};
use halftone_core::ports::urls::UrlSigner;
use halftone_core::ports::{Backend, Metadata, Objects, Queue};
use halftone_core::secret::Keyring;
use halftone_core::self_served::SelfServedUrls;
use halftone_core::services::{Dependencies, Mailing};
use halftone_documents::PdfRenderer;
use halftone_http::{Origin, Readiness};
use halftone_processing::renderer::PooledRenderer;
use halftone_storage::os_entropy::OsEntropy;

use crate::config::Config;
#[cfg(feature = "embedded")]
use crate::embedded::DataDirectory;
use crate::options::{renderer_spec, settings};
use crate::telling;

/// An installation's backends, open, and who may log in.
#[derive(Debug)]
pub struct Home {
    /// Documents, files and jobs. A program may put its own around one of them before it builds the services.
    pub backend: Backend,
    /// The data directory, if anything lies in one.
    #[cfg(feature = "embedded")]
    pub directory: Option<DataDirectory>,
    /// Where things are kept, for the person who starts the program.
    pub places: Vec<Place>,
    /// Where URLs of pictures and uploads lead to, if it is not the program itself.
    pub object_origins: Vec<Origin>,
    identity: Arc<dyn IdentityProvider>,
    urls: Arc<dyn UrlSigner>,
    notifiers: Vec<Arc<dyn Notifier>>,
    subscriptions: Option<Arc<dyn NoticeSubscriptions>>,
    mail: Option<Mailing>,
    vapid_key: [u8; 65],
    checks: Vec<Arc<dyn Check>>,
    keyring: Arc<Keyring>,
    tools: Tools,
}

/// What of an installation is kept where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// `Data`, `Documents`, `Files`, `Jobs`.
    pub what: &'static str,
    /// A path or a name, never a secret.
    pub place: String,
}

/// Time and randomness, which every part needs.
#[derive(Debug, Clone)]
pub(crate) struct Tools {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
}

/// Something that must answer if the installation is to work.
#[async_trait]
pub(crate) trait Check: fmt::Debug + Send + Sync {
    /// Asks it.
    async fn check(&self) -> Result<(), StorageError>;
}

/// What one kind of home contributes; the configuration says which.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    pub(crate) metadata: Option<Metadata>,
    pub(crate) objects: Option<Objects>,
    pub(crate) urls: Option<Arc<dyn UrlSigner>>,
    pub(crate) object_origins: Vec<Origin>,
    pub(crate) queue: Option<Queue>,
    pub(crate) identity: Option<Arc<dyn IdentityProvider>>,
    pub(crate) notifiers: Vec<Arc<dyn Notifier>>,
    pub(crate) subscriptions: Option<Arc<dyn NoticeSubscriptions>>,
    pub(crate) checks: Vec<Arc<dyn Check>>,
    pub(crate) places: Vec<Place>,
}

impl Parts {
    /// Takes from `other` what is missing here.
    fn or(mut self, other: Self) -> Self {
        self.notifiers.extend(other.notifiers);
        self.checks.extend(other.checks);
        self.places.extend(other.places);
        self.object_origins.extend(other.object_origins);
        Self {
            metadata: self.metadata.or(other.metadata),
            objects: self.objects.or(other.objects),
            urls: self.urls.or(other.urls),
            queue: self.queue.or(other.queue),
            identity: self.identity.or(other.identity),
            subscriptions: self.subscriptions.or(other.subscriptions),
            ..self
        }
    }
}

impl Home {
    /// Opens everything that the configuration names.
    ///
    /// # Errors
    /// Something cannot be reached or opened, or this build was made without it.
    pub async fn open(config: &Config) -> anyhow::Result<Self> {
        let tools = Tools { clock: Arc::new(SystemClock), entropy: Arc::new(OsEntropy) };
        let ours = config.secrets.master_key.0.as_ref().map(|key| Arc::new(Keyring::new(key.reveal())));
        let mail_server = telling::mail_server(config)?;
        #[cfg(feature = "embedded")]
        let (directory, keyring, parts) = crate::embedded::open(config, ours, &tools, mail_server.as_ref())?;
        #[cfg(not(feature = "embedded"))]
        let (keyring, parts) = (ours, without_directory(config)?);
        #[cfg(feature = "cloud")]
        let parts = parts.or(crate::cloud::open(config, &tools).await?);
        let keyring = keyring.context("secrets.master_key is not set")?;
        let telling::Channels { mut notifiers, vapid_key } =
            telling::channels(config, &keyring, &tools.clock)?;
        notifiers.extend(parts.notifiers);
        #[cfg(feature = "embedded")]
        let mail_server = mail_server.or_else(|| {
            let mailbox = directory.as_ref().map(|directory| directory.mailbox.clone());
            mailbox.map(|mailbox| Arc::new(mailbox) as _)
        });
        let missing = |what: &str| anyhow!("this build cannot keep its {what} where the configuration says");
        let Tools { clock, .. } = &tools;
        let self_served = || -> Arc<dyn UrlSigner> {
            Arc::new(SelfServedUrls::new(Arc::clone(&keyring), Arc::clone(clock)))
        };
        Ok(Self {
            backend: Backend {
                metadata: parts.metadata.ok_or_else(|| missing("documents"))?,
                objects: parts.objects.ok_or_else(|| missing("files"))?,
                queue: parts.queue.ok_or_else(|| missing("jobs"))?,
            },
            #[cfg(feature = "embedded")]
            directory,
            places: parts.places,
            object_origins: parts.object_origins,
            identity: parts.identity.ok_or_else(|| missing("logins"))?,
            urls: parts.urls.unwrap_or_else(self_served),
            notifiers,
            subscriptions: parts.subscriptions,
            mail: mail_server.map(|mailer| telling::mailing(config, mailer)),
            vapid_key,
            checks: parts.checks,
            keyring,
            tools,
        })
    }

    /// What the services need, with a renderer of this process.
    ///
    /// # Errors
    /// The rendering threads cannot be started.
    pub fn dependencies(&self, config: &Config) -> anyhow::Result<Dependencies> {
        let renderer =
            PooledRenderer::new(renderer_spec(config)).context("cannot start the rendering threads")?;
        Ok(Dependencies {
            backend: self.backend.clone(),
            identity: Arc::clone(&self.identity),
            renderer: Arc::new(renderer),
            documents: Arc::new(
                PdfRenderer::start().context("cannot start the thread that writes documents")?,
            ),
            urls: Arc::clone(&self.urls),
            notifiers: self.notifiers.clone(),
            subscriptions: self.subscriptions.clone(),
            mail: self.mail.clone(),
            vapid_key: Some(self.vapid_key),
            keyring: Arc::clone(&self.keyring),
            clock: Arc::clone(&self.tools.clock),
            entropy: Arc::clone(&self.tools.entropy),
            settings: settings(config),
        })
    }

    /// Whether everything answers that the installation needs.
    pub fn readiness(&self) -> Arc<dyn Readiness> {
        Arc::new(AllAnswer { checks: self.checks.clone() })
    }

    /// Asks everything that the installation needs, for a program that is about to serve. What does not answer for the
    /// moment is told in the log alone, because it may do so before anybody asks.
    ///
    /// # Errors
    /// Something is not there or refuses us, which waiting does not mend.
    pub async fn check(&self) -> anyhow::Result<()> {
        for check in &self.checks {
            match check.check().await {
                Err(error) if error.kind().is_transient() => {
                    let cause = &error as &dyn Error;
                    tracing::warn!(error = cause, "a part of the installation does not answer yet");
                }
                outcome => outcome.context("a part of the installation cannot be used")?,
            }
        }
        Ok(())
    }

    /// Whether no other process works on the same documents and jobs.
    pub fn is_alone(&self) -> bool {
        #[cfg(feature = "embedded")]
        return self.directory.as_ref().is_some_and(|directory| directory.holds_documents);
        #[cfg(not(feature = "embedded"))]
        return false;
    }
}

/// A configuration that needs a data directory, in a build that knows none.
#[cfg(not(feature = "embedded"))]
fn without_directory(config: &Config) -> anyhow::Result<Parts> {
    if config.needs_directory() {
        anyhow::bail!("this build keeps nothing in a data directory; set all of [backends]");
    }
    Ok(Parts::default())
}

/// Ready means that every part answers.
#[derive(Debug)]
struct AllAnswer {
    checks: Vec<Arc<dyn Check>>,
}

#[async_trait]
impl Readiness for AllAnswer {
    async fn check(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        for check in &self.checks {
            check.check().await?;
        }
        Ok(())
    }
}
