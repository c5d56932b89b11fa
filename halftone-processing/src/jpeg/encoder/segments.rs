//! Everything of a file before its entropy-coded data: ITU-T T.81, annex B; JFIF 1.02.

use halftone_core::geometry::PixelSize;

use super::codes;
use crate::jpeg::ZIGZAG;

/// Quantisation steps of luma at quality 50, in rows of 8: ITU-T T.81, table K.1.
pub(super) const LUMA_STEPS: [u8; 64] = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17,
    22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78,
    87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];

/// The same of chroma: table K.2.
pub(super) const CHROMA_STEPS: [u8; 64] = [
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];

/// Payload bytes of a segment at most: its length takes two of 65,535.
const MOST_BYTES: usize = 65_533;

const ICC_LABEL: &[u8] = b"ICC_PROFILE\0";
const XMP_LABEL: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

/// What a file carries beside its picture.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Payloads<'a> {
    pub(crate) profile: Option<&'a [u8]>,
    /// A TIFF block.
    pub(crate) exif: Option<&'a [u8]>,
    pub(crate) xmp: Option<&'a str>,
}

impl Payloads<'_> {
    /// Whether the format can hold them.
    pub(crate) fn fit(&self) -> bool {
        let fits = |bytes: usize, label: usize| bytes + label <= MOST_BYTES;
        self.exif.is_none_or(|exif| fits(exif.len(), 6))
            && self.xmp.is_none_or(|xmp| fits(xmp.len(), XMP_LABEL.len()))
            && self.profile.is_none_or(|profile| profile.len().div_ceil(profile_part_bytes()) <= 255)
    }
}

/// An ICC profile is cut into parts that each carry a label and two numbers: ICC.1:2022, annex B.4.
const fn profile_part_bytes() -> usize {
    MOST_BYTES - ICC_LABEL.len() - 2
}

/// Steps at a quality, as libjpeg scales them, in rows of 8.
pub(super) fn scaled(steps: &[u8; 64], quality: u8) -> [u16; 64] {
    let quality = u32::from(quality.clamp(1, 100));
    let percent = if quality < 50 { 5000 / quality } else { 200 - 2 * quality };
    steps.map(|step| {
        let step = (u32::from(step) * percent + 50) / 100;
        u16::try_from(step.clamp(1, 255)).expect("clamped")
    })
}

/// Writes everything before the segments of the picture itself.
pub(super) fn write_payloads(file: &mut Vec<u8>, payloads: &Payloads<'_>) {
    file.extend([0xff, 0xd8]);
    // Version 1.02, square pixels, no preview.
    segment(file, 0xe0, &[b"JFIF\0", &[1, 2, 0, 0, 1, 0, 1, 0, 0]]);
    if let Some(exif) = payloads.exif {
        segment(file, 0xe1, &[b"Exif\0\0", exif]);
    }
    if let Some(xmp) = payloads.xmp {
        segment(file, 0xe1, &[XMP_LABEL, xmp.as_bytes()]);
    }
    if let Some(profile) = payloads.profile {
        let parts = profile.chunks(profile_part_bytes());
        let count = u8::try_from(parts.len()).expect("checked by `Payloads::fit`");
        for (number, part) in (1_u8..).zip(parts) {
            segment(file, 0xe2, &[ICC_LABEL, &[number, count], part]);
        }
    }
}

/// Writes what the scan is decoded by, up to its data.
pub(super) fn write_picture(file: &mut Vec<u8>, size: PixelSize, steps: &[[u16; 64]; 2]) {
    for (number, steps) in (0_u8..).zip(steps) {
        let ordered = ZIGZAG.map(|place| u8::try_from(steps[usize::from(place)]).expect("at most 255"));
        segment(file, 0xdb, &[&[number], &ordered]);
    }
    let bytes_of = |side: u32| u16::try_from(side).expect("checked by the caller").to_be_bytes();
    // Precision; height and width; three components with their sampling and table.
    let components = [3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1];
    segment(file, 0xc0, &[&[8], &bytes_of(size.height()), &bytes_of(size.width()), &components]);
    for (selector, (counts, symbols)) in [0x00, 0x10, 0x01, 0x11].into_iter().zip(codes::STANDARD) {
        segment(file, 0xc4, &[&[selector], counts, symbols]);
    }
    segment(file, 0xda, &[&[3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]]);
}

fn segment(file: &mut Vec<u8>, marker: u8, parts: &[&[u8]]) {
    let length = 2 + parts.iter().map(|part| part.len()).sum::<usize>();
    file.extend([0xff, marker]);
    file.extend(u16::try_from(length).expect("checked by `Payloads::fit`").to_be_bytes());
    for part in parts {
        file.extend_from_slice(part);
    }
}
