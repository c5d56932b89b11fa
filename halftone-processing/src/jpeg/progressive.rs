//! Progressive pictures: several scans, each with a part of the frequencies or of their bits (ITU-T T.81, annex G).
//!
//! Nothing can be shown before the last scan was read, so coefficients have to be kept; of each block only those that the
//! wanted scale needs, and for every other one a bit that says whether it is zero, because the bits that refine a block come in between.

use fearless_simd::Simd;

use super::ZIGZAG;
use super::entropy::{Batch, BitReader, Damaged, LANES};
use super::frame::{Component, Frame, Segments};
use super::huffman::{Code, SymbolTable};
use super::scan::{ComponentRows, RowSink, UnitRow, end_of_data, rows_for};
use super::transform::{Inverse, Samples};
use super::window::Window;
use crate::simd::{self, Work};

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

/// What is known of a component.
struct Coefficients {
    /// Blocks of the component, whole units and their number in the picture itself.
    padded: (usize, usize),
    inside: (usize, usize),
    /// Places in a block's coefficients, by position in zigzag order.
    places: [Option<u8>; 64],
    /// Coefficients of a block that are kept.
    kept: usize,
    values: Vec<i16>,
    /// By block, and in it by position in zigzag order: whether a coefficient is not zero.
    filled: Vec<u64>,
    /// By position: the lowest bit that was read; `None` before the first scan of it.
    lowest: [Option<u8>; 64],
}

impl Coefficients {
    fn new(frame: &Frame<'_>, number: usize, side: usize) -> Self {
        let padded = frame.padded_blocks(number);
        let (width, height) = frame.samples(number, 8);
        let blocks = padded.0 * padded.1;
        let place = |position: usize| {
            let (row, column) = (usize::from(ZIGZAG[position] / 8), usize::from(ZIGZAG[position] % 8));
            (row < side && column < side).then(|| u8::try_from(row * side + column).expect("at most 63"))
        };
        Self {
            padded,
            inside: (width.div_ceil(8), height.div_ceil(8)),
            places: std::array::from_fn(place),
            kept: side * side,
            values: vec![0; blocks * side * side],
            filled: vec![0; blocks],
            lowest: [None; 64],
        }
    }

    fn value(&mut self, block: usize, position: usize) -> Option<&mut i16> {
        let place = self.places[position % 64]?;
        self.values.get_mut(block * self.kept + usize::from(place))
    }

    /// Whether a scan with these parameters comes next for its frequencies; notes it.
    fn accept(&mut self, band: Band) -> Option<()> {
        for lowest in &mut self.lowest[band.first..=band.last] {
            let is_next = match (*lowest, band.high) {
                (None, 0) => true,
                (Some(lowest), high) => high > 0 && lowest == high && band.low + 1 == high,
                (None, _) => false,
            };
            if !is_next {
                return None;
            }
            *lowest = Some(band.low);
        }
        Some(())
    }
}

/// What a scan holds of its blocks: positions in zigzag order, and bits.
#[derive(Debug, Clone, Copy)]
struct Band {
    first: usize,
    last: usize,
    /// The lowest bit that was there before; 0 in the first scan of a frequency.
    high: u8,
    /// The lowest bit that is there now.
    low: u8,
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

/// A scan and the codes that it uses.
struct ScanHeader {
    components: Vec<ScanComponent>,
    band: Band,
    restart_interval: usize,
}

struct ScanComponent {
    number: usize,
    across: usize,
    down: usize,
    dc: Option<SymbolTable>,
    ac: Option<SymbolTable>,
}

impl ScanHeader {
    fn read(frame: &Frame<'_>, segments: &Segments, segment: &[u8]) -> Option<Self> {
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

    /// Decodes the scan's data and returns what follows it.
    fn decode<'a>(
        &self,
        frame: &Frame<'_>,
        coefficients: &mut [Coefficients],
        data: &'a [u8],
    ) -> Option<&'a [u8]> {
        let (units_across, units_down) = match self.components.as_slice() {
            // The only component of a scan comes block by block, without those beyond the picture.
            [one] => coefficients[one.number].inside,
            _ => frame.units(),
        };
        let mut state = State {
            window: Window::new(data),
            reader: BitReader::new(),
            predictions: [0; 4],
            blocks_to_skip: 0,
        };
        let (mut until_restart, mut restarts) = (self.restart_interval, 0_u8);
        for unit in 0..units_across * units_down {
            if self.restart_interval > 0 {
                if until_restart == 0 {
                    state.restart(restarts)?;
                    restarts = restarts.wrapping_add(1);
                    until_restart = self.restart_interval;
                }
                until_restart -= 1;
            }
            state.reader.keep_up(&mut state.window);
            let (x, y) = (unit % units_across, unit / units_across);
            for component in &self.components {
                let of_component = &mut coefficients[component.number];
                let (across, down) =
                    if self.components.len() == 1 { (1, 1) } else { (component.across, component.down) };
                for block_y in y * down..(y + 1) * down {
                    for block_x in x * across..(x + 1) * across {
                        let block = block_y * of_component.padded.0 + block_x;
                        state.block(self.band, component, of_component, block).ok()?;
                    }
                }
            }
        }
        if state.blocks_to_skip > 0 {
            return None;
        }
        end_of_data(&state.window, state.reader)?;
        state.window.rest()
    }
}

