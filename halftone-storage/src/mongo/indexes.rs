//! Every index of the database, in one list.
//!
//! An index is plain: no partial, sparse, text or case-insensitive one, which DocumentDB lacks or uses for few
//! queries only. Fields that a query compares for equality come first, the one that it orders by comes last, and
//! indexes are read in either direction. That a studio's queries begin with `studio` also keeps them off the
//! documents of others.

use std::collections::BTreeSet;

use mongodb::bson::{Document, RawDocumentBuf};
use mongodb::error::ErrorKind;
use mongodb::options::IndexOptions;
use mongodb::{Collection, IndexModel};

use super::error::Fault;
use super::store::Store;

/// The server's code for a collection that does not exist.
const NAMESPACE_NOT_FOUND: i32 = 26;

/// One index.
#[derive(Debug, Clone, Copy)]
struct Index {
    collection: &'static str,
    name: &'static str,
    fields: &'static [&'static str],
    unique: bool,
}

const fn index(collection: &'static str, name: &'static str, fields: &'static [&'static str]) -> Index {
    Index { collection, name, fields, unique: false }
}

const fn unique(collection: &'static str, name: &'static str, fields: &'static [&'static str]) -> Index {
    Index { collection, name, fields, unique: true }
}

/// To add an index, add a line: the next start creates it. A changed one needs a new name.
const INDEXES: &[Index] = &[
    unique("studios", "owner", &["owner"]),
    index("studios", "deleted", &["deleted", "_id"]),
    index("studios", "events_due", &["events.due"]),
    index("studios", "events_id", &["events.id"]),
    // One for each kind that is searched for: its documents by each beginning of their terms, in the order of the list.
    index("collections", "by_gram", &["studio", "deleted", "grams", "_id"]),
    index("collections", "by_studio", &["studio", "deleted", "_id"]),
    index("collections", "deleted", &["deleted", "_id"]),
    index("galleries", "by_gram", &["studio", "deleted", "grams", "_id"]),
    index("galleries", "by_studio", &["studio", "deleted", "_id"]),
    index("galleries", "by_state", &["studio", "deleted", "state", "_id"]),
    index("galleries", "by_collection", &["studio", "deleted", "collection", "_id"]),
    index("galleries", "deleted", &["deleted", "_id"]),
    index("photos", "by_gram", &["studio", "deleted", "grams", "_id"]),
    // One for each order. A list over several states merges one walk for each state.
    index("photos", "by_capture", &["studio", "gallery", "deleted", "state", "by_capture"]),
    index("photos", "by_filename", &["studio", "gallery", "deleted", "state", "by_filename"]),
    index("photos", "by_upload", &["studio", "gallery", "deleted", "state", "by_upload"]),
    index("photos", "by_gallery", &["studio", "gallery", "_id"]),
    index("photos", "stalled", &["deleted", "state", "updated_at", "_id"]),
    index("photos", "changed", &["studio", "deleted", "updated_at", "_id"]),
    index("photos", "deleted", &["deleted", "_id"]),
    index("photos", "events_due", &["events.due"]),
    index("photos", "events_id", &["events.id"]),
    unique("shares", "token_hash", &["token_hash"]),
    index("shares", "by_target", &["studio", "deleted", "target", "_id"]),
    index("activities", "by_kind", &["studio", "share", "kind", "at"]),
    index("activities", "events_due", &["events.due"]),
    index("activities", "events_id", &["events.id"]),
    unique("clients", "key_hash", &["key_hash"]),
    index("clients", "by_gram", &["studio", "deleted", "grams", "_id"]),
    index("clients", "by_share", &["studio", "share"]),
    index("meters", "by_studio", &["studio"]),
    index("selections", "by_target", &["studio", "deleted", "target", "_id"]),
    index("selections", "by_share", &["studio", "share"]),
    index("selections", "by_selection", &["studio", "selections"]),
    index("selections", "submitted", &["studio", "deleted", "submitted_at", "_id"]),
    index("selections", "events_due", &["events.due"]),
    index("selections", "events_id", &["events.id"]),
    index("price_lists", "by_studio", &["studio", "deleted", "_id"]),
    unique("orders", "idempotency_key", &["client", "idempotency_key"]),
    index("orders", "by_gram", &["studio", "deleted", "grams", "_id"]),
    index("orders", "by_studio", &["studio", "deleted", "_id"]),
    index("orders", "by_state", &["studio", "deleted", "state", "_id"]),
    index("orders", "by_gallery", &["studio", "deleted", "gallery", "_id"]),
    index("orders", "by_client", &["studio", "deleted", "client", "_id"]),
    index("orders", "changed", &["studio", "deleted", "updated_at", "_id"]),
    index("orders", "events_due", &["events.due"]),
    index("orders", "events_id", &["events.id"]),
    index("packs", "by_studio", &["studio"]),
    index("packs", "due", &["due_at", "_id"]),
    index("archives", "by_studio", &["studio"]),
    index("archives", "due", &["due_at", "_id"]),
    unique("api_keys", "hash", &["hash"]),
    index("api_keys", "by_studio", &["studio", "deleted", "_id"]),
    index("notifications", "by_place", &["studio", "listed", "place"]),
    index("notifications", "unread", &["studio", "listed", "read", "place"]),
    index("deliveries", "due", &["due"]),
    index("deliveries", "by_target", &["studio", "deleted", "target_kind", "target", "_id"]),
    unique("credentials", "email", &["email"]),
    index("refresh_tokens", "by_user", &["user"]),
    index("refresh_tokens", "by_family", &["family"]),
    index("refresh_tokens", "by_expiry", &["expires_at"]),
];

