//! No conversion leads from an original's key to a rendition's.

use halftone_core::object_key::{OriginalKey, RenditionKey};

fn leak(original: OriginalKey) -> RenditionKey {
    original.into()
}

fn main() {}
