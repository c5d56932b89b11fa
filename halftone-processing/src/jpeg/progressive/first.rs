//! Bits of a frequency that come for the first time: T.81, G.1.2.1 and G.1.2.2.

use super::coefficients::{Block, UpperBits};
use super::header::Band;
use super::walk::State;
use crate::jpeg::bits::{BitReader, Damaged};
use crate::jpeg::entropy::{LOOK_UPS_OF_REFILL, take_pair};
use crate::jpeg::huffman::{END_OF_BLOCK, PairTable, SymbolTable};

/// The greatest number of bits that come later with which a value of a [`PairTable`] fits into 16 bits.
const MOST_LATER_BITS: u8 = 8;

impl State<'_> {
    #[inline(always)]
    pub(super) fn first_dc(
        &mut self,
        band: Band,
        table: &SymbolTable,
        component: usize,
        mut block: Block<'_>,
    ) -> Result<(), Damaged> {
        self.reader.refill(self.window.bytes())?;
        let size = u32::from(self.reader.symbol(table)?);
        if size > 11 {
            return Err(Damaged);
        }
        // Behind a code of up to 16 bits there are 40 left.
        let difference = self.reader.magnitude(size);
        let prediction = &mut self.predictions[component % 4];
        *prediction = prediction.wrapping_add(difference);
        *block.value(0) = i16::try_from(i64::from(*prediction) << band.low).map_err(|_| Damaged)?;
        Ok(())
    }

    #[inline(always)]
    pub(super) fn first_ac(
        &mut self,
        band: Band,
        table: &PairTable,
        block: Block<'_>,
    ) -> Result<(), Damaged> {
        if self.blocks_to_skip > 0 {
            self.blocks_to_skip -= 1;
            return Ok(());
        }
        let mut reader = self.reader;
        let mut values = UpperBits { block, low: band.low };
        // An entry that leads no further than this is of this block alone: its last symbol either leaves something of the band, or is the mark of
        // the end.
        let entries_end = if band.low <= MOST_LATER_BITS { band.last } else { 0 };
        let mut position = band.first;
        while position <= band.last {
            reader.refill(self.window.bytes())?;
            for _ in 0..LOOK_UPS_OF_REFILL {
                let entry = reader.entry(table);
                let end = position + usize::from(entry.advance() % END_OF_BLOCK);
                if entry.length() == 0 || end > entries_end {
                    self.blocks_to_skip = one_of_ac(&mut reader, band, table, &mut values, &mut position)?;
                    break;
                }
                take_pair(&mut reader, entry, &mut values, &mut position);
                if position > band.last {
                    break;
                }
            }
        }
        self.reader = reader;
        Ok(())
    }
}

/// Decodes one symbol with its value, and tells how many blocks behind this one have nothing more, if it is the mark of the end. Needs 30
/// bits.
#[inline(always)]
fn one_of_ac(
    reader: &mut BitReader,
    band: Band,
    table: &PairTable,
    values: &mut UpperBits<'_>,
    position: &mut usize,
) -> Result<u32, Damaged> {
    let symbol = reader.symbol(&table.symbols)?;
    let (run, size) = (symbol >> 4, u32::from(symbol & 15));
    match (run, size) {
        (15, 0) => *position += 16,
        (_, 0) => {
            *position = band.last + 1;
            return Ok(blocks_that_end(reader, run) - 1);
        }
        _ => {
            let place = *position + usize::from(run);
            if place > band.last || size > 10 {
                return Err(Damaged);
            }
            let value = i16::try_from(reader.magnitude(size) << band.low).map_err(|_| Damaged)?;
            values.block.fill(u8::try_from(place).map_err(|_| Damaged)?, value);
            *position = place + 1;
        }
    }
    Ok(0)
}

/// How many blocks end here, this one counted: T.81, table G.1. Needs as many bits as `size` says, 0 to 14.
#[inline(always)]
pub(super) const fn blocks_that_end(reader: &mut BitReader, size: u8) -> u32 {
    (1 << size) + reader.take(size as u32)
}
