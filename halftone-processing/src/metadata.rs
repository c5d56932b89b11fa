//! What a file says of itself, and the little of it that renditions keep.
//!
//! A block that cannot be read is as good as none: broken metadata never fails a picture.

pub(crate) mod credit;
mod ifd;
pub(crate) mod tags;
mod time;
pub(crate) mod write;

use jiff::Timestamp;

pub use credit::Credit;
pub(crate) use ifd::IfdBlock;

use crate::orient::Orientation;

/// What was read from EXIF, IPTC and XMP.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Metadata {
    /// How the stored rows lie in the upright picture.
    pub orientation: Orientation,
    /// When the shutter was released.
    pub captured_at: Option<Timestamp>,
    /// Maker and model of the camera.
    pub camera: Option<String>,
    /// Model of the lens.
    pub lens: Option<String>,
    /// Whether EXIF says Adobe RGB, as cameras do instead of embedding a profile.
    pub is_adobe_rgb: bool,
    /// Authorship.
    pub credit: Credit,
}

/// The undecoded blocks of a file.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Blocks<'a> {
    /// From the TIFF header on.
    pub(crate) exif: Option<&'a [u8]>,
    /// IPTC record data.
    pub(crate) iptc: Option<&'a [u8]>,
    /// The packet.
    pub(crate) xmp: Option<&'a [u8]>,
}

impl Metadata {
    /// Reads whatever is readable.
    pub(crate) fn read(blocks: Blocks<'_>) -> Self {
        let exif = blocks.exif.map(Self::read_exif).unwrap_or_default();
        let iptc = blocks.iptc.map(Credit::from_iptc).unwrap_or_default();
        let xmp = blocks.xmp.map(Credit::from_xmp).unwrap_or_default();
        Self { credit: exif.credit.clone().or(xmp).or(iptc), ..exif }
    }

    fn read_exif(block: &[u8]) -> Self {
        let Some(main) = IfdBlock::find(block).and_then(IfdBlock::first) else {
            return Self::default();
        };
        let text = |directory: Option<ifd::Ifd<'_>>, tag| directory?.find(tag)?.text();
        let exif = main.find_directory(tags::EXIF_DIRECTORY);
        let number = main.find(tags::ORIENTATION).and_then(ifd::IfdValue::number);
        Self {
            orientation: number.and_then(Orientation::find).unwrap_or_default(),
            captured_at: text(exif, tags::DATE_TIME_ORIGINAL).and_then(|written| {
                let subsec = text(exif, tags::SUBSEC_TIME_ORIGINAL);
                let offset = text(exif, tags::OFFSET_TIME_ORIGINAL);
                time::instant(&written, subsec.as_deref(), offset.as_deref())
            }),
            camera: camera_name(text(Some(main), tags::MAKE), text(Some(main), tags::MODEL)),
            lens: text(exif, tags::LENS_MODEL).filter(|lens| lens.chars().any(char::is_alphanumeric)),
            is_adobe_rgb: exif.is_some_and(says_adobe_rgb),
            credit: Credit::from_exif(block),
        }
    }
}

/// DCF 2.0: `ColorSpace` "uncalibrated" with the interoperability index `R03` is Adobe RGB. Some writers use
/// the undocumented `ColorSpace` 2 instead.
fn says_adobe_rgb(exif: ifd::Ifd<'_>) -> bool {
    let space = exif.find(tags::COLOUR_SPACE).and_then(ifd::IfdValue::number);
    let index = exif
        .find_directory(tags::INTEROPERABILITY_DIRECTORY)
        .and_then(|directory| directory.find(tags::INTEROPERABILITY_INDEX))
        .is_some_and(|value| value.bytes().starts_with(b"R03"));
    match space {
        Some(2) => true,
        Some(1) => false,
        _ => index,
    }
}

/// `Canon` and `Canon EOS R5` make `Canon EOS R5`; `SONY` and `ILCE-7M4` make `SONY ILCE-7M4`.
fn camera_name(make: Option<String>, model: Option<String>) -> Option<String> {
    const LEGAL_FORMS: [&str; 9] =
        ["corporation", "corp.", "corp", "co.,ltd.", "co.,ltd", "co.", "ltd.", "inc.", "imaging"];
    let (make, model) = match (make, model) {
        (Some(make), Some(model)) => (make, model),
        (one, other) => return one.or(other),
    };
    let mut words: Vec<&str> = make.split_whitespace().collect();
    while words.len() > 1
        && words.last().is_some_and(|word| LEGAL_FORMS.contains(&word.to_lowercase().as_str()))
    {
        words.pop();
    }
    let first = words.first().copied().unwrap_or_default().to_lowercase();
    if model.to_lowercase().starts_with(&first) {
        Some(model)
    } else {
        Some(format!("{} {model}", words.join(" ")))
    }
}

/// What kind of raw file a TIFF header belongs to, if it is one.
pub(crate) fn raw_kind(bytes: &[u8]) -> Option<&'static str> {
    let main = IfdBlock::find(bytes)?.first()?;
    if main.find(tags::DNG_VERSION).is_some() {
        return Some("a raw file (DNG)");
    }
    // Nikon, Sony and Pentax put a reduced preview first and the sensor's data into a sub-directory.
    let is_reduced = main.find(tags::NEW_SUBFILE_TYPE).and_then(ifd::IfdValue::number) == Some(1);
    (is_reduced && main.find(tags::SUB_IFDS).is_some()).then_some("a camera's raw file")
}

/// The blocks that a TIFF file holds in its first directory.
pub(crate) fn tiff_blocks(bytes: &[u8]) -> Blocks<'_> {
    let main = IfdBlock::find(bytes).and_then(IfdBlock::first);
    let value = |tag| Some(main?.find(tag)?.bytes());
    Blocks { exif: Some(bytes), iptc: value(tags::IPTC), xmp: value(tags::XMP) }
}

/// The ICC profile of a TIFF file.
pub(crate) fn tiff_profile(bytes: &[u8]) -> Option<&[u8]> {
    Some(IfdBlock::find(bytes)?.first()?.find(tags::ICC_PROFILE)?.bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn camera(make: &str, model: &str) -> Option<String> {
        camera_name(Some(make.to_owned()), Some(model.to_owned()))
    }

    #[test]
    fn the_maker_is_not_doubled() {
        assert_eq!(camera("NIKON CORPORATION", "NIKON D5300").as_deref(), Some("NIKON D5300"));
        assert_eq!(camera("Canon", "Canon EOS R5").as_deref(), Some("Canon EOS R5"));
        assert_eq!(camera("SONY", "ILCE-7M4").as_deref(), Some("SONY ILCE-7M4"));
        assert_eq!(camera("OLYMPUS IMAGING CORP.", "E-M10").as_deref(), Some("OLYMPUS E-M10"));
        assert_eq!(camera_name(None, Some("X".to_owned())).as_deref(), Some("X"));
        assert_eq!(camera_name(None, None), None);
    }
}
