//! Selections in the database: one document for each client, and a table that knows which document holds a
//! selection.

use std::collections::BTreeSet;

use async_trait::async_trait;
use halftone_core::event::Event;
use halftone_core::id::{ClientId, SelectionId, ShareId, StudioId};
use halftone_core::page::{Page, PageLimit, PageRequest, Version, Versioned};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::selections::SelectionRepository;
use halftone_core::selection::ClientSelections;
use halftone_core::share::ShareTarget;
use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};
use uuid::Uuid;

use super::columns::{Id, nanoseconds};
use super::database::Database;
use super::error::{Fault, Operation};
use super::outbox::NewEvents;
use super::shares::target_column;
use super::table::{Record, Table, before, cut_by_id, most, one_more, read_all, read_values};

const TABLE: Table = Table("selections");

pub(super) const SUBMITTED: &str = "SELECT id, version, document FROM selections
     WHERE studio = ? AND submitted_at >= ? AND deleted_at IS NULL ORDER BY submitted_at, id LIMIT ?";

/// Keeps selections in a table.
#[derive(Debug)]
pub(super) struct EmbeddedSelectionRepository {
    database: Database,
}

impl EmbeddedSelectionRepository {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }
}

fn record(lists: &ClientSelections) -> Record {
    Record::new(lists.studio, lists.client.as_uuid(), lists)
        .with("share", Id(lists.share.as_uuid()))
        .with("target", target_column(lists.target))
        .with("submitted_at", lists.latest_submission().map(nanoseconds))
}

fn ids(lists: &ClientSelections) -> BTreeSet<Uuid> {
    lists.selections.iter().map(|selection| selection.id.as_uuid()).collect()
}

/// Makes the table of owners agree with the document. A pick changes no ids, and then nothing is written.
fn own(connection: &Connection, client: ClientId, wanted: &BTreeSet<Uuid>) -> Result<(), Fault> {
    let client = Id(client.as_uuid());
    let mut stored = connection.prepare_cached("SELECT selection FROM selection_owners WHERE client = ?")?;
    let stored = stored.query_map(params![client], |row| Ok(row.get::<_, Id>(0)?.0))?;
    let stored = stored.collect::<rusqlite::Result<BTreeSet<Uuid>>>()?;
    let sql = "DELETE FROM selection_owners WHERE selection = ? AND client = ?";
    let mut delete = connection.prepare_cached(sql)?;
    for gone in stored.difference(wanted) {
        delete.execute(params![Id(*gone), client])?;
    }
    let mut insert =
        connection.prepare_cached("INSERT INTO selection_owners (selection, client) VALUES (?, ?)")?;
    for new in wanted.difference(&stored) {
        insert.execute(params![Id(*new), client])?;
    }
    Ok(())
}

pub(super) fn list_sql(targets: usize) -> String {
    let walk = "SELECT id, version, document FROM selections
         WHERE studio = ? AND target = ? AND id < ? AND deleted_at IS NULL";
    let walks = vec![walk; targets].join(" UNION ALL ");
    format!("{walks} ORDER BY id DESC LIMIT ?")
}

fn list(
    connection: &Connection,
    studio: StudioId,
    targets: &BTreeSet<ShareTarget>,
    page: &PageRequest,
) -> Result<Page<Versioned<ClientSelections>>, Fault> {
    if targets.is_empty() {
        return Ok(Page { items: Vec::new(), next: None });
    }
    let walk = |target: &ShareTarget| [Id(studio.as_uuid()).into(), target_column(*target), before(page)];
    let values: Vec<Value> = targets.iter().flat_map(walk).chain([one_more(page)]).collect();
    let items = read_all(connection, &list_sql(targets.len()), params_from_iter(values))?;
    Ok(cut_by_id(items, page))
}

#[async_trait]
impl SelectionRepository for EmbeddedSelectionRepository {
    async fn create(&self, selections: &ClientSelections) -> Result<Version, StorageError> {
        let (record, client, ids) = (record(selections), selections.client, ids(selections));
        let operation = Operation::new("create selections of client", client);
        self.database
            .write(operation, move |connection| {
                let version = TABLE.create(connection, &record)?;
                own(connection, client, &ids)?;
                Ok(version)
            })
            .await
    }

    async fn find_by_client(
        &self,
        studio: StudioId,
        client: ClientId,
    ) -> Result<Option<Versioned<ClientSelections>>, StorageError> {
        let operation = Operation::new("find selections of client", client);
        self.database
            .read(operation, move |connection| TABLE.find(connection, studio, client.as_uuid()))
            .await
    }

    async fn find_by_selection(
        &self,
        studio: StudioId,
        selection: SelectionId,
    ) -> Result<Option<Versioned<ClientSelections>>, StorageError> {
        let operation = Operation::new("find selection", selection);
        self.database
            .read(operation, move |connection| {
                let condition =
                    "id IN (SELECT client FROM selection_owners WHERE selection = ?) AND studio = ?";
                let parameters = params![Id(selection.as_uuid()), Id(studio.as_uuid())];
                TABLE.find_where(connection, condition, parameters)
            })
            .await
    }

    async fn update(
        &self,
        selections: &ClientSelections,
        seen: Version,
        events: &[Event],
    ) -> Result<Version, StorageError> {
        let (record, client, ids) = (record(selections), selections.client, ids(selections));
        let events = NewEvents::new(client.as_uuid(), events);
        let operation = Operation::new("update selections of client", client);
        self.database
            .write(operation, move |connection| {
                let version = TABLE.update(connection, &record, seen)?;
                own(connection, client, &ids)?;
                events.record(connection)?;
                Ok(version)
            })
            .await
    }

    async fn list(
        &self,
        studio: StudioId,
        targets: &[ShareTarget],
        page: &PageRequest,
    ) -> Result<Page<Versioned<ClientSelections>>, StorageError> {
        let (targets, page) = (targets.iter().copied().collect::<BTreeSet<_>>(), page.clone());
        let operation = Operation::new("list selections of studio", studio);
        self.database.read(operation, move |connection| list(connection, studio, &targets, &page)).await
    }

    async fn list_submitted(
        &self,
        studio: StudioId,
        since: Timestamp,
        limit: PageLimit,
    ) -> Result<Vec<Versioned<ClientSelections>>, StorageError> {
        let operation = Operation::new("list submitted selections of studio", studio);
        self.database
            .read(operation, move |connection| {
                let parameters = params![Id(studio.as_uuid()), nanoseconds(since), most(limit)];
                read_values(connection, SUBMITTED, parameters)
            })
            .await
    }

    async fn purge_by_share(&self, studio: StudioId, share: ShareId) -> Result<(), StorageError> {
        let operation = Operation::new("purge selections of share", share);
        self.database
            .write(operation, move |connection| {
                let parameters = || [Id(studio.as_uuid()), Id(share.as_uuid())];
                let events =
                    "DELETE FROM outbox WHERE origin IN (SELECT id FROM selections WHERE studio = ? AND share = ?)";
                connection.prepare_cached(events)?.execute(parameters())?;
                let documents = "DELETE FROM selections WHERE studio = ? AND share = ?";
                connection.prepare_cached(documents)?.execute(parameters())?;
                Ok(())
            })
            .await
    }
}
