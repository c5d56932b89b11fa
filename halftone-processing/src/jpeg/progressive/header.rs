//! The header of a scan, with the codes that the scan uses.

use crate::jpeg::frame::{Component, Frame, Segments};
use crate::jpeg::huffman::{Code, SymbolTable};

/// What a scan holds of its blocks: positions in zigzag order, and bits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Band {
    pub(super) first: usize,
    pub(super) last: usize,
    /// The lowest bit that was there before; 0 in the first scan of a frequency.
    pub(super) high: u8,
    /// The lowest bit that is there now.
    pub(super) low: u8,
}

impl Band {
    /// Reads the end of a scan's header: T.81, G.1.1.1.
    fn read([first, last, bits]: [u8; 3], components: usize) -> Option<Self> {
        let band = Self { first: first.into(), last: last.into(), high: bits >> 4, low: bits & 15 };
        let is_sound = if band.first == 0 {
            band.last == 0
        } else {
            components == 1 && band.last >= band.first && band.last < 64
        };
        (is_sound && band.low <= 13 && band.high <= 13).then_some(band)
    }
}

/// A scan and the codes that it uses.
pub(super) struct ScanHeader {
    pub(super) components: Vec<ScanComponent>,
    pub(super) band: Band,
    pub(super) restart_interval: usize,
}

pub(super) struct ScanComponent {
    pub(super) number: usize,
    pub(super) across: usize,
    pub(super) down: usize,
    pub(super) dc: Option<SymbolTable>,
    pub(super) ac: Option<SymbolTable>,
}

impl ScanHeader {
    /// Reads the header of a scan; the codes are those that were defined last.
    pub(super) fn read(frame: &Frame<'_>, segments: &Segments, segment: &[u8]) -> Option<Self> {
        let (count, rest) = segment.split_first()?;
        let (selectors, parameters) = rest.split_at_checked(usize::from(*count) * 2)?;
        let (selectors, _) = selectors.as_chunks::<2>();
        let band = Band::read(parameters.try_into().ok()?, selectors.len())?;
        let mut components: Vec<ScanComponent> = Vec::new();
        for [id, tables] in selectors {
            let number = frame.components.iter().position(|component| component.has_id(*id))?;
            // In the order of the frame, and each once.
            if components.last().is_some_and(|last| last.number >= number) {
                return None;
            }
            let table = |codes: &[Option<Code>; 4], selector: u8| {
                codes.get(usize::from(selector))?.clone().map(SymbolTable::new)
            };
            let (is_first_of_dc, is_of_ac) = (band.first == 0 && band.high == 0, band.first > 0);
            let Component { across, down, .. } = frame.components[number];
            components.push(ScanComponent {
                number,
                across,
                down,
                dc: if is_first_of_dc { Some(table(&segments.dc_codes, tables >> 4)?) } else { None },
                ac: if is_of_ac { Some(table(&segments.ac_codes, tables & 15)?) } else { None },
            });
        }
        let restart_interval = segments.restart_interval;
        (!components.is_empty()).then_some(Self { components, band, restart_interval })
    }
}
