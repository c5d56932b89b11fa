//! One line of text in the bundled font.

use std::sync::OnceLock;

use ab_glyph::{Font, FontRef, GlyphId, OutlineCurve, Point, PxScale, Rect, ScaleFont, point};
use ab_glyph_rasterizer::Rasterizer;
use halftone_core::ports::renderer::RenderError;
use halftone_core::watermark::Angle;
use image::GrayImage;

use super::layout::Extent;
use super::turn::Turn;
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
        let Some(ink) = bounds.filter(|ink| ink.width() > 0.0 && ink.height() > 0.0) else {
            return Err(watermark("its text has no visible characters"));
        };
        let per_pixel = |length: f32| f64::from(length / REFERENCE_PX);
        let ink = Extent { width: per_pixel(ink.width()), height: per_pixel(ink.height()) };
        Ok(Self { glyphs, ink })
    }

    /// The ink's extent for each pixel of the line's height.
    pub(super) const fn extent_per_pixel(&self) -> Extent {
        self.ink
    }

    /// Draws the line at a height (from the font's ascent to its descent), turned about its middle, with an empty margin around it: 255 is
    /// full ink. Also tells its extent before the turn, without the margin.
    ///
    /// The outlines are turned and not their pixels, so letters are as sharp at any angle as straight ones.
    pub(super) fn rasterise(
        &self,
        height_px: f64,
        angle: Angle,
        margin: u32,
    ) -> Result<(GrayImage, Extent), RenderError> {
        let font = font()?;
        #[expect(clippy::cast_possible_truncation, reason = "heights are bounded by the picture's sides")]
        let height = height_px as f32;
        let scale = font.as_scaled(PxScale::from(height)).scale_factor();
        let outlined: Vec<_> = self
            .glyphs
            .iter()
            .filter_map(|glyph| Some((glyph.x * height / REFERENCE_PX, font.outline(glyph.id)?)))
            .collect();
        let bounds = outlined.iter().map(|(x, outline)| outline.px_bounds(scale, point(*x, 0.0)));
        let ink = bounds.reduce(united).unwrap_or_default();
        let (width, height) = (whole(ink.width()).max(1), whole(ink.height()).max(1));
        let turn = Turn::new(angle, width + 2 * margin, height + 2 * margin);
        let (canvas_width, canvas_height) = turn.canvas();
        let mut canvas = GrayImage::new(canvas_width, canvas_height);
        #[expect(clippy::cast_precision_loss, reason = "a few pixels")]
        let edge = point(margin as f32, margin as f32) - ink.min;
        for (x, outline) in &outlined {
            let place = |at: &Point| {
                let (x, y) = turn.point(x + at.x * scale.horizontal + edge.x, edge.y - at.y * scale.vertical);
                point(x, y)
            };
            draw(&outline.curves, place, &mut canvas);
        }
        Ok((canvas, Extent { width: f64::from(width), height: f64::from(height) }))
    }
}

