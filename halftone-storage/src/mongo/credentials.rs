//! What the local identity provider keeps, in MongoDB. A credential bears its user's id, a refresh token its hash.

use async_trait::async_trait;
use halftone_core::id::UserId;
use halftone_core::page::{Version, Versioned};
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::identity::{Credential, CredentialRepository, StoredRefreshToken, TokenUse};
use halftone_core::secret::TokenHash;
use halftone_core::text::Email;
use jiff::Timestamp;
use mongodb::bson::{self, Document, doc};
use serde::Deserialize;
use uuid::Uuid;

use super::envelope::{body, number};
use super::error::{Fault, Operation};
use super::store::Store;
use super::table::Table;
use super::values::{bytes, id, instant, nanoseconds};

const TABLE: Table = Table("credentials");
const TOKENS: Table = Table("refresh_tokens");

/// Keeps credentials and refresh tokens in collections.
#[derive(Debug)]
pub(super) struct MongoCredentialRepository {
    store: Store,
}

impl MongoCredentialRepository {
    pub(super) const fn new(store: Store) -> Self {
        Self { store }
    }
}

fn of_user(user: UserId) -> Document {
    doc! { "_id": id(user.as_uuid()) }
}

async fn create(store: &Store, credential: &Credential) -> Result<(), Fault> {
    let document = doc! {
        "_id": id(credential.user.as_uuid()),
        "email": credential.email.as_str(),
        "version": number(Version::FIRST),
        "body": body(credential),
    };
    TABLE.collection(store).insert_one(bson::serialize_to_raw_document_buf(&document)?).await?;
    Ok(())
}

async fn update(store: &Store, credential: &Credential, seen: Version) -> Result<Version, Fault> {
    let mut filter = of_user(credential.user);
    filter.insert("version", number(seen));
    let change = doc! {
        "$set": { "email": credential.email.as_str(), "body": body(credential) },
        "$inc": { "version": 1_i64 },
    };
    if TABLE.collection(store).update_one(filter, change).await?.matched_count == 1 {
        return Ok(seen.next());
    }
    let exists = TABLE.exists(store, of_user(credential.user)).await?;
    Err(if exists { StorageErrorKind::Conflict } else { StorageErrorKind::NotFound }.into())
}

/// Tokens first: if it ends in between, doing it again finishes it.
async fn delete(store: &Store, user: UserId) -> Result<(), Fault> {
    TOKENS.remove_all(store, doc! { "user": id(user.as_uuid()) }).await?;
    TABLE.remove_all(store, of_user(user)).await
}

async fn add_token(store: &Store, token: &StoredRefreshToken) -> Result<(), Fault> {
    let document = doc! {
        "_id": bytes(token.hash.as_bytes()),
        "user": id(token.user.as_uuid()),
        "family": bytes(token.family.as_bytes()),
        "expires_at": nanoseconds(token.expires_at),
        "used_at": token.used.map(|used| nanoseconds(used.at)),
        "successor": token.used.and_then(|used| used.successor).map(|successor| bytes(successor.as_bytes())),
    };
    let added = TOKENS.collection(store).insert_one(bson::serialize_to_raw_document_buf(&document)?).await;
    match added.map_err(Fault::from) {
        Err(fault) if fault.kind() == StorageErrorKind::AlreadyExists => Ok(()),
        added => added.map(drop),
    }
}

#[derive(Deserialize)]
struct Token {
    user: bson::Uuid,
    family: bson::Binary,
    expires_at: i64,
    used_at: Option<i64>,
    /// Tokens of earlier versions have none.
    successor: Option<bson::Binary>,
}

impl Token {
    fn used(&self) -> Result<Option<TokenUse>, Fault> {
        let successor = self.successor.as_ref().map(hash_of).transpose()?;
        Ok(self.used_at.map(|at| TokenUse { at: instant(at), successor }))
    }
}

