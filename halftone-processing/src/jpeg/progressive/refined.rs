//! Bits that come on top of those that are there: T.81, G.1.2.1 and G.1.2.3.

use super::coefficients::Coefficients;
use super::header::Band;
use super::walk::State;
use crate::jpeg::entropy::Damaged;
use crate::jpeg::huffman::SymbolTable;

impl State<'_> {
    pub(super) fn refined_dc(
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

    pub(super) fn refined_ac(
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
