//! Keys of stored objects: built and parsed here and nowhere else.
//!
//! ```text
//! studios/<studio>/photos/<photo>/source                                the original, as uploaded
//! studios/<studio>/photos/<photo>/replacements/<replacement>/source     the original, replaced
//! studios/<studio>/photos/<photo>/renditions/<fingerprint>/thumb.jpg    shown to clients
//! studios/<studio>/photos/<photo>/renditions/<fingerprint>/proof.jpg    shown to clients
//! studios/<studio>/photos/<photo>/bases/<fingerprint>                   clean, what proofs are marked from
//! studios/<studio>/photos/<photo>/deliveries/2560.jpg                   clean, downsized
//! studios/<studio>/photos/<photo>/deliveries/<replacement>/2560.jpg     the same of a replaced original
//! studios/<studio>/photos/<photo>/prints/<fingerprint>.jpg              clean, cropped for a lab
//! studios/<studio>/packs/<pack>/<number>                                written for a pack
//! studios/<studio>/packs/<pack>/archive.zip                             a pack, put together
//! studios/<studio>/images/<image>                                       a logo
//! studios/<studio>/archives/<archive>/source                            a ZIP file to be expanded
//! ```
//!
//! What browsers send as files of their own ends with `/source`: by that an object store knows of what it has to tell.
//!
//! The types keep originals and pictures for clients apart: a [`RenditionKey`] can be made into a client's
//! URL, an [`OriginalKey`] cannot.

use std::fmt;

use crate::id::{ArchiveId, ImageId, PackId, PhotoId, ReplacementId, StudioId};
use crate::rendition::{ClientRendition, Fingerprint, RenditionFormat};
use crate::text::InvalidValue;

/// Where an original lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OriginalKey {
    /// Who owns it.
    pub studio: StudioId,
    /// Whose original it is.
    pub photo: PhotoId,
    /// Which replacement it is; `None` for the file that the photo was uploaded with.
    pub replacement: Option<ReplacementId>,
}

/// Where a thumb or a proof lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RenditionKey {
    /// Who owns it.
    pub studio: StudioId,
    /// Which photo it shows.
    pub photo: PhotoId,
    /// Thumb or proof.
    pub rendition: ClientRendition,
    /// The options it was made with.
    pub fingerprint: Fingerprint,
    /// Its format.
    pub format: RenditionFormat,
}

/// Where a proof lies as it is before its mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BaseKey {
    /// Who owns it.
    pub studio: StudioId,
    /// Which photo it shows.
    pub photo: PhotoId,
    /// The options it was made with, whatever the mark; see
    /// [`ProcessingOptions::base_fingerprint`](crate::rendition::ProcessingOptions::base_fingerprint).
    pub fingerprint: Fingerprint,
}

/// Where a clean, downsized copy lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeliveryKey {
    /// Who owns it.
    pub studio: StudioId,
    /// Which photo it shows.
    pub photo: PhotoId,
    /// Of which replacement it was made; `None` for the file that the photo was uploaded with.
    pub replacement: Option<ReplacementId>,
    /// Its longest side in pixels.
    pub long_edge_px: u32,
}

/// Where a crop for a lab lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PrintKey {
    /// Who owns it.
    pub studio: StudioId,
    /// Which photo it shows.
    pub photo: PhotoId,
    /// What it was made of and how.
    pub fingerprint: Fingerprint,
}

/// Where a file lies that was written for a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PackDocumentKey {
    /// Who owns it.
    pub studio: StudioId,
    /// For which pack.
    pub pack: PackId,
    /// Which of its documents, counted from 0.
    pub number: u16,
}

/// Where a pack lies that was put together beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PackArchiveKey {
    /// Who owns it.
    pub studio: StudioId,
    /// Which pack.
    pub pack: PackId,
}

/// Where a studio's logo lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ImageKey {
    /// Who owns it.
    pub studio: StudioId,
    /// Which image.
    pub image: ImageId,
}

/// Where a ZIP file lies that is to be expanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ArchiveKey {
    /// Who owns it.
    pub studio: StudioId,
    /// Which archive.
    pub archive: ArchiveId,
}

/// The key of any object.
///
/// ```
/// use halftone_core::object_key::ObjectKey;
/// let text = "studios/01890a5d-ac96-774b-bcce-b302099a8057/photos/01890a5d-ac96-774b-bcce-b302099a8058/source";
/// assert_eq!(ObjectKey::parse(text).map(|key| key.to_string()).as_deref(), Ok(text));
/// assert!(ObjectKey::parse("studios/../secret.key").is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ObjectKey {
    /// An original.
    Original(OriginalKey),
    /// A thumb or a proof.
    Rendition(RenditionKey),
    /// A proof before its mark.
    Base(BaseKey),
    /// A clean, downsized copy.
    Delivery(DeliveryKey),
    /// A clean crop for a lab.
    Print(PrintKey),
    /// Something written for a pack.
    PackDocument(PackDocumentKey),
    /// A pack, put together.
    PackArchive(PackArchiveKey),
    /// A logo.
    Image(ImageKey),
    /// A ZIP file to be expanded.
    Archive(ArchiveKey),
}

