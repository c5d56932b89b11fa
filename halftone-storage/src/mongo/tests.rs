use std::fmt;
use std::fs;
use std::path::Path;

use halftone_core::archive::Archive;
use halftone_core::collection::Collection;
use halftone_core::event::Event;
use halftone_core::gallery::Gallery;
use halftone_core::meter::Meter;
use halftone_core::order::Order;
use halftone_core::pack::Pack;
use halftone_core::photo::Photo;
use halftone_core::ports::identity::Credential;
use halftone_core::product::PriceList;
use halftone_core::selection::ClientSelections;
use halftone_core::share::{Client, Share};
use halftone_core::studio::{ApiKey, Studio};
use mongodb::bson;

use super::envelope::{body, value_of};
use crate::documents::{Stored, decode};

/// What SQLite keeps as text comes back from BSON as the same value.
fn round_trips<T: Stored + fmt::Debug + PartialEq>(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats").join(name);
    let value = decode::<T>(&fs::read_to_string(path).unwrap()).unwrap();
    let bytes = bson::serialize_to_vec(&body(&value)).unwrap();
    let read = bson::deserialize_from_slice::<T::Document>(&bytes).unwrap();
    assert_eq!(value_of::<T>(read).unwrap(), value);
}

#[test]
fn golden_documents_survive_bson() {
    round_trips::<Studio>("studio.1.json");
    round_trips::<Collection>("collection.1.json");
    for gallery in ["gallery.1.json", "gallery_with_logo.1.json", "gallery_without_watermark.1.json"] {
        round_trips::<Gallery>(gallery);
    }
    for state in ["pending", "uploaded", "processing", "ready", "failed"] {
        round_trips::<Photo>(&format!("photo_{state}.1.json"));
    }
    round_trips::<Share>("share.1.json");
    round_trips::<Share>("share_of_collection.1.json");
    round_trips::<Share>("share_with_allowance.1.json");
    round_trips::<Meter>("meter.1.json");
    round_trips::<Order>("order_with_included.1.json");
    round_trips::<Client>("client.1.json");
    round_trips::<ClientSelections>("client_selections.1.json");
    round_trips::<PriceList>("price_list.1.json");
    round_trips::<Order>("order.1.json");
    for pack in ["pack_of_client.1.json", "pack_of_order.1.json", "pack_of_studio_failed.1.json"] {
        round_trips::<Pack>(pack);
    }
    for state in ["pending", "expanding", "expanded", "failed"] {
        round_trips::<Archive>(&format!("archive_{state}.1.json"));
    }
    for photo in
        ["ready_with_base", "replaced", "awaiting_replacement", "replacement_arrived", "replacement_refused"]
    {
        round_trips::<Photo>(&format!("photo_{photo}.1.json"));
    }
    round_trips::<ApiKey>("api_key.1.json");
    round_trips::<Credential>("credential.1.json");
    for kind in [
        "order_placed",
        "order_amended",
        "order_moved",
        "selection_submitted",
        "share_opened",
        "photo_ready",
        "photo_failed",
        "photo_reshaped",
    ] {
        round_trips::<Event>(&format!("event_{kind}.1.json"));
    }
}
