//! Hashing passwords off the async threads, a few at a time.

use std::fmt;
use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error as HashError, PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::secret::Password;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// Argon2id with 19 MiB, two passes and one lane: the first choice of the OWASP Password Storage Cheat Sheet
/// (<https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html>).
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const OUTPUT_BYTES: usize = 32;

/// A hash with the same parameters that no password has, to be checked where there is no user.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes and checks passwords.
pub(super) struct PasswordHasher {
    argon2: Argon2<'static>,
    permits: Arc<Semaphore>,
}

impl fmt::Debug for PasswordHasher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PasswordHasher").field("permits", &self.permits).finish_non_exhaustive()
    }
}

impl PasswordHasher {
    /// Hashes up to `concurrent` passwords at the same time, and at least one.
    pub(super) fn new(concurrent: usize) -> Self {
        let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(OUTPUT_BYTES))
            .expect("the constants are in Argon2's range");
        Self {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            permits: Arc::new(Semaphore::new(concurrent.max(1))),
        }
    }

    /// The password's hash in PHC form.
    pub(super) async fn hash(&self, password: &Password, salt: [u8; 16]) -> Result<String, StorageError> {
        let (argon2, password) = (self.argon2.clone(), password.clone());
        let hashed = self
            .run(move || argon2.hash_password_with_salt(password.reveal().as_bytes(), &salt))
            .await?
            .map_err(|error| failed(StorageErrorKind::Unexpected).with_source(error))?;
        Ok(hashed.to_string())
    }

    /// Whether the password has this hash. Without a hash the answer is no, and takes as long.
    pub(super) async fn verify(
        &self,
        password: &Password,
        hash: Option<String>,
    ) -> Result<bool, StorageError> {
        let (argon2, password) = (self.argon2.clone(), password.clone());
        let is_somebody = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        let verified = self
            .run(move || {
                let hash = PasswordHash::new(&hash).map_err(|_| HashError::EncodingInvalid)?;
                // The library would call a hash that was cut off a wrong password.
                if hash.salt.is_none() || hash.hash.is_none() {
                    return Err(HashError::EncodingInvalid);
                }
                argon2.verify_password(password.reveal().as_bytes(), &hash)
            })
            .await?;
        match verified {
            Ok(()) => Ok(is_somebody),
            Err(HashError::PasswordInvalid) => Ok(false),
            Err(error) => Err(failed(StorageErrorKind::Corrupt).with_source(error)),
        }
    }

    /// Runs `work` on a blocking thread. The permit goes along, so that work whose caller went away still
    /// counts.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, StorageError> {
        let permits = Arc::clone(&self.permits);
        let permit = permits.acquire_owned().await.expect("the semaphore is never closed");
        let running = spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        });
        running.await.map_err(|error| failed(StorageErrorKind::Unexpected).with_source(error))
    }
}

fn failed(kind: StorageErrorKind) -> StorageError {
    StorageError::new(kind, "hash", "a password")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_names_its_parameters() {
        let hasher = PasswordHasher::new(1);
        let hash = hasher.hash(&Password::attempt("correct horse"), [7; 16]).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(hasher.verify(&Password::attempt("correct horse"), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify(&Password::attempt("correct house"), Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_has_a_password_and_yet_it_is_hashed() {
        // A hash that did not parse would be an error, and one of other parameters would take another time.
        let parsed = PasswordHash::new(NOBODY).unwrap();
        assert_eq!(Params::try_from(&parsed).unwrap(), *PasswordHasher::new(1).argon2.params());
        assert!(!PasswordHasher::new(1).verify(&Password::attempt(""), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_damaged_hash_is_corrupt() {
        for damaged in
            ["", "$argon", &NOBODY[..40], "$argon2id$v=19$m=1,t=0,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAA"]
        {
            let verified =
                PasswordHasher::new(1).verify(&Password::attempt("x"), Some(damaged.to_owned())).await;
            assert_eq!(verified.unwrap_err().kind(), StorageErrorKind::Corrupt, "{damaged}");
        }
    }
}