/// Creates the indexes that are missing, one after the other: DocumentDB builds one index of a collection at a time in the
/// background. Where none is missing it only reads their names.
pub(super) async fn ensure(store: &Store) -> Result<(), Fault> {
    for of_one_collection in INDEXES.chunk_by(|index, next| index.collection == next.collection) {
        let Some(first) = of_one_collection.first() else { continue };
        let collection = store.collection(first.collection);
        let existing = names(&collection).await?;
        for index in of_one_collection.iter().filter(|index| !existing.contains(index.name)) {
            tracing::info!(
                collection = index.collection,
                index = index.name,
                "creating an index; in a large collection this takes a while"
            );
            collection.create_index(model(index)).await?;
        }
    }
    Ok(())
}

/// The names of a collection's indexes. A collection that is not there yet has none.
async fn names(collection: &Collection<RawDocumentBuf>) -> Result<BTreeSet<String>, Fault> {
    match collection.list_index_names().await {
        Ok(names) => Ok(names.into_iter().collect()),
        Err(error) if is_missing_namespace(&error) => Ok(BTreeSet::new()),
        Err(error) => Err(error.into()),
    }
}

fn is_missing_namespace(error: &mongodb::error::Error) -> bool {
    matches!(&*error.kind, ErrorKind::Command(refusal) if refusal.code == NAMESPACE_NOT_FOUND)
}

#[expect(
    deprecated,
    reason = "MongoDB takes no notice of `background`, but without it DocumentDB locks the collection"
)]
fn model(index: &Index) -> IndexModel {
    let keys: Document = index.fields.iter().map(|field| ((*field).to_owned(), 1_i32.into())).collect();
    let options = IndexOptions::builder()
        .name(index.name.to_owned())
        .unique(index.unique.then_some(true))
        .background(true);
    IndexModel::builder().keys(keys).options(options.build()).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_index_is_named_once_and_collections_stand_together() {
        let names: BTreeSet<_> = INDEXES.iter().map(|index| (index.collection, index.name)).collect();
        assert_eq!(names.len(), INDEXES.len());
        let collections: BTreeSet<_> = INDEXES.iter().map(|index| index.collection).collect();
        let runs = INDEXES.chunk_by(|index, next| index.collection == next.collection).count();
        assert_eq!(runs, collections.len());
    }
}
