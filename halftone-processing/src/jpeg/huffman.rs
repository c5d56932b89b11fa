//! Tables that resolve several Huffman symbols with one look-up.
//!
//! A symbol of a JPEG's AC coefficients is a code of 1 to 16 bits and up to 10 bits of magnitude; together they take about
//! six bits in a camera's picture. One look-up by the next twelve bits therefore finds two symbols most of the time, and
//! where no values are needed, only the way to the end of the block, even more.

/// Bits of a look-up.
pub(super) const LOOKUP_BITS: u32 = 12;
const ENTRIES: usize = 1 << LOOKUP_BITS;

/// Bits of a look-up of a DC difference's code: the longest of those that most cameras use (T.81, table K.3).
pub(super) const DC_BITS: u32 = 9;

/// Added to a position in a block at its end, so that the end can be told from running over position 63.
pub(super) const END_OF_BLOCK: u8 = 128;

const ZERO_RUN: u8 = 0xf0;

/// A Huffman code: ITU-T T.81, annex C.
#[derive(Debug, Clone)]
pub(super) struct Code {
    /// For each length from 1 bit: the first code that is longer than it, shifted up to 16 bits.
    limits: [u32; 16],
    /// For each length: what to add to a code for the index of its symbol.
    offsets: [i32; 16],
    symbols: Vec<u8>,
}

impl Code {
    /// Makes the code of a segment's 16 counts and its symbols; `None` if there are more codes than fit.
    pub(super) fn new(counts: &[u8; 16], symbols: &[u8]) -> Option<Self> {
        let mut code = Self { limits: [0; 16], offsets: [0; 16], symbols: symbols.to_vec() };
        let (mut next, mut index) = (0_u32, 0_i32);
        for (length, count) in (0_u32..).zip(counts) {
            let slot = length as usize;
            next <<= 1;
            code.offsets[slot] = index - i32::try_from(next).ok()?;
            next += u32::from(*count);
            index += i32::from(*count);
            if next > 2 << length {
                return None;
            }
            code.limits[slot] = next << (15 - length);
        }
        (usize::try_from(index).ok()? == symbols.len()).then_some(code)
    }

    /// The symbol at the head of 16 bits and the length of its code.
    pub(super) fn find(&self, bits: u32) -> Option<(u8, u32)> {
        for (length, limit) in (1_u32..).zip(&self.limits) {
            if bits < *limit {
                let slot = length as usize - 1;
                let code = i32::try_from(bits >> (16 - length)).ok()?;
                let index = usize::try_from(code + self.offsets[slot]).ok()?;
                return Some((*self.symbols.get(index)?, length));
            }
        }
        None
    }
}

/// A coefficient from its magnitude bits: ITU-T T.81, figure F.12.
pub(super) const fn extend(bits: u32, size: u32) -> i32 {
    if size == 0 {
        return 0;
    }
    let value = bits.cast_signed();
    if value < 1 << (size - 1) { value - (1 << size) + 1 } else { value }
}

/// What a look-up finds of each code alone: by the next [`LOOKUP_BITS`] bits its symbol and, in the upper byte, its length; 0
/// for codes that do not fit.
fn singles(code: &Code) -> Box<[u16; ENTRIES]> {
    let mut singles = boxed();
    for (bits, entry) in (0_u32..).zip(singles.iter_mut()) {
        if let Some((symbol, length)) = code.find(bits << (16 - LOOKUP_BITS))
            && length <= LOOKUP_BITS
        {
            *entry = u16::from(symbol) | u16::try_from(length).expect("at most 12") << 8;
        }
    }
    singles
}

/// A code whose symbols are wanted one at a time.
pub(super) struct SymbolTable {
    pub(super) code: Code,
    /// See [`singles`].
    pub(super) singles: Box<[u16; ENTRIES]>,
}

impl SymbolTable {
    pub(super) fn new(code: Code) -> Self {
        Self { singles: singles(&code), code }
    }
}

/// The code of DC differences, by its next bits.
pub(super) struct DcTable {
    pub(super) code: Code,
    /// Length of the code, and in the upper byte the size of the magnitude; 0 for codes that do not fit.
    pub(super) sizes: Box<[u16; 1 << DC_BITS]>,
}

