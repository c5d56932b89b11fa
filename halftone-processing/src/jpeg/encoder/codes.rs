//! Huffman codes and the bits that they make.

use std::sync::LazyLock;

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

/// The codes of one kind of component.
#[derive(Debug)]
pub(super) struct CodeTables {
    dc: Codes,
    ac: Codes,
}

impl CodeTables {
    /// The tables of [`STANDARD`] for luma and chroma.
    pub(super) fn standard() -> &'static [Self; 2] {
        static TABLES: LazyLock<[CodeTables; 2]> = LazyLock::new(|| {
            let [luma_dc, luma_ac, chroma_dc, chroma_ac] = STANDARD.map(codes);
            [CodeTables { dc: luma_dc, ac: luma_ac }, CodeTables { dc: chroma_dc, ac: chroma_ac }]
        });
        &TABLES
    }
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
    /// The upper `count` bits are waiting.
    bits: u64,
    count: u32,
}

impl BitWriter {
    pub(super) const fn new(file: Vec<u8>) -> Self {
        Self { file, bits: 0, count: 0 }
    }

    /// Makes room, so that writing does not.
    pub(super) fn reserve(&mut self, bytes: usize) {
        self.file.reserve(bytes);
    }

    #[inline(always)]
    pub(super) fn write_dc(&mut self, codes: &CodeTables, difference: i32) {
        let size = size_of_magnitude(difference);
        self.write_value(codes.dc[size as usize & 255], size, difference);
    }

    /// Writes a coefficient behind `run` zeros.
    #[inline(always)]
    pub(super) fn write_ac(&mut self, codes: &CodeTables, mut run: u32, value: i32) {
        while run > 15 {
            self.write_code(codes.ac[0xf0]);
            run -= 16;
        }
        let size = size_of_magnitude(value);
        self.write_value(codes.ac[(run << 4 | size) as usize & 255], size, value);
    }

    pub(super) fn write_end_of_block(&mut self, codes: &CodeTables) {
        self.write_code(codes.ac[0]);
    }

    /// A code and the magnitude behind it: negative values less one, ITU-T T.81, F.1.2.1.
    #[inline(always)]
    fn write_value(&mut self, code: u32, size: u32, value: i32) {
        let magnitude = (value + (value >> 31)).cast_unsigned() & ((1 << size) - 1);
        self.write((code & 0xffff) << size | magnitude, (code >> 16) + size);
    }

    #[inline(always)]
    fn write_code(&mut self, code: u32) {
        self.write(code & 0xffff, code >> 16);
    }

    /// Writes up to 27 bits.
    #[inline(always)]
    fn write(&mut self, bits: u32, count: u32) {
        self.count += count;
        self.bits |= u64::from(bits) << (64 - self.count);
        if self.count >= 32 {
            self.write_word();
        }
    }

    #[inline(always)]
    fn write_word(&mut self) {
        let word = (self.bits >> 32) as u32;
        self.bits <<= 32;
        self.count -= 32;
        // Whether some byte is 0xff: whether its complement has a zero byte.
        if (!word).wrapping_sub(0x0101_0101) & word & 0x8080_8080 == 0 {
            self.file.extend_from_slice(&word.to_be_bytes());
        } else {
            self.write_stuffed(word);
        }
    }

    #[cold]
    fn write_stuffed(&mut self, word: u32) {
        for byte in word.to_be_bytes() {
            self.write_byte(byte);
        }
    }

    fn write_byte(&mut self, byte: u8) {
        self.file.push(byte);
        if byte == 0xff {
            self.file.push(0);
        }
    }

    /// Fills the last byte with ones and gives the file back.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let bytes = self.count.div_ceil(8);
        let filled = self.bits | (u64::MAX >> self.count);
        for byte in filled.to_be_bytes().into_iter().take(bytes as usize) {
            self.write_byte(byte);
        }
        self.file
    }
}

/// Bits of a magnitude: ITU-T T.81, table F.1.
#[inline(always)]
const fn size_of_magnitude(value: i32) -> u32 {
    32 - value.unsigned_abs().leading_zeros()
}
