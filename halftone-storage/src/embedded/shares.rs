//! Shares and their activity in the database.

use async_trait::async_trait;
use halftone_core::event::Event;
use halftone_core::id::{ShareId, StudioId};
use halftone_core::page::{Page, PageRequest, Version, Versioned};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::shares::{ShareRepository, Visit, VisitTarget};
use halftone_core::secret::TokenHash;
use halftone_core::share::{Activity, Share, ShareStatistics, ShareTarget};
use halftone_core::studio::Studio;
use rusqlite::types::Value;
use rusqlite::{Connection, params};

use super::columns::Id;
use super::database::Database;
use super::error::{Fault, Operation};
use super::outbox::{self, NewEvents};
use super::table::{Conditions, Record, Table};
use super::{activities, collections, galleries, studios};

pub(super) const TABLE: Table = Table("shares");

/// Keeps shares in a table, and their activity in two more.
#[derive(Debug)]
pub(super) struct EmbeddedShareRepository {
    database: Database,
}

impl EmbeddedShareRepository {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }
}

/// What a share opens, in one column: a letter for the kind, then the id.
pub(super) fn target_column(target: ShareTarget) -> Value {
    let (kind, id) = match target {
        ShareTarget::Gallery(gallery) => (b'g', gallery.as_uuid()),
        ShareTarget::Collection(collection) => (b'c', collection.as_uuid()),
    };
    let mut column = vec![kind];
    column.extend_from_slice(id.as_bytes());
    Value::Blob(column)
}

fn record(share: &Share) -> Record {
    Record::new(share.studio, share.id.as_uuid(), share)
        .with("target", target_column(share.target))
        .with("token_hash", share.token_hash.as_bytes().to_vec())
}

pub(super) fn conditions(target: ShareTarget) -> Conditions {
    Conditions::default().equal("target", Some(target_column(target)))
}

/// Three reads of one connection; what is deleted between two of them was deleted a moment later.
fn find_visit(connection: &Connection, share: ShareId) -> Result<Option<Visit>, Fault> {
    let found = TABLE.find_where::<Share>(connection, "id = ?", params![Id(share.as_uuid())])?;
    let Some(share) = found.map(|share| share.value) else {
        return Ok(None);
    };
    let studio = share.studio;
    if studios::TABLE.find::<Studio>(connection, studio, studio.as_uuid())?.is_none() {
        return Ok(Some(Visit { share, target: None }));
    }
    let target = match share.target {
        ShareTarget::Gallery(gallery) => galleries::TABLE
            .find(connection, studio, gallery.as_uuid())?
            .map(|gallery| VisitTarget::Gallery(gallery.value)),
        ShareTarget::Collection(collection) => collections::TABLE
            .find(connection, studio, collection.as_uuid())?
            .map(|collection| VisitTarget::Collection(collection.value)),
    };
    Ok(Some(Visit { share, target }))
}

#[async_trait]
impl ShareRepository for EmbeddedShareRepository {
    async fn create(&self, share: &Share) -> Result<Version, StorageError> {
        let record = record(share);
        let operation = Operation::new("create share", share.id);
        self.database.write(operation, move |connection| TABLE.create(connection, &record)).await
    }

    async fn find(&self, studio: StudioId, share: ShareId) -> Result<Option<Versioned<Share>>, StorageError> {
        let operation = Operation::new("find share", share);
        self.database.read(operation, move |connection| TABLE.find(connection, studio, share.as_uuid())).await
    }

    async fn find_in_any_studio(&self, share: ShareId) -> Result<Option<Versioned<Share>>, StorageError> {
        let operation = Operation::new("find share", share);
        self.database
            .read(operation, move |connection| {
                TABLE.find_where(connection, "id = ?", params![Id(share.as_uuid())])
            })
            .await
    }

    async fn find_visit(&self, share: ShareId) -> Result<Option<Visit>, StorageError> {
        let operation = Operation::new("find visit of share", share);
        self.database.read(operation, move |connection| find_visit(connection, share)).await
    }

    async fn find_by_token(&self, hash: &TokenHash) -> Result<Option<Versioned<Share>>, StorageError> {
        let hash = *hash;
        let operation = Operation::new("find share", "by its token");
        self.database
            .read(operation, move |connection| {
                TABLE.find_where(connection, "token_hash = ?", params![hash.as_bytes()])
            })
            .await
    }

    async fn update(&self, share: &Share, seen: Version) -> Result<Version, StorageError> {
        let record = record(share);
        let operation = Operation::new("update share", share.id);
        self.database.write(operation, move |connection| TABLE.update(connection, &record, seen)).await
    }

    async fn list(
        &self,
        studio: StudioId,
        target: ShareTarget,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Share>>, StorageError> {
        let (conditions, page) = (conditions(target), page.clone());
        let operation = Operation::new("list shares of studio", studio);
        self.database
            .read(operation, move |connection| TABLE.list_newest(connection, studio, &conditions, &page))
            .await
    }

    async fn record(
        &self,
        studio: StudioId,
        share: ShareId,
        activity: &Activity,
        events: &[Event],
    ) -> Result<(), StorageError> {
        let (activity, events) = (activity.clone(), NewEvents::new(share.as_uuid(), events));
        let operation = Operation::new("record activity of share", share);
        self.database
            .write(operation, move |connection| {
                events.record(connection)?;
                activities::record(connection, studio, share, &activity)
            })
            .await
    }

    async fn statistics(&self, studio: StudioId, share: ShareId) -> Result<ShareStatistics, StorageError> {
        let operation = Operation::new("read statistics of share", share);
        self.database
            .read(operation, move |connection| activities::statistics(connection, studio, share))
            .await
    }

    async fn list_activity(
        &self,
        studio: StudioId,
        share: ShareId,
        page: &PageRequest,
    ) -> Result<Page<Activity>, StorageError> {
        let page = page.clone();
        let operation = Operation::new("list activity of share", share);
        self.database
            .read(operation, move |connection| activities::list(connection, studio, share, &page))
            .await
    }

    async fn purge(&self, studio: StudioId, share: ShareId) -> Result<(), StorageError> {
        let operation = Operation::new("purge share", share);
        self.database
            .write(operation, move |connection| {
                // Activity and statistics go with the row.
                if TABLE.remove(connection, studio, share.as_uuid())? {
                    let mut clients = connection.prepare_cached("DELETE FROM clients WHERE share = ?")?;
                    clients.execute(params![Id(share.as_uuid())])?;
                    outbox::forget(connection, share.as_uuid())?;
                }
                Ok(())
            })
            .await
    }
}