impl DcTable {
    pub(super) fn new(code: Code) -> Self {
        let mut sizes = Box::new([0; 1 << DC_BITS]);
        for (bits, entry) in (0_u32..).zip(sizes.iter_mut()) {
            if let Some((size, length)) = code.find(bits << (16 - DC_BITS))
                && length <= DC_BITS
                && size <= 11
            {
                *entry = u16::try_from(length).expect("at most 9") | u16::from(size) << 8;
            }
        }
        Self { code, sizes }
    }
}

/// The code of AC coefficients, by its next bits, where their values are wanted.
pub(super) struct PairTable {
    /// For symbols that the entries do not hold.
    pub(super) symbols: SymbolTable,
    pub(super) entries: Box<[Entry; ENTRIES]>,
}

impl PairTable {
    pub(super) fn new(code: Code) -> Self {
        let symbols = SymbolTable::new(code);
        let mut entries = boxed();
        for (bits, entry) in (0_u32..).zip(entries.iter_mut()) {
            let found = Pair::at(&symbols.singles, bits);
            *entry = Entry(if found.length == 0 { Wide::at(&symbols.singles, bits) } else { found.pack() });
        }
        Self { symbols, entries }
    }
}

/// What a look-up in a [`PairTable`] finds: up to two symbols, which are a [`Pair`], or where not even one fits its code alone, which is
/// [`Wide`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Entry(u32);

#[expect(clippy::cast_possible_truncation, reason = "fields of a packed number")]
impl Entry {
    /// Bits of the symbols; 0 if none fits.
    #[inline(always)]
    pub(super) const fn length(self) -> u32 {
        self.0 & 15
    }

    /// How far the symbols lead, and [`END_OF_BLOCK`] more if the last one is its mark.
    #[inline(always)]
    pub(super) const fn advance(self) -> u8 {
        (self.0 >> 8) as u8
    }

    /// Zeros before the first value.
    #[inline(always)]
    pub(super) const fn run(self) -> u8 {
        (self.0 >> 4) as u8 & 15
    }

    /// The first value.
    #[inline(always)]
    pub(super) const fn first(self) -> i16 {
        (self.0 >> 16) as i8 as i16
    }

    /// The second value.
    #[inline(always)]
    pub(super) const fn second(self) -> i16 {
        (self.0.cast_signed() >> 24) as i16
    }
}

/// The code of AC coefficients, by its next bits, where the values of some are wanted.
pub(super) struct AcTable {
    pub(super) pairs: PairTable,
    /// As many symbols as can be told from these bits, at most [`MOST_OF_LEAP`] bits with the magnitudes that follow: their
    /// length, and in the upper byte how far they lead. A greater length, where none can be told.
    pub(super) leaps: Box<[u16; ENTRIES]>,
}

impl AcTable {
    pub(super) fn new(code: Code) -> Self {
        let pairs = PairTable::new(code);
        let mut leaps = boxed();
        for (bits, leap) in (0_u32..).zip(leaps.iter_mut()) {
            *leap = self::leap(&pairs.symbols.singles, bits);
        }
        Self { pairs, leaps }
    }
}

/// Up to two symbols of AC coefficients: what a look-up finds. The first value lies `run` places ahead, the second one at the last of
/// the places that both lead over; at the end of a block that is behind the block.
///
/// A value that is not there is zero, and lies where nothing was written yet, or repeats the first in its place. So both can be
/// written without asking, the first one first.
///
/// Packed into 32 bits, because a table of these has to stay in the nearest cache: length in four bits (0: nothing fits), run in four, how
/// far both lead, the two values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Pair {
    length: u32,
    run: u8,
    advance: u8,
    values: [i8; 2],
}

impl Pair {
    fn at(singles: &[u16; ENTRIES], bits: u32) -> Self {
        let mut pair = Self::default();
        for slot in 0..2 {
            let found = Symbol::at(singles, bits, pair.length)
                .and_then(|symbol| Some((i8::try_from(symbol.value).ok()?, symbol)));
            let Some((value, symbol)) = found else {
                if slot == 1 {
                    pair.values[1] = pair.values[0];
                }
                break;
            };
            pair.length += symbol.length;
            if symbol.is_end {
                pair.advance += END_OF_BLOCK;
                break;
            }
            if slot == 0 {
                pair.run = symbol.run;
            }
            pair.values[slot] = value;
            pair.advance += symbol.run + 1;
        }
        pair
    }

