//! The way through the blocks of one scan.

use super::coefficients::Coefficients;
use super::header::{Band, ScanComponent, ScanHeader};
use crate::jpeg::entropy::{BitReader, Damaged};
use crate::jpeg::frame::Frame;
use crate::jpeg::huffman::SymbolTable;
use crate::jpeg::units::end_of_data;
use crate::jpeg::window::Window;

impl ScanHeader {
    /// Decodes the scan's data and returns what follows it.
    pub(super) fn decode<'a>(
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
pub(super) struct State<'a> {
    window: Window<'a>,
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

    #[inline]
    pub(super) fn bits(&mut self, count: u32) -> Result<u32, Damaged> {
        self.reader.refill(self.window.bytes())?;
        Ok(self.reader.take(count))
    }

    #[inline]
    pub(super) fn symbol(&mut self, table: &SymbolTable) -> Result<u8, Damaged> {
        self.reader.refill(self.window.bytes())?;
        self.reader.symbol(table)
    }
}
