//! The bits of entropy-coded data.

use super::huffman::{Entry, LOOKUP_BITS, PairTable, SymbolTable, extend};
use super::window::Window;

/// The entropy-coded data is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Damaged;

/// The next bits of a window, the most significant first.
///
/// A copy of the reader is a bookmark: the window does not change under it.
#[derive(Debug, Clone, Copy)]
pub(super) struct BitReader {
    bits: u64,
    count: u32,
    /// Of the first byte that is not in `bits`.
    position: usize,
}

impl BitReader {
    pub(super) const fn new() -> Self {
        Self { bits: 0, count: 0, position: 0 }
    }

    /// The first byte of the window that is not used up.
    pub(super) const fn byte_position(&self) -> usize {
        self.position - (self.count / 8) as usize
    }

    /// The first bit of the window that is not used up.
    #[inline(always)]
    pub(super) const fn bit_position(&self) -> usize {
        8 * self.position - self.count as usize
    }

    /// Lets the window move on where little of it is left. What may be in `bits` already stays in it.
    #[inline(always)]
    pub(super) fn keep_up(&mut self, window: &mut Window<'_>) {
        let used = self.position.saturating_sub(8);
        if window.advance(used) {
            self.position -= used;
        }
    }

    /// Makes at least 56 bits ready.
    #[inline(always)]
    pub(super) fn refill(&mut self, window: &[u8]) -> Result<(), Damaged> {
        let bytes = window.get(self.position..).and_then(<[u8]>::first_chunk).ok_or(Damaged)?;
        self.bits |= u64::from_be_bytes(*bytes) >> self.count;
        self.position += ((63 - self.count) >> 3) as usize;
        // The same as adding what was read: the count is above 55 now, and its lowest bits stay.
        self.count |= 0x38;
        Ok(())
    }

    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "up to 16 bits")]
    pub(super) const fn peek(&self, count: u32) -> u32 {
        (self.bits >> (64 - count)) as u32
    }

    /// What a table has for the next bits.
    #[inline(always)]
    pub(super) fn entry(&self, table: &PairTable) -> Entry {
        table.entries[self.look_up(LOOKUP_BITS)]
    }

    /// The next bits as an index.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "up to 12 bits")]
    pub(super) const fn look_up(&self, count: u32) -> usize {
        (self.bits >> (64 - count)) as usize
    }

    /// Uses up bits, at most as many as were made ready.
    #[inline(always)]
    pub(super) const fn consume(&mut self, count: u32) {
        self.bits <<= count;
        self.count -= count;
    }

    /// A magnitude of `size` bits, 0 to 15.
    #[inline(always)]
    pub(super) const fn magnitude(&mut self, size: u32) -> i32 {
        let bits = self.take(size);
        extend(bits, size)
    }

    /// Takes up to 32 bits that were made ready.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "up to 32 bits")]
    pub(super) const fn take(&mut self, count: u32) -> u32 {
        // Two shifts, because one by 64 is none.
        let bits = ((self.bits >> 1) >> (63 - count)) as u32;
        self.consume(count);
        bits
    }

    /// The next symbol, of up to 16 bits that were made ready.
    #[inline(always)]
    pub(super) fn symbol(&mut self, table: &SymbolTable) -> Result<u8, Damaged> {
        let [symbol, length] = table.singles[self.look_up(LOOKUP_BITS)].to_le_bytes();
        if length == 0 {
            let (symbol, length) = table.code.find(self.peek(16)).ok_or(Damaged)?;
            self.consume(length);
            return Ok(symbol);
        }
        self.consume(u32::from(length));
        Ok(symbol)
    }
}