    fn pack(self) -> u32 {
        let [first, second] = self.values.map(|value| u32::from(value.cast_unsigned()));
        self.length | u32::from(self.run) << 4 | u32::from(self.advance) << 8 | first << 16 | second << 24
    }
}

/// A symbol whose code fits into a look-up and whose magnitude does not, as an entry of a [`PairTable`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wide {
    /// Bits of the code.
    pub(super) code: u32,
    pub(super) run: u8,
    /// Bits of the magnitude.
    pub(super) size: u32,
}

impl Wide {
    /// The entry; 0 if there is no such symbol.
    fn at(singles: &[u16; ENTRIES], bits: u32) -> u32 {
        let [symbol, code] = singles[bits as usize].to_le_bytes();
        let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
        if matches!(size, 1..=10) { u32::from(code) << 4 | run << 8 | size << 12 } else { 0 }
    }

    /// What an entry says whose length is 0.
    #[inline(always)]
    pub(super) const fn of(Entry(entry): Entry) -> Option<Self> {
        let wide = Self { code: entry >> 4 & 15, run: (entry >> 8 & 15) as u8, size: entry >> 12 & 15 };
        if wide.code == 0 { None } else { Some(wide) }
    }
}

/// Bits that a leap takes at most: three of them are covered by one refill.
pub(super) const MOST_OF_LEAP: u32 = 18;

/// In place of a leap, where no symbol can be told.
const NO_LEAP: u16 = 0xff;

/// An entry of [`AcTable::leaps`]. Nobody looks at magnitudes, so that of the last symbol need not be among the bits.
fn leap(singles: &[u16; ENTRIES], bits: u32) -> u16 {
    let (mut length, mut advance) = (0, 0_u16);
    while let Some(symbol) = Symbol::code_at(singles, bits, length) {
        if length + symbol.length > MOST_OF_LEAP {
            break;
        }
        if symbol.is_end {
            let length = u16::try_from(length + symbol.length).expect("at most 18");
            return length | (advance + u16::from(END_OF_BLOCK)) << 8;
        }
        let further = advance + u16::from(symbol.run) + 1;
        if further > 63 {
            break;
        }
        length += symbol.length;
        advance = further;
    }
    match u16::try_from(length).expect("at most 18") {
        0 => NO_LEAP,
        length => length | advance << 8,
    }
}

/// One symbol, with its magnitude.
struct Symbol {
    length: u32,
    run: u8,
    value: i16,
    is_end: bool,
}

impl Symbol {
    /// A symbol that lies in the bits as a whole.
    fn at(singles: &[u16; ENTRIES], bits: u32, used: u32) -> Option<Self> {
        Self::code_at(singles, bits, used).filter(|symbol| used + symbol.length <= LOOKUP_BITS)
    }

    /// A symbol whose code lies in the bits; what of its magnitude does not is taken for zeros.
    fn code_at(singles: &[u16; ENTRIES], bits: u32, used: u32) -> Option<Self> {
        if used >= LOOKUP_BITS {
            return None;
        }
        // What is not known of the next bits is zero; a code that fits does not depend on it.
        let rest = (bits << used) % (1 << LOOKUP_BITS);
        let [symbol, code_length] = singles[rest as usize].to_le_bytes();
        let code_length = u32::from(code_length);
        let (run, size) = (symbol >> 4, u32::from(symbol & 15));
        let is_odd = size > 10 || (size == 0 && run != 0 && symbol != ZERO_RUN);
        if code_length == 0 || used + code_length > LOOKUP_BITS || is_odd {
            return None;
        }
        let magnitude = ((rest << code_length) % (1 << LOOKUP_BITS)) >> (LOOKUP_BITS - size);
        let value = i16::try_from(extend(magnitude, size)).ok()?;
        Some(Self { length: code_length + size, run, value, is_end: symbol == 0 })
    }
}

