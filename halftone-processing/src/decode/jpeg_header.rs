//! The segments of a JPEG file: ITU-T T.81, annex B.
//!
//! The whole file is walked once, which costs a few milliseconds, so that a truncated file, a frame type that is not
//! read, or a bomb of thousands of scans is refused before anything is decoded.

use halftone_core::ports::renderer::RenderError;

use crate::error::{malformed, unsupported};

/// More scans than this are an attack: the usual progressive script has ten.
const MAX_SCANS: usize = 200;

/// What the segments say.
#[derive(Debug, Default)]
pub(super) struct JpegHeader {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) is_progressive: bool,
    pub(super) components: Vec<Component>,
    pub(super) is_jfif: bool,
    /// The colour transform of an Adobe segment.
    pub(super) adobe_transform: Option<u8>,
    /// Where in the file the data of its first scan ends.
    pub(super) first_scan_end: usize,
}

/// One component of the frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Component {
    pub(super) id: u8,
    pub(super) across: u8,
    pub(super) down: u8,
}

/// The blocks of metadata, borrowed from the file.
#[derive(Debug, Default)]
pub(super) struct JpegBlocks<'a> {
    pub(super) exif: Option<&'a [u8]>,
    pub(super) xmp: Option<&'a [u8]>,
    pub(super) iptc: Option<&'a [u8]>,
    profile_parts: Vec<(u8, u8, &'a [u8])>,
}

/// Walks the file.
pub(super) fn read(bytes: &[u8]) -> Result<(JpegHeader, JpegBlocks<'_>), RenderError> {
    let mut header = JpegHeader::default();
    let mut blocks = JpegBlocks::default();
    let mut scans = 0;
    let mut rest = &bytes[2..];
    loop {
        let (marker, after) = next_marker(rest).ok_or_else(|| cut_off(scans))?;
        match marker {
            0xd9 => break,
            // Markers without a length.
            0x01 | 0xd0..=0xd8 => {
                rest = after;
                continue;
            }
            _ => {}
        }
        let (segment, after) = split_segment(after).ok_or_else(|| cut_off(scans))?;
        rest = after;
        match marker {
            0xc0..=0xc2 => header.read_frame(marker, segment)?,
            0xc3 | 0xc7 | 0xcb | 0xcf => {
                return Err(unsupported(
                    "this is a lossless JPEG, which browsers cannot show either; please export it as an ordinary JPEG",
                ));
            }
            0xc9 | 0xca | 0xcd | 0xce | 0xcc => {
                return Err(unsupported(
                    "this is an arithmetic-coded JPEG; please export it as an ordinary JPEG",
                ));
            }
            0xc5 | 0xc6 | 0xde | 0xdf => {
                return Err(unsupported("this is a hierarchical JPEG; please export it as an ordinary JPEG"));
            }
            0xda => {
                scans += 1;
                if scans > MAX_SCANS {
                    return Err(malformed(format!("it has more than {MAX_SCANS} scans")));
                }
                rest = &rest[entropy_coded_bytes(rest).ok_or_else(|| cut_off(scans))?..];
                if scans == 1 {
                    header.first_scan_end = bytes.len() - rest.len();
                }
            }
            0xe0..=0xef if scans == 0 => blocks.take(marker, segment, &mut header),
            _ => {}
        }
    }
    if header.components.is_empty() || scans == 0 {
        return Err(malformed("it holds no picture"));
    }
    Ok((header, blocks))
}

fn cut_off(scans: usize) -> RenderError {
    malformed(if scans == 0 {
        "the file ends within its header"
    } else {
        "the file ends in the middle of the picture"
    })
}

/// The next marker and what follows it; stray bytes before it are skipped as every decoder does.
fn next_marker(mut rest: &[u8]) -> Option<(u8, &[u8])> {
    loop {
        let at = memchr::memchr(0xff, rest)?;
        rest = &rest[at + 1..];
        match rest.first()? {
            0x00 | 0xff => {}
            marker => return Some((*marker, &rest[1..])),
        }
    }
}

fn split_segment(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = usize::from(u16::from_be_bytes(*rest.first_chunk()?));
    let (segment, after) = rest.split_at_checked(length)?;
    Some((segment.get(2..)?, after))
}

