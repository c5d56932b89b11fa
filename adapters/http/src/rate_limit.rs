//! Limits on guessing: logins, codes, PINs, links.
//!
//! A [`Caller`] is an argument of the handlers that need it: it knows from where the request comes.

mod bucket;
mod caller;

use std::time::{Duration, Instant};

use halftone_core::services::sharing::OpenError;

pub(crate) use self::bucket::RateLimits;
use self::bucket::{Rate, Scope};
pub(crate) use self::caller::Caller;
use crate::problem::Failure;

impl Caller {
    /// Counts an attempt with a mail address: login, registration, confirmation, password reset.
    ///
    /// # Errors
    /// 429: too many of them.
    pub(crate) fn count_credentials(&self, subject: &str) -> Result<(), Failure> {
        let options = self.options();
        self.take(Scope::Credentials, &[], Rate::per_minute(options.credentials_per_address))?;
        let subject = subject.trim().to_lowercase();
        let rate = Rate::per_minute(options.credentials_per_subject);
        self.take(Scope::CredentialsOfSubject, &[subject.as_bytes()], rate)
    }

    /// Counts the opening of a share, before the PIN is looked at.
    ///
    /// # Errors
    /// 429: too many of them, or too many wrong PINs of this share.
    pub(crate) fn count_opening(&self, token: &str, has_pin: bool) -> Result<(), Failure> {
        let options = self.options();
        self.take(Scope::Sessions, &[], Rate::per_minute(options.sessions_per_address))?;
        self.look(Scope::UnknownTokens, Rate::per_minute(options.unknown_tokens_per_address))?;
        if !has_pin {
            return Ok(());
        }
        let rate = Rate::per_minute(options.pins_per_address);
        self.take(Scope::Pins, &[token.as_bytes()], rate)?;
        let wait =
            self.limits().look(Scope::WrongPins, &[token.as_bytes()], self.wrong_pins(), Instant::now());
        refuse(wait)
    }

    /// Remembers that an opening was refused for a wrong PIN or an unknown token.
    pub(crate) fn note_refusal(&self, token: &str, error: &OpenError) {
        match error {
            OpenError::PinWrong => {
                let wait = self.limits().take(
                    Scope::WrongPins,
                    &[token.as_bytes()],
                    self.wrong_pins(),
                    Instant::now(),
                );
                if wait.is_some() {
                    tracing::warn!("a share's wrong PINs are used up");
                }
            }
            OpenError::Absent(_) => {
                let rate = Rate::per_minute(self.options().unknown_tokens_per_address);
                if self.limits().take(Scope::UnknownTokens, &self.key(&[]), rate, Instant::now()).is_some() {
                    tracing::warn!("somebody tries unknown links");
                }
            }
            OpenError::InvalidSession
            | OpenError::PinRequired
            | OpenError::Expired
            | OpenError::Revoked
            | OpenError::Closed
            | OpenError::Storage(_) => {}
        }
    }

    fn wrong_pins(&self) -> Rate {
        let options = self.options();
        Rate {
            burst: options.wrong_pins_per_share,
            per: Duration::from_hours(1),
            back: options.wrong_pins_back_per_hour,
        }
    }

    /// Takes one from the bucket of this address and `subject`.
    fn take(&self, scope: Scope, subject: &[&[u8]], rate: Rate) -> Result<(), Failure> {
        let key = self.key(subject);
        refuse(self.limits().take(scope, &key, rate, Instant::now()))
    }

    /// Sees whether there is one in the bucket of this address.
    fn look(&self, scope: Scope, rate: Rate) -> Result<(), Failure> {
        let key = self.key(&[]);
        refuse(self.limits().look(scope, &key, rate, Instant::now()))
    }
}

fn refuse(wait: Option<Duration>) -> Result<(), Failure> {
    let Some(wait) = wait else {
        return Ok(());
    };
    let seconds = wait.as_secs_f64().ceil().max(1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number of seconds, at least one and at most an hour or so"
    )]
    let seconds = seconds as u64;
    Err(Failure::new(poem::http::StatusCode::TOO_MANY_REQUESTS, "too-many-requests", "Too many attempts")
        .detail(format!("too many attempts; try again in {seconds} seconds"))
        .retry_after(seconds))
}
