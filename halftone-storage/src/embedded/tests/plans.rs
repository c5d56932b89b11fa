//! Every query goes through an index, and none sorts.

use halftone_core::delivery::DeliveryTarget;
use halftone_core::gallery::GalleryState;
use halftone_core::id::{ClientId, CollectionId, GalleryId, SectionId, StudioId, WebhookId};
use halftone_core::order::OrderState;
use halftone_core::page::{PageLimit, PageRequest};
use halftone_core::photo::{PhotoSort, PhotoStateKind};
use halftone_core::ports::galleries::GalleryFilter;
use halftone_core::ports::orders::OrderFilter;
use halftone_core::ports::photos::PhotoFilter;
use halftone_core::search::SearchText;
use halftone_core::share::ShareTarget;
use halftone_core::text::Tag;
use rusqlite::Connection;
use uuid::Uuid;

use super::super::photo_lists::PhotoList;
use super::super::table::{Conditions, Table, deleted_sql, newest_sql};
use super::super::{
    activities, api_keys, archives, clients, collections, credentials, dead_letters, deliveries, galleries,
    mailbox, meters, migrations, notifications, orders, outbox, packs, photo_lists, photos, price_lists,
    queue, searches, selections, shares, studios,
};

fn database() -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    migrations::run(&mut connection).unwrap();
    connection
}

fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let mut rows = statement.raw_query();
    let mut lines = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        lines.push(row.get(3).unwrap());
    }
    lines
}

fn check(connection: &Connection, sql: &str) {
    let lines = plan(connection, sql);
    let is_good = |line: &String| !line.contains("TEMP B-TREE") && !line.starts_with("SCAN");
    assert!(!lines.is_empty() && lines.iter().all(is_good), "{sql}\n{}", lines.join("\n"));
}

fn nil<T>(make: impl Fn(Uuid) -> T) -> T {
    make(Uuid::nil())
}

#[test]
fn lists_of_photos_walk_the_index_of_their_order() {
    let connection = database();
    let page = PageRequest::first(PageLimit::MOST);
    let states = [vec![], vec![PhotoStateKind::Ready], vec![PhotoStateKind::Pending, PhotoStateKind::Failed]];
    let sorts = [
        (PhotoSort::CapturedAt, "photos_by_capture"),
        (PhotoSort::Filename, "photos_by_filename"),
        (PhotoSort::UploadedAt, "photos_by_upload"),
    ];
    for (sort, index) in sorts {
        for states in &states {
            let plain = PhotoFilter { sort, states: states.clone(), ..PhotoFilter::default() };
            let narrow = PhotoFilter {
                tag: Some(Tag::parse("kiss").unwrap()),
                section: Some(nil(SectionId::from_uuid)),
                text: Some(SearchText::parse("img 0412").unwrap()),
                ..plain.clone()
            };
            for filter in [plain, narrow] {
                let (studio, gallery) = (nil(StudioId::from_uuid), nil(GalleryId::from_uuid));
                let list = PhotoList::new(studio, gallery, &filter, &page);
                check(&connection, &list.sql);
                let walks: Vec<String> = plan(&connection, &list.sql)
                    .into_iter()
                    .filter(|line| line.starts_with("SEARCH"))
                    .collect();
                assert_eq!(
                    walks.len(),
                    PhotoStateKind::ALL.iter().filter(|state| filter.admits(**state)).count()
                );
                let begins_at_the_cursor = |line: &String| {
                    line.contains(index) && line.contains(",id)>(?,?)") && line.contains("state=?")
                };
                assert!(walks.iter().all(begins_at_the_cursor), "{}", walks.join("\n"));
            }
        }
    }
}

#[test]
fn lists_of_documents_walk_an_index() {
    let connection = database();
    let collection = Some(nil(CollectionId::from_uuid));
    check(&connection, &newest_sql(collections::TABLE, &Conditions::default()));
    for state in [None, Some(GalleryState::Live)] {
        for collection in [None, collection] {
            let filter = GalleryFilter { collection, state, text: None };
            let conditions = galleries::conditions(&filter);
            check(&connection, &newest_sql(galleries::TABLE, &conditions));
            check_search(&connection, galleries::TABLE, conditions);
        }
    }
    for state in [None, Some(OrderState::Accepted)] {
        for gallery in [None, Some(nil(GalleryId::from_uuid))] {
            for client in [None, Some(nil(ClientId::from_uuid))] {
                let filter = OrderFilter { state, gallery, client };
                check(&connection, &newest_sql(orders::TABLE, &orders::conditions(&filter)));
            }
        }
    }
    let target = ShareTarget::Gallery(nil(GalleryId::from_uuid));
    check(&connection, &newest_sql(shares::TABLE, &shares::conditions(target)));
    for table in [price_lists::TABLE, api_keys::TABLE] {
        check(&connection, &newest_sql(table, &Conditions::default()));
    }
    let webhook = DeliveryTarget::Webhook(nil(WebhookId::from_uuid));
    check(&connection, &newest_sql(deliveries::TABLE, &deliveries::conditions(webhook)));
    for targets in [1, 2, 10] {
        check(&connection, &selections::list_sql(targets));
    }
}

