//! From bits to the coefficients of a block.

use super::ZIGZAG;
use super::huffman::{
    AcTable, DC_BITS, DcTable, END_OF_BLOCK, LOOKUP_BITS, MOST_OF_LEAP, SymbolTable, Wide, extend,
};
use super::window::Window;

/// Blocks that are transformed together, one in each lane.
pub(super) const LANES: usize = 16;

/// Coefficients of [`LANES`] blocks, in the order of a [`Selection`]. Behind the needed ones lies a place for those that nobody
/// needs. A power of two, so that a masked index needs no check.
pub(crate) type Batch = [i16; 2048];

/// The entropy-coded data is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Damaged;

/// Which coefficients are needed and where they go in a [`Batch`].
pub(super) struct Selection {
    /// By the position in zigzag order; whatever is not needed, and what lies behind the block, has one place.
    places: [u16; 256],
    /// The last position in zigzag order that is needed.
    last: usize,
    /// Coefficients of each block.
    count: usize,
    /// From a block to the next.
    stride: usize,
}

/// Where whole blocks end in a [`Batch`].
const WHOLE_BLOCKS_END: u16 = 1024;

impl Selection {
    /// All frequencies, one block after the other, each transposed as a [`Quantised`](super::forward::Quantised) one is.
    pub(super) fn whole_blocks() -> Self {
        let mut selection = Self { places: [WHOLE_BLOCKS_END; 256], last: 63, count: 64, stride: 64 };
        for (place, natural) in selection.places.iter_mut().zip(ZIGZAG) {
            *place = u16::from(natural % 8 * 8 + natural / 8);
        }
        selection
    }

    /// The lowest `side` by `side` frequencies, 1 to 8: all blocks' first coefficient, then all blocks' second, and so on.
    pub(super) fn new(side: usize) -> Self {
        let unwanted = u16::try_from(side * side * LANES).expect("at most 1024");
        let mut selection = Self { places: [unwanted; 256], last: 0, count: side * side, stride: 1 };
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
        self.count * LANES
    }

    /// What to add to the place of a coefficient for a block of a batch.
    pub(super) const fn lane(&self, block: usize) -> usize {
        block % LANES * self.stride
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
    const fn peek(&self, count: u32) -> u32 {
        (self.bits >> (64 - count)) as u32
    }

    /// The next bits as an index.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "up to 12 bits")]
    const fn look_up(&self, count: u32) -> usize {
        (self.bits >> (64 - count)) as usize
    }

    /// Uses up bits, at most as many as were made ready.
    #[inline(always)]
    const fn consume(&mut self, count: u32) {
        self.bits <<= count;
        self.count -= count;
    }

    /// A magnitude of `size` bits, 0 to 15.
    #[inline(always)]
    pub(super) const fn magnitude(&mut self, size: u32) -> i32 {
        let bits = self.take(size);
        extend(bits, size)
    }
}

impl BitReader {
    /// Takes up to 16 bits that were made ready.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "up to 16 bits")]
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

/// The tables of one component.
pub(super) struct Tables<'a> {
    pub(super) dc: &'a DcTable,
    pub(super) ac: &'a AcTable,
}

/// A pair of symbols leads at most so far without an end of the block: two runs of 15 and two values, or 16 zeros twice.
const MOST_OF_PAIR: usize = 32;

/// Look-ups that one refill is enough for. Of its 56 bits the first two use up 24, and the third may be a symbol of 26 bits that no table
/// finds; behind such a symbol comes a refill. Leaps use up at most three times [`MOST_OF_LEAP`].
const LOOK_UPS_OF_REFILL: usize = 3;

/// Decodes one block into its lane, which is [`Selection::lane`], and returns the difference of its DC coefficient.
#[inline(always)]
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
    let mut target = Target { selection, batch, lane };
    // Up to the last needed coefficient with values, from there without. As long as no pair can lead behind the block by itself
    // nobody asks where it led.
    let unasked = selection.last.min(64 - MOST_OF_PAIR);
    // Behind a DC difference of at most 27 bits there are enough for one look-up.
    if let Err(entry) = decode_pair(reader, tables.ac, &mut target, &mut position) {
        decode_one(reader, tables.ac, entry, &mut target, &mut position)?;
    }
    while position <= unasked {
        reader.refill(window)?;
        for _ in 0..LOOK_UPS_OF_REFILL {
            if let Err(entry) = decode_pair(reader, tables.ac, &mut target, &mut position) {
                decode_one(reader, tables.ac, entry, &mut target, &mut position)?;
                break;
            }
            if position > unasked {
                break;
            }
        }
    }
    while position <= selection.last {
        reader.refill(window)?;
        let (bookmark, begin) = (*reader, position);
        if let Err(entry) = decode_pair(reader, tables.ac, &mut target, &mut position) {
            decode_one(reader, tables.ac, entry, &mut target, &mut position)?;
        } else if position >= 64 && !is_clean_end(position) {
            *reader = bookmark;
            position = begin;
            finish_one_by_one(reader, window, tables.ac, &mut target, &mut position)?;
        }
    }
    while position < 64 {
        reader.refill(window)?;
        for _ in 0..LOOK_UPS_OF_REFILL {
            let leap = tables.ac.leaps[reader.look_up(LOOKUP_BITS)];
            let length = u32::from(leap & 0xff);
            let end = position + usize::from(leap >> 8);
            if length > MOST_OF_LEAP {
                // Behind two leaps there are too few bits for the longest symbol.
                reader.refill(window)?;
                single(reader, tables.ac, &mut position)?;
                break;
            }
            if end >= 64 && !is_clean_end(end) {
                finish_one_by_one(reader, window, tables.ac, &mut target, &mut position)?;
                break;
            }
            reader.consume(length);
            position = end;
            if position >= 64 {
                break;
            }
        }
    }
    // A single symbol may lead behind the block, which is an error, or to its end.
    let end = position & usize::from(END_OF_BLOCK - 1);
    if end > 64 { Err(Damaged) } else { Ok(difference) }
}

