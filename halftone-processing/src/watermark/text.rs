//! One line of text in the bundled font.

use std::sync::OnceLock;

use ab_glyph::{Font, FontRef, GlyphId, Point, PxScale, ScaleFont, point};
use halftone_core::ports::renderer::RenderError;
use image::GrayImage;

use super::layout::Extent;
use crate::error::{internal, watermark};

/// Open Sans Semibold: Latin with its extensions, Greek, Cyrillic. See `assets/README.md`.
const FONT: &[u8] = include_bytes!("../../assets/OpenSans-Semibold.ttf");

/// Where the letters are measured; every other height follows in proportion.
const REFERENCE_PX: f32 = 1000.0;

/// A line of text with every glyph in its place.
#[derive(Debug)]
pub(super) struct Line {
    glyphs: Vec<PlacedGlyph>,
    ink: Extent,
}

/// A glyph and the distance of its origin from the start of the line, at [`REFERENCE_PX`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PlacedGlyph {
    id: GlyphId,
    x: f32,
}

fn font() -> Result<&'static FontRef<'static>, RenderError> {
    static PARSED: OnceLock<Option<FontRef<'static>>> = OnceLock::new();
    PARSED
        .get_or_init(|| FontRef::try_from_slice(FONT).ok())
        .as_ref()
        .ok_or_else(|| internal("the bundled font cannot be read"))
}

impl Line {
    /// Finds, kerns and places the glyphs.
    pub(super) fn lay_out(text: &str) -> Result<Self, RenderError> {
        let font = font()?;
        let glyphs = place_glyphs(font, text)?;
        let bounds = ink_bounds(font, &glyphs, REFERENCE_PX);
        let Some((low, high)) = bounds.filter(|(low, high)| high.x > low.x && high.y > low.y) else {
            return Err(watermark("its text has no visible characters"));
        };
        let per_pixel = |length: f32| f64::from(length / REFERENCE_PX);
        let ink = Extent { width: per_pixel(high.x - low.x), height: per_pixel(high.y - low.y) };
        Ok(Self { glyphs, ink })
    }

    /// The ink's extent for each pixel of the line's height.
    pub(super) const fn extent_per_pixel(&self) -> Extent {
        self.ink
    }

    /// Draws the line at a height (from the font's ascent to its descent): 255 is full ink.
    pub(super) fn rasterise(&self, height_px: f64) -> Result<GrayImage, RenderError> {
        let font = font()?;
        #[expect(clippy::cast_possible_truncation, reason = "heights are bounded by the picture's sides")]
        let height = height_px as f32;
        let outlined: Vec<_> = self
            .glyphs
            .iter()
            .filter_map(|glyph| {
                let position = point(glyph.x * height / REFERENCE_PX, 0.0);
                font.outline_glyph(glyph.id.with_scale_and_position(PxScale::from(height), position))
            })
            .collect();
        let all = outlined.iter().map(ab_glyph::OutlinedGlyph::px_bounds);
        let (left, top, right, bottom) = all.fold((f32::MAX, f32::MAX, f32::MIN, f32::MIN), |sum, one| {
            (sum.0.min(one.min.x), sum.1.min(one.min.y), sum.2.max(one.max.x), sum.3.max(one.max.y))
        });
        let mut canvas = GrayImage::new(whole(right - left).max(1), whole(bottom - top).max(1));
        for glyph in outlined {
            let bounds = glyph.px_bounds();
            let (x0, y0) = (whole(bounds.min.x - left), whole(bounds.min.y - top));
            glyph.draw(|x, y, coverage| {
                if let Some(pixel) = canvas.get_pixel_mut_checked(x0 + x, y0 + y) {
                    // Neighbours may touch: their ink adds up.
                    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
                    let ink = (coverage.clamp(0.0, 1.0) * 255.0).round() as u8;
                    pixel.0[0] = pixel.0[0].saturating_add(ink);
                }
            });
        }
        Ok(canvas)
    }
}

