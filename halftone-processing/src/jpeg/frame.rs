//! The segments that a scan is decoded by: ITU-T T.81, annex B.

use super::ZIGZAG;
use super::huffman::{AcTable, Code, DcTable};

/// A Huffman-coded picture of 8 bits: a sequential one with everything in one scan, or a progressive one.
pub(crate) struct Frame<'a> {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) components: Vec<Component>,
    pub(super) dc_tables: [Option<DcTable>; 4],
    pub(super) ac_tables: [Option<AcTable>; 4],
    /// Minimum coded units between restart markers; 0 for none.
    pub(super) restart_interval: usize,
    /// The scan's data; of a progressive picture everything from its first scan's header on.
    pub(super) data: &'a [u8],
    /// What a progressive picture's segments before its first scan say.
    pub(super) progressive: Option<Segments>,
}

/// Blocks in a unit at most: T.81, B.2.3.
const MOST_BLOCKS: usize = 10;

/// A component of a frame.
#[derive(Debug, Clone)]
pub(super) struct Component {
    id: u8,
    /// Blocks in a minimum coded unit, each way: 1, 2 or 4.
    pub(super) across: usize,
    pub(super) down: usize,
    table: usize,
    /// Quantisation steps in rows of 8, once the scan begins.
    pub(super) steps: [u16; 64],
    pub(super) dc: usize,
    pub(super) ac: usize,
}

/// What the segments say so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Segments {
    is_progressive: bool,
    sides: Option<(usize, usize)>,
    components: Vec<Component>,
    steps: [Option<[u16; 64]>; 4],
    pub(super) dc_codes: [Option<Code>; 4],
    pub(super) ac_codes: [Option<Code>; 4],
    pub(super) restart_interval: usize,
}

impl Component {
    pub(super) const fn has_id(&self, id: u8) -> bool {
        self.id == id
    }
}

impl<'a> Frame<'a> {
    /// Reads up to the data of the first scan. `None` for whatever this decoder does not do: it is no judgement of the file.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut segments = Segments::default();
        let mut rest = bytes.strip_prefix(&[0xff, 0xd8])?;
        loop {
            let [0xff, marker, after @ ..] = rest else {
                return None;
            };
            if *marker == 0xff {
                rest = &rest[1..];
                continue;
            }
            if *marker == 0xda && segments.is_progressive {
                return segments.begin_scans(rest);
            }
            let length = usize::from(u16::from_be_bytes(*after.first_chunk()?));
            let segment = after.get(2..length)?;
            rest = &after[length..];
            match marker {
                0xc0 | 0xc1 => segments.read_frame(segment)?,
                0xc2 => {
                    segments.is_progressive = true;
                    segments.read_frame(segment)?;
                }
                0xc4 => segments.read_codes(segment)?,
                0xdb => segments.read_steps(segment)?,
                0xdd => segments.read_restart_interval(segment)?,
                0xda => return segments.begin_scan(segment, rest),
                0xe0..=0xef | 0xfe => {}
                _ => return None,
            }
        }
    }
}

impl Segments {
    fn read_frame(&mut self, segment: &[u8]) -> Option<()> {
        let [8, height_high, height_low, width_high, width_low, count, rest @ ..] = segment else {
            return None;
        };
        let (components, []) = rest.as_chunks::<3>() else {
            return None;
        };
        let width = usize::from(u16::from_be_bytes([*width_high, *width_low]));
        let height = usize::from(u16::from_be_bytes([*height_high, *height_low]));
        let is_sound = self.sides.is_none()
            && width > 0
            && height > 0
            && usize::from(*count) == components.len()
            && matches!(count, 1 | 3);
        if !is_sound {
            return None;
        }
        self.sides = Some((width, height));
        for [id, sampling, table] in components {
            let (across, down) = (usize::from(sampling >> 4), usize::from(sampling & 15));
            if !matches!((across, down), (1 | 2 | 4, 1 | 2 | 4)) || *table > 3 {
                return None;
            }
            // The only component of a scan comes block by block, whatever its sampling.
            let (across, down) = if *count == 1 { (1, 1) } else { (across, down) };
            self.components.push(Component {
                id: *id,
                across,
                down,
                table: usize::from(*table),
                steps: [0; 64],
                dc: 0,
                ac: 0,
            });
        }
        Some(())
    }