/// Where the coefficients of a block go.
struct Target<'a> {
    selection: &'a Selection,
    batch: &'a mut Batch,
    lane: usize,
}

impl Target<'_> {
    /// Puts a value into its place by its position in zigzag order.
    #[inline(always)]
    fn put(&mut self, position: u8, value: i16) {
        let place = usize::from(self.selection.places[usize::from(position)]);
        self.batch[(place + self.lane) % 2048] = value;
    }

    /// Takes what [`single`] found.
    fn take(&mut self, (position, value): (u8, i16)) {
        self.put(position, value);
    }
}

/// Decodes up to two symbols and their values; gives the entry back if there is not even one that fits.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "fields of a packed entry, and positions of at most 63")]
fn decode_pair(
    reader: &mut BitReader,
    table: &AcTable,
    target: &mut Target<'_>,
    position: &mut usize,
) -> Result<(), u32> {
    let entry = table.pairs[reader.look_up(LOOKUP_BITS)];
    let length = entry & 15;
    if length == 0 {
        return Err(entry);
    }
    reader.consume(length);
    let begin = *position as u8;
    *position += usize::from((entry >> 8) as u8);
    target.put(begin.wrapping_add((entry >> 4) as u8 & 15), i16::from((entry >> 16) as i8));
    target.put((*position as u8).wrapping_sub(1), (entry.cast_signed() >> 24) as i16);
    Ok(())
}

/// Decodes the symbol that an entry has no room for, with its value. Needs 26 bits.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "positions below 256, and values of up to 10 bits")]
fn decode_one(
    reader: &mut BitReader,
    table: &AcTable,
    entry: u32,
    target: &mut Target<'_>,
    position: &mut usize,
) -> Result<(), Damaged> {
    let Some(Wide { code, run, size }) = Wide::of(entry) else {
        target.take(single(reader, table, position)?);
        return Ok(());
    };
    reader.consume(code);
    let place = *position + usize::from(run);
    target.put(place as u8, reader.magnitude(size) as i16);
    *position = place + 1;
    Ok(())
}

/// Whether several symbols led to the end of a block and none of them belongs to the next: the mark of the end
/// was read, and it was read inside the block.
#[inline(always)]
const fn is_clean_end(position: usize) -> bool {
    position >= END_OF_BLOCK as usize && position - (END_OF_BLOCK as usize) < 64
}

#[inline(always)]
fn decode_dc(reader: &mut BitReader, table: &DcTable) -> Result<i32, Damaged> {
    let entry = u32::from(table.sizes[reader.look_up(DC_BITS)]);
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
fn single(reader: &mut BitReader, table: &AcTable, position: &mut usize) -> Result<(u8, i16), Damaged> {
    /// Behind the block, where values go that are none.
    const NOWHERE: u8 = u8::MAX;
    let symbol = reader.symbol(&table.symbols)?;
    let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
    match (run, size) {
        (0, 0) => {
            *position += usize::from(END_OF_BLOCK);
            Ok((NOWHERE, 0))
        }
        (15, 0) => {
            *position += 16;
            Ok((NOWHERE, 0))
        }
        (_, 1..=10) => {
            let place = *position + run;
            *position = place + 1;
            let value = i16::try_from(reader.magnitude(size)).map_err(|_| Damaged)?;
            Ok((u8::try_from(place).map_err(|_| Damaged)?, value))
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
    target: &mut Target<'_>,
    position: &mut usize,
) -> Result<(), Damaged> {
    while *position < 64 {
        reader.refill(window)?;
        target.take(single(reader, table, position)?);
    }
    Ok(())
}
