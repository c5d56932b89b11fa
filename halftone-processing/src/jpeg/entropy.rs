//! From bits to the coefficients of a block.

use super::bits::{BitReader, Damaged};
use super::huffman::{
    AcTable, DC_BITS, DcTable, END_OF_BLOCK, Entry, LOOKUP_BITS, MOST_OF_LEAP, PairTable, Wide,
};
use super::{ZIGZAG, lowest};

/// Blocks that are transformed together, one in each lane.
pub(super) const LANES: usize = 16;

/// Coefficients of [`LANES`] blocks, in the order of a [`Selection`]. Behind the needed ones lies a place for those that nobody
/// needs. A power of two, so that a masked index needs no check.
pub(crate) type Batch = [i16; 2048];

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
        for (position, place) in lowest(side) {
            selection.places[position] = u16::try_from(place * LANES).expect("at most 1008");
            selection.last = position;
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

/// The tables of one component.
pub(super) struct Tables<'a> {
    pub(super) dc: &'a DcTable,
    pub(super) ac: &'a AcTable,
}

/// A pair of symbols leads at most so far without an end of the block: two runs of 15 and two values, or 16 zeros twice.
const MOST_OF_PAIR: usize = 32;

/// Look-ups that one refill is enough for. Of its 56 bits the first two use up 24, and the third may be a symbol of 26 bits that no table
/// finds, or of 30 in a progressive picture; behind such a symbol comes a refill. Leaps use up at most three times [`MOST_OF_LEAP`].
pub(super) const LOOK_UPS_OF_REFILL: usize = 3;

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
    let pairs = &tables.ac.pairs;
    // Up to the last needed coefficient with values, from there without. As long as no pair can lead behind the block by itself
    // nobody asks where it led.
    let unasked = selection.last.min(64 - MOST_OF_PAIR);
    // Behind a DC difference of at most 27 bits there are enough for one look-up.
    if let Err(entry) = decode_pair(reader, pairs, &mut target, &mut position) {
        decode_one(reader, pairs, entry, &mut target, &mut position)?;
    }
    while position <= unasked {
        reader.refill(window)?;
        for _ in 0..LOOK_UPS_OF_REFILL {
            if let Err(entry) = decode_pair(reader, pairs, &mut target, &mut position) {
                decode_one(reader, pairs, entry, &mut target, &mut position)?;
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
        if let Err(entry) = decode_pair(reader, pairs, &mut target, &mut position) {
            decode_one(reader, pairs, entry, &mut target, &mut position)?;
        } else if position >= 64 && !is_clean_end(position) {
            *reader = bookmark;
            position = begin;
            finish_one_by_one(reader, window, pairs, &mut target, &mut position)?;
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
                single(reader, pairs, &mut position)?;
                break;
            }
            if end >= 64 && !is_clean_end(end) {
                finish_one_by_one(reader, window, pairs, &mut target, &mut position)?;
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

/// Keeps the values of a block.
pub(super) trait Values {
    /// Puts a value into its place by its position in zigzag order. A value may come twice. Zeros come for positions behind the block too, and
    /// others where [`take_pair`] is called without asking how far an entry leads.
    fn put(&mut self, position: u8, value: i16);
}

/// Where the coefficients of a block go.
struct Target<'a> {
    selection: &'a Selection,
    batch: &'a mut Batch,
    lane: usize,
}

impl Target<'_> {
    /// Takes what [`single`] found.
    fn take(&mut self, (position, value): (u8, i16)) {
        self.put(position, value);
    }
}

impl Values for Target<'_> {
    #[inline(always)]
    fn put(&mut self, position: u8, value: i16) {
        let place = usize::from(self.selection.places[usize::from(position)]);
        self.batch[(place + self.lane) % 2048] = value;
    }
}

/// Decodes up to two symbols and their values; gives the entry back if there is not even one that fits.
#[inline(always)]
fn decode_pair(
    reader: &mut BitReader,
    table: &PairTable,
    target: &mut Target<'_>,
    position: &mut usize,
) -> Result<(), Entry> {
    let entry = reader.entry(table);
    if entry.length() == 0 {
        return Err(entry);
    }
    take_pair(reader, entry, target, position);
    Ok(())
}

/// Takes the symbols that an entry holds, with their values.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "positions of at most 63")]
pub(super) fn take_pair(
    reader: &mut BitReader,
    entry: Entry,
    values: &mut impl Values,
    position: &mut usize,
) {
    reader.consume(entry.length());
    let begin = *position as u8;
    *position += usize::from(entry.advance());
    values.put(begin.wrapping_add(entry.run()), entry.first());
    values.put((*position as u8).wrapping_sub(1), entry.second());
}

/// Decodes the symbol that an entry has no room for, with its value. Needs 26 bits.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "positions below 256, and values of up to 10 bits")]
fn decode_one(
    reader: &mut BitReader,
    table: &PairTable,
    entry: Entry,
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
fn single(reader: &mut BitReader, table: &PairTable, position: &mut usize) -> Result<(u8, i16), Damaged> {
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
    table: &PairTable,
    target: &mut Target<'_>,
    position: &mut usize,
) -> Result<(), Damaged> {
    while *position < 64 {
        reader.refill(window)?;
        target.take(single(reader, table, position)?);
    }
    Ok(())
}
