//! Huffman codes and the bits that they make.

use std::sync::LazyLock;

use crate::jpeg::strip::MOST_AC;

/// Counts by length and symbols.
pub(crate) type CodeSpec = (&'static [u8; 16], &'static [u8]);

/// The codes of ITU-T T.81, tables K.3, K.5, K.4 and K.6: DC and AC of luma, DC and AC of chroma.
pub(crate) const STANDARD: [CodeSpec; 4] = [
    (&[0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
    (
        &[0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125],
        &[
            0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07,
            0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xa1, 0x08, 0x23, 0x42, 0xb1, 0xc1, 0x15, 0x52, 0xd1, 0xf0,
            0x24, 0x33, 0x62, 0x72, 0x82, 0x09, 0x0a, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x25, 0x26, 0x27, 0x28,
            0x29, 0x2a, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49,
            0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69,
            0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
            0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7,
            0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5,
            0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe1, 0xe2,
            0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8,
            0xf9, 0xfa,
        ],
    ),
    (&[0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
    (
        &[0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 119],
        &[
            0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71,
            0x13, 0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xa1, 0xb1, 0xc1, 0x09, 0x23, 0x33, 0x52, 0xf0,
            0x15, 0x62, 0x72, 0xd1, 0x0a, 0x16, 0x24, 0x34, 0xe1, 0x25, 0xf1, 0x17, 0x18, 0x19, 0x1a, 0x26,
            0x27, 0x28, 0x29, 0x2a, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48,
            0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68,
            0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87,
            0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5,
            0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3,
            0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda,
            0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8,
            0xf9, 0xfa,
        ],
    ),
];

/// By symbol: a code and, in the upper 16 bits, its length.
type Codes = [u32; 256];

/// Values whose codes and magnitudes are looked up together: from `-SMALL` to one below `SMALL`.
const SMALL: i32 = 32;
const SMALL_VALUES: usize = 2 * SMALL as usize;

/// The codes of one kind of component.
#[derive(Debug)]
pub(super) struct CodeTables {
    dc: Codes,
    ac: Codes,
    /// By run, 0 to 15, and value: the bits of the symbol with its magnitude, and in the lowest five their number.
    small: Box<[u32; 16 * SMALL_VALUES]>,
}

impl CodeTables {
    /// The tables of [`STANDARD`] for luma and chroma.
    pub(super) fn standard() -> &'static [Self; 2] {
        static TABLES: LazyLock<[CodeTables; 2]> = LazyLock::new(|| {
            let [luma_dc, luma_ac, chroma_dc, chroma_ac] = STANDARD.map(codes);
            [CodeTables::new(&luma_dc, &luma_ac), CodeTables::new(&chroma_dc, &chroma_ac)]
        });
        &TABLES
    }

    fn new(dc: &Codes, ac: &Codes) -> Self {
        let mut small = Box::new([0; 16 * SMALL_VALUES]);
        for (run, entries) in (0_u32..).zip(small.as_chunks_mut::<SMALL_VALUES>().0) {
            for (value, entry) in (-SMALL..).zip(entries) {
                let (bits, count) = symbol(ac, run, value);
                *entry = bits << 5 | count;
            }
        }
        Self { dc: *dc, ac: *ac, small }
    }
}

/// The bits of a coefficient behind up to 15 zeros, and their number: up to 26.
#[inline(always)]
fn symbol(ac: &Codes, run: u32, value: i32) -> (u32, u32) {
    let size = size_of_magnitude(value);
    with_magnitude(ac[(run << 4 | size) as usize & 255], size, value)
}

/// A code and the magnitude behind it: negative values less one, ITU-T T.81, F.1.2.1.
#[inline(always)]
const fn with_magnitude(code: u32, size: u32, value: i32) -> (u32, u32) {
    let magnitude = (value + (value >> 31)).cast_unsigned() & ((1 << size) - 1);
    let (bits, count) = bits_of(code);
    (bits << size | magnitude, count + size)
}

/// The bits of a code, and their number.
#[inline(always)]
const fn bits_of(code: u32) -> (u32, u32) {
    (code & 0xffff, code >> 16)
}

/// Numbers the codes: ITU-T T.81, annex C.
fn codes((counts, symbols): CodeSpec) -> Codes {
    let mut codes = [0; 256];
    let mut symbols = symbols.iter();
    let mut next = 0_u32;
    for (length, count) in (1_u32..).zip(counts) {
        for symbol in symbols.by_ref().take(usize::from(*count)) {
            codes[usize::from(*symbol)] = length << 16 | next;
            next += 1;
        }
        next <<= 1;
    }
    codes
}

/// Bits on their way into a file, a zero byte behind each 0xff.
#[derive(Debug, Clone)]
pub(super) struct BitWriter {
    file: Vec<u8>,
    waiting: Waiting,
}

/// Bits that are not in the file yet: the upper `count` ones, 0 to 64.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    bits: u64,
    count: u32,
}

/// The symbols of one block. What waits is in registers meanwhile, not behind a reference.
pub(super) struct BlockWriter<'a> {
    file: &'a mut Vec<u8>,
    codes: &'a CodeTables,
    waiting: Waiting,
}

impl BitWriter {
    pub(super) const fn new(file: Vec<u8>) -> Self {
        Self { file, waiting: Waiting { bits: 0, count: 0 } }
    }

    /// Makes room, so that writing does not.
    pub(super) fn reserve(&mut self, bytes: usize) {
        self.file.reserve(bytes);
    }

    /// Writes what `write` says.
    #[inline(always)]
    pub(super) fn write_block(&mut self, codes: &CodeTables, write: impl FnOnce(&mut BlockWriter<'_>)) {
        let mut block = BlockWriter { file: &mut self.file, codes, waiting: self.waiting };
        write(&mut block);
        self.waiting = block.waiting;
    }

    /// Fills the last byte with ones and gives the file back.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let Waiting { bits, count } = self.waiting;
        let filled = bits | u64::MAX.checked_shr(count).unwrap_or(0);
        for byte in filled.to_be_bytes().into_iter().take(count.div_ceil(8) as usize) {
            push_stuffed(&mut self.file, byte);
        }
        self.file
    }
}

impl BlockWriter<'_> {
    #[inline(always)]
    pub(super) fn write_dc(&mut self, difference: i32) {
        let size = size_of_magnitude(difference);
        self.write(with_magnitude(self.codes.dc[size as usize & 255], size, difference));
    }

    /// Writes a coefficient behind `run` zeros; one of more than ten bits as the greatest that has a code.
    #[inline(always)]
    pub(super) fn write_ac(&mut self, run: u32, value: i32) {
        if run < 16 && (-SMALL..SMALL).contains(&value) {
            let entry =
                self.codes.small[run as usize * SMALL_VALUES + (value + SMALL).cast_unsigned() as usize];
            self.write((entry >> 5, entry & 31));
        } else {
            self.waiting = write_wide(self.file, &self.codes.ac, self.waiting, (run, value));
        }
    }

    #[inline(always)]
    pub(super) fn write_end(&mut self) {
        self.write(bits_of(self.codes.ac[0]));
    }

    #[inline(always)]
    fn write(&mut self, symbol: (u32, u32)) {
        self.waiting = self.waiting.and(self.file, symbol);
    }
}

