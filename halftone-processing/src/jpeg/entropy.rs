//! From bits to the coefficients of a block.

use super::ZIGZAG;
use super::huffman::{AcTable, DcTable, END_OF_BLOCK, LOOKUP_BITS, extend};
use super::window::Window;

/// Blocks that are transformed together, one in each lane.
pub(super) const LANES: usize = 16;

/// Coefficients of [`LANES`] blocks: all blocks' first coefficient, then all blocks' second, and so on. Behind the
/// needed ones lies a place for those that nobody needs. A power of two, so that a masked index needs no check.
pub(super) type Batch = [i16; 2048];

/// The entropy-coded data is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Damaged;

/// Which coefficients are needed and where they go in a [`Batch`].
pub(super) struct Selection {
    /// By the position in zigzag order; whatever is not needed, and what lies behind the block, has one place.
    places: [u16; 256],
    /// The last position in zigzag order that is needed.
    last: usize,
    /// Coefficients of each side.
    side: usize,
}

impl Selection {
    /// The lowest `side` by `side` frequencies, 1 to 8.
    pub(super) fn new(side: usize) -> Self {
        let unwanted = u16::try_from(side * side * LANES).expect("at most 1024");
        let mut selection = Self { places: [unwanted; 256], last: 0, side };
        for (position, place) in ZIGZAG.iter().enumerate() {
            let (row, column) = (usize::from(place / 8), usize::from(place % 8));
            if row < side && column < side {
                selection.places[position] =
                    u16::try_from((row * side + column) * LANES).expect("at most 1008");
                selection.last = position;
            }
        }
        selection
    }

    /// How much of a batch is used, the place for unneeded coefficients not counted.
    pub(super) const fn used(&self) -> usize {
        self.side * self.side * LANES
    }
}

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
    fn refill(&mut self, window: &[u8]) -> Result<(), Damaged> {
        let bytes = window.get(self.position..).and_then(<[u8]>::first_chunk).ok_or(Damaged)?;
        self.bits |= u64::from_be_bytes(*bytes) >> self.count;
        self.position += ((63 - self.count) >> 3) as usize;
        // The same as adding what was read: the count is above 55 now, and its lowest bits stay.
        self.count |= 0x38;
        Ok(())
    }

    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "up to 16 bits")]
    const fn peek(&self, count: u32) -> u32 {
        (self.bits >> (64 - count)) as u32
    }

    /// Uses up bits, at most as many as were made ready.
    #[inline(always)]
    const fn consume(&mut self, count: u32) {
        self.bits <<= count;
        self.count -= count;
    }

    /// A magnitude of `size` bits, 0 to 15.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "up to 15 bits")]
    const fn magnitude(&mut self, size: u32) -> i32 {
        // Two shifts, because one by 64 is none.
        let bits = ((self.bits >> 1) >> (63 - size)) as u32;
        self.consume(size);
        extend(bits, size)
    }
}

/// The tables of one component.
pub(super) struct Tables<'a> {
    pub(super) dc: &'a DcTable,
    pub(super) ac: &'a AcTable,
}

