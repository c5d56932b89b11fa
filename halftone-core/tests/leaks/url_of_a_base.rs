//! The key of a base, a proof before its mark, cannot be made into a picture's URL.

use halftone_core::object_key::BaseKey;
use halftone_core::ports::urls::{UrlSigner, Viewer};

async fn leak(urls: &dyn UrlSigner, viewer: Viewer, base: BaseKey) {
    let _url = urls.picture(viewer, &base).await;
}

fn main() {}
