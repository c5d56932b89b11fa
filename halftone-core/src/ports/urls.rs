//! URLs by which browsers fetch and send bytes without going through the API.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::access::DownloadGrant;
use crate::id::{ShareId, StudioId, UploadId};
use crate::object_key::{ObjectKey, RenditionKey};
use crate::photo::{FileSize, Sha256Hash};
use crate::ports::error::StorageError;
use crate::ports::objects::{MultipartId, PartNumber};

/// A URL: absolute, or a path on the server that answers the request (then it begins with `/`).
#[derive(Clone, PartialEq, Eq)]
pub struct LinkTarget(pub String);

// A signed URL is a bearer secret.
impl fmt::Debug for LinkTarget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("LinkTarget(..)")
    }
}

/// Who looks at a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewer {
    /// The studio itself.
    Studio(StudioId),
    /// A client of this share.
    Share(ShareId),
}

/// What may be sent to an upload URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadTerms {
    /// Which ticket.
    pub upload: UploadId,
    /// Whose it is.
    pub studio: StudioId,
    /// Where the bytes go.
    pub key: ObjectKey,
    /// Exactly this many bytes.
    pub size: FileSize,
    /// The media type to be sent.
    pub content_type: &'static str,
    /// The content, if it was announced.
    pub sha256: Option<Sha256Hash>,
    /// When the URL ends.
    pub expires_at: Timestamp,
}

/// A request that a browser is to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadLink {
    /// Where to.
    pub url: LinkTarget,
    /// Headers that must be sent, by name.
    pub headers: Vec<(String, String)>,
}

/// Makes URLs.
///
/// A picture's URL can only be made from a [`RenditionKey`] and a clean file's only from a [`DownloadGrant`];
/// there is no method that takes an original's key. A client's picture URL MUST either be checked against the
/// share at every request or end within 60 seconds.
#[async_trait]
pub trait UrlSigner: fmt::Debug + Send + Sync + 'static {
    /// The URL of a thumb or proof.
    async fn picture(&self, viewer: Viewer, key: &RenditionKey) -> Result<LinkTarget, StorageError>;

    /// Where to send a whole file.
    async fn upload(&self, terms: &UploadTerms) -> Result<UploadLink, StorageError>;

    /// Where to send one part of a file.
    async fn upload_part(
        &self,
        terms: &UploadTerms,
        multipart: &MultipartId,
        number: PartNumber,
    ) -> Result<UploadLink, StorageError>;

    /// The URL of a granted download, or `None` if the server must stream it itself.
    async fn download(&self, grant: &DownloadGrant) -> Result<Option<LinkTarget>, StorageError>;
}
