//! Bits of a frequency that come for the first time: T.81, G.1.2.1 and G.1.2.2.

use super::coefficients::Coefficients;
use super::header::Band;
use super::walk::State;
use crate::jpeg::entropy::Damaged;
use crate::jpeg::huffman::SymbolTable;

impl State<'_> {
    pub(super) fn first_dc(
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

    pub(super) fn first_ac(
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
    pub(super) fn blocks_after(&mut self, size: u8) -> Result<u32, Damaged> {
        Ok((1 << size) + self.bits(u32::from(size))?)
    }
}
