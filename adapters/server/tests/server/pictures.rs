//! Pictures for the tests: good ones of any size, and bad ones of every kind.

use jpeg_encoder::{ColorType, Encoder};

/// A JPEG of this size with something to see in it; `seed` makes it differ from others.
pub(crate) fn jpeg(width: u16, height: u16, seed: u8) -> Vec<u8> {
    let (columns, rows) = (usize::from(width), usize::from(height));
    let mut pixels = Vec::with_capacity(columns * rows * 3);
    for row in 0..rows {
        for column in 0..columns {
            let shade =
                |step: usize| u8::try_from((column / step + row / 7 + usize::from(seed) * 13) % 256).unwrap();
            pixels.extend([shade(3), shade(5), shade(11)]);
        }
    }
    let mut bytes = Vec::new();
    Encoder::new(&mut bytes, 80).encode(&pixels, width, height, ColorType::Rgb).unwrap();
    bytes
}

/// A JPEG whose header announces another size.
pub(crate) fn lying_jpeg(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = jpeg(64, 64, 1);
    let frame = bytes.windows(2).position(|pair| matches!(pair, [0xff, 0xc0..=0xc2])).unwrap();
    bytes[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    bytes[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    bytes
}

/// The first half of a JPEG.
pub(crate) fn truncated_jpeg() -> Vec<u8> {
    let whole = jpeg(640, 480, 2);
    whole[..whole.len() / 2].to_vec()
}
