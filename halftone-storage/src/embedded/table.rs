//! What all tables of documents have in common.
//!
//! Names of tables and columns are constants of this backend; every value is a parameter.

use halftone_core::id::StudioId;
use halftone_core::page::{Cursor, Page, PageLimit, PageRequest, Version, Versioned};
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::search::{SearchText, Searchable};
use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Params, Row, params, params_from_iter};
use uuid::Uuid;

use super::columns::{ABOVE_ALL_IDS, Id, beginning, joined_terms, listed_grams, nanoseconds};
use super::error::Fault;
use crate::documents::{Stored, decode, encode};

/// One aggregate's table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table(pub(super) &'static str);

/// A document with the columns by which it is found.
#[derive(Debug)]
pub(super) struct Record {
    id: Uuid,
    studio: StudioId,
    document: Value,
    columns: Vec<(&'static str, Value)>,
}

impl Record {
    pub(super) fn new<T: Stored>(studio: StudioId, id: Uuid, value: &T) -> Self {
        Self { id, studio, document: Value::Text(encode(value)), columns: Vec::new() }
    }

    /// Adds a column.
    pub(super) fn with(mut self, column: &'static str, value: impl Into<Value>) -> Self {
        self.columns.push((column, value.into()));
        self
    }

    /// Adds the columns by which it is searched for.
    pub(super) fn searchable(self, value: &impl Searchable) -> Self {
        let terms = value.terms();
        self.with("terms", joined_terms(&terms)).with("grams", listed_grams(&terms))
    }

    fn values(&self) -> impl Iterator<Item = Value> {
        self.columns.iter().map(|(_, value)| value.clone())
    }
}

/// Further conditions of a list: columns that must have a value or another one, or contain a word.
#[derive(Debug, Clone, Default)]
pub(super) struct Conditions {
    text: String,
    values: Vec<Value>,
}

impl Conditions {
    /// Adds `column = value`, if there is a value.
    pub(super) fn equal(mut self, column: &'static str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            self.text.push_str(" AND ");
            self.text.push_str(column);
            self.text.push_str(" = ?");
            self.values.push(value.into());
        }
        self
    }

    /// Adds `column <> value`.
    pub(super) fn unlike(mut self, column: &'static str, value: impl Into<Value>) -> Self {
        self.text.push_str(" AND ");
        self.text.push_str(column);
        self.text.push_str(" <> ?");
        self.values.push(value.into());
        self
    }

    /// Adds "`column` contains `word`", if there is a word.
    pub(super) fn contains(mut self, column: &'static str, word: Option<Value>) -> Self {
        if let Some(word) = word {
            self.text.push_str(" AND instr(");
            self.text.push_str(column);
            self.text.push_str(", ?) > 0");
            self.values.push(word);
        }
        self
    }

    /// Adds that the document is found by every word of a text, if there is one.
    pub(super) fn words(self, text: Option<&SearchText>) -> Self {
        let words = text.into_iter().flat_map(SearchText::words);
        words.fold(self, |conditions, word| conditions.contains("terms", Some(beginning(word))))
    }

    /// The conditions in SQL, each after an AND.
    pub(super) fn sql(&self) -> &str {
        &self.text
    }

    /// The values of the conditions, in their order.
    pub(super) fn values(&self) -> impl Iterator<Item = Value> {
        self.values.iter().cloned()
    }
}

impl Table {
    /// Stores a new document.
    pub(super) fn create(self, connection: &Connection, record: &Record) -> Result<Version, Fault> {
        let (mut names, mut marks) = (String::new(), String::new());
        for (column, _) in &record.columns {
            names.push_str(", ");
            names.push_str(column);
            marks.push_str(", ?");
        }
        let sql = format!(
            "INSERT INTO {} (id, studio, document, version{names}) VALUES (?, ?, ?, 1{marks})",
            self.0
        );
        let head = [Id(record.id).into(), Id(record.studio.as_uuid()).into(), record.document.clone()];
        connection
            .prepare_cached(&sql)?
            .execute(params_from_iter(head.into_iter().chain(record.values())))?;
        Ok(Version::FIRST)
    }