/// What goes from block to block.
struct State<'a> {
    window: Window<'a>,
    reader: BitReader,
    predictions: [i32; 4],
    /// Blocks that have nothing more in this scan.
    blocks_to_skip: u32,
}

impl State<'_> {
    fn restart(&mut self, number: u8) -> Option<()> {
        if self.blocks_to_skip > 0 {
            return None;
        }
        end_of_data(&self.window, self.reader)?;
        self.window.restart(number)?;
        self.reader = BitReader::new();
        self.predictions = [0; 4];
        Some(())
    }

    fn block(
        &mut self,
        band: Band,
        component: &ScanComponent,
        coefficients: &mut Coefficients,
        block: usize,
    ) -> Result<(), Damaged> {
        match (band.first, band.high, &component.dc, &component.ac) {
            (0, 0, Some(table), _) => self.first_dc(band, table, component.number, coefficients, block),
            (0, _, _, _) => self.refined_dc(band, coefficients, block),
            (_, 0, _, Some(table)) => self.first_ac(band, table, coefficients, block),
            (_, _, _, Some(table)) => self.refined_ac(band, table, coefficients, block),
            _ => Err(Damaged),
        }
    }

    fn bits(&mut self, count: u32) -> Result<u32, Damaged> {
        self.reader.refill(self.window.bytes())?;
        Ok(self.reader.take(count))
    }

    fn symbol(&mut self, table: &SymbolTable) -> Result<u8, Damaged> {
        self.reader.refill(self.window.bytes())?;
        self.reader.symbol(table)
    }

    fn first_dc(
        &mut self,
        band: Band,
        table: &SymbolTable,
        number: usize,
        coefficients: &mut Coefficients,
        block: usize,
    ) -> Result<(), Damaged> {
        let size = u32::from(self.symbol(table)?);
        if size > 11 {
            return Err(Damaged);
        }
        // Behind a code of up to 16 bits there are 40 left.
        let difference = self.reader.magnitude(size);
        let prediction = &mut self.predictions[number % 4];
        *prediction = prediction.wrapping_add(difference);
        let value = i16::try_from(i64::from(*prediction) << band.low).map_err(|_| Damaged)?;
        if let Some(place) = coefficients.value(block, 0) {
            *place = value;
        }
        Ok(())
    }

    fn refined_dc(
        &mut self,
        band: Band,
        coefficients: &mut Coefficients,
        block: usize,
    ) -> Result<(), Damaged> {
        let bit = self.bits(1)?;
        if let Some(place) = coefficients.value(block, 0)
            && bit == 1
        {
            *place |= 1 << band.low;
        }
        Ok(())
    }

    fn first_ac(
        &mut self,
        band: Band,
        table: &SymbolTable,
        coefficients: &mut Coefficients,
        block: usize,
    ) -> Result<(), Damaged> {
        if self.blocks_to_skip > 0 {
            self.blocks_to_skip -= 1;
            return Ok(());
        }
        let mut position = band.first;
        while position <= band.last {
            let symbol = self.symbol(table)?;
            let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
            match (run, size) {
                (15, 0) => position += 16,
                (0..15, 0) => {
                    self.blocks_to_skip = self.blocks_after(symbol >> 4)? - 1;
                    return Ok(());
                }
                _ => {
                    position += run;
                    if position > band.last || size > 10 {
                        return Err(Damaged);
                    }
                    let value = self.reader.magnitude(size) << band.low;
                    let value = i16::try_from(value).map_err(|_| Damaged)?;
                    coefficients.filled[block] |= 1 << position;
                    if let Some(place) = coefficients.value(block, position) {
                        *place = value;
                    }
                    position += 1;
                }
            }
        }
        Ok(())
    }

    /// How many blocks end here, this one counted: T.81, table G.1.
    fn blocks_after(&mut self, size: u8) -> Result<u32, Damaged> {
        Ok((1 << size) + self.bits(u32::from(size))?)
    }

    fn refined_ac(
        &mut self,
        band: Band,
        table: &SymbolTable,
        coefficients: &mut Coefficients,
        block: usize,
    ) -> Result<(), Damaged> {
        let mut position = band.first;
        while position <= band.last && self.blocks_to_skip == 0 {
            let symbol = self.symbol(table)?;
            let (run, size) = (symbol >> 4, symbol & 15);
            if size == 0 && run < 15 {
                self.blocks_to_skip = self.blocks_after(run)?;
                break;
            }
            // A coefficient that becomes one comes with its sign alone.
            let value = match size {
                0 => None,
                1 => Some(if self.bits(1)? == 1 { 1_i16 } else { -1 }),
                _ => return Err(Damaged),
            };
            position = self.refine(band, coefficients, block, position, Some(run))?;
            if let Some(value) = value {
                if position > band.last {
                    return Err(Damaged);
                }
                coefficients.filled[block] |= 1 << position;
                if let Some(place) = coefficients.value(block, position) {
                    *place = value << band.low;
                }
            }
            position += 1;
        }
        if self.blocks_to_skip > 0 {
            self.refine(band, coefficients, block, position, None)?;
            self.blocks_to_skip -= 1;
        }
        Ok(())
    }

    /// Refines what is not zero from a position on, up to the zero behind `run` of them, or to the end of the band. Returns where it ended.
    fn refine(
        &mut self,
        band: Band,
        coefficients: &mut Coefficients,
        block: usize,
        mut position: usize,
        run: Option<u8>,
    ) -> Result<usize, Damaged> {
        let mut zeros = run.map_or(u32::MAX, u32::from);
        while position <= band.last {
            if coefficients.filled[block] >> position & 1 == 1 {
                let bit = self.bits(1)?;
                if let Some(place) = coefficients.value(block, position)
                    && bit == 1
                    && place.unsigned_abs() >> band.low & 1 == 0
                {
                    // Away from zero; the bit is not set yet, so nothing is carried.
                    *place = place.wrapping_add(place.signum() << band.low);
                }
            } else if zeros == 0 {
                break;
            } else {
                zeros -= 1;
            }
            position += 1;
        }
        Ok(position)
    }
}

