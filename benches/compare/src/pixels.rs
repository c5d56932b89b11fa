//! libwebp alone: the pixels of a marked proof go in, so that its cost can be told from that of making them.

use std::path::Path;

use anyhow::{Context as _, ensure};
use halftone_core::rendition::{ProcessingOptions, Quality};
use halftone_processing::limits::Limits;
use halftone_processing::pipeline::render_proof;
use turbojpeg::PixelFormat;
use webp::{Encoder, WebPConfig};

/// Of a proof, and of Halftone's WebP encoder.
const QUALITY: f32 = 82.0;
const METHOD: i32 = 2;

/// Writes the pixels of a marked proof as a portable pixmap, which takes next to nothing to read. They went through a JPEG of
/// the highest quality, which moves a few of them by a level.
pub(crate) fn write(original: &Path, pixmap: &Path) -> anyhow::Result<()> {
    let file = std::fs::read(original).with_context(|| original.display().to_string())?;
    let options =
        ProcessingOptions { proof_quality: Quality::parse(100)?, ..halftone_benches::usual_options() };
    let proof = render_proof(&file, &options, None, &Limits::default())?.marked.proof;
    let picture = turbojpeg::decompress(&proof.bytes, PixelFormat::RGB)?;
    let header = format!("P6 {} {} 255\n", picture.width, picture.height);
    std::fs::write(pixmap, [header.as_bytes(), &picture.pixels].concat())
        .with_context(|| pixmap.display().to_string())
}

/// Encodes a pixmap that [`write`] made.
pub(crate) fn encode(pixmap: &[u8]) -> anyhow::Result<Vec<u8>> {
    let end = pixmap.iter().position(|byte| *byte == b'\n').context("a pixmap has a header")?;
    let (header, pixels) = pixmap.split_at(end + 1);
    let words: Vec<&str> = std::str::from_utf8(header)?.split_ascii_whitespace().collect();
    let ["P6", width, height, "255"] = words.as_slice() else {
        anyhow::bail!("this is no pixmap of ours");
    };
    let (width, height) = (width.parse::<u32>()?, height.parse::<u32>()?);
    ensure!(pixels.len() as u64 == u64::from(width) * u64::from(height) * 3, "a pixmap with all its pixels");
    let mut config = WebPConfig::new().map_err(|()| anyhow::anyhow!("libwebp has another version"))?;
    config.quality = QUALITY;
    config.method = METHOD;
    let file = Encoder::from_rgb(pixels, width, height)
        .encode_advanced(&config)
        .map_err(|cause| anyhow::anyhow!("libwebp failed: {cause:?}"))?;
    Ok(file.to_vec())
}
