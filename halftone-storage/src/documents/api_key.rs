//! API keys as documents.

use halftone_core::id::{ApiKeyId, StudioId, UserId};
use halftone_core::studio::ApiKey;
use halftone_core::text::Name;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::encoding::{hash_of, text_of_hash};
use super::{DamagedDocument, FirstFormat, Stored};

#[derive(Serialize, Deserialize)]
pub(crate) struct ApiKeyDocument {
    format: FirstFormat,
    id: ApiKeyId,
    studio: StudioId,
    user: UserId,
    name: String,
    hash: String,
    created_at: Timestamp,
}

impl Stored for ApiKey {
    type Document = ApiKeyDocument;
}

impl From<&ApiKey> for ApiKeyDocument {
    fn from(key: &ApiKey) -> Self {
        Self {
            format: FirstFormat,
            id: key.id,
            studio: key.studio,
            user: key.user,
            name: key.name.to_string(),
            hash: text_of_hash(&key.hash),
            created_at: key.created_at,
        }
    }
}

impl TryFrom<ApiKeyDocument> for ApiKey {
    type Error = DamagedDocument;

    fn try_from(document: ApiKeyDocument) -> Result<Self, DamagedDocument> {
        Ok(Self {
            id: document.id,
            studio: document.studio,
            user: document.user,
            name: Name::parse(&document.name)?,
            hash: hash_of(&document.hash)?,
            created_at: document.created_at,
        })
    }
}