/// Decodes one block into its lane and returns the difference of its DC coefficient.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "fields of a packed entry, and positions of at most 63")]
pub(super) fn decode_block(
    reader: &mut BitReader,
    window: &[u8],
    tables: &Tables<'_>,
    selection: &Selection,
    batch: &mut Batch,
    lane: usize,
) -> Result<i32, Damaged> {
    reader.refill(window)?;
    let difference = decode_dc(reader, tables.dc)?;
    let mut position = 1;
    // Up to the last needed coefficient with values, from there without.
    while position <= selection.last {
        reader.refill(window)?;
        let entry = tables.ac.pairs[(reader.bits >> (64 - LOOKUP_BITS)) as usize];
        let length = (entry & 0xff) as u32;
        if length == 0 {
            let (place, value) = single(reader, tables.ac, &mut position)?;
            batch[(usize::from(selection.places[place & 255]) + lane) % 2048] = value;
            continue;
        }
        let bookmark = *reader;
        let begin = position;
        reader.consume(length);
        position += usize::from((entry >> 8) as u8);
        let first = selection.places[usize::from((begin as u8).wrapping_add((entry >> 16) as u8))];
        let second = selection.places[usize::from((begin as u8).wrapping_add((entry >> 24) as u8))];
        batch[(usize::from(first) + lane) % 2048] = (entry >> 32) as i16;
        batch[(usize::from(second) + lane) % 2048] = (entry >> 48) as i16;
        if position >= 64 && !is_clean_end(position) {
            *reader = bookmark;
            position = begin;
            finish_one_by_one(reader, window, tables.ac, selection, batch, lane, &mut position)?;
        }
    }
    while position < 64 {
        reader.refill(window)?;
        let leap = tables.ac.leaps[(reader.bits >> (64 - LOOKUP_BITS)) as usize];
        let length = u32::from(leap & 0xff);
        if length == 0 {
            single(reader, tables.ac, &mut position)?;
            continue;
        }
        let end = position + usize::from(leap >> 8);
        if end >= 64 && !is_clean_end(end) {
            finish_one_by_one(reader, window, tables.ac, selection, batch, lane, &mut position)?;
            break;
        }
        reader.consume(length);
        position = end;
    }
    // A single symbol may lead behind the block, which is an error, or to its end.
    let end = position & usize::from(END_OF_BLOCK - 1);
    if end > 64 { Err(Damaged) } else { Ok(difference) }
}

/// Whether several symbols led to the end of a block and none of them belongs to the next: the mark of the end
/// was read, and it was read inside the block.
#[inline(always)]
const fn is_clean_end(position: usize) -> bool {
    position >= END_OF_BLOCK as usize && position - (END_OF_BLOCK as usize) < 64
}

#[inline(always)]
fn decode_dc(reader: &mut BitReader, table: &DcTable) -> Result<i32, Damaged> {
    let entry = u32::from(table.sizes[(reader.bits >> (64 - LOOKUP_BITS)) as usize]);
    let (length, size) = (entry & 0xff, entry >> 8);
    if length == 0 {
        return rare_dc(reader, table);
    }
    reader.consume(length);
    Ok(reader.magnitude(size))
}

#[cold]
fn rare_dc(reader: &mut BitReader, table: &DcTable) -> Result<i32, Damaged> {
    let (size, length) = table.code.find(reader.peek(16)).ok_or(Damaged)?;
    if size > 11 {
        return Err(Damaged);
    }
    reader.consume(length);
    Ok(reader.magnitude(u32::from(size)))
}

/// Decodes one symbol with its magnitude: where its value goes, and the value. Needs 26 bits.
#[inline(never)]
fn single(reader: &mut BitReader, table: &AcTable, position: &mut usize) -> Result<(usize, i16), Damaged> {
    let (symbol, length) = table.code.find(reader.peek(16)).ok_or(Damaged)?;
    reader.consume(length);
    let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
    match (run, size) {
        (0, 0) => {
            *position += usize::from(END_OF_BLOCK);
            Ok((255, 0))
        }
        (15, 0) => {
            *position += 16;
            Ok((255, 0))
        }
        (_, 1..=10) => {
            let place = *position + run;
            *position = place + 1;
            let value = i16::try_from(reader.magnitude(size)).map_err(|_| Damaged)?;
            Ok((place, value))
        }
        _ => Err(Damaged),
    }
}

/// The careful way to the end of a block: for blocks that reach the highest frequency, where a look-up may take symbols of the next.
#[cold]
fn finish_one_by_one(
    reader: &mut BitReader,
    window: &[u8],
    table: &AcTable,
    selection: &Selection,
    batch: &mut Batch,
    lane: usize,
    position: &mut usize,
) -> Result<(), Damaged> {
    while *position < 64 {
        reader.refill(window)?;
        let (place, value) = single(reader, table, position)?;
        batch[(usize::from(selection.places[place & 255]) + lane) % 2048] = value;
    }
    Ok(())
}