    fn read_steps(&mut self, mut segment: &[u8]) -> Option<()> {
        while let Some((selector, rest)) = segment.split_first() {
            let table = self.steps.get_mut(usize::from(selector & 15))?;
            let mut steps = [0; 64];
            let bytes = match selector >> 4 {
                0 => 64,
                1 => 128,
                _ => return None,
            };
            let values = rest.get(..bytes)?;
            for (position, place) in ZIGZAG.iter().enumerate() {
                steps[usize::from(*place)] = if bytes == 64 {
                    u16::from(values[position])
                } else {
                    u16::from_be_bytes([values[2 * position], values[2 * position + 1]])
                };
            }
            *table = Some(steps);
            segment = &rest[bytes..];
        }
        Some(())
    }

    pub(super) fn read_restart_interval(&mut self, segment: &[u8]) -> Option<()> {
        self.restart_interval = usize::from(u16::from_be_bytes(segment.try_into().ok()?));
        Some(())
    }

    pub(super) fn read_codes(&mut self, mut segment: &[u8]) -> Option<()> {
        while let Some((selector, rest)) = segment.split_first() {
            let counts: &[u8; 16] = rest.first_chunk()?;
            let total = counts.iter().map(|count| usize::from(*count)).sum::<usize>();
            let symbols = rest.get(16..16 + total)?;
            let codes = match selector >> 4 {
                0 => &mut self.dc_codes,
                1 => &mut self.ac_codes,
                _ => return None,
            };
            *codes.get_mut(usize::from(selector & 15))? = Some(Code::new(counts, symbols)?);
            segment = &rest[16 + total..];
        }
        Some(())
    }

    /// Leaves the scans of a progressive picture, which begin here, to whoever reads them.
    fn begin_scans(self, data: &[u8]) -> Option<Frame<'_>> {
        let (width, height) = self.sides?;
        let mut components = self.components.clone();
        for component in &mut components {
            component.steps = self.steps[component.table]?;
        }
        let blocks: usize = components.iter().map(|component| component.across * component.down).sum();
        (blocks <= MOST_BLOCKS).then_some(Frame {
            width,
            height,
            components,
            dc_tables: [const { None }; 4],
            ac_tables: [const { None }; 4],
            restart_interval: 0,
            data,
            progressive: Some(self),
        })
    }

    fn begin_scan<'a>(self, segment: &[u8], data: &'a [u8]) -> Option<Frame<'a>> {
        let sides = self.sides?;
        let (count, rest) = segment.split_first()?;
        let (selectors, spectrum) = rest.split_at_checked(usize::from(*count) * 2)?;
        // All frequencies, all bits.
        if spectrum != [0, 63, 0] {
            return None;
        }
        let (selectors, _) = selectors.as_chunks::<2>();
        self.select(*count, selectors, sides, data)
    }

    fn select<'a>(
        mut self,
        count: u8,
        selectors: &[[u8; 2]],
        (width, height): (usize, usize),
        data: &'a [u8],
    ) -> Option<Frame<'a>> {
        if usize::from(count) != self.components.len() || selectors.len() != self.components.len() {
            return None;
        }
        for (component, [id, tables]) in self.components.iter_mut().zip(selectors) {
            if component.id != *id {
                return None;
            }
            (component.dc, component.ac) = (usize::from(tables >> 4), usize::from(tables & 15));
            component.steps = self.steps[component.table]?;
            self.dc_codes.get(component.dc)?.as_ref()?;
            self.ac_codes.get(component.ac)?.as_ref()?;
        }
        let blocks: usize = self.components.iter().map(|component| component.across * component.down).sum();
        (blocks <= MOST_BLOCKS).then(|| Frame {
            width,
            height,
            components: self.components,
            dc_tables: self.dc_codes.map(|code| code.map(DcTable::new)),
            ac_tables: self.ac_codes.map(|code| code.map(AcTable::new)),
            restart_interval: self.restart_interval,
            data,
            progressive: None,
        })
    }
}
