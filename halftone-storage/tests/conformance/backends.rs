//! The backends that must keep the contract. A new one joins by adding a row.

use std::future::ready;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
#[cfg(feature = "mongodb")]
use halftone_core::ports::Backend;
use halftone_storage::memory::MemoryBackend;

use crate::world::{Surroundings, World};

#[cfg(feature = "s3")]
mod s3;

/// Ports that a backend implements together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PortGroup {
    Metadata,
    Objects,
    Queue,
}

/// How a backend legitimately differs from others.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Capabilities {
    /// The depth of the queue is exact, not an estimate.
    pub(crate) has_exact_depth: bool,
    /// An upload in parts is named after its key, so that beginning twice gives the same one.
    pub(crate) names_uploads_after_keys: bool,
    /// A whole that is made of parts is hashed when it is completed.
    pub(crate) hashes_joined_parts: bool,
}

/// One backend.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BackendRow {
    /// How its cases begin.
    pub(crate) name: &'static str,
    /// Which ports it has; a backend with fewer takes the others from memory.
    pub(crate) groups: &'static [PortGroup],
    /// Whether it can be reached; its cases are shown as ignored otherwise.
    pub(crate) is_available: bool,
    /// Opens it empty: every case gets a namespace of its own.
    pub(crate) open: fn() -> BoxFuture<'static, World>,
}

const ALL_GROUPS: &[PortGroup] = &[PortGroup::Metadata, PortGroup::Objects, PortGroup::Queue];

/// Every backend of this build.
pub(crate) fn all() -> Vec<BackendRow> {
    vec![
        BackendRow {
            name: "memory",
            groups: ALL_GROUPS,
            is_available: true,
            open: || ready(open_memory()).boxed(),
        },
        #[cfg(feature = "embedded")]
        BackendRow {
            name: "embedded",
            groups: ALL_GROUPS,
            is_available: true,
            open: || ready(open_embedded()).boxed(),
        },
        #[cfg(feature = "mongodb")]
        BackendRow {
            name: "mongodb",
            groups: &[PortGroup::Metadata],
            is_available: crate::mongodb::is_available(),
            open: || open_mongodb().boxed(),
        },
        #[cfg(feature = "s3")]
        BackendRow {
            name: "s3",
            groups: &[PortGroup::Objects],
            is_available: s3::is_available(),
            open: || s3::open().boxed(),
        },
    ]
}

const OF_MEMORY: Capabilities =
    Capabilities { has_exact_depth: true, names_uploads_after_keys: false, hashes_joined_parts: true };

fn open_memory() -> World {
    let surroundings = Surroundings::new();
    let backend = MemoryBackend::new(surroundings.clock(), surroundings.entropy());
    World::new(OF_MEMORY, surroundings, backend.ports(), ())
}

#[cfg(feature = "embedded")]
fn open_embedded() -> World {
    use halftone_storage::embedded::EmbeddedBackend;

    // A directory each: some lists go across studios, so a shared database would show other cases' documents.
    let capabilities =
        Capabilities { has_exact_depth: true, names_uploads_after_keys: true, hashes_joined_parts: true };
    let (surroundings, directory) = (Surroundings::new(), tempfile::tempdir().unwrap());
    let backend =
        EmbeddedBackend::open(directory.path(), surroundings.clock(), surroundings.entropy()).unwrap();
    World::new(capabilities, surroundings, backend.ports(), directory)
}

#[cfg(feature = "mongodb")]
async fn open_mongodb() -> World {
    let surroundings = Surroundings::new();
    let others = MemoryBackend::new(surroundings.clock(), surroundings.entropy()).ports();
    let (metadata, database) = crate::mongodb::open(surroundings.clock()).await;
    World::new(OF_MEMORY, surroundings, Backend { metadata, ..others }, database)
}
