//! Credentials as documents.

use halftone_core::id::UserId;
use halftone_core::ports::identity::{CodePurpose, Credential, StoredCode};
use halftone_core::text::Email;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::encoding::{hash_of, text_of_hash};
use super::{DamagedDocument, FirstFormat, Stored};

#[derive(Serialize, Deserialize)]
pub(crate) struct CredentialDocument {
    format: FirstFormat,
    user: UserId,
    email: String,
    password_hash: String,
    confirmed_at: Option<Timestamp>,
    codes: Vec<CodeDocument>,
    created_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct CodeDocument {
    purpose: PurposeDocument,
    hash: String,
    expires_at: Timestamp,
    tries_left: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PurposeDocument {
    Confirm,
    Reset,
}

impl Stored for Credential {
    type Document = CredentialDocument;
}

impl From<&Credential> for CredentialDocument {
    fn from(credential: &Credential) -> Self {
        Self {
            format: FirstFormat,
            user: credential.user,
            email: credential.email.to_string(),
            password_hash: credential.password_hash.clone(),
            confirmed_at: credential.confirmed_at,
            codes: credential.codes.iter().map(CodeDocument::from).collect(),
            created_at: credential.created_at,
        }
    }
}

impl TryFrom<CredentialDocument> for Credential {
    type Error = DamagedDocument;

    fn try_from(document: CredentialDocument) -> Result<Self, DamagedDocument> {
        let codes: Result<Vec<StoredCode>, DamagedDocument> =
            document.codes.into_iter().map(StoredCode::try_from).collect();
        Ok(Self {
            user: document.user,
            email: Email::parse(&document.email)?,
            password_hash: document.password_hash,
            confirmed_at: document.confirmed_at,
            codes: codes?,
            created_at: document.created_at,
        })
    }
}

impl From<&StoredCode> for CodeDocument {
    fn from(code: &StoredCode) -> Self {
        let purpose = match code.purpose {
            CodePurpose::Confirm => PurposeDocument::Confirm,
            CodePurpose::Reset => PurposeDocument::Reset,
        };
        Self {
            purpose,
            hash: text_of_hash(&code.hash),
            expires_at: code.expires_at,
            tries_left: code.tries_left,
        }
    }
}

impl TryFrom<CodeDocument> for StoredCode {
    type Error = DamagedDocument;

    fn try_from(document: CodeDocument) -> Result<Self, DamagedDocument> {
        let purpose = match document.purpose {
            PurposeDocument::Confirm => CodePurpose::Confirm,
            PurposeDocument::Reset => CodePurpose::Reset,
        };
        Ok(Self {
            purpose,
            hash: hash_of(&document.hash)?,
            expires_at: document.expires_at,
            tries_left: document.tries_left,
        })
    }
}