    /// Replaces a document whose version is still `seen`.
    pub(super) fn update(
        self,
        connection: &Connection,
        record: &Record,
        seen: Version,
    ) -> Result<Version, Fault> {
        let mut columns = String::new();
        for (column, _) in &record.columns {
            columns.push_str(", ");
            columns.push_str(column);
            columns.push_str(" = ?");
        }
        let sql = format!(
            "UPDATE {} SET version = version + 1, document = ?{columns}
             WHERE id = ? AND studio = ? AND version = ? AND deleted_at IS NULL",
            self.0
        );
        let tail = [
            Id(record.id).into(),
            Id(record.studio.as_uuid()).into(),
            Value::Integer(i64::try_from(seen.get()).unwrap_or(i64::MAX)),
        ];
        let values = [record.document.clone()].into_iter().chain(record.values()).chain(tail);
        if connection.prepare_cached(&sql)?.execute(params_from_iter(values))? == 1 {
            return Ok(seen.next());
        }
        let exists = self.exists(connection, record.studio, record.id)?;
        Err(if exists { StorageErrorKind::Conflict } else { StorageErrorKind::NotFound }.into())
    }

    /// Whether the studio has this document, not counting deleted ones.
    pub(super) fn exists(self, connection: &Connection, studio: StudioId, id: Uuid) -> Result<bool, Fault> {
        let sql = format!("SELECT 1 FROM {} WHERE id = ? AND studio = ? AND deleted_at IS NULL", self.0);
        Ok(connection.prepare_cached(&sql)?.exists(params![Id(id), Id(studio.as_uuid())])?)
    }

    /// The studio's document with this id.
    pub(super) fn find<T: Stored>(
        self,
        connection: &Connection,
        studio: StudioId,
        id: Uuid,
    ) -> Result<Option<Versioned<T>>, Fault> {
        self.find_where(connection, "id = ? AND studio = ?", params![Id(id), Id(studio.as_uuid())])
    }

    /// The document for which the unique `condition` holds, whosever it is.
    pub(super) fn find_where<T: Stored>(
        self,
        connection: &Connection,
        condition: &str,
        parameters: impl Params,
    ) -> Result<Option<Versioned<T>>, Fault> {
        let sql =
            format!("SELECT id, version, document FROM {} WHERE {condition} AND deleted_at IS NULL", self.0);
        let mut statement = connection.prepare_cached(&sql)?;
        let found = statement.query_row(parameters, |row| Ok(read(row))).optional()?;
        Ok(found.transpose()?.map(|(_, versioned)| versioned))
    }

    /// A page of the studio's documents, highest id first.
    pub(super) fn list_newest<T: Stored>(
        self,
        connection: &Connection,
        studio: StudioId,
        conditions: &Conditions,
        page: &PageRequest,
    ) -> Result<Page<Versioned<T>>, Fault> {
        let sql = newest_sql(self, conditions);
        let values = [Id(studio.as_uuid()).into()].into_iter().chain(conditions.values());
        let values = values.chain([before(page), one_more(page)]);
        let items = read_all(connection, &sql, params_from_iter(values))?;
        Ok(cut_by_id(items, page))
    }

    /// Hides the studio's document; the time of the first mark stays.
    pub(super) fn mark_deleted(
        self,
        connection: &Connection,
        studio: StudioId,
        id: Uuid,
        at: Timestamp,
    ) -> Result<(), Fault> {
        let sql = format!(
            "UPDATE {} SET deleted_at = ? WHERE id = ? AND studio = ? AND deleted_at IS NULL",
            self.0
        );
        let parameters = params![nanoseconds(at), Id(id), Id(studio.as_uuid())];
        connection.prepare_cached(&sql)?.execute(parameters)?;
        Ok(())
    }

