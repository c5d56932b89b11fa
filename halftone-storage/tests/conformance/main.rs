//! The contract of every port, proved on every backend.
//!
//! `backends.rs` is the table of backends, and every other module is the table of cases of one port. The main
//! function crosses the two. A case gets a [`World`](world::World) of its own: a fresh backend, a clock that
//! it can move and a source of ids. To add a case, write an `async fn` and name it in its module's `cases!`; one
//! that is not named there is dead code and fails the lint.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall stop with the error")]

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Trial};
use tokio::runtime::{Handle, Runtime};

use crate::backends::{BackendRow, PortGroup};
use crate::world::Case;

mod api_keys;
mod archives;
mod backends;
mod clients;
mod collections;
mod credentials;
mod dead_letters;
mod deliveries;
mod events;
mod fixtures;
mod galleries;
mod listeners;
mod meters;
#[cfg(feature = "mongodb")]
mod mongodb;
mod multipart;
mod notifications;
mod objects;
mod orders;
mod outbox;
mod packs;
mod pages;
mod photo_lists;
mod photos;
mod price_lists;
mod queue;
mod search;
mod selections;
mod shares;
mod studios;
mod world;

/// The cases of one port.
struct Table {
    port: &'static str,
    group: PortGroup,
    cases: &'static [Case],
}

const TABLES: &[Table] = &[
    Table { port: "studios", group: PortGroup::Metadata, cases: studios::CASES },
    Table { port: "collections", group: PortGroup::Metadata, cases: collections::CASES },
    Table { port: "galleries", group: PortGroup::Metadata, cases: galleries::CASES },
    Table { port: "photos", group: PortGroup::Metadata, cases: photos::CASES },
    Table { port: "photos", group: PortGroup::Metadata, cases: photo_lists::CASES },
    Table { port: "shares", group: PortGroup::Metadata, cases: shares::CASES },
    Table { port: "clients", group: PortGroup::Metadata, cases: clients::CASES },
    Table { port: "meters", group: PortGroup::Metadata, cases: meters::CASES },
    Table { port: "selections", group: PortGroup::Metadata, cases: selections::CASES },
    Table { port: "price_lists", group: PortGroup::Metadata, cases: price_lists::CASES },
    Table { port: "orders", group: PortGroup::Metadata, cases: orders::CASES },
    Table { port: "search", group: PortGroup::Metadata, cases: search::CASES },
    Table { port: "packs", group: PortGroup::Metadata, cases: packs::CASES },
    Table { port: "archives", group: PortGroup::Metadata, cases: archives::CASES },
    Table { port: "api_keys", group: PortGroup::Metadata, cases: api_keys::CASES },
    Table { port: "outbox", group: PortGroup::Metadata, cases: outbox::CASES },
    Table { port: "events", group: PortGroup::Metadata, cases: events::CASES },
    Table { port: "notifications", group: PortGroup::Metadata, cases: notifications::CASES },
    Table { port: "deliveries", group: PortGroup::Metadata, cases: deliveries::CASES },
    Table { port: "listeners", group: PortGroup::Metadata, cases: listeners::CASES },
    Table { port: "credentials", group: PortGroup::Metadata, cases: credentials::CASES },
    Table { port: "objects", group: PortGroup::Objects, cases: objects::CASES },
    Table { port: "multipart", group: PortGroup::Objects, cases: multipart::CASES },
    Table { port: "queue", group: PortGroup::Queue, cases: queue::CASES },
    Table { port: "dead_letters", group: PortGroup::Queue, cases: dead_letters::CASES },
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    // One runtime for all cases: SDK clients die with the runtime that made them.
    let runtime = Runtime::new().unwrap();
    let trials = backends::all().into_iter().flat_map(|row| trials_of(row, runtime.handle())).collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trials_of(row: BackendRow, runtime: &Handle) -> Vec<Trial> {
    let tables = TABLES.iter().filter(|table| row.groups.contains(&table.group));
    tables
        .flat_map(|table| table.cases.iter().map(|case| trial(row, table.port, case, runtime.clone())))
        .collect()
}

fn trial(row: BackendRow, port: &str, case: &'static Case, runtime: Handle) -> Trial {
    let name = format!("{}::{port}::{}", row.name, case.name);
    let run = move || {
        runtime.block_on(async move {
            let world = (row.open)().await;
            let companion = Arc::clone(&world.companion);
            (case.run)(world).await;
            companion.check().await;
        });
        Ok(())
    };
    Trial::test(name, run).with_ignored_flag(!row.is_available)
}