fn hash_of(binary: &bson::Binary) -> Result<TokenHash, Fault> {
    let bytes = binary.bytes.as_slice().try_into().map_err(|_| StorageErrorKind::Corrupt)?;
    Ok(TokenHash::restore(bytes))
}

/// Of concurrent calls the server lets one alone change the token while it is unused; that one sees it so.
async fn use_token(
    store: &Store,
    hash: TokenHash,
    used: TokenUse,
) -> Result<Option<StoredRefreshToken>, Fault> {
    let tokens = TOKENS.collection(store);
    let unused = doc! { "_id": bytes(hash.as_bytes()), "used_at": null };
    let successor = used.successor.map(|successor| bytes(successor.as_bytes()));
    let mark = doc! { "$set": { "used_at": nanoseconds(used.at), "successor": successor } };
    let before = match tokens.find_one_and_update(unused, mark).await? {
        Some(unused) => Some(unused),
        None => tokens.find_one(doc! { "_id": bytes(hash.as_bytes()) }).await?,
    };
    let Some(before) = before else { return Ok(None) };
    let token: Token = bson::deserialize_from_slice(before.as_bytes())?;
    Ok(Some(StoredRefreshToken {
        hash,
        user: UserId::from_uuid(Uuid::from_bytes(token.user.bytes())),
        family: hash_of(&token.family)?,
        expires_at: instant(token.expires_at),
        used: token.used()?,
    }))
}

#[async_trait]
impl CredentialRepository for MongoCredentialRepository {
    async fn create(&self, credential: &Credential) -> Result<(), StorageError> {
        let operation = Operation::new("create credential", credential.user);
        self.store.run(operation, create(&self.store, credential)).await
    }

    async fn find_by_email(&self, email: &Email) -> Result<Option<Versioned<Credential>>, StorageError> {
        let operation = Operation::new("find credential", "by its address");
        let filter = doc! { "email": email.as_str() };
        self.store.run(operation, TABLE.find_where(&self.store, filter)).await
    }

    async fn find(&self, user: UserId) -> Result<Option<Versioned<Credential>>, StorageError> {
        let operation = Operation::new("find credential", user);
        self.store.run(operation, TABLE.find_where(&self.store, of_user(user))).await
    }

    async fn update(&self, credential: &Credential, seen: Version) -> Result<Version, StorageError> {
        let operation = Operation::new("update credential", credential.user);
        self.store.run(operation, update(&self.store, credential, seen)).await
    }

    async fn delete(&self, user: UserId) -> Result<(), StorageError> {
        self.store.run(Operation::new("delete credential", user), delete(&self.store, user)).await
    }

    async fn add_refresh_token(&self, token: &StoredRefreshToken) -> Result<(), StorageError> {
        let operation = Operation::new("add refresh token of user", token.user);
        self.store.run(operation, add_token(&self.store, token)).await
    }

    async fn use_refresh_token(
        &self,
        hash: &TokenHash,
        used: TokenUse,
    ) -> Result<Option<StoredRefreshToken>, StorageError> {
        self.store.run(Operation::new("use", "a refresh token"), use_token(&self.store, *hash, used)).await
    }

    async fn delete_family(&self, family: &TokenHash) -> Result<(), StorageError> {
        let operation = Operation::new("delete", "a family of refresh tokens");
        let filter = doc! { "family": bytes(family.as_bytes()) };
        self.store.run(operation, TOKENS.remove_all(&self.store, filter)).await
    }

    async fn delete_refresh_tokens(&self, user: UserId) -> Result<(), StorageError> {
        let operation = Operation::new("delete refresh tokens of user", user);
        let filter = doc! { "user": id(user.as_uuid()) };
        self.store.run(operation, TOKENS.remove_all(&self.store, filter)).await
    }

    async fn delete_expired_tokens(&self, before: Timestamp) -> Result<(), StorageError> {
        let operation = Operation::new("delete", "expired refresh tokens");
        let filter = doc! { "expires_at": { "$lt": nanoseconds(before) } };
        self.store.run(operation, TOKENS.remove_all(&self.store, filter)).await
    }
}
