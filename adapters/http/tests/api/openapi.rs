//! The API's document.

use std::path::Path;

use poem::http::Method;

use crate::harness::{BASE, TestApp};

/// `openapi.json` beside the crate's manifest is what the code says. Set `HALFTONE_UPDATE_OPENAPI=1` to write it
/// anew, and review the change.
#[tokio::test]
async fn the_committed_document_is_the_one_of_the_code() {
    let app = TestApp::new().await;
    let document = app.call(Method::GET, "/openapi.json").send().await.expect(200).text();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    #[expect(clippy::disallowed_methods, reason = "a switch of this test, not configuration")]
    let shall_update = std::env::var("HALFTONE_UPDATE_OPENAPI").is_ok();
    if shall_update {
        std::fs::write(&path, format!("{document}\n")).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed.trim_end() == document.trim_end(),
        "openapi.json differs from the code; run this test with HALFTONE_UPDATE_OPENAPI=1 and review the change"
    );
}

#[tokio::test]
async fn the_document_names_its_server() {
    let app = TestApp::new().await;
    let document = app.call(Method::GET, "/openapi.json").send().await.expect(200).json();
    assert_eq!(document["servers"][0]["url"], BASE);
}