/// Length of the entropy-coded data up to its next marker, restarts included.
fn entropy_coded_bytes(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr(0xff, &bytes[at..])?;
        match bytes.get(at + 1)? {
            0x00 | 0xd0..=0xd7 => at += 2,
            0xff => at += 1,
            _ => return Some(at),
        }
    }
}

impl JpegHeader {
    fn read_frame(&mut self, marker: u8, segment: &[u8]) -> Result<(), RenderError> {
        let [precision, height_high, height_low, width_high, width_low, count, rest @ ..] = segment else {
            return Err(malformed("its frame header is too short"));
        };
        if !self.components.is_empty() {
            return Err(malformed("it has two frame headers"));
        }
        if *precision != 8 {
            return Err(unsupported(format!(
                "this is a JPEG with {precision} bits per channel; please export it with 8"
            )));
        }
        if !matches!(count, 1 | 3 | 4) {
            return Err(unsupported(format!("this is a JPEG with {count} channels; 1, 3 and 4 are read")));
        }
        self.is_progressive = marker == 0xc2;
        self.width = u32::from(u16::from_be_bytes([*width_high, *width_low]));
        self.height = u32::from(u16::from_be_bytes([*height_high, *height_low]));
        let (components, _) = rest.as_chunks::<3>();
        self.components = components
            .iter()
            .take(usize::from(*count))
            .map(|[id, sampling, _]| Component { id: *id, across: sampling >> 4, down: sampling & 0x0f })
            .collect();
        let in_range = |factor: u8| (1..=4).contains(&factor);
        let is_sound =
            self.components.iter().all(|component| in_range(component.across) && in_range(component.down));
        if self.components.len() != usize::from(*count) || !is_sound {
            return Err(malformed("its frame header is damaged"));
        }
        Ok(())
    }
}

impl<'a> JpegBlocks<'a> {
    fn take(&mut self, marker: u8, segment: &'a [u8], header: &mut JpegHeader) {
        match marker {
            0xe0 if segment.starts_with(b"JFIF\0") => header.is_jfif = true,
            0xe1 => {
                if let Some(block) = segment.strip_prefix(b"Exif\0") {
                    // The prefix is padded with one more byte, usually but not always NUL.
                    self.exif = self.exif.or(block.get(1..));
                } else if let Some(packet) = segment.strip_prefix(b"http://ns.adobe.com/xap/1.0/\0") {
                    self.xmp = self.xmp.or(Some(packet));
                }
            }
            0xe2 => {
                if let Some([number, count, part @ ..]) = segment.strip_prefix(b"ICC_PROFILE\0") {
                    self.profile_parts.push((*number, *count, part));
                }
            }
            0xed => {
                if let Some(resources) = segment.strip_prefix(b"Photoshop 3.0\0") {
                    self.iptc = self.iptc.or_else(|| iptc_resource(resources));
                }
            }
            0xee => {
                if let Some([_, _, _, _, _, _, transform, ..]) = segment.strip_prefix(b"Adobe") {
                    header.adobe_transform = Some(*transform);
                }
            }
            _ => {}
        }
    }

    /// The ICC profile, if all its parts are there: ICC.1:2022, annex B.4.
    pub(super) fn profile(&self) -> Option<Vec<u8>> {
        let count = self.profile_parts.first()?.1;
        let mut parts = self.profile_parts.clone();
        parts.sort_by_key(|(number, _, _)| *number);
        let is_complete = parts.len() == usize::from(count)
            && parts
                .iter()
                .zip(1_u8..)
                .all(|((number, total, _), expected)| *number == expected && *total == count);
        is_complete.then(|| parts.iter().flat_map(|(_, _, part)| part.iter().copied()).collect())
    }
}

/// The IPTC record among Photoshop's image resources.
fn iptc_resource(mut resources: &[u8]) -> Option<&[u8]> {
    const IPTC: u16 = 0x0404;
    while let Some([id_high, id_low, name_length, rest @ ..]) = resources.strip_prefix(b"8BIM") {
        // The name is a Pascal string, padded so that it takes an even number of bytes with its length.
        let rest = rest.get(usize::from(*name_length | 1)..)?;
        let length = u32::from_be_bytes(*rest.first_chunk()?) as usize;
        let rest = &rest[4..];
        if u16::from_be_bytes([*id_high, *id_low]) == IPTC {
            return rest.get(..length);
        }
        resources = rest.get(length.next_multiple_of(2)..)?;
    }
    None
}
