//! Picks as a table.

use std::collections::HashMap;

use bytes::Bytes;

use super::ExportedPick;
use crate::text::inert_cell;

/// What spreadsheets know UTF-8 by; without it Excel takes a table for the code page of its computer.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

const COLUMNS: [&str; 11] = [
    "filename",
    "comment",
    "picked_at",
    "gallery",
    "title",
    "captured_at",
    "camera",
    "same_name",
    "same_name_of",
    "sha256",
    "photo_id",
];

/// A table of RFC 4180, in UTF-8 with a byte order mark, whose texts no spreadsheet takes for formulas. `same_name` and
/// `same_name_of` number the picks whose camera name, without extension and case, is the same: 1 of 1 where it is the
/// only one.
pub(super) fn of(picks: &[ExportedPick]) -> Bytes {
    let mut totals: HashMap<String, usize> = HashMap::new();
    for pick in picks {
        *totals.entry(pick.key()).or_default() += 1;
    }
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(BYTE_ORDER_MARK.to_vec());
    writer.write_record(COLUMNS).expect("rows of one length into memory");
    for pick in picks {
        let number = numbers.entry(pick.key()).or_default();
        *number += 1;
        let row = row(pick, *number, totals[&pick.key()]);
        writer.write_record(row).expect("rows of one length into memory");
    }
    writer.into_inner().expect("memory takes everything").into()
}

fn row(pick: &ExportedPick, number: usize, total: usize) -> [String; 11] {
    [
        inert_cell(pick.filename.as_str()),
        inert_cell(pick.comment.as_str()),
        pick.picked_at.to_string(),
        inert_cell(pick.gallery.as_str()),
        inert_cell(pick.title.as_str()),
        pick.captured_at.map(|at| at.to_string()).unwrap_or_default(),
        inert_cell(pick.camera.as_ref().map_or("", |camera| camera.as_str())),
        number.to_string(),
        total.to_string(),
        pick.sha256.map(|hash| hash.to_string()).unwrap_or_default(),
        pick.photo.to_string(),
    ]
}
