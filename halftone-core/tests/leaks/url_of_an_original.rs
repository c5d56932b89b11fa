//! An original's key cannot be made into a picture's URL.

use halftone_core::object_key::OriginalKey;
use halftone_core::ports::urls::{UrlSigner, Viewer};

async fn leak(urls: &dyn UrlSigner, viewer: Viewer, original: OriginalKey) {
    let _url = urls.picture(viewer, &original).await;
}

fn main() {}
