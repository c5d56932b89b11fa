//! The few things that the systems do differently, and making names durable.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

/// Waits until the names in a directory are on the disk.
#[cfg(unix)]
pub(super) fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Windows has no way to ask for this; NTFS keeps a journal of names.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the signature is that of the systems that can fail")]
pub(super) fn sync_directory(_directory: &Path) -> io::Result<()> {
    Ok(())
}

/// The number by which the file system knows a file.
#[cfg(unix)]
pub(super) fn inode(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

/// Where there is no such number that the standard library tells, size and time must do.
#[cfg(not(unix))]
pub(super) const fn inode(_metadata: &fs::Metadata) -> u64 {
    0
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Writes a small file that only its owner may read, whole or not at all. `temporary` lies beside `path` and is
/// overwritten.
pub(super) fn write_private(path: &Path, temporary: &Path, content: &[u8]) -> io::Result<()> {
    match fs::remove_file(temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = private(OpenOptions::new().write(true).create_new(true)).open(temporary)?;
    file.write_all(content)?;
    file.sync_all()?;
    drop(file);
    fs::rename(temporary, path)?;
    path.parent().map_or(Ok(()), sync_directory)
}

/// Takes every right on a file from everybody but its owner; tells whether somebody had one.
#[cfg(unix)]
pub(super) fn make_private(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;

    let rights_of_others = file.metadata()?.permissions().mode() & 0o077;
    if rights_of_others == 0 {
        return Ok(false);
    }
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    Ok(true)
}

/// Elsewhere the rights are inherited from the directory.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the signature is that of the systems that can fail")]
pub(super) fn make_private(_file: &File) -> io::Result<bool> {
    Ok(false)
}
