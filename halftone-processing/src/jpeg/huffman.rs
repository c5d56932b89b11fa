//! Tables that resolve several Huffman symbols with one look-up.
//!
//! A symbol of a JPEG's AC coefficients is a code of 1 to 16 bits and up to 10 bits of magnitude; together they take about
//! six bits in a camera's picture. One look-up by the next twelve bits therefore finds two symbols most of the time, and
//! where no values are needed, only the way to the end of the block, even more.

/// Bits of a look-up.
pub(super) const LOOKUP_BITS: u32 = 12;
const ENTRIES: usize = 1 << LOOKUP_BITS;

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

/// The code of DC differences, by its next bits.
pub(super) struct DcTable {
    pub(super) code: Code,
    /// Length of the code, and in the upper byte the size of the magnitude; 0 for codes that do not fit.
    pub(super) sizes: Box<[u16; ENTRIES]>,
}

impl DcTable {
    pub(super) fn new(code: Code) -> Self {
        let mut sizes = boxed();
        for (bits, entry) in (0_u32..).zip(sizes.iter_mut()) {
            if let Some((size, length)) = code.find(bits << (16 - LOOKUP_BITS))
                && length <= LOOKUP_BITS
                && size <= 11
            {
                *entry = u16::try_from(length).expect("at most 12") | u16::from(size) << 8;
            }
        }
        Self { code, sizes }
    }
}

/// The code of AC coefficients, by its next bits.
pub(super) struct AcTable {
    pub(super) code: Code,
    /// Up to two symbols each; see [`Pair`].
    pub(super) pairs: Box<[u64; ENTRIES]>,
    /// As many symbols as fit: their length in bits, and in the upper byte how far they lead.
    pub(super) leaps: Box<[u16; ENTRIES]>,
}

impl AcTable {
    pub(super) fn new(code: Code) -> Self {
        let (mut pairs, mut leaps) = (boxed(), boxed());
        for (bits, (pair, leap)) in (0_u32..).zip(pairs.iter_mut().zip(leaps.iter_mut())) {
            *pair = Pair::at(&code, bits).pack();
            *leap = self::leap(&code, bits);
        }
        Self { code, pairs, leaps }
    }
}

/// Two symbols of AC coefficients: what a look-up finds.
///
/// Packed from the lowest byte: length in bits (0: nothing fits), how far both lead, how far ahead the first and the second
/// value lie (a place behind the block for none); then the two values in 16 bits each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Pair {
    length: u32,
    advance: u8,
    places: [u8; 2],
    values: [i16; 2],
}

impl Pair {
    fn at(code: &Code, bits: u32) -> Self {
        let mut pair = Self { places: [END_OF_BLOCK; 2], ..Self::default() };
        for slot in 0..2 {
            let Some(symbol) = Symbol::at(code, bits, pair.length) else {
                break;
            };
            pair.length += symbol.length;
            if symbol.is_end {
                pair.advance += END_OF_BLOCK;
                break;
            }
            pair.places[slot] = pair.advance + symbol.run;
            pair.values[slot] = symbol.value;
            pair.advance += symbol.run + 1;
        }
        pair
    }

    fn pack(self) -> u64 {
        let [first, second] = self.values.map(|value| u64::from(value.cast_unsigned()));
        let [first_place, second_place] = self.places.map(u64::from);
        u64::from(self.length)
            | u64::from(self.advance) << 8
            | first_place << 16
            | second_place << 24
            | first << 32
            | second << 48
    }
}

fn leap(code: &Code, bits: u32) -> u16 {
    let (mut length, mut advance) = (0, 0);
    while let Some(symbol) = Symbol::at(code, bits, length) {
        if symbol.is_end {
            return u16::try_from(length + symbol.length).expect("at most 12") | (advance + 128) << 8;
        }
        let further = advance + u16::from(symbol.run) + 1;
        if further > 63 {
            break;
        }
        length += symbol.length;
        advance = further;
    }
    u16::try_from(length).expect("at most 12") | advance << 8
}

/// One symbol that fits into a look-up with its magnitude.
struct Symbol {
    length: u32,
    run: u8,
    value: i16,
    is_end: bool,
}

impl Symbol {
    fn at(code: &Code, bits: u32, used: u32) -> Option<Self> {
        let rest = (bits << (16 - LOOKUP_BITS + used)) & 0xffff;
        let (symbol, code_length) = code.find(rest)?;
        let (run, size) = (symbol >> 4, u32::from(symbol & 15));
        let length = code_length + size;
        if used + length > LOOKUP_BITS || size > 10 || (size == 0 && run != 0 && symbol != ZERO_RUN) {
            return None;
        }
        let magnitude = ((rest << code_length) & 0xffff) >> (16 - size);
        let value = i16::try_from(extend(magnitude, size)).ok()?;
        Some(Self { length, run, value, is_end: symbol == 0 })
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
        let pair = Pair::at(&code(), 0b0011_1000_0000);
        assert_eq!(pair.values, [1, -1]);
        assert_eq!((pair.places, pair.advance, pair.length), ([0, 2], 3, 8));
    }

    #[test]
    fn the_end_of_a_block_leads_behind_it() {
        let pair = Pair::at(&code(), 0b0001_0100_0000);
        assert_eq!((pair.advance, pair.length), (1 + END_OF_BLOCK, 7));
        assert_eq!(pair.values[0], -1);
    }

    #[test]
    fn magnitudes_are_extended_to_signed_values() {
        assert_eq!([extend(0, 1), extend(1, 1), extend(0, 3), extend(7, 3)], [-1, 1, -7, 7]);
    }
}
