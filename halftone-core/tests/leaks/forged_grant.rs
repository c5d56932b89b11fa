//! Nobody but the core makes a grant.

use halftone_core::access::DownloadGrant;
use halftone_core::text::Filename;

fn leak(filename: Filename) -> DownloadGrant {
    DownloadGrant { filename, media_type: String::new() }
}

fn main() {}