impl From<OriginalKey> for ObjectKey {
    fn from(key: OriginalKey) -> Self {
        Self::Original(key)
    }
}

impl From<RenditionKey> for ObjectKey {
    fn from(key: RenditionKey) -> Self {
        Self::Rendition(key)
    }
}

impl From<BaseKey> for ObjectKey {
    fn from(key: BaseKey) -> Self {
        Self::Base(key)
    }
}

impl From<DeliveryKey> for ObjectKey {
    fn from(key: DeliveryKey) -> Self {
        Self::Delivery(key)
    }
}

impl From<PrintKey> for ObjectKey {
    fn from(key: PrintKey) -> Self {
        Self::Print(key)
    }
}

impl From<PackDocumentKey> for ObjectKey {
    fn from(key: PackDocumentKey) -> Self {
        Self::PackDocument(key)
    }
}

impl From<PackArchiveKey> for ObjectKey {
    fn from(key: PackArchiveKey) -> Self {
        Self::PackArchive(key)
    }
}

impl From<ArchiveKey> for ObjectKey {
    fn from(key: ArchiveKey) -> Self {
        Self::Archive(key)
    }
}

impl From<ImageKey> for ObjectKey {
    fn from(key: ImageKey) -> Self {
        Self::Image(key)
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Original(key) => match key.replacement {
                None => write!(formatter, "studios/{}/photos/{}/source", key.studio, key.photo),
                Some(replacement) => {
                    write!(
                        formatter,
                        "studios/{}/photos/{}/replacements/{replacement}/source",
                        key.studio, key.photo
                    )
                }
            },
            Self::Rendition(key) => write!(
                formatter,
                "studios/{}/photos/{}/renditions/{}/{}.{}",
                key.studio,
                key.photo,
                key.fingerprint,
                key.rendition.as_str(),
                key.format.extension()
            ),
            Self::Base(key) => {
                write!(formatter, "studios/{}/photos/{}/bases/{}", key.studio, key.photo, key.fingerprint)
            }
            Self::Delivery(key) => {
                write!(formatter, "studios/{}/photos/{}/deliveries/", key.studio, key.photo)?;
                if let Some(replacement) = key.replacement {
                    write!(formatter, "{replacement}/")?;
                }
                write!(formatter, "{}.jpg", key.long_edge_px)
            }
            Self::Print(key) => {
                write!(
                    formatter,
                    "studios/{}/photos/{}/prints/{}.jpg",
                    key.studio, key.photo, key.fingerprint
                )
            }
            Self::PackDocument(key) => {
                write!(formatter, "studios/{}/packs/{}/{}", key.studio, key.pack, key.number)
            }
            Self::PackArchive(key) => {
                write!(formatter, "studios/{}/packs/{}/archive.zip", key.studio, key.pack)
            }
            Self::Image(key) => write!(formatter, "studios/{}/images/{}", key.studio, key.image),
            Self::Archive(key) => write!(formatter, "studios/{}/archives/{}/source", key.studio, key.archive),
        }
    }
}

