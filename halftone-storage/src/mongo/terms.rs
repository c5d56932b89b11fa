//! The terms of documents that were stored before there was a search.
//!
//! Each collection is walked once by id, a few hundred documents at a time, and how far that came is kept in the database.
//! A document that somebody changes meanwhile is left alone: that write brings its terms itself.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use halftone_core::collection::Collection as Job;
use halftone_core::gallery::Gallery;
use halftone_core::order::Order;
use halftone_core::photo::Photo;
use halftone_core::search::Searchable;
use halftone_core::share::Client;
use mongodb::Collection;
use mongodb::bson::{self, Bson, Document, RawDocumentBuf, doc};
use serde::Deserialize;
use uuid::Uuid;

use super::envelope::{number, projection, read, search_fields};
use super::error::Fault;
use super::store::Store;
use super::table::{Table, Walk};
use super::values::id;
use super::{clients, collections, galleries, orders, photos};
use crate::documents::Stored;

/// Where it is written down how far a change of the stored form has come.
const PROGRESS: &str = "migrations";
/// How many documents are read at a time.
const BATCH: usize = 500;
/// How many are written at the same time.
const WRITERS: usize = 16;

/// Stands for all collections, so that a start after the last of them asks once.
const ALL: &str = "all";

/// How far a collection has come.
#[derive(Debug, Default, Deserialize)]
struct Progress {
    after: Option<bson::Uuid>,
    done: bool,
}

/// Computes the terms of every document, unless that was done.
pub(super) async fn ensure(store: &Store) -> Result<(), Fault> {
    if find_progress(store, ALL).await?.done {
        return Ok(());
    }
    write_all::<Job>(store, collections::TABLE).await?;
    write_all::<Gallery>(store, galleries::TABLE).await?;
    write_all::<Client>(store, clients::TABLE).await?;
    write_all::<Order>(store, orders::TABLE).await?;
    write_all::<Photo>(store, photos::TABLE).await?;
    keep_progress(store, ALL, &Progress { after: None, done: true }).await
}

async fn write_all<T: Stored + Searchable + Sync>(store: &Store, table: Table) -> Result<(), Fault> {
    let mut progress = find_progress(store, table.0).await?;
    let mut written = 0;
    while !progress.done {
        let filter = progress.after.map_or_else(Document::new, |after| doc! { "_id": { "$gt": after } });
        let walk = Walk { filter, sort: doc! { "_id": 1 } };
        let found = table.fetch(store, walk, projection(), BATCH).await?;
        write_batch::<T>(&table.collection(store), &found).await?;
        written += found.len();
        let last = found.last().map(|document| bson::deserialize_from_slice::<Named>(document.as_bytes()));
        progress = match last.transpose()? {
            Some(last) => Progress { after: Some(last.id), done: found.len() < BATCH },
            None => Progress { after: None, done: true },
        };
        keep_progress(store, table.0, &progress).await?;
    }
    if written > 0 {
        tracing::info!(collection = table.0, documents = written, "documents can be searched for");
    }
    Ok(())
}

#[derive(Deserialize)]
struct Named {
    #[serde(rename = "_id")]
    id: bson::Uuid,
}

async fn write_batch<T: Stored + Searchable + Sync>(
    collection: &Collection<RawDocumentBuf>,
    found: &[RawDocumentBuf],
) -> Result<(), Fault> {
    let updates = found.iter().filter_map(|document| {
        if let Ok((document, found)) = read::<T>(document) {
            let seen = doc! { "_id": id(document), "version": number(found.version) };
            Some((seen, doc! { "$set": search_fields(&found.value) }))
        } else {
            // Nothing that reads it will get it either, and nobody is helped by a program that does not start.
            tracing::error!(collection = collection.name(), "a damaged document cannot be searched for");
            None
        }
    });
    let writes = updates.map(|(seen, update)| async move {
        collection.update_one(seen, update).await?;
        Ok::<(), Fault>(())
    });
    // Collected first, because the stream must not borrow while it is sent between threads.
    let writes: Vec<_> = writes.collect();
    stream::iter(writes).buffer_unordered(WRITERS).try_collect::<()>().await
}

fn key(name: &str) -> Document {
    doc! { "_id": format!("terms of {name}") }
}

async fn find_progress(store: &Store, name: &str) -> Result<Progress, Fault> {
    let found = store.collection(PROGRESS).find_one(key(name)).await?;
    let progress = found.map(|document| bson::deserialize_from_slice(document.as_bytes())).transpose()?;
    Ok(progress.unwrap_or_default())
}

async fn keep_progress(store: &Store, name: &str, progress: &Progress) -> Result<(), Fault> {
    let after = progress.after.map_or(Bson::Null, |after| id(Uuid::from_bytes(after.bytes())));
    let update = doc! { "$set": { "after": after, "done": progress.done } };
    store.collection(PROGRESS).update_one(key(name), update).upsert(true).await?;
    Ok(())
}
