//! The EXIF tags that are read or written, by EXIF 2.32 and TIFF 6.0.

pub(crate) const NEW_SUBFILE_TYPE: u16 = 0x00fe;
pub(crate) const MAKE: u16 = 0x010f;
pub(crate) const MODEL: u16 = 0x0110;
pub(crate) const ORIENTATION: u16 = 0x0112;
pub(crate) const ARTIST: u16 = 0x013b;
pub(crate) const SUB_IFDS: u16 = 0x014a;
pub(crate) const XMP: u16 = 0x02bc;
pub(crate) const COPYRIGHT: u16 = 0x8298;
pub(crate) const IPTC: u16 = 0x83bb;
pub(crate) const EXIF_DIRECTORY: u16 = 0x8769;
pub(crate) const ICC_PROFILE: u16 = 0x8773;
pub(crate) const DATE_TIME_ORIGINAL: u16 = 0x9003;
pub(crate) const OFFSET_TIME_ORIGINAL: u16 = 0x9011;
pub(crate) const SUBSEC_TIME_ORIGINAL: u16 = 0x9291;
pub(crate) const COLOUR_SPACE: u16 = 0xa001;
pub(crate) const INTEROPERABILITY_DIRECTORY: u16 = 0xa005;
pub(crate) const LENS_MODEL: u16 = 0xa434;
pub(crate) const DNG_VERSION: u16 = 0xc612;
/// In the interoperability directory.
pub(crate) const INTEROPERABILITY_INDEX: u16 = 0x0001;