/// Makes samples of what was read.
struct Showing<'a, K> {
    frame: &'a Frame<'a>,
    sides: &'a [usize],
    coefficients: &'a [Coefficients],
    sink: &'a mut K,
}

impl<K: RowSink> Work for Showing<'_, K> {
    type Output = Option<()>;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Option<()> {
        let (units_across, units_down) = self.frame.units();
        let components = || self.frame.components.iter().zip(self.sides);
        let inverses: Vec<Inverse> =
            components().map(|(component, side)| Inverse::new(*side, &component.steps)).collect();
        let mut row = UnitRow {
            components: components().map(|(one, side)| rows_for(one, *side, units_across)).collect(),
        };
        let mut samples: Samples = [[0; LANES]; 64];
        for y in 0..units_down {
            for (number, rows) in row.components.iter_mut().enumerate() {
                let (component, inverse) = (&self.frame.components[number], &inverses[number]);
                let step = component.steps[0];
                for down in 0..component.down {
                    show(
                        simd,
                        &self.coefficients[number],
                        (inverse, step),
                        (y * component.down + down, down),
                        &mut samples,
                        rows,
                    );
                }
            }
            self.sink.take(simd, &mut row)?;
        }
        Some(())
    }
}

/// Makes the samples of a row of blocks, which is row `of_picture` of the component and row `of_unit` of its unit.
#[inline(always)]
fn show<S: Simd>(
    simd: S,
    coefficients: &Coefficients,
    (inverse, step): (&Inverse, u16),
    (of_picture, of_unit): (usize, usize),
    samples: &mut Samples,
    rows: &mut ComponentRows,
) {
    let across = coefficients.padded.0;
    let mut batch: Batch = [0; 2048];
    for first in (0..across).step_by(LANES) {
        let count = (across - first).min(LANES);
        let begin = (of_picture * across + first) * coefficients.kept;
        let blocks = coefficients.values[begin..][..count * coefficients.kept]
            .chunks_exact(coefficients.kept)
            .enumerate();
        batch[..coefficients.kept * LANES].fill(0);
        for (lane, block) in blocks {
            for (place, value) in block.iter().enumerate() {
                batch[(place * LANES + lane) % 2048] = *value;
            }
        }
        rows.fill(simd, inverse, step, &batch, (of_unit, first), samples);
    }
}
