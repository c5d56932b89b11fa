//! The originals of the comparison.

use std::fs;
use std::path::Path;

use halftone_benches::camera::{self, CameraJpeg, Profile};
use halftone_benches::scene::photograph;
use halftone_benches::{FULL_FRAME, HIGH_RESOLUTION};

use crate::tile;

/// Writes what is not there yet: painting 24 megapixels takes a while.
pub(crate) fn write(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    tile::Tile::draw().save(&folder.join("tile.png"))?;
    let usual = |seed: u64| CameraJpeg::usual(FULL_FRAME, seed);
    for seed in 1..=4 {
        write_once(&folder.join(format!("24mp-{seed}.jpg")), || usual(seed).file())?;
    }
    let variants = [
        ("24mp-rotated.jpg", CameraJpeg { orientation: 6, ..usual(1) }),
        ("24mp-progressive.jpg", CameraJpeg { is_progressive: true, ..usual(1) }),
        ("24mp-p3.jpg", CameraJpeg { profile: Some(Profile::DisplayP3), ..usual(1) }),
        ("24mp-444.jpg", CameraJpeg { is_subsampled: false, ..usual(1) }),
        ("24mp-restarts.jpg", CameraJpeg { restart_interval: Some(375), ..usual(1) }),
        ("45mp.jpg", CameraJpeg::usual(HIGH_RESOLUTION, 1)),
    ];
    for (name, camera) in variants {
        write_once(&folder.join(name), || camera.file())?;
    }
    write_once(&folder.join("24mp.png"), || camera::png(&photograph(FULL_FRAME.0, FULL_FRAME.1, 1)))
}

fn write_once(path: &Path, file: impl FnOnce() -> Vec<u8>) -> anyhow::Result<()> {
    if !path.exists() {
        let partial = path.with_extension("partial");
        fs::write(&partial, file())?;
        fs::rename(partial, path)?;
    }
    Ok(())
}
