//! Processing options as a studio sends them: every field may be left out.

use crate::id::ImageId;
use crate::rendition::{ColourPolicy, ProcessingOptions, ProofEdge, Quality, RenditionFormat, ThumbEdge};
use crate::services::error::InvalidField;
use crate::text::{InvalidValue, Name, WatermarkText};
use crate::watermark::{Angle, Colour, Layout, Opacity, Placement, Scale, Watermark};

/// Processing options of which some are given. In a new gallery the others take their defaults, in a change
/// they stay as they are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProcessingDraft {
    /// Longest side of proofs.
    pub proof_long_edge: Option<ProofEdge>,
    /// Quality of proofs.
    pub proof_quality: Option<Quality>,
    /// Longest side of thumbs.
    pub thumb_long_edge: Option<ThumbEdge>,
    /// Format of both.
    pub format: Option<RenditionFormat>,
    /// What happens to colour profiles.
    pub colour: Option<ColourPolicy>,
    /// The mark of the proofs.
    pub watermark: WatermarkDraft,
}

/// A watermark of which some fields are given.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WatermarkDraft {
    /// None, text or image.
    pub kind: Option<WatermarkKind>,
    /// What a text says.
    pub text: Option<WatermarkText>,
    /// The colour of a text.
    pub colour: Option<Colour>,
    /// Which logo.
    pub image: Option<ImageId>,
    /// Where it goes.
    pub layout: Option<Layout>,
    /// How opaque it is.
    pub opacity: Option<Opacity>,
    /// How large it is.
    pub scale: Option<Scale>,
    /// How far it is turned.
    pub angle: Option<Angle>,
}

/// The kinds of [`Watermark`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WatermarkKind {
    /// No mark.
    None,
    /// A text.
    Text,
    /// A logo.
    Image,
}

impl WatermarkKind {
    const ALL: [Self; 3] = [Self::None, Self::Text, Self::Image];

    /// The kind of a watermark.
    pub const fn of(watermark: &Watermark) -> Self {
        match watermark {
            Watermark::None => Self::None,
            Watermark::Text { .. } => Self::Text,
            Watermark::Image { .. } => Self::Image,
        }
    }

    /// The word of the API: `none`, `text` or `image`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Text => "text",
            Self::Image => "image",
        }
    }

    /// Reads the word of the API.
    ///
    /// # Errors
    /// The word names no kind.
    pub fn parse(word: &str) -> Result<Self, InvalidValue> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == word)
            .ok_or_else(|| InvalidValue::new("watermark kind", "must be none, text or image"))
    }
}

impl ProcessingDraft {
    /// The options of a new gallery: the default mark is the studio's name, tiled.
    ///
    /// # Errors
    /// The mark is an image, but none is named.
    pub fn complete(self, studio_name: &Name) -> Result<ProcessingOptions, InvalidField> {
        let mark = Watermark::Text {
            text: default_text(studio_name),
            colour: Colour::WHITE,
            placement: Placement::default(),
        };
        self.apply_to(ProcessingOptions::with_watermark(mark), studio_name)
    }

    /// The options after this change.
    ///
    /// # Errors
    /// The mark becomes an image, but none is named.
    pub fn apply_to(
        self,
        options: ProcessingOptions,
        studio_name: &Name,
    ) -> Result<ProcessingOptions, InvalidField> {
        Ok(ProcessingOptions {
            proof_long_edge: self.proof_long_edge.unwrap_or(options.proof_long_edge),
            proof_quality: self.proof_quality.unwrap_or(options.proof_quality),
            thumb_long_edge: self.thumb_long_edge.unwrap_or(options.thumb_long_edge),
            format: self.format.unwrap_or(options.format),
            colour: self.colour.unwrap_or(options.colour),
            watermark: self.watermark.apply_to(options.watermark, studio_name)?,
        })
    }
}

impl WatermarkDraft {
    fn apply_to(self, watermark: Watermark, studio_name: &Name) -> Result<Watermark, InvalidField> {
        let kind = self.kind.unwrap_or(WatermarkKind::of(&watermark));
        let (text, colour, image, placement) = match watermark {
            Watermark::None => (None, None, None, Placement::default()),
            Watermark::Text { text, colour, placement } => (Some(text), Some(colour), None, placement),
            Watermark::Image { image, placement } => (None, None, Some(image), placement),
        };
        let placement = Placement {
            layout: self.layout.unwrap_or(placement.layout),
            opacity: self.opacity.unwrap_or(placement.opacity),
            scale: self.scale.unwrap_or(placement.scale),
            angle: self.angle.unwrap_or(placement.angle),
        };
        match kind {
            WatermarkKind::None => Ok(Watermark::None),
            WatermarkKind::Text => Ok(Watermark::Text {
                text: self.text.or(text).unwrap_or_else(|| default_text(studio_name)),
                colour: self.colour.or(colour).unwrap_or(Colour::WHITE),
                placement,
            }),
            WatermarkKind::Image => {
                let image = self.image.or(image).ok_or_else(|| {
                    let missing = InvalidValue::new("image_id", "must name a logo when the kind is image");
                    InvalidField::new("processing.watermark.image_id", missing)
                })?;
                Ok(Watermark::Image { image, placement })
            }
        }
    }
}

/// The studio's name behind a copyright sign, or `PROOF` where the bundled font lacks the script.
fn default_text(studio_name: &Name) -> WatermarkText {
    // The font covers Latin, Greek and Cyrillic: the blocks up to U+052F.
    let is_covered = studio_name.as_str().chars().all(|character| character <= '\u{52f}');
    let text = if is_covered { format!("© {studio_name}") } else { "PROOF".to_owned() };
    WatermarkText::parse(&text).unwrap_or_else(|_| {
        // A studio's name may be longer than a mark.
        WatermarkText::parse("PROOF").expect("PROOF is a mark")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name() -> Name {
        Name::parse("Ana").unwrap()
    }

    #[test]
    fn an_empty_draft_gives_the_defaults_and_then_changes_nothing() {
        let options = ProcessingDraft::default().complete(&name()).unwrap();
        assert!(matches!(&options.watermark, Watermark::Text { text, .. } if text.as_str() == "© Ana"));
        assert_eq!(ProcessingDraft::default().apply_to(options.clone(), &name()), Ok(options));
    }

    #[test]
    fn one_nested_field_leaves_the_others() {
        let options = ProcessingDraft::default().complete(&name()).unwrap();
        let draft = ProcessingDraft {
            watermark: WatermarkDraft {
                opacity: Some(Opacity::parse(0.5).unwrap()),
                ..WatermarkDraft::default()
            },
            ..ProcessingDraft::default()
        };
        let changed = draft.apply_to(options, &name()).unwrap();
        let Watermark::Text { text, placement, .. } = changed.watermark else { panic!("kind changed") };
        assert_eq!(text.as_str(), "© Ana");
        assert!((placement.opacity.get() - 0.5).abs() < f64::EPSILON);
    }

    #[test]
    fn an_image_mark_without_an_image_is_refused() {
        let draft = ProcessingDraft {
            watermark: WatermarkDraft { kind: Some(WatermarkKind::Image), ..WatermarkDraft::default() },
            ..ProcessingDraft::default()
        };
        assert!(draft.complete(&name()).is_err());
    }

    #[test]
    fn a_name_that_the_font_lacks_becomes_proof() {
        assert_eq!(default_text(&Name::parse("写真館").unwrap()).as_str(), "PROOF");
    }
}
