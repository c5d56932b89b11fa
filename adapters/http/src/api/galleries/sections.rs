//! Sections in JSON.

use halftone_core::gallery::Sections;
use halftone_core::id::SectionId;
use halftone_core::services::error::{FieldExt as _, InvalidField, Resource};
use halftone_core::services::galleries::SectionDraft;
use halftone_core::text::Name;
use poem_openapi::Object;

/// A gallery's sections in order.
#[derive(Debug, Object)]
#[oai(rename = "Sections")]
pub(crate) struct SectionsObject {
    /// The sections.
    sections: Vec<SectionObject>,
}

/// A chapter of a gallery.
#[derive(Debug, Object)]
#[oai(rename = "Section")]
pub(crate) struct SectionObject {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
}

/// All sections that a gallery shall have, in order, at most 200.
#[derive(Debug, Object)]
#[oai(rename = "SectionsDraft")]
pub(crate) struct SectionsBody {
    /// The sections.
    sections: Vec<SectionBody>,
}

/// A section that is kept or made.
#[derive(Debug, Object)]
#[oai(rename = "SectionDraft")]
pub(crate) struct SectionBody {
    /// The id of a section of this gallery; left out for a new one.
    id: Option<String>,
    /// Its name.
    name: String,
}

impl SectionsObject {
    /// Shows them.
    pub(crate) fn new(sections: &Sections) -> Self {
        let sections = sections
            .as_slice()
            .iter()
            .map(|section| SectionObject { id: section.id.to_string(), name: section.name.to_string() });
        Self { sections: sections.collect() }
    }
}

impl TryFrom<SectionsBody> for Vec<SectionDraft> {
    type Error = InvalidField;

    fn try_from(body: SectionsBody) -> Result<Self, InvalidField> {
        let parse = |(position, section): (usize, &SectionBody)| {
            let field = |name: &str| format!("sections[{position}].{name}");
            let id = section.id.as_deref().map(SectionId::parse).transpose();
            Ok(SectionDraft {
                id: id.map_err(|_| InvalidField::unknown(field("id"), Resource::Section))?,
                name: Name::parse(&section.name).field(&field("name"))?,
            })
        };
        body.sections.iter().enumerate().map(parse).collect()
    }
}