fn boxed<T: Copy + Default>() -> Box<[T; ENTRIES]> {
    vec![T::default(); ENTRIES]
        .into_boxed_slice()
        .try_into()
        .unwrap_or_else(|_| unreachable!("made with that length"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The AC code of luminance that most cameras use: ITU-T T.81, table K.5, shortened to its codes of up to 4 bits.
    fn code() -> Code {
        let mut counts = [0; 16];
        counts[1] = 2;
        counts[2] = 1;
        counts[3] = 3;
        Code::new(&counts, &[0x01, 0x02, 0x03, 0x00, 0x04, 0x11]).unwrap()
    }

    #[test]
    fn codes_are_found_with_their_lengths() {
        let code = code();
        assert_eq!(code.find(0b0000_0000_0000_0000), Some((0x01, 2)));
        assert_eq!(code.find(0b0111_1111_1111_1111), Some((0x02, 2)));
        assert_eq!(code.find(0b1010_0000_0000_0000), Some((0x00, 4)));
        assert_eq!(code.find(0b1111_0000_0000_0000), None);
    }

    #[test]
    fn a_code_that_overflows_is_refused() {
        let mut counts = [0; 16];
        counts[0] = 3;
        assert!(Code::new(&counts, &[1, 2, 3]).is_none());
        counts[0] = 1;
        assert!(Code::new(&counts, &[1, 2]).is_none());
    }

    #[test]
    fn a_look_up_finds_two_values_and_their_places() {
        // 00 with magnitude 1, then 1100 (run 1, size 1) with magnitude 0.
        let pair = Pair::at(&singles(&code()), 0b0011_1000_0000);
        assert_eq!(pair.values, [1, -1]);
        assert_eq!((pair.run, pair.advance, pair.length), (0, 3, 8));
    }

    #[test]
    fn the_end_of_a_block_leads_behind_it() {
        let pair = Pair::at(&singles(&code()), 0b0001_0100_0000);
        assert_eq!((pair.advance, pair.length), (1 + END_OF_BLOCK, 7));
        assert_eq!(pair.values, [-1, 0]);
    }

    #[test]
    fn a_value_that_stands_alone_is_written_twice_into_its_place() {
        // 1011 with magnitude 1111; behind it 100 with three more bits, of which one is there.
        let pair = Pair::at(&singles(&code()), 0b1011_1111_1000);
        assert_eq!((pair.values, pair.run, pair.advance, pair.length), ([15, 15], 0, 1, 8));
    }

    #[test]
    fn a_code_without_its_magnitude_is_found_alone() {
        // The symbol 0x2a: 1100 with 10 bits of magnitude, of which eight are there.
        let mut counts = [0; 16];
        counts[3] = 13;
        let code = Code::new(&counts, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 0x11, 0x21, 0x31, 0x2a]).unwrap();
        let table = AcTable::new(code);
        let entry = table.pairs.entries[0b1100_0101_0101];
        assert_eq!((entry.length(), Wide::of(entry)), (0, Some(Wide { code: 4, run: 2, size: 10 })));
        assert_eq!(table.leaps[0b1100_0101_0101].to_le_bytes(), [14, 3]);
        // No code begins like this.
        assert_eq!((table.pairs.entries[0b1111_0000_0000], Wide::of(Entry(0))), (Entry(0), None));
        assert_eq!(table.leaps[0b1111_0000_0000], NO_LEAP);
    }

    #[test]
    fn a_leap_takes_symbols_whose_magnitudes_are_not_there() {
        // Twice 00 with one bit, 1011 with four bits of which two are there.
        let leap = leap(&singles(&code()), 0b0010_0110_1111);
        assert_eq!(leap.to_le_bytes(), [3 + 3 + 8, 3]);
        // 1011 with four bits, and 100 with three bits of which one is there.
        assert_eq!(self::leap(&singles(&code()), 0b1011_1111_1001).to_le_bytes(), [8 + 6, 2]);
    }

    #[test]
    fn magnitudes_are_extended_to_signed_values() {
        assert_eq!([extend(0, 1), extend(1, 1), extend(0, 3), extend(7, 3)], [-1, 1, -7, 7]);
    }
}
