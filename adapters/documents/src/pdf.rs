//! Marks on pages to the bytes of a PDF.

use bytes::Bytes;
use halftone_core::ports::documents::{DocumentError, Language};
use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Rect, Size, Transform};
use krilla::image::Image;
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Stroke};
use krilla::surface::Surface;
use krilla::{Document, SerializeSettings};

use crate::face::Faces;
use crate::paper::{Area, Mark, PAGE_HEIGHT, PAGE_WIDTH};
use crate::picture::Picture;
use crate::text::{Ink, TextLine};

/// What makes these documents, as they say themselves.
const PRODUCER: &str = "Halftone";

/// How much of the page shows through a veil: 1 is all.
const VEIL_OPACITY: f32 = 0.72;

/// What a document is, for its readers' windows and screen readers.
#[derive(Debug)]
pub(crate) struct About {
    pub(crate) title: String,
    pub(crate) author: String,
    pub(crate) language: Language,
}

/// Writes the document. Its bytes depend on nothing but what is given: there is no date in it.
pub(crate) fn write(
    about: About,
    pages: &[Vec<Mark>],
    pictures: Vec<Picture>,
    faces: &Faces,
) -> Result<Bytes, DocumentError> {
    let images = pictures
        .into_iter()
        .map(|picture| Image::from_jpeg(picture.jpeg.into(), true).map_err(|error| internal(&error)))
        .collect::<Result<Vec<Image>, _>>()?;
    let mut document = Document::new_with(SerializeSettings { enable_tagging: false, ..Default::default() });
    document.set_metadata(
        Metadata::new()
            .title(about.title)
            .authors(vec![about.author])
            .language(about.language.as_str().to_owned())
            .creator(PRODUCER.to_owned())
            .producer(PRODUCER.to_owned()),
    );
    let settings = PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT).expect("A4 has an area");
    for marks in pages {
        let mut page = document.start_page_with(settings.clone());
        let mut surface = page.surface();
        for mark in marks {
            draw(&mut surface, mark, &images, faces);
        }
        surface.finish();
        page.finish();
    }
    document.finish().map(Bytes::from).map_err(|error| internal(&error))
}

fn internal(error: &impl ToString) -> DocumentError {
    DocumentError::Internal { detail: error.to_string() }
}

fn draw(surface: &mut Surface<'_>, mark: &Mark, images: &[Image], faces: &Faces) {
    match mark {
        Mark::Text { line, x, baseline } => draw_text(surface, line, *x, *baseline, faces),
        Mark::Fill { area, ink } => fill(surface, rectangle(*area), *ink, NormalizedF32::ONE),
        Mark::Veil { area, hole } => draw_veil(surface, *area, *hole),
        Mark::Frame { area, ink, thickness } => stroke(surface, rectangle(*area), *ink, *thickness),
        Mark::Disc { centre, radius, ink } => fill(surface, disc(*centre, *radius), *ink, NormalizedF32::ONE),
        Mark::Polygon { corners, ink } => fill(surface, polygon(corners), *ink, NormalizedF32::ONE),
        Mark::Picture { picture, area } => draw_picture(surface, images[*picture].clone(), *area),
    }
}

fn draw_text(surface: &mut Surface<'_>, line: &TextLine, x: f32, baseline: f32, faces: &Faces) {
    surface.set_stroke(None);
    surface.set_fill(Some(paint(line.style.ink, NormalizedF32::ONE)));
    let mut x = x;
    for run in &line.runs {
        let font = faces.get(run.face).font.clone();
        surface.draw_glyphs(Point::from_xy(x, baseline), &run.glyphs, font, &line.text, line.size, false);
        x += run.width * line.size;
    }
}

fn draw_picture(surface: &mut Surface<'_>, image: Image, area: Area) {
    // A picture without an area would be invisible, and is refused by the library.
    if let Some(size) = Size::from_wh(area.width, area.height) {
        surface.push_transform(&Transform::from_translate(area.x, area.y));
        surface.draw_image(image, size);
        surface.pop();
    }
}

/// One path with a hole: strips side by side would show their seams.
fn draw_veil(surface: &mut Surface<'_>, area: Area, hole: Area) {
    let mut path = PathBuilder::new();
    for area in [area, hole] {
        if let Some(rectangle) = Rect::from_xywh(area.x, area.y, area.width, area.height) {
            path.push_rect(rectangle);
        }
    }
    let Some(path) = path.finish() else { return };
    let opacity = NormalizedF32::new(VEIL_OPACITY).expect("it is between 0 and 1");
    surface.set_stroke(None);
    surface.set_fill(Some(Fill { rule: FillRule::EvenOdd, ..paint([255; 3], opacity) }));
    surface.draw_path(&path);
}

fn paint(ink: Ink, opacity: NormalizedF32) -> Fill {
    let [red, green, blue] = ink;
    Fill { paint: rgb::Color::new(red, green, blue).into(), opacity, ..Default::default() }
}

fn fill(surface: &mut Surface<'_>, path: Option<Path>, ink: Ink, opacity: NormalizedF32) {
    let Some(path) = path else { return };
    surface.set_stroke(None);
    surface.set_fill(Some(paint(ink, opacity)));
    surface.draw_path(&path);
}

fn stroke(surface: &mut Surface<'_>, path: Option<Path>, ink: Ink, thickness: f32) {
    let Some(path) = path else { return };
    let [red, green, blue] = ink;
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke {
        paint: rgb::Color::new(red, green, blue).into(),
        width: thickness,
        ..Default::default()
    }));
    surface.draw_path(&path);
}

fn rectangle(area: Area) -> Option<Path> {
    let mut path = PathBuilder::new();
    path.push_rect(Rect::from_xywh(area.x, area.y, area.width, area.height)?);
    path.finish()
}

fn polygon(corners: &[(f32, f32)]) -> Option<Path> {
    let mut path = PathBuilder::new();
    let (first, others) = corners.split_first()?;
    path.move_to(first.0, first.1);
    for corner in others {
        path.line_to(corner.0, corner.1);
    }
    path.close();
    path.finish()
}

/// A circle of four Bézier curves.
fn disc((x, y): (f32, f32), radius: f32) -> Option<Path> {
    /// The distance of control points at which a cubic curve is closest to a quarter of a circle, for radius 1.
    const CONTROL: f32 = 0.552_284_8;
    let (far, near) = (radius, radius * CONTROL);
    let mut path = PathBuilder::new();
    path.move_to(x + far, y);
    path.cubic_to(x + far, y + near, x + near, y + far, x, y + far);
    path.cubic_to(x - near, y + far, x - far, y + near, x - far, y);
    path.cubic_to(x - far, y - near, x - near, y - far, x, y - far);
    path.cubic_to(x + near, y - far, x + far, y - near, x + far, y);
    path.close();
    path.finish()
}