impl Waiting {
    /// What waits behind up to 27 more bits.
    #[inline(always)]
    fn and(self, file: &mut Vec<u8>, (bits, count): (u32, u32)) -> Self {
        let bits = u64::from(bits);
        let all = self.count + count;
        if all <= 64 {
            return Self { bits: self.bits | bits << (64 - all), count: all };
        }
        let beyond = all - 64;
        write_word(file, self.bits | bits >> beyond);
        Self { bits: bits << (64 - beyond), count: beyond }
    }
}

/// Writes a coefficient behind any number of zeros.
#[inline(never)]
fn write_wide(file: &mut Vec<u8>, ac: &Codes, mut waiting: Waiting, (mut run, value): (u32, i32)) -> Waiting {
    while run > 15 {
        waiting = waiting.and(file, bits_of(ac[0xf0]));
        run -= 16;
    }
    waiting.and(file, symbol(ac, run, value.clamp(-i32::from(MOST_AC), MOST_AC.into())))
}

#[inline(always)]
fn write_word(file: &mut Vec<u8>, word: u64) {
    const LOWEST: u64 = 0x0101_0101_0101_0101;
    const HIGHEST: u64 = LOWEST << 7;
    // Whether some byte is 0xff: whether its complement has a zero byte.
    if (!word).wrapping_sub(LOWEST) & word & HIGHEST == 0 {
        file.extend_from_slice(&word.to_be_bytes());
    } else {
        write_stuffed(file, word);
    }
}

#[cold]
fn write_stuffed(file: &mut Vec<u8>, word: u64) {
    for byte in word.to_be_bytes() {
        push_stuffed(file, byte);
    }
}

fn push_stuffed(file: &mut Vec<u8>, byte: u8) {
    file.push(byte);
    if byte == 0xff {
        file.push(0);
    }
}

/// Bits of a magnitude: ITU-T T.81, table F.1.
#[inline(always)]
const fn size_of_magnitude(value: i32) -> u32 {
    32 - value.unsigned_abs().leading_zeros()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same coefficient behind as many zeros, code by code and bit by bit.
    fn slow(codes: &CodeTables, run: u32, value: i32) -> Vec<bool> {
        let mut symbols = vec![bits_of(codes.ac[0xf0]); run as usize / 16];
        let size = size_of_magnitude(value);
        symbols.push(bits_of(codes.ac[(run % 16 * 16 + size) as usize]));
        let magnitude = if value < 0 { value + (1 << size) - 1 } else { value };
        symbols.push((magnitude.cast_unsigned(), size));
        let bits = |(bits, count): (u32, u32)| (0..count).rev().map(move |bit| bits >> bit & 1 == 1);
        symbols.into_iter().flat_map(bits).collect()
    }

    #[test]
    fn every_run_and_value_is_written_as_bit_by_bit() {
        let values = [1, 2, 30, 31, 32, 33, 255, 1022, 1023];
        let values: Vec<i32> = values.into_iter().flat_map(|value| [value, -value]).collect();
        for codes in CodeTables::standard() {
            // One file for all, so that symbols begin with any number of bits waiting.
            let (mut writer, mut expected) = (BitWriter::new(Vec::new()), Vec::new());
            for run in 0..=62 {
                for value in &values {
                    writer.write_block(codes, |block| block.write_ac(run, *value));
                    expected.extend(slow(codes, run, *value));
                }
            }
            let file = writer.finish();
            let mut bits = Vec::new();
            let mut previous = 0;
            for byte in file {
                // The zero behind 0xff is stuffing.
                if previous == 0xff {
                    assert_eq!(byte, 0);
                } else {
                    bits.extend((0..8).rev().map(|bit| byte >> bit & 1 == 1));
                }
                previous = byte;
            }
            assert!(bits.len() - expected.len() < 8 && bits[expected.len()..].iter().all(|bit| *bit));
            assert!(bits.starts_with(&expected), "some symbol is not as it should be");
        }
    }
}