/// Bounds of glyphs are whole numbers already.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "never negative, bounded by the picture"
)]
fn whole(length: f32) -> u32 {
    length.max(0.0).round() as u32
}

/// Kerns each pair and only then places its second glyph.
fn place_glyphs(font: &FontRef<'_>, text: &str) -> Result<Vec<PlacedGlyph>, RenderError> {
    let scaled = font.as_scaled(REFERENCE_PX);
    let mut glyphs: Vec<PlacedGlyph> = Vec::new();
    let mut x = 0.0;
    for character in text.chars() {
        let id = font.glyph_id(character);
        if id.0 == 0 {
            return Err(watermark(format!(
                "the font has no character '{character}' (U+{:04X})",
                u32::from(character)
            )));
        }
        if let Some(previous) = glyphs.last() {
            x += scaled.kern(previous.id, id);
        }
        glyphs.push(PlacedGlyph { id, x });
        x += scaled.h_advance(id);
    }
    Ok(glyphs)
}

fn ink_bounds(font: &FontRef<'_>, glyphs: &[PlacedGlyph], height: f32) -> Option<(Point, Point)> {
    glyphs
        .iter()
        .filter_map(|glyph| {
            let placed = glyph.id.with_scale_and_position(PxScale::from(height), point(glyph.x, 0.0));
            let bounds = font.outline_glyph(placed)?.px_bounds();
            Some((bounds.min, bounds.max))
        })
        .reduce(|(low, high), (min, max)| {
            (point(low.x.min(min.x), low.y.min(min.y)), point(high.x.max(max.x), high.y.max(max.y)))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn width(text: &str) -> f64 {
        Line::lay_out(text).unwrap().extent_per_pixel().width
    }

    #[test]
    fn pairs_are_kerned() {
        let font = font().unwrap().as_scaled(REFERENCE_PX);
        let glyphs = place_glyphs(font.font, "AV").unwrap();
        let kerning = font.kern(glyphs[0].id, glyphs[1].id);
        assert!(kerning < -10.0, "AV is set closer, by {kerning}");
        let expected = font.h_advance(glyphs[0].id) + kerning;
        assert!((glyphs[1].x - expected).abs() < 0.01);
    }

    #[test]
    fn kerning_belongs_to_the_pair_and_not_to_the_next_one() {
        let font = font().unwrap().as_scaled(REFERENCE_PX);
        let glyphs = place_glyphs(font.font, "HAVH").unwrap();
        let gap = |index: usize| glyphs[index + 1].x - glyphs[index].x - font.h_advance(glyphs[index].id);
        assert!(gap(0).abs() < 0.01, "HA is not kerned");
        assert!(gap(1) < -10.0, "AV is");
        assert!(gap(2).abs() < 0.01, "VH is not");
    }

    #[test]
    fn latin_greek_and_cyrillic_are_covered() {
        for text in ["© Ñandú Łódź Žižkov Đặng", "Ελληνικά Ώρα", "Фотограф Ёлка Київ", "® ™ — ’ € · №"]
        {
            assert!(width(text) > 1.0, "{text}");
        }
    }

    #[test]
    fn a_missing_glyph_is_named() {
        let error = Line::lay_out("Studio 写真").unwrap_err().to_string();
        assert!(error.contains('写') && error.contains("U+5199"), "{error}");
    }

    #[test]
    fn blanks_are_no_mark() {
        assert!(Line::lay_out("\u{a0} \u{a0}").is_err());
    }

    #[test]
    fn the_drawn_line_has_the_measured_extent() {
        let line = Line::lay_out("Studio").unwrap();
        let drawn = line.rasterise(200.0).unwrap();
        assert!((f64::from(drawn.width()) - line.extent_per_pixel().width * 200.0).abs() < 4.0);
        assert!(drawn.pixels().any(|pixel| pixel.0[0] == 255));
    }
}