/// A search goes through the grams of one word in the order of the list, and looks each document up by its id.
fn check_search(connection: &Connection, table: Table, conditions: Conditions) {
    let text = SearchText::parse("wedding may").unwrap();
    let sql = searches::found_sql(table, &conditions.words(Some(&text)));
    check(connection, &sql);
    let lines = plan(connection, &sql);
    let walk = "SEARCH walk USING PRIMARY KEY (studio=? AND kind=? AND gram=? AND id>? AND id<?)";
    assert!(lines.len() == 2 && lines[0] == walk && lines[1].contains("(id=?)"), "{}", lines.join("\n"));
}

#[test]
fn searches_walk_the_index_of_grams() {
    let connection = database();
    for table in [collections::TABLE, clients::TABLE, orders::TABLE, photos::TABLE] {
        check_search(&connection, table, Conditions::default());
    }
    for query in [searches::COUNT, searches::END] {
        check_grams(&connection, query);
    }
}

/// The index of grams alone answers the query, from its first three columns on.
fn check_grams(connection: &Connection, query: &str) {
    let lines = plan(connection, query);
    let walks = lines
        .iter()
        .filter(|line| line.contains("search_grams USING PRIMARY KEY (studio=? AND kind=? AND gram=?"));
    assert!(walks.count() == 1 && !lines.concat().contains("TEMP B-TREE"), "{}", lines.join("\n"));
}

#[test]
fn the_other_queries_use_an_index_too() {
    let connection = database();
    for table in [studios::TABLE, collections::TABLE, galleries::TABLE, photos::TABLE] {
        check(&connection, &deleted_sql(table));
    }
    let queries = [
        photo_lists::STALLED,
        photo_lists::CHANGED,
        orders::CHANGED,
        packs::DUE,
        archives::DUE,
        selections::SUBMITTED,
        photo_lists::IDS,
        photo_lists::COUNTS,
        galleries::COUNT,
        activities::LIST,
        activities::STATISTICS,
        credentials::BY_EMAIL,
        credentials::BY_USER,
        queue::DUE,
        dead_letters::LIST,
        mailbox::LIST,
        mailbox::PURGE,
        mailbox::PURGE_OF_ACCOUNT,
        notifications::LIST,
        notifications::CREATED,
        notifications::UNREAD,
        notifications::READ_ONE,
        notifications::READ_UP_TO,
        notifications::FORGET,
        deliveries::DUE,
        deliveries::FORGET,
        "DELETE FROM notifications WHERE studio = ?",
        "DELETE FROM deliveries WHERE studio = ?",
        "SELECT document FROM studios WHERE owner = ? AND deleted_at IS NULL",
        "SELECT document FROM shares WHERE token_hash = ? AND deleted_at IS NULL",
        "SELECT document FROM clients WHERE key_hash = ? AND share = ? AND deleted_at IS NULL",
        "SELECT document FROM orders WHERE client = ? AND idempotency_key = ? AND studio = ?",
        "SELECT document FROM api_keys WHERE hash = ? AND deleted_at IS NULL",
        "SELECT document FROM selections WHERE id IN (SELECT client FROM selection_owners WHERE selection = ?)",
        "SELECT selection FROM selection_owners WHERE client = ?",
        "DELETE FROM outbox WHERE origin = ?",
        "DELETE FROM outbox WHERE studio = ?",
        "DELETE FROM outbox WHERE origin IN (SELECT id FROM orders WHERE studio = ?)",
        "DELETE FROM outbox WHERE origin IN (SELECT id FROM selections WHERE studio = ? AND share = ?)",
        "DELETE FROM clients WHERE share = ?",
        "DELETE FROM orders WHERE studio = ?",
        "DELETE FROM packs WHERE studio = ?",
        "DELETE FROM archives WHERE studio = ?",
        "DELETE FROM selections WHERE studio = ? AND share = ?",
        meters::PURGE,
        "DELETE FROM api_keys WHERE studio = ?",
        "DELETE FROM shares WHERE id = ? AND studio = ?",
        "DELETE FROM refresh_tokens WHERE user = ?",
        "DELETE FROM refresh_tokens WHERE family = ?",
        "DELETE FROM refresh_tokens WHERE expires_at < ?",
        "DELETE FROM messages WHERE at < ?",
        "DELETE FROM messages WHERE sequence <= ?",
    ];
    for query in queries {
        check(&connection, query);
    }
}

#[test]
fn claiming_events_walks_them_by_id_without_sorting() {
    let lines = plan(&database(), outbox::FREE);
    assert!(
        lines.iter().all(|line| line.contains("USING INDEX") && !line.contains("TEMP B-TREE")),
        "{lines:?}"
    );
}

#[test]
fn the_depth_of_the_queue_is_counted_over_small_indexes() {
    let lines = plan(&database(), queue::DEPTH);
    let reads = lines.iter().filter(|line| line.starts_with("SCAN jobs") || line.starts_with("SEARCH jobs"));
    assert!(reads.clone().all(|line| line.contains("INDEX jobs_")), "{lines:?}");
    assert_eq!(reads.count(), 3);
}
