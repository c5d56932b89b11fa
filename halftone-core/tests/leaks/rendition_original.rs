//! The renditions that clients see do not include the original.

use halftone_core::rendition::ClientRendition;

fn leak() -> ClientRendition {
    ClientRendition::Original
}

fn main() {}
