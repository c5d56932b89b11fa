//! What happened on shares: a row for each entry, and counters.

use halftone_core::id::{ClientId, ShareId, StudioId};
use halftone_core::page::{Cursor, Page, PageRequest};
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::share::{Activity, ActivityKind, ShareStatistics};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use uuid::Uuid;

use super::columns::{Id, instant, nanoseconds};
use super::error::Fault;
use super::shares::TABLE;
use super::table::one_more;

pub(super) const LIST: &str = "SELECT sequence, at, client, kind FROM share_activities
     WHERE share = ? AND (at, sequence) < (?, ?) ORDER BY at DESC, sequence DESC LIMIT ?";

pub(super) const STATISTICS: &str =
    "SELECT visits, clients, downloads, last_visit_at FROM share_statistics WHERE share = ?";

/// Adds an entry and counts it. For a transaction.
pub(super) fn record(
    connection: &Connection,
    studio: StudioId,
    share: ShareId,
    activity: &Activity,
) -> Result<(), Fault> {
    if !TABLE.exists(connection, studio, share.as_uuid())? {
        return Err(StorageErrorKind::NotFound.into());
    }
    let at = nanoseconds(activity.at);
    let sql = "INSERT INTO share_activities (share, at, client, kind) VALUES (?, ?, ?, ?)";
    let entry = params![Id(share.as_uuid()), at, Id(activity.client.as_uuid()), activity.kind.as_str()];
    connection.prepare_cached(sql)?.execute(entry)?;
    let (visits, clients, downloads) = match activity.kind {
        ActivityKind::Joined => (1, 1, 0),
        ActivityKind::Visited => (1, 0, 0),
        ActivityKind::Downloaded => (0, 0, 1),
        ActivityKind::SubmittedSelection | ActivityKind::PlacedOrder => return Ok(()),
    };
    let visit_at = (visits > 0).then_some(at);
    // The scalar max() of SQLite is null if either side is; a share's clock may also have been set back.
    let sql = "INSERT INTO share_statistics (share, visits, clients, downloads, last_visit_at)
         VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET
             visits = visits + excluded.visits,
             clients = clients + excluded.clients,
             downloads = downloads + excluded.downloads,
             last_visit_at = max(coalesce(last_visit_at, excluded.last_visit_at),
                                 coalesce(excluded.last_visit_at, last_visit_at))";
    let counts = params![Id(share.as_uuid()), visits, clients, downloads, visit_at];
    connection.prepare_cached(sql)?.execute(counts)?;
    Ok(())
}

/// The counts so far.
pub(super) fn statistics(
    connection: &Connection,
    studio: StudioId,
    share: ShareId,
) -> Result<ShareStatistics, Fault> {
    if !TABLE.exists(connection, studio, share.as_uuid())? {
        return Ok(ShareStatistics::default());
    }
    let mut statement = connection.prepare_cached(STATISTICS)?;
    let read = |row: &Row<'_>| {
        let number = |column| row.get::<_, i64>(column).map(|number| u64::try_from(number).unwrap_or(0));
        Ok(ShareStatistics {
            visits: number(0)?,
            clients: number(1)?,
            downloads: number(2)?,
            last_visit_at: row.get::<_, Option<i64>>(3)?.map(instant),
        })
    };
    Ok(statement.query_row(params![Id(share.as_uuid())], read).optional()?.unwrap_or_default())
}

/// A page of entries, newest first. Cursors hold the time and the number of an entry.
pub(super) fn list(
    connection: &Connection,
    studio: StudioId,
    share: ShareId,
    page: &PageRequest,
) -> Result<Page<Activity>, Fault> {
    let nothing = Page { items: Vec::new(), next: None };
    // A cursor of another list leads nowhere.
    let Some((at, sequence)) = place(page) else { return Ok(nothing) };
    if !TABLE.exists(connection, studio, share.as_uuid())? {
        return Ok(nothing);
    }
    let mut statement = connection.prepare_cached(LIST)?;
    let mut rows = statement.query(params![Id(share.as_uuid()), at, sequence, one_more(page)])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(read(row)?);
    }
    let cursor_of = |(sequence, activity): &(i64, Activity)| {
        let sequence = u128::try_from(*sequence).unwrap_or(0);
        Cursor::new(nanoseconds(activity.at).to_string(), Uuid::from_u128(sequence))
    };
    Ok(Page::cut(entries, page.limit, cursor_of).map(|(_, activity)| activity))
}

/// Where the page begins: before this time, and before this number among entries of this time.
fn place(page: &PageRequest) -> Option<(i64, i64)> {
    let Some(cursor) = &page.after else { return Some((i64::MAX, i64::MAX)) };
    // Why `ok` twice: what does not parse was not made by this list.
    Some((cursor.key().parse().ok()?, i64::try_from(cursor.id().as_u128()).ok()?))
}

fn read(row: &Row<'_>) -> Result<(i64, Activity), Fault> {
    let kind = row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?;
    let kind = ActivityKind::ALL.into_iter().find(|candidate| candidate.as_str() == kind);
    let activity = Activity {
        at: instant(row.get(1)?),
        client: ClientId::from_uuid(row.get::<_, Id>(2)?.0),
        kind: kind.ok_or(StorageErrorKind::Corrupt)?,
    };
    Ok((row.get(0)?, activity))
}
