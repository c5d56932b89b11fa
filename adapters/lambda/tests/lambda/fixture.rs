//! Events as the platform sends them, kept as files.

use halftone_core::id::{PhotoId, StudioId};
use serde_json::Value;

/// Whom and what the files speak of.
const STUDIO: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
const PHOTO: &str = "01890a5d-ac96-774b-bcce-b302099a8058";

/// Reads one.
#[track_caller]
pub(crate) fn read(name: &str) -> Value {
    serde_json::from_str(&text(name)).expect("the fixture is JSON")
}

/// Reads one that is about this photo.
#[track_caller]
pub(crate) fn about(name: &str, studio: StudioId, photo: PhotoId) -> Value {
    let text = text(name).replace(STUDIO, &studio.to_string()).replace(PHOTO, &photo.to_string());
    serde_json::from_str(&text).expect("the fixture is JSON")
}

#[track_caller]
fn text(name: &str) -> String {
    let path = format!("{}/tests/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}