    /// Removes the studio's document, deleted or not; tells whether there was one.
    pub(super) fn remove(self, connection: &Connection, studio: StudioId, id: Uuid) -> Result<bool, Fault> {
        let sql = format!("DELETE FROM {} WHERE id = ? AND studio = ?", self.0);
        Ok(connection.prepare_cached(&sql)?.execute(params![Id(id), Id(studio.as_uuid())])? > 0)
    }

    /// A page of studio and id of what is marked as deleted, of all studios, by id.
    pub(super) fn list_deleted(
        self,
        connection: &Connection,
        page: &PageRequest,
    ) -> Result<Page<(StudioId, Uuid)>, Fault> {
        let sql = deleted_sql(self);
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map(params![after(page), one_more(page)], |row| {
            Ok((StudioId::from_uuid(row.get::<_, Id>(0)?.0), row.get::<_, Id>(1)?.0))
        })?;
        let items = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(Page::cut(items, page.limit, |(_, id)| Cursor::new("", *id)))
    }
}

pub(super) fn newest_sql(table: Table, conditions: &Conditions) -> String {
    format!(
        "SELECT id, version, document FROM {} WHERE studio = ? AND deleted_at IS NULL{} AND id < ?
         ORDER BY id DESC LIMIT ?",
        table.0,
        conditions.sql()
    )
}

pub(super) fn deleted_sql(table: Table) -> String {
    format!("SELECT studio, id FROM {} WHERE deleted_at IS NOT NULL AND id > ? ORDER BY id LIMIT ?", table.0)
}

/// Reads the columns `id, version, document`.
fn read<T: Stored>(row: &Row<'_>) -> Result<(Uuid, Versioned<T>), Fault> {
    let version: i64 = row.get(1)?;
    let version = u64::try_from(version).map_err(|_| StorageErrorKind::Corrupt)?;
    let document = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
    Ok((row.get::<_, Id>(0)?.0, Versioned::new(decode(document)?, Version::restore(version))))
}

/// All rows of a query over the columns `id, version, document`.
pub(super) fn read_all<T: Stored>(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
) -> Result<Vec<(Uuid, Versioned<T>)>, Fault> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(parameters)?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(read(row)?);
    }
    Ok(items)
}

/// The documents of a query over the columns `id, version, document`.
pub(super) fn read_values<T: Stored>(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
) -> Result<Vec<Versioned<T>>, Fault> {
    Ok(read_all(connection, sql, parameters)?.into_iter().map(|(_, value)| value).collect())
}

/// A page of documents that are listed by id alone.
pub(super) fn cut_by_id<T>(items: Vec<(Uuid, Versioned<T>)>, page: &PageRequest) -> Page<Versioned<T>> {
    Page::cut(items, page.limit, |(id, _)| Cursor::new("", *id)).map(|(_, versioned)| versioned)
}

/// The id under which a page of a descending list begins.
pub(super) fn before(page: &PageRequest) -> Value {
    page.after.as_ref().map_or_else(|| Value::Blob(ABOVE_ALL_IDS.to_vec()), |cursor| Id(cursor.id()).into())
}

/// The id after which a page of an ascending list begins; the empty blob is lower than every id.
pub(super) fn after(page: &PageRequest) -> Value {
    page.after.as_ref().map_or_else(|| Value::Blob(Vec::new()), |cursor| Id(cursor.id()).into())
}

/// How many rows a limit means.
pub(super) fn most(limit: PageLimit) -> i64 {
    // At most 500.
    i64::try_from(limit.get()).unwrap_or(i64::MAX)
}

/// How many rows tell whether the list goes on.
pub(super) fn one_more(page: &PageRequest) -> Value {
    // At most 501.
    Value::Integer(i64::try_from(page.limit.get() + 1).unwrap_or(i64::MAX))
}
