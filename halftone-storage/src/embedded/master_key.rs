//! The installation's master key, in a file that only its owner may read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use halftone_core::entropy::Entropy;
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::secret::Keyring;

use super::error::{Fault, Operation};
use super::files;

const FILE: &str = "secret.key";
/// 32 bytes in base64 without padding.
const CHARACTERS: u64 = 43;

/// Reads the master key of the data directory (`secret.key`, 32 bytes in base64url, mode 0600), or draws one
/// and stores it durably if there is none. Works on files: call it at start or on a blocking thread.
///
/// Losing the file signs everybody out and makes PINs and QR codes of old shares unusable, so it belongs into
/// every backup, apart from the rest if that may be stolen.
///
/// # Errors
/// `Corrupt` if the file holds something else; a new key is never put in its place. `PermissionDenied` or
/// `Unavailable` if it cannot be read or written.
///
/// ```
/// use halftone_storage::embedded::master_key;
/// use halftone_storage::os_entropy::OsEntropy;
///
/// let directory = tempfile::tempdir().expect("a directory for the example");
/// let first = master_key(directory.path(), &OsEntropy)?;
/// let again = master_key(directory.path(), &OsEntropy)?;
/// assert_eq!(first.reveal(), again.reveal());
/// # Ok::<(), halftone_core::ports::error::StorageError>(())
/// ```
pub fn master_key(directory: &Path, entropy: &dyn Entropy) -> Result<Keyring, StorageError> {
    let failed = |fault: Fault| Operation::new("read master key in", directory.display()).failed(fault);
    match find(directory).map_err(failed)? {
        Some(keyring) => Ok(keyring),
        None => create(directory, entropy).map_err(failed),
    }
}

fn find(directory: &Path) -> Result<Option<Keyring>, Fault> {
    let mut file = match File::open(directory.join(FILE)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if files::make_private(&file)? {
        tracing::warn!(
            "the master key could be read by other users of this computer; its file is private now"
        );
    }
    let mut text = String::new();
    // A newline may follow, with or without a carriage return.
    file.by_ref().take(CHARACTERS + 2).read_to_string(&mut text)?;
    Ok(Some(Keyring::new(parse(text.trim_end()).ok_or(StorageErrorKind::Corrupt)?)))
}

fn create(directory: &Path, entropy: &dyn Entropy) -> Result<Keyring, Fault> {
    fs::create_dir_all(directory)?;
    // Two programs that start at once must end up with one key: the second waits here and finds it.
    let lock =
        OpenOptions::new().create(true).truncate(false).write(true).open(directory.join("secret.lock"))?;
    lock.lock()?;
    if let Some(keyring) = find(directory)? {
        return Ok(keyring);
    }
    let keyring = Keyring::generate(entropy);
    let content = format!("{}\n", URL_SAFE_NO_PAD.encode(keyring.reveal()));
    files::write_private(&directory.join(FILE), &directory.join("secret.key.new"), content.as_bytes())?;
    Ok(keyring)
}

fn parse(text: &str) -> Option<[u8; 32]> {
    // Why `ok` twice: whatever else the file holds, it is no key.
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use halftone_core::entropy::SeededEntropy;

    use super::*;

    #[test]
    fn the_key_is_drawn_once_and_kept() {
        let root = tempfile::tempdir().unwrap();
        let first = master_key(root.path(), &SeededEntropy::new(1)).unwrap();
        let second = master_key(root.path(), &SeededEntropy::new(2)).unwrap();
        assert_eq!(first.reveal(), second.reveal());
        assert!(!root.path().join("secret.key.new").exists());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_the_key() {
        use std::os::unix::fs::PermissionsExt as _;

        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(FILE);
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        master_key(root.path(), &SeededEntropy::new(1)).unwrap();
        assert_eq!(mode(), 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        master_key(root.path(), &SeededEntropy::new(1)).unwrap();
        assert_eq!(mode(), 0o600);
    }

    #[test]
    fn a_damaged_key_is_refused_and_kept() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join(FILE), "not a key").unwrap();
        let refused = master_key(root.path(), &SeededEntropy::new(1)).unwrap_err();
        assert_eq!(refused.kind(), StorageErrorKind::Corrupt);
        assert_eq!(fs::read_to_string(root.path().join(FILE)).unwrap(), "not a key");
    }
}
