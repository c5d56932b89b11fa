//! Writes planes as a baseline JPEG with 4:2:0 chroma, without any conversion of their samples.

mod codes;
mod scan;
mod segments;

use std::ops::Range;

use fearless_simd::Simd;
use halftone_core::geometry::PixelSize;

#[cfg(test)]
pub(crate) use codes::STANDARD;
pub(crate) use scan::ScanWriter;
pub(crate) use segments::Payloads;

use super::strip::{Strip, UNIT};
use crate::planes::{Plane, Planes};
use crate::simd::{self, Work};

/// Encodes a picture at a quality of 1 to 100, on the scale of libjpeg.
///
/// The sides are at most 65,535, the limit of the format.
pub(crate) fn encode(planes: &Planes, quality: u8, payloads: &Payloads<'_>) -> Vec<u8> {
    simd::run(Encoding { planes, writer: StripWriter::new(planes.size(), quality, payloads) })
}

struct Encoding<'a> {
    planes: &'a Planes,
    writer: StripWriter,
}

impl Work for Encoding<'_> {
    type Output = Vec<u8>;

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) -> Vec<u8> {
        let Planes { luma, chroma: [blue, red] } = self.planes;
        while !self.writer.next_rows().is_empty() {
            self.writer.take(simd, [luma, blue, red]);
            self.writer.write(simd);
        }
        self.writer.finish()
    }
}

/// A file that is written strip by strip, from the top. Between [`take`](Self::take) and [`write`](Self::write) the strip's coefficients
/// may be changed.
#[derive(Debug)]
pub(crate) struct StripWriter {
    height: usize,
    strip: Strip,
    scan: ScanWriter,
    /// Strips that were written.
    written: usize,
}

impl StripWriter {
    /// Writes the header; see [`encode`].
    pub(crate) fn new(size: PixelSize, quality: u8, payloads: &Payloads<'_>) -> Self {
        let mut header = with_room(size);
        segments::write_payloads(&mut header, payloads);
        segments::write_picture(&mut header, size, &steps_of(quality));
        Self::behind(header, size, quality)
    }

    /// Goes on behind a header that this encoder wrote, up to the scan's data. `None` if it is that of another size or quality.
    pub(crate) fn resume(header: &[u8], size: PixelSize, quality: u8) -> Option<Self> {
        let mut expected = Vec::new();
        segments::write_picture(&mut expected, size, &steps_of(quality));
        header.ends_with(&expected).then(|| {
            let mut file = with_room(size);
            file.extend_from_slice(header);
            Self::behind(file, size, quality)
        })
    }

    fn behind(header: Vec<u8>, size: PixelSize, quality: u8) -> Self {
        Self {
            height: size.height() as usize,
            strip: Strip::new(size.width() as usize, &steps_of(quality)),
            scan: ScanWriter::new(header),
            written: 0,
        }
    }

    /// The rows of luma that come next; none once all were written.
    pub(crate) fn next_rows(&self) -> Range<usize> {
        let begin = (self.written * UNIT).min(self.height);
        begin..(begin + UNIT).min(self.height)
    }

    /// Takes the next rows of the planes, which are luma, blue and red, into the strip.
    #[inline(always)]
    pub(crate) fn take<S: Simd>(&mut self, simd: S, planes: [&Plane; 3]) {
        self.strip.take(simd, planes, self.written);
    }

    /// The strip that comes next.
    pub(crate) const fn strip(&self) -> &Strip {
        &self.strip
    }

    /// The strip that comes next, and its number.
    pub(crate) const fn strip_mut(&mut self) -> (&mut Strip, usize) {
        (&mut self.strip, self.written)
    }

    /// What is written so far, to be gone on with elsewhere.
    pub(crate) fn fork(&self) -> ScanWriter {
        self.scan.clone()
    }

    /// Writes the strip.
    #[inline(always)]
    pub(crate) fn write<S: Simd>(&mut self, simd: S) {
        self.scan.write(simd, &self.strip);
        self.written += 1;
    }

    /// The file, once all rows were written.
    pub(crate) fn finish(self) -> Vec<u8> {
        debug_assert!(self.next_rows().is_empty());
        self.scan.finish()
    }
}

/// Quantisation steps of luma and of chroma, in rows of 8.
pub(crate) fn steps_of(quality: u8) -> [[u16; 64]; 2] {
    [segments::LUMA_STEPS, segments::CHROMA_STEPS].map(|steps| segments::scaled(&steps, quality))
}

/// An empty file with room for about two bits for each pixel, as it takes at the usual quality.
fn with_room(size: PixelSize) -> Vec<u8> {
    Vec::with_capacity((size.width() as usize * size.height() as usize) / 4 + 4096)
}
