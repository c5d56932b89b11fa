//! Shares and their clients as documents.

use halftone_core::allowance::{Allowance, Included};
use halftone_core::id::{ClientId, CollectionId, GalleryId, ShareId, StudioId};
use halftone_core::share::{
    Client, DownloadPermission, Limit, Limits, Permission, Permissions, Share, ShareTarget,
};
use halftone_core::text::{Email, InvalidValue, Line};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::encoding::{array_of, hash_of, text_of, text_of_hash};
use super::{DamagedDocument, FirstFormat, Stored};

#[derive(Serialize, Deserialize)]
pub(crate) struct ShareDocument {
    format: FirstFormat,
    id: ShareId,
    studio: StudioId,
    target: TargetDocument,
    label: String,
    token_hash: String,
    token_salt: String,
    pin_hash: Option<String>,
    expires_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
    permissions: PermissionsDocument,
    limits: LimitsDocument,
    #[serde(default, skip_serializing_if = "AllowanceDocument::is_empty")]
    allowance: AllowanceDocument,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// What a share opens, also inside the documents of selections.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum TargetDocument {
    Gallery(GalleryId),
    Collection(CollectionId),
}

#[derive(Serialize, Deserialize)]
struct PermissionsDocument {
    select: bool,
    comment: bool,
    order: bool,
    download: String,
}

#[derive(Serialize, Deserialize)]
struct LimitsDocument {
    selections: Option<u32>,
    downloads: Option<u32>,
}

/// Left out where nothing is counted, as it was before there were allowances.
#[derive(Default, Serialize, Deserialize)]
struct AllowanceDocument {
    files: Option<u32>,
    prints: Option<u32>,
}

impl AllowanceDocument {
    const fn is_empty(&self) -> bool {
        self.files.is_none() && self.prints.is_none()
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ClientDocument {
    format: FirstFormat,
    id: ClientId,
    studio: StudioId,
    share: ShareId,
    key_hash: String,
    name: String,
    email: Option<String>,
    downloads: u32,
    created_at: Timestamp,
}

impl Stored for Share {
    type Document = ShareDocument;
}

impl From<&Share> for ShareDocument {
    fn from(share: &Share) -> Self {
        Self {
            format: FirstFormat,
            id: share.id,
            studio: share.studio,
            target: TargetDocument::from(share.target),
            label: share.label.to_string(),
            token_hash: text_of_hash(&share.token_hash),
            token_salt: text_of(&share.token_salt),
            pin_hash: share.pin_hash.as_ref().map(text_of_hash),
            expires_at: share.expires_at,
            revoked_at: share.revoked_at,
            permissions: PermissionsDocument::from(share.permissions),
            limits: LimitsDocument {
                selections: share.limits.selections.map(Limit::get),
                downloads: share.limits.downloads.map(Limit::get),
            },
            allowance: AllowanceDocument {
                files: share.allowance.files.map(Included::get),
                prints: share.allowance.prints.map(Included::get),
            },
            created_at: share.created_at,
            updated_at: share.updated_at,
        }
    }
}

impl TryFrom<ShareDocument> for Share {
    type Error = DamagedDocument;

    fn try_from(document: ShareDocument) -> Result<Self, DamagedDocument> {
        Ok(Self {
            id: document.id,
            studio: document.studio,
            target: document.target.into(),
            label: Line::parse(&document.label)?,
            token_hash: hash_of(&document.token_hash)?,
            token_salt: array_of(&document.token_salt)?,
            pin_hash: document.pin_hash.as_deref().map(hash_of).transpose()?,
            expires_at: document.expires_at,
            revoked_at: document.revoked_at,
            permissions: document.permissions.try_into()?,
            limits: Limits {
                selections: limit(document.limits.selections)?,
                downloads: limit(document.limits.downloads)?,
            },
            allowance: Allowance {
                files: included(document.allowance.files)?,
                prints: included(document.allowance.prints)?,
            },
            created_at: document.created_at,
            updated_at: document.updated_at,
        })
    }
}

fn limit(number: Option<u32>) -> Result<Option<Limit>, InvalidValue> {
    number.map(|number| Limit::parse(i64::from(number))).transpose()
}

fn included(number: Option<u32>) -> Result<Option<Included>, InvalidValue> {
    number.map(|number| Included::parse(i64::from(number))).transpose()
}

impl From<ShareTarget> for TargetDocument {
    fn from(target: ShareTarget) -> Self {
        match target {
            ShareTarget::Gallery(gallery) => Self::Gallery(gallery),
            ShareTarget::Collection(collection) => Self::Collection(collection),
        }
    }
}

impl From<TargetDocument> for ShareTarget {
    fn from(document: TargetDocument) -> Self {
        match document {
            TargetDocument::Gallery(gallery) => Self::Gallery(gallery),
            TargetDocument::Collection(collection) => Self::Collection(collection),
        }
    }
}

impl From<Permissions> for PermissionsDocument {
    fn from(permissions: Permissions) -> Self {
        Self {
            select: permissions.select.is_granted(),
            comment: permissions.comment.is_granted(),
            order: permissions.order.is_granted(),
            download: permissions.download.as_str().to_owned(),
        }
    }
}

impl TryFrom<PermissionsDocument> for Permissions {
    type Error = InvalidValue;

    fn try_from(document: PermissionsDocument) -> Result<Self, InvalidValue> {
        Ok(Self {
            select: Permission::from_bool(document.select),
            comment: Permission::from_bool(document.comment),
            order: Permission::from_bool(document.order),
            download: DownloadPermission::parse(&document.download)?,
        })
    }
}

impl Stored for Client {
    type Document = ClientDocument;
}

impl From<&Client> for ClientDocument {
    fn from(client: &Client) -> Self {
        Self {
            format: FirstFormat,
            id: client.id,
            studio: client.studio,
            share: client.share,
            key_hash: text_of_hash(&client.key_hash),
            name: client.name.to_string(),
            email: client.email.as_ref().map(ToString::to_string),
            downloads: client.downloads,
            created_at: client.created_at,
        }
    }
}

impl TryFrom<ClientDocument> for Client {
    type Error = DamagedDocument;

    fn try_from(document: ClientDocument) -> Result<Self, DamagedDocument> {
        Ok(Self {
            id: document.id,
            studio: document.studio,
            share: document.share,
            key_hash: hash_of(&document.key_hash)?,
            name: Line::parse(&document.name)?,
            email: document.email.as_deref().map(Email::parse).transpose()?,
            downloads: document.downloads,
            created_at: document.created_at,
        })
    }
}
