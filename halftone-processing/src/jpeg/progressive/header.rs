//! The header of a scan, with the codes that the scan uses.

use crate::jpeg::frame::{Component, Frame, Segments};
use crate::jpeg::huffman::{Code, PairTable, SymbolTable};

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

    /// Its positions, a bit each.
    #[inline(always)]
    pub(super) const fn positions(self) -> u64 {
        u64::MAX >> (63 - self.last) & u64::MAX << self.first
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
    pub(super) pass: Pass,
}

/// What a scan tells of a component's coefficients, and in which code.
pub(super) enum Pass {
    /// The upper bits of the first coefficient.
    FirstDc(SymbolTable),
    /// One more bit of it.
    RefinedDc,
    /// The upper bits of a band of the others.
    FirstAc(PairTable),
    /// One more bit of each of these.
    RefinedAc(SymbolTable),
}

impl Pass {
    /// `None` if the code was not defined.
    fn of(band: Band, segments: &Segments, tables: u8) -> Option<Self> {
        let code = |codes: &[Option<Code>; 4], selector: u8| codes.get(usize::from(selector))?.clone();
        Some(match (band.first, band.high) {
            (0, 0) => Self::FirstDc(SymbolTable::new(code(&segments.dc_codes, tables >> 4)?)),
            (0, _) => Self::RefinedDc,
            (_, 0) => Self::FirstAc(PairTable::new(code(&segments.ac_codes, tables & 15)?)),
            _ => Self::RefinedAc(SymbolTable::new(code(&segments.ac_codes, tables & 15)?)),
        })
    }
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
            let Component { across, down, .. } = frame.components[number];
            let pass = Pass::of(band, segments, *tables)?;
            components.push(ScanComponent { number, across, down, pass });
        }
        let restart_interval = segments.restart_interval;
        (!components.is_empty()).then_some(Self { components, band, restart_interval })
    }
}
