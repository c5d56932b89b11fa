//! The faces that documents are set in, and which of them has a character.

use std::sync::LazyLock;

use harfrust::{Shaper, ShaperData};
use krilla::text::Font;
use skrifa::charmap::Charmap;
use skrifa::{FontRef, MetadataProvider};

/// How heavy a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    SemiBold,
}

/// Which face a run of glyphs is set in: its place in [`Faces`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct FaceId(usize);

const REGULAR: FaceId = FaceId(0);
const SEMI_BOLD: FaceId = FaceId(1);
/// What Open Sans lacks is looked for here, in this order. One weight serves both.
const FALLBACKS: [FaceId; 2] = [FaceId(2), FaceId(3)];

/// The files, in the order of the ids.
const FILES: [&[u8]; 4] = [
    include_bytes!("../assets/OpenSans-Regular.ttf"),
    include_bytes!("../assets/OpenSans-SemiBold.ttf"),
    include_bytes!("../assets/NotoSansHebrew-Regular.ttf"),
    include_bytes!("../assets/NotoSansArabic-Regular.ttf"),
];

/// What shaping looks up again and again, read once for the whole program.
static SHAPING: LazyLock<[ShaperData; 4]> =
    LazyLock::new(|| FILES.map(|file| ShaperData::new(&parsed(file))));

fn parsed(file: &'static [u8]) -> FontRef<'static> {
    FontRef::new(file).expect("the embedded fonts are whole; every test reads them")
}

/// One font at all sizes.
pub(crate) struct Face {
    /// For the PDF, which embeds what is used of it.
    pub(crate) font: Font,
    /// Turns characters into glyphs.
    pub(crate) shaper: Shaper<'static>,
    /// Units of the font in an em.
    pub(crate) units_per_em: f32,
    charmap: Charmap<'static>,
}

impl Face {
    fn new(id: FaceId) -> Self {
        let file = FILES[id.0];
        let parsed = parsed(file);
        let font = Font::new(file.into(), 0).expect("a font that parses can be embedded");
        Self {
            units_per_em: font.units_per_em(),
            font,
            shaper: SHAPING[id.0].shaper(&parsed).build(),
            charmap: parsed.charmap(),
        }
    }

    fn has(&self, character: char) -> bool {
        self.charmap.map(character).is_some()
    }
}

/// The faces of one document.
pub(crate) struct Faces([Face; 4]);

impl Faces {
    pub(crate) fn new() -> Self {
        Self([0, 1, 2, 3].map(|place| Face::new(FaceId(place))))
    }

    pub(crate) fn get(&self, id: FaceId) -> &Face {
        &self.0[id.0]
    }

    /// The face for one grapheme: the first that has all of it. What no face has stays in the first one, whose
    /// glyph for that is a box.
    pub(crate) fn find(&self, grapheme: &str, weight: Weight) -> FaceId {
        let first = match weight {
            Weight::Regular => REGULAR,
            Weight::SemiBold => SEMI_BOLD,
        };
        let has_all = |id: &FaceId| {
            grapheme.chars().all(|character| is_invisible(character) || self.get(*id).has(character))
        };
        if has_all(&first) { first } else { FALLBACKS.into_iter().find(has_all).unwrap_or(first) }
    }
}

/// Joiners, direction marks and variation selectors, which fonts need not have: shaping obeys and hides them.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::{FALLBACKS, Faces, REGULAR, SEMI_BOLD, Weight};

    #[test]
    fn names_of_europe_are_set_in_the_face_of_the_document() {
        let faces = Faces::new();
        for grapheme in ["é", "ß", "Ł", "ğ", "ő", "ệ", "Ω", "ή", "Ж", "ї", "€", "×"] {
            assert_eq!(faces.find(grapheme, Weight::Regular), REGULAR, "{grapheme}");
            assert_eq!(faces.find(grapheme, Weight::SemiBold), SEMI_BOLD, "{grapheme}");
        }
    }

    #[test]
    fn what_it_lacks_comes_from_a_face_that_has_it() {
        let faces = Faces::new();
        assert_eq!(faces.find("ש", Weight::SemiBold), FALLBACKS[0]);
        assert_eq!(faces.find("ع", Weight::Regular), FALLBACKS[1]);
        assert_eq!(faces.find("ع\u{200d}", Weight::Regular), FALLBACKS[1]);
    }

    #[test]
    fn what_no_face_has_stays_where_the_box_is() {
        assert_eq!(Faces::new().find("漢", Weight::Regular), REGULAR);
    }
}
