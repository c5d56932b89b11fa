//! The way through the blocks of one scan.

use fearless_simd::Simd;

use super::coefficients::{Block, Coefficients};
use super::header::{Band, Pass, ScanComponent, ScanHeader};
use crate::jpeg::bits::{BitReader, Damaged};
use crate::jpeg::frame::Frame;
use crate::jpeg::units::end_of_data;
use crate::jpeg::window::Window;
use crate::simd::{self, Work};

impl ScanHeader {
    /// Decodes the scan's data and returns what follows it.
    pub(super) fn decode<'a>(
        &self,
        frame: &Frame<'_>,
        coefficients: &mut [Coefficients],
        data: &'a [u8],
    ) -> Option<&'a [u8]> {
        let state = State {
            window: Window::new(data),
            reader: BitReader::new(),
            predictions: [0; 4],
            blocks_to_skip: 0,
        };
        simd::run(Walk { scan: self, units: self.units(frame, coefficients), coefficients, state })
    }

    /// Its minimum coded units, across and down.
    fn units(&self, frame: &Frame<'_>, coefficients: &[Coefficients]) -> (usize, usize) {
        match self.components.as_slice() {
            // The only component of a scan comes block by block, without those beyond the picture.
            [one] => coefficients[one.number].inside,
            _ => frame.units(),
        }
    }
}

struct Walk<'a, 'b> {
    scan: &'b ScanHeader,
    units: (usize, usize),
    coefficients: &'b mut [Coefficients],
    state: State<'a>,
}

impl<'a> Work for Walk<'a, '_> {
    type Output = Option<&'a [u8]>;

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) -> Option<&'a [u8]> {
        let Self { scan, units: (units_across, units_down), coefficients, mut state } = self;
        let is_interleaved = scan.components.len() > 1;
        let (mut until_restart, mut restarts) = (scan.restart_interval, 0_u8);
        for y in 0..units_down {
            for x in 0..units_across {
                if scan.restart_interval > 0 {
                    if until_restart == 0 {
                        state.restart(restarts)?;
                        restarts = restarts.wrapping_add(1);
                        until_restart = scan.restart_interval;
                    }
                    until_restart -= 1;
                }
                state.reader.keep_up(&mut state.window);
                for component in &scan.components {
                    let of_component = &mut coefficients[component.number];
                    let (across, down) =
                        if is_interleaved { (component.across, component.down) } else { (1, 1) };
                    for block_y in y * down..(y + 1) * down {
                        for block_x in x * across..(x + 1) * across {
                            let block = of_component.block(block_y * of_component.padded.0 + block_x)?;
                            state.block(scan.band, component, block).ok()?;
                        }
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
pub(super) struct State<'a> {
    pub(super) window: Window<'a>,
    pub(super) reader: BitReader,
    pub(super) predictions: [i32; 4],
    /// Blocks that have nothing more in this scan.
    pub(super) blocks_to_skip: u32,
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

    #[inline(always)]
    fn block(&mut self, band: Band, component: &ScanComponent, block: Block<'_>) -> Result<(), Damaged> {
        match &component.pass {
            Pass::FirstDc(table) => self.first_dc(band, table, component.number, block),
            Pass::RefinedDc => self.refined_dc(band, block),
            Pass::FirstAc(table) => self.first_ac(band, table, block),
            Pass::RefinedAc(table) => self.refined_ac(band, table, block),
        }
    }
}
