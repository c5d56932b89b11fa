use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use halftone_core::archive::Archive;
use halftone_core::collection::Collection;
use halftone_core::delivery::Delivery;
use halftone_core::event::Event;
use halftone_core::gallery::Gallery;
use halftone_core::listener::Listeners;
use halftone_core::meter::Meter;
use halftone_core::notification::Notification;
use halftone_core::order::Order;
use halftone_core::pack::Pack;
use halftone_core::photo::Photo;
use halftone_core::ports::identity::Credential;
use halftone_core::product::PriceList;
use halftone_core::selection::ClientSelections;
use halftone_core::share::{Client, Share};
use halftone_core::studio::{ApiKey, Studio};
use serde_json::Value;

use super::*;

fn formats() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats")
}

/// Reads the golden document and compares what would be written now.
fn round_trips<T: Stored + fmt::Debug>(golden: &str) {
    let value = decode::<T>(golden).unwrap();
    let (written, kept): (Value, Value) =
        (serde_json::from_str(&encode(&value)).unwrap(), serde_json::from_str(golden).unwrap());
    assert_eq!(written, kept);
}

fn check(name: &str, golden: &str) {
    match name.split(['.', '_']).next().unwrap() {
        "studio" => round_trips::<Studio>(golden),
        "collection" => round_trips::<Collection>(golden),
        "gallery" => round_trips::<Gallery>(golden),
        "photo" => round_trips::<Photo>(golden),
        "share" => round_trips::<Share>(golden),
        "client" if name.starts_with("client_selections") => round_trips::<ClientSelections>(golden),
        "client" => round_trips::<Client>(golden),
        "meter" => round_trips::<Meter>(golden),
        "price" => round_trips::<PriceList>(golden),
        "order" => round_trips::<Order>(golden),
        "pack" => round_trips::<Pack>(golden),
        "api" => round_trips::<ApiKey>(golden),
        "archive" => round_trips::<Archive>(golden),
        "credential" => round_trips::<Credential>(golden),
        "notification" => round_trips::<Notification>(golden),
        "delivery" => round_trips::<Delivery>(golden),
        "listeners" => round_trips::<Listeners>(golden),
        "event" => round_trips::<Event>(golden),
        other => panic!("no aggregate is called {other}"),
    }
}

#[test]
fn every_golden_document_loads_and_is_written_alike() {
    let mut checked = 0;
    for entry in fs::read_dir(formats()).unwrap() {
        let path = entry.unwrap().path();
        check(path.file_name().unwrap().to_str().unwrap(), &fs::read_to_string(&path).unwrap());
        checked += 1;
    }
    assert!(checked >= 31, "only {checked} golden documents were found");
}

fn golden(name: &str) -> String {
    fs::read_to_string(formats().join(name)).unwrap()
}

#[test]
fn ids_of_an_instant_lie_at_or_above_its_lowest() {
    let instant: jiff::Timestamp = "2026-05-14T12:00:00.250Z".parse().unwrap();
    let entropy = halftone_core::entropy::SeededEntropy::new(1);
    let id = halftone_core::id::EventId::generate(instant, &entropy).as_uuid();
    assert!(lowest_id(instant) <= id);
    assert!(id < lowest_id(instant + jiff::SignedDuration::from_millis(1)));
}

#[test]
fn a_value_that_breaks_a_rule_is_damage() {
    let text = golden("gallery.1.json").replace("0.35", "0.0");
    assert!(matches!(decode::<Gallery>(&text), Err(DamagedDocument::Value(_))));
}

#[test]
fn an_unknown_format_is_damage() {
    let text = golden("photo_ready.1.json").replace("\"format\": 1", "\"format\": 2");
    assert!(matches!(decode::<Photo>(&text), Err(DamagedDocument::Shape(_))));
}

#[test]
fn a_cut_document_is_damage() {
    let text = golden("order.1.json");
    assert!(matches!(decode::<Order>(&text[..text.len() / 2]), Err(DamagedDocument::Shape(_))));
}

#[test]
fn a_hash_of_another_length_is_damage() {
    let hash = encoding::text_of(&[6; 32]);
    let text = golden("client.1.json").replace(&hash, &encoding::text_of(&[6; 31]));
    assert!(matches!(decode::<Client>(&text), Err(DamagedDocument::Encoding(_))));
}
