//! The data directory of a studio on one computer.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use async_trait::async_trait;
use halftone_core::ports::Backend;
use halftone_core::ports::error::StorageError;
use halftone_core::ports::identity::{Confirmation, IdentityProvider};
use halftone_core::ports::mailer::Mailer;
use halftone_core::ports::queue::JobQueue;
use halftone_core::secret::Keyring;
use halftone_storage::embedded::{EmbeddedBackend, EmbeddedMailbox, master_key};
use halftone_storage::local_identity::{LocalIdentity, LocalIdentityPorts, LocalIdentitySpec};

use crate::config::Config;
use crate::config::choice::{IdentityHome, MetadataHome, ObjectsHome, QueueHome};
use crate::home::{Check, Parts, Place, Tools};

/// An open data directory.
#[derive(Debug)]
pub struct DataDirectory {
    /// Where it is, as an absolute path.
    pub path: PathBuf,
    /// The mails that no mail server took.
    pub mailbox: EmbeddedMailbox,
    /// Whether the documents and jobs are here, so that no other process can work on them.
    pub(crate) holds_documents: bool,
}

/// Opens the data directory if the configuration keeps anything there, and gives what it keeps. The key of the
/// configuration wins over the one in the directory.
///
/// # Errors
/// The directory is in use by another process, or cannot be read or written.
pub(crate) fn open(
    config: &Config,
    keyring: Option<Arc<Keyring>>,
    tools: &Tools,
    mail_server: Option<&Arc<dyn Mailer>>,
) -> anyhow::Result<(Option<DataDirectory>, Option<Arc<Keyring>>, Parts)> {
    if !config.needs_directory() {
        return Ok((None, keyring, Parts::default()));
    }
    let path = open_directory(&config.server.data_dir)?;
    let (clock, entropy) = (Arc::clone(&tools.clock), Arc::clone(&tools.entropy));
    let embedded = EmbeddedBackend::open(&path, clock, entropy).map_err(|error| explain(error, &path))?;
    let own_key = || master_key(&path, &*tools.entropy).context("cannot open the installation's key");
    let keyring = keyring.map_or_else(|| own_key().map(Arc::new), Ok)?;
    let mailbox = embedded.mailbox();
    let backend = embedded.ports();
    let homes = &config.backends;
    let is_local = homes.identity == IdentityHome::Local;
    let identity = is_local.then(|| {
        let mailer = mail_server.map_or_else(|| Arc::new(mailbox.clone()) as Arc<dyn Mailer>, Arc::clone);
        let is_mailed = mail_server.is_some();
        local_identity(&backend, mailer, is_mailed, &keyring, tools)
    });
    let holds_documents = homes.metadata == MetadataHome::Embedded && homes.queue == QueueHome::Embedded;
    let check: Arc<dyn Check> = Arc::new(DatabaseCheck { jobs: Arc::clone(&backend.queue.jobs) });
    let place = Place { what: "Data", place: path.display().to_string() };
    let parts = Parts {
        metadata: (homes.metadata == MetadataHome::Embedded).then_some(backend.metadata),
        objects: (homes.objects == ObjectsHome::Embedded).then_some(backend.objects),
        queue: (homes.queue == QueueHome::Embedded).then_some(backend.queue),
        identity,
        checks: vec![check],
        places: vec![place],
        ..Parts::default()
    };
    Ok((Some(DataDirectory { path, mailbox, holds_documents }), Some(keyring), parts))
}

/// Logins that Halftone keeps itself, with their mails through a server or in the mailbox.
fn local_identity(
    backend: &Backend,
    mailer: Arc<dyn Mailer>,
    is_mailed: bool,
    keyring: &Arc<Keyring>,
    tools: &Tools,
) -> Arc<dyn IdentityProvider> {
    let ports = LocalIdentityPorts {
        credentials: Arc::clone(&backend.metadata.credentials),
        mailer,
        keyring: Arc::clone(keyring),
        clock: Arc::clone(&tools.clock),
        entropy: Arc::clone(&tools.entropy),
    };
    // Where mails reach people, an address has to be its owner's.
    let confirmation = if is_mailed { Confirmation::Required } else { Confirmation::NotRequired };
    Arc::new(LocalIdentity::new(ports, LocalIdentitySpec { confirmation, ..LocalIdentitySpec::default() }))
}

/// The database answers.
#[derive(Debug)]
struct DatabaseCheck {
    jobs: Arc<dyn JobQueue>,
}

#[async_trait]
impl Check for DatabaseCheck {
    async fn check(&self) -> Result<(), StorageError> {
        self.jobs.depth().await.map(drop)
    }
}

/// The directory as an absolute path, so that later messages mean the same wherever they are read.
fn open_directory(path: &Path) -> anyhow::Result<PathBuf> {
    let opened = make_private_directory(path).and_then(|()| path.canonicalize());
    opened.with_context(|| format!("cannot open the data directory {}", path.display()))
}

/// Makes the directory, if it is not there, so that nobody else on this computer can read it: it holds clients'
/// names and addresses, and originals.
///
/// # Errors
/// It cannot be made.
pub fn make_private_directory(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

/// The deepest cause says what to do; what lies above it are details for developers.
fn explain(error: StorageError, directory: &Path) -> anyhow::Error {
    let error = anyhow::Error::new(error);
    anyhow!("cannot open the data directory {}: {}", directory.display(), error.root_cause())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_new_data_directory_is_nobody_elses_business() {
        use std::os::unix::fs::PermissionsExt as _;

        let around = tempfile::tempdir().unwrap();
        let directory = around.path().join("studio/data");
        make_private_directory(&directory).unwrap();
        make_private_directory(&directory).unwrap();
        assert_eq!(fs::metadata(&directory).unwrap().permissions().mode() & 0o777, 0o700);
    }
}
