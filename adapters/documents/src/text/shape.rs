//! Shaping: characters of one line to glyphs in visual order.

use std::ops::Range;

use harfrust::{Direction, ShapeOptions, ShapePlan, UnicodeBuffer};
use krilla::text::{GlyphId, KrillaGlyph};
use unicode_bidi::{BidiInfo, Level, ParagraphInfo};
use unicode_segmentation::UnicodeSegmentation;

use super::{Style, TextLine, TypeSetter};
use crate::face::{FaceId, Weight};

/// Glyphs of one face, from left to right.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) face: FaceId,
    pub(crate) glyphs: Vec<KrillaGlyph>,
    /// In ems.
    pub(crate) width: f32,
}

/// What a plan of shaping holds for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct PlanKey {
    face: FaceId,
    script: [u8; 4],
    is_right_to_left: bool,
}

impl TypeSetter {
    /// Sets one line of a paragraph. `range` ends before the white space at which the line was broken.
    pub(super) fn line(
        &self,
        bidi: &BidiInfo<'_>,
        paragraph: &ParagraphInfo,
        range: Range<usize>,
        style: Style,
        room: f32,
    ) -> TextLine {
        let text = bidi.text[range.clone()].to_owned();
        let mut runs = Vec::new();
        if !range.is_empty() {
            let (levels, visual) = bidi.visual_runs(paragraph, range.clone());
            for part in visual {
                let level = levels[part.start];
                let part = part.start - range.start..part.end - range.start;
                runs.extend(self.shaped(&text, part, level, style.weight));
            }
        }
        let ems: f32 = runs.iter().map(|run: &Run| run.width).sum();
        let size = if ems * style.size > room { room / ems } else { style.size };
        TextLine { text, runs, style, width: ems * size, size, is_right_to_left: paragraph.level.is_rtl() }
    }

    /// The width of a piece of text in ems, when it stands alone.
    pub(super) fn measure(&self, text: &str, level: Level, weight: Weight) -> f32 {
        self.shaped(text, 0..text.len(), level, weight).iter().map(|run| run.width).sum()
    }

    /// Shapes a part of a line that is all of one level, in visual order.
    fn shaped(&self, line: &str, part: Range<usize>, level: Level, weight: Weight) -> Vec<Run> {
        let mut runs: Vec<Run> = self
            .split_by_face(line, part, weight)
            .into_iter()
            .map(|(face, range)| self.shape(line, range, face, level.is_rtl()))
            .collect();
        if level.is_rtl() {
            runs.reverse();
        }
        runs
    }

    fn split_by_face(&self, line: &str, part: Range<usize>, weight: Weight) -> Vec<(FaceId, Range<usize>)> {
        let mut parts: Vec<(FaceId, Range<usize>)> = Vec::new();
        for (offset, grapheme) in line[part.clone()].grapheme_indices(true) {
            let start = part.start + offset;
            let end = start + grapheme.len();
            let face = self.faces.find(grapheme, weight);
            match parts.last_mut() {
                Some((last, range)) if *last == face => range.end = end,
                _ => parts.push((face, start..end)),
            }
        }
        parts
    }

    fn shape(&self, line: &str, range: Range<usize>, id: FaceId, is_right_to_left: bool) -> Run {
        let face = self.faces.get(id);
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(&line[range.clone()]);
        buffer.guess_segment_properties();
        let direction = if is_right_to_left { Direction::RightToLeft } else { Direction::LeftToRight };
        buffer.set_direction(direction);
        let script = buffer.script();
        let key = PlanKey { face: id, script: script.tag().to_be_bytes(), is_right_to_left };
        let mut plans = self.plans.borrow_mut();
        let plan = plans
            .entry(key)
            .or_insert_with(|| ShapePlan::new(&face.shaper, direction, Some(script), None, &[]));
        let shaped = face.shaper.shape(buffer, ShapeOptions::new().plan(Some(plan)));
        let clusters: Vec<usize> =
            shaped.glyph_infos().iter().map(|info| range.start + info.cluster as usize).collect();
        let ends = cluster_ends(&clusters, range.end);
        let glyphs: Vec<KrillaGlyph> = shaped
            .glyph_infos()
            .iter()
            .zip(shaped.glyph_positions())
            .zip(clusters.iter().zip(ends))
            .map(|((info, position), (start, end))| {
                let ems = |units: i32| em_fraction(units, face.units_per_em);
                KrillaGlyph::new(
                    GlyphId::new(info.glyph_id),
                    ems(position.x_advance),
                    ems(position.x_offset),
                    ems(position.y_offset),
                    0.0,
                    *start..end,
                    None,
                )
            })
            .collect();
        let width = glyphs.iter().map(|glyph| glyph.x_advance).sum();
        Run { face: id, glyphs, width }
    }
}

/// Where the text of each glyph's cluster ends: where the next one of the line begins.
fn cluster_ends(clusters: &[usize], end: usize) -> Vec<usize> {
    let mut starts = clusters.to_vec();
    starts.sort_unstable();
    starts.dedup();
    clusters
        .iter()
        .map(|start| starts.get(starts.partition_point(|other| other <= start)).copied().unwrap_or(end))
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "advances are a few thousand units")]
fn em_fraction(units: i32, units_per_em: f32) -> f32 {
    units as f32 / units_per_em
}
