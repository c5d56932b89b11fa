//! How a bucket is used.

use halftone_core::text::InvalidValue;
use jiff::SignedDuration;

/// How a bucket is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Spec {
    /// Its name. Clients see it in the URLs of pictures, so it must not contain the word `original`.
    pub bucket: String,
    /// What is asked for at every write.
    pub server_side_encryption: ServerSideEncryption,
    /// How long the studio's own picture URLs stay the same.
    pub studio_window: UrlWindow,
}

impl S3Spec {
    /// The bucket of this name, with its own default encryption.
    pub fn new(bucket: impl Into<String>) -> Self {
        Self {
            bucket: bucket.into(),
            server_side_encryption: ServerSideEncryption::default(),
            studio_window: UrlWindow::default(),
        }
    }
}

/// How S3 encrypts what it stores.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ServerSideEncryption {
    /// Nothing is asked for: the bucket's default applies, which is AES-256 unless it was set otherwise.
    #[default]
    None,
    /// AES-256 with keys of S3.
    Aes256,
    /// A key of the Key Management Service.
    Kms {
        /// Its ARN, id or alias.
        key: String,
    },
}

/// How long a studio's picture URL stays the same, byte for byte, so that browsers find the picture in their
/// cache: 1 minute to 84 hours. It works for one to two windows after it was made.
///
/// URLs that are signed with temporary credentials, as those of a role, end with the credentials, whatever they
/// say. A window longer than half their life gives URLs that end before they promise.
///
/// ```
/// use halftone_storage::s3::UrlWindow;
/// use jiff::SignedDuration;
/// assert!(UrlWindow::parse(SignedDuration::from_hours(6)).is_ok());
/// assert!(UrlWindow::parse(SignedDuration::ZERO).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UrlWindow(SignedDuration);

impl UrlWindow {
    const LEAST: SignedDuration = SignedDuration::from_mins(1);
    /// Two windows make the week that S3 allows a URL at most.
    const MOST: SignedDuration = SignedDuration::from_hours(84);

    /// Checks the range; fractions of a second are dropped.
    ///
    /// # Errors
    /// It is shorter than a minute or longer than 84 hours.
    pub fn parse(window: SignedDuration) -> Result<Self, InvalidValue> {
        if (Self::LEAST..=Self::MOST).contains(&window) {
            Ok(Self(SignedDuration::from_secs(window.as_secs())))
        } else {
            Err(InvalidValue::new("window of picture URLs", "must be from 1 minute to 84 hours"))
        }
    }

    pub(super) const fn get(self) -> SignedDuration {
        self.0
    }
}

/// One hour: URLs live for up to two, and a role's credentials for at least as long in most set-ups.
impl Default for UrlWindow {
    fn default() -> Self {
        Self(SignedDuration::from_hours(1))
    }
}
