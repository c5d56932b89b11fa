//! How good an unmarked proof is: SSIMULACRA2 against the original, shrunk with as much care as there is.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::F32x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use fast_ssim2::{PixelDescriptor, PixelSlice, Ssimulacra2Reference};
use turbojpeg::{Image, PixelFormat};

/// Prints one score for each proof, in their order.
pub(crate) fn judge(original: &Path, proofs: &[PathBuf]) -> anyhow::Result<()> {
    let Some(first) = proofs.first() else {
        return Ok(());
    };
    let original = decoded(original)?;
    let size = decoded(first)?;
    let exact = shrunk(&original, size.width, size.height)?;
    let reference = Ssimulacra2Reference::new(&slice(&exact, size.width, size.height)?)?;
    for path in proofs {
        let proof = decoded(path)?;
        ensure!(
            (proof.width, proof.height) == (size.width, size.height),
            "{} has another size",
            path.display()
        );
        println!("{:.3}", reference.compare(&slice(&proof.pixels, proof.width, proof.height)?)?);
    }
    Ok(())
}

fn decoded(path: &Path) -> anyhow::Result<Image<Vec<u8>>> {
    let file = std::fs::read(path).with_context(|| path.display().to_string())?;
    turbojpeg::decompress(&file, PixelFormat::RGB).with_context(|| path.display().to_string())
}

fn slice(pixels: &[u8], width: usize, height: usize) -> anyhow::Result<PixelSlice<'_>> {
    let side = |side: usize| u32::try_from(side).context("a side of a JPEG");
    Ok(PixelSlice::new(pixels, side(width)?, side(height)?, width * 3, PixelDescriptor::RGB8_SRGB)?)
}

/// Lanczos in floats, rounded once.
fn shrunk(original: &Image<Vec<u8>>, width: usize, height: usize) -> anyhow::Result<Vec<u8>> {
    let side = |side: usize| u32::try_from(side).context("a side of a JPEG");
    let (pixels, _) = original.pixels.as_chunks::<3>();
    let floats: Vec<F32x3> = pixels.iter().map(|pixel| F32x3::new(pixel.map(f32::from))).collect();
    let source = TypedImageRef::new(side(original.width)?, side(original.height)?, &floats)?;
    let mut target = TypedImage::<F32x3>::new(side(width)?, side(height)?);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    Resizer::new().resize_typed(&source, &mut target, &options)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let rounded = |value: f32| value.round().clamp(0.0, 255.0) as u8;
    Ok(target.pixels().iter().flat_map(|pixel| pixel.0.map(rounded)).collect())
}