impl ObjectKey {
    /// Reads a key.
    ///
    /// # Errors
    /// The text is not a key of the forms above, to the letter.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        Self::find(text).ok_or_else(|| InvalidValue::new("object key", "is malformed"))
    }

    fn find(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('/').collect();
        // Why `ok` here and below: a part that does not parse means that the text is no key.
        let studio = match parts.as_slice() {
            ["studios", studio, ..] => StudioId::parse(studio).ok()?,
            _ => return None,
        };
        let photo = |text: &str| PhotoId::parse(text).ok();
        let key = match parts.get(2..)? {
            ["photos", id, "source"] => {
                Self::Original(OriginalKey { studio, photo: photo(id)?, replacement: None })
            }
            ["photos", id, "replacements", replacement, "source"] => Self::Original(OriginalKey {
                studio,
                photo: photo(id)?,
                replacement: Some(ReplacementId::parse(replacement).ok()?),
            }),
            ["photos", id, "renditions", fingerprint, file] => {
                let (rendition, extension) = file.split_once('.')?;
                let format = [RenditionFormat::Jpeg, RenditionFormat::WebP]
                    .into_iter()
                    .find(|format| format.extension() == extension)?;
                Self::Rendition(RenditionKey {
                    studio,
                    photo: photo(id)?,
                    rendition: ClientRendition::find(rendition)?,
                    fingerprint: Fingerprint::parse(fingerprint).ok()?,
                    format,
                })
            }
            ["photos", id, "bases", fingerprint] => Self::Base(BaseKey {
                studio,
                photo: photo(id)?,
                fingerprint: Fingerprint::parse(fingerprint).ok()?,
            }),
            ["photos", id, "deliveries", file] => Self::Delivery(DeliveryKey {
                studio,
                photo: photo(id)?,
                replacement: None,
                long_edge_px: file.strip_suffix(".jpg")?.parse().ok()?,
            }),
            ["photos", id, "deliveries", replacement, file] => Self::Delivery(DeliveryKey {
                studio,
                photo: photo(id)?,
                replacement: Some(ReplacementId::parse(replacement).ok()?),
                long_edge_px: file.strip_suffix(".jpg")?.parse().ok()?,
            }),
            ["photos", id, "prints", file] => Self::Print(PrintKey {
                studio,
                photo: photo(id)?,
                fingerprint: Fingerprint::parse(file.strip_suffix(".jpg")?).ok()?,
            }),
            ["packs", pack, "archive.zip"] => {
                Self::PackArchive(PackArchiveKey { studio, pack: PackId::parse(pack).ok()? })
            }
            ["packs", pack, number] => Self::PackDocument(PackDocumentKey {
                studio,
                pack: PackId::parse(pack).ok()?,
                number: number.parse().ok()?,
            }),
            ["archives", id, "source"] => {
                Self::Archive(ArchiveKey { studio, archive: ArchiveId::parse(id).ok()? })
            }
            ["images", id] => Self::Image(ImageKey { studio, image: ImageId::parse(id).ok()? }),
            _ => return None,
        };
        // Upper-case ids and leading zeros parse too, but one object has one key.
        (key.to_string() == text).then_some(key)
    }
}

/// The beginning that a set of keys shares; it ends with a slash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ObjectPrefix {
    /// Everything that a studio owns.
    Studio(StudioId),
    /// The original and every file derived from it.
    Photo(StudioId, PhotoId),
    /// What was written for a pack.
    Pack(StudioId, PackId),
    /// Every object there is; for maintenance.
    All,
}

impl fmt::Display for ObjectPrefix {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Studio(studio) => write!(formatter, "studios/{studio}/"),
            Self::Photo(studio, photo) => write!(formatter, "studios/{studio}/photos/{photo}/"),
            Self::Pack(studio, pack) => write!(formatter, "studios/{studio}/packs/{pack}/"),
            Self::All => formatter.write_str("studios/"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn any_key() -> impl Strategy<Value = ObjectKey> {
        (any::<u128>(), any::<u128>(), any::<u64>(), 0_u8..9, any::<u32>(), any::<Option<u128>>()).prop_map(
            |(studio, thing, fingerprint, kind, edge, replacement)| {
                let replacement = replacement.map(|number| ReplacementId::from_uuid(Uuid::from_u128(number)));
                let studio = StudioId::from_uuid(Uuid::from_u128(studio));
                let photo = PhotoId::from_uuid(Uuid::from_u128(thing));
                let rendition = |rendition, format| RenditionKey {
                    studio,
                    photo,
                    rendition,
                    fingerprint: Fingerprint::parse(&format!("{fingerprint:016x}")).unwrap(),
                    format,
                };
                match kind {
                    0 => OriginalKey { studio, photo, replacement }.into(),
                    1 => rendition(ClientRendition::Thumb, RenditionFormat::Jpeg).into(),
                    2 => rendition(ClientRendition::Proof, RenditionFormat::WebP).into(),
                    3 => DeliveryKey { studio, photo, replacement, long_edge_px: edge }.into(),
                    4 => {
                        let fingerprint = Fingerprint::parse(&format!("{fingerprint:016x}")).unwrap();
                        PrintKey { studio, photo, fingerprint }.into()
                    }
                    5 => {
                        let pack = PackId::from_uuid(Uuid::from_u128(thing));
                        PackDocumentKey { studio, pack, number: edge.to_be_bytes()[3].into() }.into()
                    }
                    6 => {
                        let archive = ArchiveId::from_uuid(Uuid::from_u128(thing));
                        ArchiveKey { studio, archive }.into()
                    }
                    7 => {
                        let pack = PackId::from_uuid(Uuid::from_u128(thing));
                        PackArchiveKey { studio, pack }.into()
                    }
                    _ => ImageKey { studio, image: ImageId::from_uuid(Uuid::from_u128(thing)) }.into(),
                }
            },
        )
    }

    proptest! {
        #[test]
        fn keys_round_trip(key in any_key()) {
            prop_assert_eq!(ObjectKey::parse(&key.to_string()), Ok(key));
        }

        #[test]
        fn a_parsed_key_has_no_way_up(text in "[a-z0-9./-]{0,80}") {
            if let Ok(key) = ObjectKey::parse(&text) {
                prop_assert!(!key.to_string().contains(".."));
            }
        }
    }
}
