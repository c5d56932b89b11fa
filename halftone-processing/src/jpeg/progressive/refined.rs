//! Bits that come on top of those that are there: T.81, G.1.2.1 and G.1.2.3.

use super::coefficients::Block;
use super::first::blocks_that_end;
use super::header::Band;
use super::walk::State;
use crate::jpeg::bits::{BitReader, Damaged};
use crate::jpeg::huffman::SymbolTable;

/// Bits that are taken at once.
const MOST_AT_ONCE: u32 = 32;

impl State<'_> {
    #[inline(always)]
    pub(super) fn refined_dc(&mut self, band: Band, mut block: Block<'_>) -> Result<(), Damaged> {
        self.reader.refill(self.window.bytes())?;
        let bit = i16::from(self.reader.take(1) == 1);
        *block.value(0) |= bit << band.low;
        Ok(())
    }

    #[inline(always)]
    pub(super) fn refined_ac(
        &mut self,
        band: Band,
        table: &SymbolTable,
        mut block: Block<'_>,
    ) -> Result<(), Damaged> {
        let (mut reader, window) = (self.reader, self.window.bytes());
        // Positions of the band that were not passed yet, a bit each, as in everything here.
        let mut rest = band.positions();
        while rest != 0 && self.blocks_to_skip == 0 {
            reader.refill(window)?;
            let symbol = reader.symbol(table)?;
            let (run, size) = (symbol >> 4, symbol & 15);
            if size == 0 && run < 15 {
                self.blocks_to_skip = blocks_that_end(&mut reader, run);
                break;
            }
            // A coefficient that becomes one comes with its sign alone.
            let value = match size {
                0 => None,
                1 => Some(if reader.take(1) == 1 { 1_i16 } else { -1 }),
                _ => return Err(Damaged),
            };
            let place = zero_behind(run, rest & !block.filled());
            // All of them, if there is no such zero.
            let passed = rest & place.wrapping_sub(1);
            refine(&mut reader, window, band, &mut block, passed)?;
            if let Some(value) = value {
                if place == 0 {
                    return Err(Damaged);
                }
                block.fill(position_of(place), value << band.low);
            }
            rest &= !(passed | place);
        }
        if self.blocks_to_skip > 0 {
            refine(&mut reader, window, band, &mut block, rest)?;
            self.blocks_to_skip -= 1;
        }
        self.reader = reader;
        Ok(())
    }
}

/// The zero behind the first `run` ones; nothing if there is none.
#[inline(always)]
const fn zero_behind(run: u8, mut zeros: u64) -> u64 {
    let mut passed = 0;
    while passed < run {
        zeros &= zeros.wrapping_sub(1);
        passed += 1;
    }
    zeros & zeros.wrapping_neg()
}

/// The first of some positions.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "at most 64")]
const fn position_of(positions: u64) -> u8 {
    positions.trailing_zeros() as u8
}

/// Reads a bit more of each coefficient of these positions that is not zero.
#[inline(always)]
fn refine(
    reader: &mut BitReader,
    window: &[u8],
    band: Band,
    block: &mut Block<'_>,
    positions: u64,
) -> Result<(), Damaged> {
    let refined = positions & block.filled();
    let count = refined.count_ones();
    if count == 0 {
        return Ok(());
    }
    reader.refill(window)?;
    let mut bits = u64::from(reader.take(count.min(MOST_AT_ONCE)));
    if count > MOST_AT_ONCE {
        reader.refill(window)?;
        let others = count - MOST_AT_ONCE;
        bits = bits << others | u64::from(reader.take(others));
    }
    let mut wanted = refined & block.wanted();
    while wanted != 0 {
        let position = position_of(wanted);
        // Bits of the positions behind it came later.
        let bit = bits >> (refined >> position >> 1).count_ones() & 1;
        let value = block.value(position);
        // Away from zero; the bit is not set yet, so nothing is carried.
        *value = value.wrapping_add((value.signum() * i16::from(bit == 1)) << band.low);
        wanted &= wanted - 1;
    }
    Ok(())
}
