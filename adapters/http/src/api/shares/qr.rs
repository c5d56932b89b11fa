//! QR codes of links: SVG for print, PNG for everything else.

use poem_openapi::ApiResponse;
use poem_openapi::payload::{Binary, PlainText};
use qrcode::render::svg;
use qrcode::{Color, QrCode};

/// Light modules around the code, as many as ISO/IEC 18004 asks for.
const QUIET_ZONE: usize = 4;

/// A PNG is at least this wide, enough for a card of 8 cm at 300 dpi.
const LEAST_SIDE_PX: usize = 1_000;

/// What browsers may keep: nothing, for the picture holds the link.
const NOT_KEPT: &str = "no-store";

/// A QR code as SVG.
#[derive(Debug, ApiResponse)]
pub(crate) enum SvgPicture {
    /// The picture.
    #[oai(status = 200, content_type = "image/svg+xml")]
    Drawn(
        PlainText<String>,
        /// The picture is not to be kept.
        #[oai(header = "Cache-Control")]
        String,
    ),
}

/// A QR code as PNG.
#[derive(Debug, ApiResponse)]
pub(crate) enum PngPicture {
    /// The picture.
    #[oai(status = 200, content_type = "image/png")]
    Drawn(
        Binary<Vec<u8>>,
        /// The picture is not to be kept.
        #[oai(header = "Cache-Control")]
        String,
    ),
}

impl SvgPicture {
    /// Draws `link`.
    pub(crate) fn of(link: &str) -> Result<Self, DrawError> {
        let picture = svg(link)?;
        Ok(Self::Drawn(PlainText(picture), NOT_KEPT.to_owned()))
    }
}

impl PngPicture {
    /// Draws `link`.
    pub(crate) fn of(link: &str) -> Result<Self, DrawError> {
        let picture = png(link)?;
        Ok(Self::Drawn(Binary(picture), NOT_KEPT.to_owned()))
    }
}

/// A link cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DrawError {
    /// It is longer than a QR code can be.
    #[error("the link does not fit into a QR code")]
    Code(#[from] qrcode::types::QrError),
    /// The PNG could not be written.
    #[error("the QR code could not be written as PNG")]
    Png(#[from] png::EncodingError),
}

/// Draws `link` as SVG.
fn svg(link: &str) -> Result<String, DrawError> {
    let code = QrCode::new(link)?;
    let picture = code.render::<svg::Color<'_>>().quiet_zone(true).module_dimensions(10, 10).build();
    Ok(picture)
}

/// Draws `link` as a black and white PNG.
fn png(link: &str) -> Result<Vec<u8>, DrawError> {
    let code = QrCode::new(link)?;
    let modules = code.width() + 2 * QUIET_ZONE;
    let scale = LEAST_SIDE_PX.div_ceil(modules);
    let side = modules * scale;
    let colours = code.to_colors();
    let is_dark = |x: usize, y: usize| {
        let inside = |place: usize| place.checked_sub(QUIET_ZONE).filter(|place| *place < code.width());
        match (inside(x / scale), inside(y / scale)) {
            (Some(column), Some(row)) => colours[row * code.width() + column] == Color::Dark,
            _ => false,
        }
    };
    let pixels: Vec<u8> =
        (0..side * side).map(|place| if is_dark(place % side, place / side) { 0 } else { u8::MAX }).collect();
    encode(&pixels, side)
}

fn encode(pixels: &[u8], side: usize) -> Result<Vec<u8>, DrawError> {
    let mut file = Vec::new();
    let side = u32::try_from(side).expect("a QR code has at most 185 modules a side");
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://studio.example/s/hs_0123456789abcdef0123456789abcdef";

    fn decode(file: &[u8]) -> (u32, Vec<u8>) {
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut pixels).unwrap();
        (frame.width, pixels)
    }

    #[test]
    fn a_png_has_a_quiet_zone_and_a_good_size() {
        let (side, pixels) = decode(&png(LINK).unwrap());
        assert!(side >= 1_000);
        let side = side as usize;
        let modules = QrCode::new(LINK).unwrap().width() + 2 * QUIET_ZONE;
        let scale = side / modules;
        let dark_at = |x: usize, y: usize| pixels[y * side + x] == 0;
        let quiet = QUIET_ZONE * scale;
        let margin_is_light = (0..side).all(|x| (0..quiet).all(|y| !dark_at(x, y) && !dark_at(y, x)));
        assert!(margin_is_light);
        // The finder pattern in the corner begins with a dark module.
        assert!(dark_at(quiet, quiet));
    }

    #[test]
    fn an_svg_is_one() {
        let picture = svg(LINK).unwrap();
        assert!(picture.contains("<svg ") && picture.ends_with("</svg>"));
    }

    #[test]
    fn a_link_that_does_not_fit_is_an_error() {
        assert!(matches!(svg(&"x".repeat(5_000)), Err(DrawError::Code(_))));
    }
}
