//! What every test has at hand.

use std::sync::Arc;

use async_trait::async_trait;
use halftone_core::clock::ManualClock;
use halftone_core::entropy::SeededEntropy;
use halftone_core::id::StudioId;
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::identity::{
    Confirmation, CredentialRepository, IdentityProvider as _, Session, StoredRefreshToken, TokenUse,
};
use halftone_core::ports::mailer::{MailMessage, Mailer};
use halftone_core::secret::{Keyring, Password, RefreshToken};
use halftone_core::text::Email;
use halftone_storage::local_identity::{LocalIdentity, LocalIdentityPorts, LocalIdentitySpec};
use halftone_storage::memory::{MemoryBackend, MemoryMailer};
use jiff::SignedDuration;

use crate::interleaved::Interleaved;

/// A provider with what stands behind it.
#[derive(Debug, Clone)]
pub(crate) struct Studio {
    pub(crate) identity: Arc<LocalIdentity>,
    pub(crate) credentials: Arc<dyn CredentialRepository>,
    pub(crate) mailer: Arc<MemoryMailer>,
    pub(crate) keyring: Arc<Keyring>,
    clock: Arc<ManualClock>,
}

impl Studio {
    /// One that asks for confirmation.
    pub(crate) fn confirming() -> Self {
        Self::new(Confirmation::Required)
    }

    /// One that does not.
    pub(crate) fn trusting() -> Self {
        Self::new(Confirmation::NotRequired)
    }

    fn new(confirmation: Confirmation) -> Self {
        let clock = Arc::new(ManualClock::new("2026-05-14T09:30:00Z".parse().unwrap()));
        let entropy = Arc::new(SeededEntropy::new(7));
        let shared_clock: Arc<ManualClock> = Arc::clone(&clock);
        let backend = MemoryBackend::new(shared_clock, Arc::<SeededEntropy>::clone(&entropy));
        let credentials: Arc<dyn CredentialRepository> =
            Arc::new(Interleaved(backend.ports().metadata.credentials));
        let mailer = Arc::new(MemoryMailer::new());
        let keyring = Arc::new(Keyring::generate(&*entropy));
        let ports = LocalIdentityPorts {
            credentials: Arc::clone(&credentials),
            mailer: Arc::<MemoryMailer>::clone(&mailer),
            keyring: Arc::clone(&keyring),
            clock: Arc::<ManualClock>::clone(&clock),
            entropy,
        };
        let spec = LocalIdentitySpec { confirmation, ..LocalIdentitySpec::default() };
        Self { identity: Arc::new(LocalIdentity::new(ports, spec)), credentials, mailer, keyring, clock }
    }

    pub(crate) fn advance(&self, step: SignedDuration) {
        self.clock.advance(step);
    }

    pub(crate) fn now(&self) -> jiff::Timestamp {
        halftone_core::clock::Clock::now(&*self.clock)
    }

    /// Registers Ana, who can log in at once.
    pub(crate) async fn with_ana(self) -> Self {
        self.identity.sign_up(&ana(), &password("correct horse")).await.unwrap();
        self
    }

    pub(crate) async fn log_in_ana(&self) -> Session {
        self.identity.log_in(&ana(), &password("correct horse")).await.unwrap()
    }

    /// Ends a refresh token, past the provider, and gives what was stored of it.
    pub(crate) async fn spend(&self, token: &RefreshToken) -> Option<StoredRefreshToken> {
        let used = TokenUse { at: self.now(), successor: None };
        self.credentials.use_refresh_token(&token.hash(), used).await.unwrap()
    }

    /// The code in the last mail to Ana.
    pub(crate) fn mailed_code(&self) -> String {
        let mail = self.mailer.find_last_to(&ana()).unwrap();
        let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
        mail.text.lines().find(is_code).unwrap().to_owned()
    }
}

pub(crate) fn ana() -> Email {
    Email::parse("ana@example.com").unwrap()
}

pub(crate) fn stranger() -> Email {
    Email::parse("nobody@example.com").unwrap()
}

pub(crate) fn password(text: &str) -> Password {
    Password::attempt(text)
}

/// A code that is not `code`.
pub(crate) fn wrong(code: &str) -> &'static str {
    if code == "000000" { "111111" } else { "000000" }
}

/// A mailer whose server is down.
#[derive(Debug)]
pub(crate) struct BrokenMailer;

#[async_trait]
impl Mailer for BrokenMailer {
    async fn send(&self, _message: &MailMessage) -> Result<(), StorageError> {
        Err(StorageError::new(StorageErrorKind::Unavailable, "send", "a mail"))
    }

    async fn purge_by_studio(&self, _studio: StudioId) -> Result<(), StorageError> {
        Ok(())
    }

    async fn purge_of_account(&self, _address: &Email) -> Result<(), StorageError> {
        Ok(())
    }
}

/// Checks that a call was refused in this way.
macro_rules! assert_refused {
    ($result:expr, $variant:ident) => {
        match $result {
            Err(halftone_core::ports::identity::IdentityError::$variant { .. }) => {}
            other => panic!("{} was due, not {other:?}", stringify!($variant)),
        }
    };
}
pub(crate) use assert_refused;
