//! libwebp alone: the pixels of a marked proof and of its thumb go in, so that its cost can be told from that of making them.

use std::path::Path;

use anyhow::Context as _;
use halftone_core::rendition::{ProcessingOptions, Quality};
use halftone_processing::limits::Limits;
use halftone_processing::pipeline::render_proof;
use turbojpeg::PixelFormat;
use webp::{Encoder, WebPConfig};

/// Of a proof, of a thumb, and of Halftone's WebP encoder.
const QUALITY: f32 = 82.0;
const THUMB_QUALITY: f32 = 80.0;
const METHOD: i32 = 2;

/// Writes the pixels of a marked proof and of its thumb as two portable pixmaps in one file, which take next to nothing to read. They went through
/// JPEGs, which moves some of them by a level or two.
pub(crate) fn write(original: &Path, pixmaps: &Path) -> anyhow::Result<()> {
    let file = std::fs::read(original).with_context(|| original.display().to_string())?;
    let options =
        ProcessingOptions { proof_quality: Quality::parse(100)?, ..halftone_benches::usual_options() };
    let marked = render_proof(&file, &options, None, &Limits::default())?.marked;
    let mut both = Vec::new();
    for rendition in [marked.proof, marked.thumb] {
        let picture = turbojpeg::decompress(&rendition.bytes, PixelFormat::RGB)?;
        both.extend_from_slice(format!("P6 {} {} 255\n", picture.width, picture.height).as_bytes());
        both.extend_from_slice(&picture.pixels);
    }
    std::fs::write(pixmaps, both).with_context(|| pixmaps.display().to_string())
}

/// Encodes the two pixmaps that [`write`] made.
pub(crate) fn encode(pixmaps: &[u8]) -> anyhow::Result<[Vec<u8>; 2]> {
    let (proof, rest) = encode_first(pixmaps, QUALITY)?;
    let (thumb, _) = encode_first(rest, THUMB_QUALITY)?;
    Ok([proof, thumb])
}

/// Encodes the first of some pixmaps and returns the others too.
fn encode_first(pixmaps: &[u8], quality: f32) -> anyhow::Result<(Vec<u8>, &[u8])> {
    let end = pixmaps.iter().position(|byte| *byte == b'\n').context("a pixmap has a header")?;
    let (header, rest) = pixmaps.split_at(end + 1);
    let words: Vec<&str> = std::str::from_utf8(header)?.split_ascii_whitespace().collect();
    let ["P6", width, height, "255"] = words.as_slice() else {
        anyhow::bail!("this is no pixmap of ours");
    };
    let (width, height) = (width.parse::<u32>()?, height.parse::<u32>()?);
    let bytes = width as usize * height as usize * 3;
    let (pixels, rest) = rest.split_at_checked(bytes).context("a pixmap has all its pixels")?;
    let mut config = WebPConfig::new().map_err(|()| anyhow::anyhow!("libwebp has another version"))?;
    config.quality = quality;
    config.method = METHOD;
    let file = Encoder::from_rgb(pixels, width, height)
        .encode_advanced(&config)
        .map_err(|cause| anyhow::anyhow!("libwebp failed: {cause:?}"))?;
    Ok((file.to_vec(), rest))
}
