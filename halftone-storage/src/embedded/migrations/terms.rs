//! The terms of documents that were stored before there was a search.

use halftone_core::collection::Collection;
use halftone_core::gallery::Gallery;
use halftone_core::order::Order;
use halftone_core::photo::Photo;
use halftone_core::search::Searchable;
use halftone_core::share::Client;
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::super::columns::{Id, joined_terms, listed_grams};
use super::super::error::Fault;
use crate::documents::{Stored, decode};

/// Computes the terms of every document. It takes about a second for ten thousand photos, once.
pub(super) fn write_all(connection: &Connection) -> Result<(), Fault> {
    write::<Collection>(connection, "collections")?;
    write::<Gallery>(connection, "galleries")?;
    write::<Client>(connection, "clients")?;
    write::<Order>(connection, "orders")?;
    write::<Photo>(connection, "photos")
}

fn write<T: Stored + Searchable>(connection: &Connection, table: &'static str) -> Result<(), Fault> {
    let mut find = connection.prepare(&format!("SELECT document FROM {table} WHERE id = ?"))?;
    let mut update = connection.prepare(&format!("UPDATE {table} SET terms = ?, grams = ? WHERE id = ?"))?;
    for id in ids(connection, table)? {
        let document: String = find.query_row([Id(id)], |row| row.get(0))?;
        match decode::<T>(&document) {
            Ok(value) => {
                let terms = value.terms();
                update.execute(params![joined_terms(&terms), listed_grams(&terms), Id(id)])?;
            }
            // Nothing that reads it will get it either, and nobody is helped by a program that does not start.
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, table, document.id = %id, "a damaged document cannot be searched for");
            }
        }
    }
    Ok(())
}

fn ids(connection: &Connection, table: &'static str) -> Result<Vec<Uuid>, Fault> {
    let mut statement = connection.prepare(&format!("SELECT id FROM {table} WHERE deleted_at IS NULL"))?;
    let ids = statement.query_map((), |row| Ok(row.get::<_, Id>(0)?.0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}