/// Adds the ink of a glyph, whose points lie where `place` says.
fn draw(curves: &[OutlineCurve], place: impl Fn(&Point) -> Point, canvas: &mut GrayImage) {
    let bounds = curves.iter().flat_map(points).map(|at| {
        let at = place(at);
        Rect { min: at, max: at }
    });
    let Some(Rect { min, max }) = bounds.reduce(united) else {
        return;
    };
    let corner = point(min.x.floor(), min.y.floor());
    let (left, top) = (whole(corner.x), whole(corner.y));
    let (width, height) = (whole(max.x.ceil() - corner.x), whole(max.y.ceil() - corner.y));
    let mut rasterizer = Rasterizer::new(width as usize, height as usize);
    let at = |at: &Point| {
        let place = place(at) - corner;
        ab_glyph_rasterizer::point(place.x, place.y)
    };
    for curve in curves {
        match curve {
            OutlineCurve::Line(from, to) => rasterizer.draw_line(at(from), at(to)),
            OutlineCurve::Quad(from, control, to) => rasterizer.draw_quad(at(from), at(control), at(to)),
            OutlineCurve::Cubic(from, first, second, to) => {
                rasterizer.draw_cubic(at(from), at(first), at(second), at(to));
            }
        }
    }
    rasterizer.for_each_pixel_2d(|x, y, coverage| {
        if let Some(pixel) = canvas.get_pixel_mut_checked(left + x, top + y) {
            // Neighbours may touch: their ink adds up.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
            let ink = (coverage.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
            pixel.0[0] = pixel.0[0].saturating_add(ink);
        }
    });
}

/// The points of a curve, those that it only leans to included: it lies between them.
fn points(curve: &OutlineCurve) -> impl Iterator<Item = &Point> {
    let points: [Option<&Point>; 4] = match curve {
        OutlineCurve::Line(from, to) => [Some(from), Some(to), None, None],
        OutlineCurve::Quad(from, control, to) => [Some(from), Some(control), Some(to), None],
        OutlineCurve::Cubic(from, first, second, to) => [Some(from), Some(first), Some(second), Some(to)],
    };
    points.into_iter().flatten()
}

fn united(one: Rect, other: Rect) -> Rect {
    Rect {
        min: point(one.min.x.min(other.min.x), one.min.y.min(other.min.y)),
        max: point(one.max.x.max(other.max.x), one.max.y.max(other.max.y)),
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

fn ink_bounds(font: &FontRef<'_>, glyphs: &[PlacedGlyph], height: f32) -> Option<Rect> {
    let scale = font.as_scaled(height).scale_factor();
    let bounds = |glyph: &PlacedGlyph| Some(font.outline(glyph.id)?.px_bounds(scale, point(glyph.x, 0.0)));
    glyphs.iter().filter_map(bounds).reduce(united)
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

    fn drawn(degrees: f64) -> (GrayImage, Extent) {
        let angle = Angle::parse(degrees).unwrap();
        Line::lay_out("Studio & Söhne").unwrap().rasterise(200.0, angle, 3).unwrap()
    }

    #[test]
    fn the_drawn_line_has_the_measured_extent() {
        let (drawn, extent) = drawn(0.0);
        let measured = Line::lay_out("Studio & Söhne").unwrap().extent_per_pixel();
        assert!((extent.width - measured.width * 200.0).abs() < 4.0);
        assert!((extent.height - measured.height * 200.0).abs() < 4.0);
        assert!((f64::from(drawn.width()) - extent.width - 6.0).abs() < 1e-9);
        assert!(drawn.pixels().any(|pixel| pixel.0[0] == 255));
    }

    #[test]
    fn a_turned_line_has_as_much_ink_about_the_same_middle() {
        let mass = |drawn: &GrayImage| {
            let (mut sum, mut across, mut down) = (0.0, 0.0, 0.0);
            for (x, y, pixel) in drawn.enumerate_pixels() {
                let weight = f64::from(pixel.0[0]);
                sum += weight;
                across += weight * (f64::from(x) + 0.5 - f64::from(drawn.width()) / 2.0);
                down += weight * (f64::from(y) + 0.5 - f64::from(drawn.height()) / 2.0);
            }
            (sum, across / sum, down / sum)
        };
        let (straight, _) = drawn(0.0);
        let (sum, across, down) = mass(&straight);
        for degrees in [-135.0, -30.0, 17.5, 90.0, 180.0] {
            let (turned, _) = drawn(degrees);
            let (turned_sum, x, y) = mass(&turned);
            assert!((turned_sum / sum - 1.0).abs() < 0.002, "{degrees}: {turned_sum} and {sum}");
            let (sine, cosine) = degrees.to_radians().sin_cos();
            let (expected_x, expected_y) = (across * cosine - down * sine, across * sine + down * cosine);
            assert!(
                (x - expected_x).abs() < 0.1 && (y - expected_y).abs() < 0.1,
                "{degrees}: {x}, {y} and {expected_x}, {expected_y}"
            );
        }
    }

    #[test]
    fn no_ink_comes_into_the_margin() {
        for degrees in [-135.0, -30.0, 0.0, 17.5, 90.0] {
            let (drawn, _) = drawn(degrees);
            let (right, bottom) = (drawn.width() - 1, drawn.height() - 1);
            for (x, y, pixel) in drawn.enumerate_pixels() {
                let is_edge = x == 0 || y == 0 || x == right || y == bottom;
                assert!(!is_edge || pixel.0[0] == 0, "{degrees}: {x}, {y}");
            }
        }
    }
}
