//! The last step of a proof that stays in YCbCr: a strip of rows after the other is quantised, marked and written.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into a level's entry is compiled without its instructions"
)]

use bytes::Bytes;
use fearless_simd::Simd;

use crate::decode::planar::Finish;
use crate::jpeg::encoder::{ScanWriter, StripWriter};
use crate::jpeg::samples::{Batch, BlockSink};
use crate::planes::{Plane, PlaneShrinker, Planes};
use crate::simd::{self, Work};
use crate::watermark::Mark;

/// Marks a picture and writes it.
#[derive(Debug)]
pub(super) struct Finishing<'a> {
    mark: Option<&'a Mark>,
    writer: StripWriter,
    /// The same file before its mark, if it is wanted too.
    clean: Option<ScanWriter>,
}

/// What was written.
pub(super) struct Files {
    pub(super) marked: Bytes,
    pub(super) clean: Option<Bytes>,
}

impl<'a> Finishing<'a> {
    pub(super) const fn new(writer: StripWriter, mark: Option<&'a Mark>) -> Self {
        Self { mark, writer, clean: None }
    }

    /// Writes the clean picture too.
    pub(super) fn keeping_clean(self) -> Self {
        Self { clean: Some(self.writer.fork()), ..self }
    }

    /// Does the strips whose rows of luma are there, `made` of them, and whose chroma is.
    #[inline(always)]
    fn strips<S: Simd>(&mut self, simd: S, planes: [&Plane; 3], made: usize) {
        loop {
            let rows = self.writer.next_rows();
            if rows.is_empty() || rows.end > made {
                return;
            }
            self.writer.take(simd, planes);
            self.strip(simd);
        }
    }

    /// Marks and writes the strip that was quantised.
    #[inline(always)]
    fn strip<S: Simd>(&mut self, simd: S) {
        if let Some(clean) = &mut self.clean {
            clean.write(simd, self.writer.strip());
        }
        if let Some(mark) = self.mark {
            mark.apply_to_strip(simd, self.writer.strip_mut());
        }
        self.writer.write(simd);
    }

    /// Does the whole picture.
    pub(super) fn finish(self, picture: &Planes) -> Files {
        simd::run(FinishingAll { finishing: self, picture })
    }

    /// What was written, once all is.
    pub(super) fn files(self) -> Files {
        Files {
            marked: Bytes::from(self.writer.finish()),
            clean: self.clean.map(|clean| Bytes::from(clean.finish())),
        }
    }
}

impl Finish for Finishing<'_> {
    #[inline(always)]
    fn advance<S: Simd>(&mut self, simd: S, picture: &[PlaneShrinker; 3]) {
        let [luma, blue, red] = picture;
        let height = luma.plane().height();
        // A row of chroma belongs to two of luma; the last one to what is left.
        let with_chroma = |made: usize, total: usize| if made == total { height } else { 2 * made };
        let [blue_made, red_made] =
            [blue, red].map(|chroma| with_chroma(chroma.made(), chroma.plane().height()));
        let made = luma.made().min(blue_made).min(red_made);
        self.strips(simd, [luma.plane(), blue.plane(), red.plane()], made);
    }
}

/// A picture that was quantised before: nothing is left but its mark.
impl BlockSink for Finishing<'_> {
    #[inline(always)]
    fn take_batch<S: Simd>(&mut self, simd: S, component: usize, place: (usize, usize), batch: &Batch) {
        self.writer.strip_mut().0.put(simd, component, place, batch);
    }

    #[inline(always)]
    fn end_row<S: Simd>(&mut self, simd: S) -> Option<()> {
        self.strip(simd);
        Some(())
    }
}

struct FinishingAll<'a, 'm> {
    finishing: Finishing<'m>,
    picture: &'a Planes,
}

impl Work for FinishingAll<'_, '_> {
    type Output = Files;

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) -> Files {
        let Planes { luma, chroma: [blue, red] } = self.picture;
        self.finishing.strips(simd, [luma, blue, red], luma.height());
        self.finishing.files()
    }
}
