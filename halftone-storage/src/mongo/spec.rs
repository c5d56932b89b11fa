//! Where the database is, and how it is spoken to.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use halftone_core::ports::error::StorageError;
use mongodb::options::{
    Acknowledgment, ClientOptions, ReadConcern, ReadPreference, SelectionCriteria, Tls, TlsOptions,
    WriteConcern,
};

use super::error::{Fault, Operation};

/// Where the database is, and how it is spoken to. [`MongoSpec::new`] gives what suits most.
///
/// ```
/// use halftone_storage::mongo::MongoSpec;
///
/// let spec = MongoSpec::new("mongodb://ana:secret@db.example.com/?tls=true", "halftone");
/// assert!(!format!("{spec:?}").contains("secret"));
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct MongoSpec {
    /// The connection string. It holds the password, and is never printed.
    pub uri: String,
    /// The name of the database.
    pub database: String,
    /// A file of CA certificates in PEM against which the server's certificate is checked, in place of the
    /// system's; for DocumentDB the bundle that AWS publishes. It switches TLS on.
    pub ca_file: Option<PathBuf>,
    /// The name under which the server's logs show this program.
    pub app_name: String,
    /// How long an operation waits for a server that can take it.
    pub server_selection_timeout: Duration,
    /// How long one attempt to connect may take.
    pub connect_timeout: Duration,
    /// How long an operation may take altogether. It ends in `Unavailable` then.
    pub operation_timeout: Duration,
    /// How long creating the indexes that are missing may take altogether.
    pub index_timeout: Duration,
    /// The most connections to one server.
    pub max_pool_size: u32,
}

impl MongoSpec {
    /// The database of this name at this address, with 5 seconds for selecting a server and for connecting, 30
    /// seconds for an operation, an hour for creating indexes, and 50 connections.
    pub fn new(uri: impl Into<String>, database: impl Into<String>) -> Self {
        Self {
            uri: uri.into(),
            database: database.into(),
            ca_file: None,
            app_name: "halftone".to_owned(),
            server_selection_timeout: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(5),
            operation_timeout: Duration::from_secs(30),
            index_timeout: Duration::from_hours(1),
            max_pool_size: 50,
        }
    }

    /// The driver's options. Whatever the address says, writes are not retried by the driver, which DocumentDB
    /// 5.0 cannot tell from new ones; they count when a majority has them on disk; and reads go to the primary,
    /// so that they see every write.
    pub(super) async fn client_options(&self) -> Result<ClientOptions, StorageError> {
        let parsed = ClientOptions::parse(&self.uri).await;
        let mut options = parsed.map_err(|error| self.failed(error.into()))?;
        options.app_name = Some(self.app_name.clone());
        options.server_selection_timeout = Some(self.server_selection_timeout);
        options.connect_timeout = Some(self.connect_timeout);
        options.max_pool_size = Some(self.max_pool_size);
        options.retry_writes = Some(false);
        options.read_concern = Some(ReadConcern::majority());
        options.write_concern =
            Some(WriteConcern::builder().w(Acknowledgment::Majority).journal(true).build());
        options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
        if let Some(file) = &self.ca_file {
            options.tls = Some(Tls::Enabled(TlsOptions::builder().ca_file_path(file.clone()).build()));
        }
        Ok(options)
    }

    pub(super) fn failed(&self, fault: Fault) -> StorageError {
        Operation::new("connect to database", &self.database).failed(fault)
    }
}

impl fmt::Debug for MongoSpec {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MongoSpec")
            .field("database", &self.database)
            .field("ca_file", &self.ca_file)
            .field("app_name", &self.app_name)
            .field("server_selection_timeout", &self.server_selection_timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("operation_timeout", &self.operation_timeout)
            .field("max_pool_size", &self.max_pool_size)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_address_cannot_loosen_what_the_ports_promise() {
        let address = "mongodb://localhost/?retryWrites=true&w=1&journal=false&readPreference=secondary";
        let options = MongoSpec::new(address, "halftone").client_options().await.unwrap();
        assert_eq!(options.retry_writes, Some(false));
        let concern = options.write_concern.unwrap();
        assert_eq!((concern.w, concern.journal), (Some(Acknowledgment::Majority), Some(true)));
        let primary = SelectionCriteria::ReadPreference(ReadPreference::Primary);
        assert_eq!(options.selection_criteria, Some(primary));
    }

    #[tokio::test]
    async fn an_address_that_is_none_is_refused_without_being_printed() {
        let spec = MongoSpec::new("mongo//ana:secret@host", "halftone");
        let error = spec.client_options().await.unwrap_err();
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }
}
