//! What a file is, told from its first bytes and never from its name.

use halftone_core::ports::renderer::RenderError;

use crate::error::{malformed, unsupported};

/// The formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceFormat {
    /// JPEG, also inside MPO and Ultra HDR files, whose first picture is taken.
    Jpeg,
    /// PNG.
    Png,
    /// WebP, still pictures.
    WebP,
    /// TIFF; the first page.
    Tiff,
}

impl SourceFormat {
    /// Tells the format from the first bytes.
    ///
    /// # Errors
    /// `Malformed` for an empty file, `Unsupported` naming what the file is otherwise.
    ///
    /// ```
    /// use halftone_processing::sniff::SourceFormat;
    /// assert_eq!(SourceFormat::sniff(b"\xff\xd8\xff\xe1"), Ok(SourceFormat::Jpeg));
    /// assert!(SourceFormat::sniff(b"%PDF-1.7").is_err());
    /// ```
    pub fn sniff(bytes: &[u8]) -> Result<Self, RenderError> {
        match bytes {
            [] => Err(malformed("the file is empty")),
            [0xff, 0xd8, 0xff, ..] => Ok(Self::Jpeg),
            [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Ok(Self::Png),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(Self::WebP),
            _ if is_tiff(bytes) => tiff_or_raw(bytes),
            _ => Err(unsupported(name_other(bytes))),
        }
    }
}

fn is_tiff(bytes: &[u8]) -> bool {
    bytes.starts_with(b"II*\0")
        || bytes.starts_with(b"MM\0*")
        || bytes.starts_with(b"II+\0")
        || bytes.starts_with(b"MM\0+")
}

/// Many raw formats are TIFF files at heart, and their first page is a tiny preview.
fn tiff_or_raw(bytes: &[u8]) -> Result<SourceFormat, RenderError> {
    if bytes.get(8..10) == Some(b"CR") {
        return Err(raw_file("a Canon raw file (CR2)"));
    }
    match crate::metadata::raw_kind(bytes) {
        Some(kind) => Err(raw_file(kind)),
        None => Ok(SourceFormat::Tiff),
    }
}

fn raw_file(kind: &str) -> RenderError {
    unsupported(format!("this is {kind}; please export it as a JPEG first"))
}

const READS: &str = "please upload a JPEG, PNG, WebP or TIFF";

fn name_other(bytes: &[u8]) -> String {
    let kind = match bytes {
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => media_brand(brand),
        _ => plain_magic(bytes),
    };
    match kind {
        Some(kind) => format!("this is {kind}; {READS}"),
        None => format!("this is not a picture that we know; {READS}"),
    }
}

/// The major brand of an ISO base media file (ISO/IEC 14496-12).
fn media_brand(brand: &[u8]) -> Option<&'static str> {
    Some(match brand.get(..4)? {
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" => "a HEIC picture",
        b"avif" | b"avis" => "an AVIF picture",
        b"crx " => "a Canon raw file (CR3)",
        b"jxl " => "a JPEG XL picture",
        _ => "a video",
    })
}

fn plain_magic(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"GIF8", "a GIF picture"),
        (b"%PDF", "a PDF document"),
        (b"BM", "a BMP picture"),
        (b"8BPS", "a Photoshop document (PSD)"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"\x1f\x8b", "a compressed archive"),
        (b"Rar!", "a RAR archive"),
        (b"7z\xbc\xaf", "a 7-Zip archive"),
        (b"FUJIFILMCCD-RAW", "a Fujifilm raw file (RAF)"),
        (b"IIRO", "an Olympus raw file (ORF)"),
        (b"IIRS", "an Olympus raw file (ORF)"),
        (b"IIU\0", "a Panasonic raw file (RW2)"),
        (b"FOVb", "a Sigma raw file (X3F)"),
        (b"\0MRM", "a Minolta raw file (MRW)"),
        (b"\xff\x0a", "a JPEG XL picture"),
        (b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
        (b"\0\0\0\x0cjP", "a JPEG 2000 picture"),
        (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
        (b"<svg", "an SVG drawing"),
        (b"<!DOCTYPE", "a web page"),
        (b"<!doctype", "a web page"),
        (b"<html", "a web page"),
        (b"<?xml", "an XML file"),
        (b"\0\0\x01\0", "an icon file"),
        (b"RIFF", "an audio or video file"),
        (b"\x1aE\xdf\xa3", "a video"),
    ];
    MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, name)| *name)
}
