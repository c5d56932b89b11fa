//! Mail over SMTP, always encrypted unless whoever runs the installation says otherwise.

mod compose;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use halftone_core::id::StudioId;
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::mailer::{MailMessage, Mailer};
use halftone_core::text::Email;
use lettre::message::Mailbox;
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

/// For each step of a conversation.
const TIMEOUT: Duration = Duration::from_secs(15);
/// For a whole mail: what the core gives a try.
const WHOLE: Duration = Duration::from_secs(30);
/// The most connections at once; mail servers count them.
const MOST_CONNECTIONS: u32 = 4;
/// How long an idle connection is kept.
const IDLE: Duration = Duration::from_mins(1);

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// TLS from the first byte (RFC 8314), usually on port 465.
    Implicit,
    /// TLS after STARTTLS (RFC 3207), usually on port 587; nothing is sent without it.
    StartTls,
    /// None: for a server on the same computer.
    None,
}

/// Where mail is handed over, and as whom.
#[derive(Clone)]
pub struct SmtpSpec {
    /// The name of the server, which its certificate must bear.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub protection: Protection,
    /// User and password, if the server asks for them.
    pub credentials: Option<(String, String)>,
    /// The address from which mails come: `Studio <mail@example.com>` or the address alone.
    pub from: String,
    /// A CA certificate in PEM that is trusted beside those of this computer.
    pub extra_ca_pem: Option<Vec<u8>>,
}

impl fmt::Debug for SmtpSpec {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SmtpSpec")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("protection", &self.protection)
            .finish_non_exhaustive()
    }
}

/// The settings of a mail server cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InvalidSmtpSpec {
    /// The sender is no address.
    #[error("the sender must be an address such as mail@example.com or Studio <mail@example.com>")]
    From,
    /// TLS cannot be set up.
    #[error("TLS to the mail server cannot be set up")]
    Tls(#[source] lettre::transport::smtp::Error),
}

/// Hands mail over to a server.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl fmt::Debug for SmtpMailer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SmtpMailer").finish_non_exhaustive()
    }
}

impl SmtpMailer {
    /// Prepares to speak to a server; nothing is sent before the first mail.
    ///
    /// # Errors
    /// The sender is no address, or TLS cannot be set up.
    pub fn new(spec: SmtpSpec) -> Result<Self, InvalidSmtpSpec> {
        let from: Mailbox = spec.from.parse().map_err(|_| InvalidSmtpSpec::From)?;
        let tls = match spec.protection {
            Protection::None => Tls::None,
            Protection::Implicit => Tls::Wrapper(tls_parameters(&spec)?),
            Protection::StartTls => Tls::Required(tls_parameters(&spec)?),
        };
        let pool = PoolConfig::new().max_size(MOST_CONNECTIONS).idle_timeout(IDLE);
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&spec.host)
            .port(spec.port)
            .tls(tls)
            .timeout(Some(TIMEOUT))
            .pool_config(pool);
        if let Some((user, password)) = spec.credentials {
            builder = builder.credentials(Credentials::new(user, password));
        }
        Ok(Self { transport: builder.build(), from })
    }
}

fn tls_parameters(spec: &SmtpSpec) -> Result<TlsParameters, InvalidSmtpSpec> {
    let mut builder = TlsParameters::builder(spec.host.clone());
    if let Some(pem) = &spec.extra_ca_pem {
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(InvalidSmtpSpec::Tls)?);
    }
    builder.build_rustls().map_err(InvalidSmtpSpec::Tls)
}

/// What the server's refusal means: 5xx is for ever, anything else passes. A password that is refused can be mended.
fn kind_of(error: &lettre::transport::smtp::Error) -> StorageErrorKind {
    match error.status().map(u16::from) {
        Some(530 | 534 | 535 | 538) => StorageErrorKind::PermissionDenied,
        Some(500..=599) => StorageErrorKind::Unexpected,
        _ => StorageErrorKind::Unavailable,
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, message: &MailMessage) -> Result<(), StorageError> {
        let failed = |kind| StorageError::new(kind, "send", "a mail");
        let composed = compose::compose(message, &self.from)
            .map_err(|error| failed(StorageErrorKind::Unexpected).with_source(error))?;
        // The transport's own time is for each step, and some steps have none.
        match tokio::time::timeout(WHOLE, self.transport.send(composed)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(failed(kind_of(&error)).with_source(error)),
            Err(elapsed) => Err(failed(StorageErrorKind::Unavailable).with_source(elapsed)),
        }
    }

    async fn purge_by_studio(&self, _studio: StudioId) -> Result<(), StorageError> {
        // Nothing is kept here.
        Ok(())
    }

    async fn purge_of_account(&self, _address: &Email) -> Result<(), StorageError> {
        Ok(())
    }
}
