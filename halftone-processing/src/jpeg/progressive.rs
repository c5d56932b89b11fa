//! Progressive pictures: several scans, each with a part of the frequencies or of their bits (ITU-T T.81, annex G).
//!
//! Nothing can be shown before the last scan was read, so coefficients have to be kept; of each block only those that the
//! wanted scale needs, and for every one a bit that says whether it is zero, because the bits that refine a block come in between.
//!
//! - [`header`] reads what a scan says of itself; [`walk`] goes through its blocks, of which [`first`] reads bits that come for the
//!   first time and [`refined`] those that come on top; [`coefficients`] keeps what was read, and [`show`] makes samples of it.

mod coefficients;
mod first;
mod header;
mod refined;
mod show;
#[cfg(test)]
mod tests;
mod walk;

use super::frame::{Frame, Segments};
use super::scan::RowSink;
use crate::simd;
use coefficients::Coefficients;
use header::ScanHeader;
use show::Showing;

/// Scans of a picture at most. Encoders write about ten; each one costs a walk over all blocks, however short it is.
const MOST_SCANS: usize = 64;

/// Decodes all scans into `sink`; see [`super::scan::decode`].
pub(super) fn decode<K: RowSink>(
    frame: &Frame<'_>,
    segments: &Segments,
    sides: &[usize],
    sink: &mut K,
) -> Option<()> {
    let mut coefficients: Vec<Coefficients> =
        (0..frame.components()).map(|number| Coefficients::new(frame, number, sides[number])).collect();
    read_scans(frame, segments.clone(), &mut coefficients)?;
    simd::run(Showing { frame, sides, coefficients: &coefficients, sink })
}

/// Reads everything up to the end of the picture.
fn read_scans(frame: &Frame<'_>, mut segments: Segments, coefficients: &mut [Coefficients]) -> Option<()> {
    let mut rest = frame.data;
    let mut scans = 0;
    loop {
        let [0xff, marker, after @ ..] = rest else {
            return None;
        };
        if *marker == 0xff {
            rest = &rest[1..];
            continue;
        }
        if *marker == 0xd9 {
            break;
        }
        let length = usize::from(u16::from_be_bytes(*after.first_chunk()?));
        let segment = after.get(2..length)?;
        rest = &after[length..];
        match marker {
            0xc4 => segments.read_codes(segment)?,
            0xdd => segments.read_restart_interval(segment)?,
            0xda => {
                scans += 1;
                if scans > MOST_SCANS {
                    return None;
                }
                let scan = ScanHeader::read(frame, &segments, segment)?;
                scan.components.iter().try_for_each(|one| coefficients[one.number].accept(scan.band))?;
                rest = scan.decode(frame, coefficients, rest)?;
            }
            0xe0..=0xef | 0xfe => {}
            // New steps of quantisation between the scans: whose they are is disputed.
            _ => return None,
        }
    }
    // A frequency that is missing, in part or whole, is a file that was cut off.
    let is_whole = |one: &Coefficients| one.lowest.iter().all(|lowest| *lowest == Some(0));
    coefficients.iter().all(is_whole).then_some(())
}
