//! What the local identity provider keeps, in the database.

use async_trait::async_trait;
use halftone_core::id::UserId;
use halftone_core::page::{Version, Versioned};
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::identity::{Credential, CredentialRepository, StoredRefreshToken, TokenUse};
use halftone_core::secret::TokenHash;
use halftone_core::text::Email;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Params, Row, params};

use super::columns::{Id, instant, nanoseconds};
use super::database::Database;
use super::error::{Fault, Operation};
use super::table::read_all;
use crate::documents::encode;

pub(super) const BY_EMAIL: &str = "SELECT id, version, document FROM credentials WHERE email = ?";
pub(super) const BY_USER: &str = "SELECT id, version, document FROM credentials WHERE id = ?";

/// Keeps credentials and refresh tokens in tables.
#[derive(Debug)]
pub(super) struct EmbeddedCredentialRepository {
    database: Database,
}

impl EmbeddedCredentialRepository {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }

    /// Runs one statement that writes.
    async fn execute<P>(
        &self,
        operation: Operation,
        sql: &'static str,
        parameters: P,
    ) -> Result<(), StorageError>
    where
        P: Params + Clone + Send + 'static,
    {
        self.database
            .write(operation, move |connection| {
                connection.prepare_cached(sql)?.execute(parameters.clone())?;
                Ok(())
            })
            .await
    }
}

fn find(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
) -> Result<Option<Versioned<Credential>>, Fault> {
    Ok(read_all(connection, sql, parameters)?.pop().map(|(_, credential)| credential))
}

fn update(
    connection: &Connection,
    user: UserId,
    email: &str,
    document: &str,
    seen: Version,
) -> Result<Version, Fault> {
    let sql =
        "UPDATE credentials SET version = version + 1, email = ?, document = ? WHERE id = ? AND version = ?";
    let version = i64::try_from(seen.get()).unwrap_or(i64::MAX);
    let parameters = params![email, document, Id(user.as_uuid()), version];
    if connection.prepare_cached(sql)?.execute(parameters)? == 1 {
        return Ok(seen.next());
    }
    let mut exists = connection.prepare_cached("SELECT 1 FROM credentials WHERE id = ?")?;
    let exists = exists.exists(params![Id(user.as_uuid())])?;
    Err(if exists { StorageErrorKind::Conflict } else { StorageErrorKind::NotFound }.into())
}

fn use_token(
    connection: &Connection,
    hash: TokenHash,
    used: TokenUse,
) -> Result<Option<StoredRefreshToken>, Fault> {
    let sql = "SELECT user, family, expires_at, used_at, successor FROM refresh_tokens WHERE hash = ?";
    let read = |row: &Row<'_>| {
        let successor = row.get::<_, Option<[u8; 32]>>(4)?.map(TokenHash::restore);
        Ok(StoredRefreshToken {
            hash,
            user: UserId::from_uuid(row.get::<_, Id>(0)?.0),
            family: TokenHash::restore(row.get(1)?),
            expires_at: instant(row.get(2)?),
            used: row.get::<_, Option<i64>>(3)?.map(|at| TokenUse { at: instant(at), successor }),
        })
    };
    let before = connection.prepare_cached(sql)?.query_row(params![hash.as_bytes()], read).optional()?;
    let sql = "UPDATE refresh_tokens SET used_at = ?, successor = ? WHERE hash = ? AND used_at IS NULL";
    let successor = used.successor.as_ref().map(TokenHash::as_bytes);
    connection.prepare_cached(sql)?.execute(params![nanoseconds(used.at), successor, hash.as_bytes()])?;
    Ok(before)
}

#[async_trait]
impl CredentialRepository for EmbeddedCredentialRepository {
    async fn create(&self, credential: &Credential) -> Result<(), StorageError> {
        let operation = Operation::new("create credential", credential.user);
        let sql = "INSERT INTO credentials (id, email, version, document) VALUES (?, ?, 1, ?)";
        let row = (Id(credential.user.as_uuid()), credential.email.to_string(), encode(credential));
        self.execute(operation, sql, row).await
    }

    async fn find_by_email(&self, email: &Email) -> Result<Option<Versioned<Credential>>, StorageError> {
        let email = email.clone();
        self.database
            .read(Operation::new("find credential", "by its address"), move |connection| {
                find(connection, BY_EMAIL, params![email.as_str()])
            })
            .await
    }

    async fn find(&self, user: UserId) -> Result<Option<Versioned<Credential>>, StorageError> {
        let operation = Operation::new("find credential", user);
        self.database
            .read(operation, move |connection| find(connection, BY_USER, params![Id(user.as_uuid())]))
            .await
    }

    async fn update(&self, credential: &Credential, seen: Version) -> Result<Version, StorageError> {
        let (user, email, document) = (credential.user, credential.email.to_string(), encode(credential));
        let operation = Operation::new("update credential", user);
        self.database
            .write(operation, move |connection| update(connection, user, &email, &document, seen))
            .await
    }

    async fn delete(&self, user: UserId) -> Result<(), StorageError> {
        self.database
            .write(Operation::new("delete credential", user), move |connection| {
                let user = Id(user.as_uuid());
                connection.prepare_cached("DELETE FROM refresh_tokens WHERE user = ?")?.execute([user])?;
                connection.prepare_cached("DELETE FROM credentials WHERE id = ?")?.execute([user])?;
                Ok(())
            })
            .await
    }

    async fn add_refresh_token(&self, token: &StoredRefreshToken) -> Result<(), StorageError> {
        let operation = Operation::new("add refresh token of user", token.user);
        let sql = "INSERT INTO refresh_tokens (hash, user, family, expires_at, used_at, successor) \
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
        let row = (
            token.hash.as_bytes().to_vec(),
            Id(token.user.as_uuid()),
            token.family.as_bytes().to_vec(),
            nanoseconds(token.expires_at),
            token.used.map(|used| nanoseconds(used.at)),
            token.used.and_then(|used| used.successor).map(|successor| successor.as_bytes().to_vec()),
        );
        self.execute(operation, sql, row).await
    }

    async fn use_refresh_token(
        &self,
        hash: &TokenHash,
        used: TokenUse,
    ) -> Result<Option<StoredRefreshToken>, StorageError> {
        let hash = *hash;
        // One writer at a time: of concurrent calls the first alone sees the token unused.
        self.database
            .write(Operation::new("use", "a refresh token"), move |connection| {
                use_token(connection, hash, used)
            })
            .await
    }

    async fn delete_family(&self, family: &TokenHash) -> Result<(), StorageError> {
        let operation = Operation::new("delete", "a family of refresh tokens");
        let sql = "DELETE FROM refresh_tokens WHERE family = ?";
        self.execute(operation, sql, (family.as_bytes().to_vec(),)).await
    }

    async fn delete_refresh_tokens(&self, user: UserId) -> Result<(), StorageError> {
        let operation = Operation::new("delete refresh tokens of user", user);
        self.execute(operation, "DELETE FROM refresh_tokens WHERE user = ?", (Id(user.as_uuid()),)).await
    }

    async fn delete_expired_tokens(&self, before: Timestamp) -> Result<(), StorageError> {
        let operation = Operation::new("delete", "expired refresh tokens");
        let sql = "DELETE FROM refresh_tokens WHERE expires_at < ?";
        self.execute(operation, sql, (nanoseconds(before),)).await
    }
}
