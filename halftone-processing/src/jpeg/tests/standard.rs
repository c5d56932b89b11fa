//! Coefficients, against a decoder that reads one bit after the other as the standard says.

use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;

use super::inputs::samples;
use crate::jpeg::ZIGZAG;
use crate::jpeg::bits::BitReader;
use crate::jpeg::encoder::STANDARD;
use crate::jpeg::entropy::{Batch, LANES, Selection, Tables, decode_block};
use crate::jpeg::frame::{Component, Frame};
use crate::jpeg::huffman::{AcTable, Code, DcTable};
use crate::jpeg::scan::SIDES;
use crate::jpeg::window::Window;

/// One bit after the other, as ITU-T T.81, annex F, describes it.
struct PlainBits<'a> {
    data: &'a [u8],
    byte: u8,
    left: u32,
}

impl PlainBits<'_> {
    fn bit(&mut self) -> u32 {
        if self.left == 0 {
            self.byte = self.data[0];
            self.data = if self.data.starts_with(&[0xff, 0]) { &self.data[2..] } else { &self.data[1..] };
            self.left = 8;
        }
        self.left -= 1;
        u32::from(self.byte >> self.left & 1)
    }

    fn receive_and_extend(&mut self, size: u32) -> i32 {
        let value = (0..size).fold(0_i32, |value, _| value << 1 | self.bit().cast_signed());
        if size > 0 && value < 1 << (size - 1) { value - (1 << size) + 1 } else { value }
    }

    fn symbol(&mut self, code: &Code) -> u8 {
        let mut bits = 0;
        for length in 1..=16 {
            bits = bits << 1 | self.bit();
            if let Some((symbol, found)) = code.find(bits << (16 - length))
                && found == length
            {
                return symbol;
            }
        }
        panic!("no code of sixteen bits");
    }

    fn block(&mut self, tables: &Tables<'_>) -> [i16; 64] {
        let mut block = [0; 64];
        let size = self.symbol(&tables.dc.code);
        block[0] = i16::try_from(self.receive_and_extend(u32::from(size))).unwrap();
        let mut position = 1;
        while position < 64 {
            let symbol = self.symbol(&tables.ac.pairs.symbols.code);
            match symbol {
                0 => break,
                0xf0 => position += 16,
                _ => {
                    position += usize::from(symbol >> 4);
                    let value = self.receive_and_extend(u32::from(symbol & 15));
                    block[usize::from(ZIGZAG[position])] = i16::try_from(value).unwrap();
                    position += 1;
                }
            }
        }
        block
    }

    /// Skips what is left of the byte and the restart marker.
    fn restart(&mut self) {
        assert!(matches!(self.data, [0xff, 0xd0..=0xd7, ..]));
        self.data = &self.data[2..];
        self.left = 0;
    }
}

/// Both decoders at the beginning of a block.
struct Twins<'a> {
    plain: PlainBits<'a>,
    window: Window<'a>,
    reader: BitReader,
    selections: [Selection; SIDES.len()],
    whole: Selection,
}

impl<'a> Twins<'a> {
    fn new(data: &'a [u8]) -> Self {
        let plain = PlainBits { data, byte: 0, left: 0 };
        Self {
            plain,
            window: Window::new(data),
            reader: BitReader::new(),
            selections: SIDES.map(Selection::new),
            whole: Selection::whole_blocks(),
        }
    }

    fn restart(&mut self, number: usize) {
        self.plain.restart();
        self.window.restart(u8::try_from(number % 8).unwrap()).unwrap();
        self.reader = BitReader::new();
    }

    /// Decodes the next block at every scale, and whole, and compares.
    fn compare(&mut self, tables: &Tables<'_>) -> Result<(), TestCaseError> {
        self.reader.keep_up(&mut self.window);
        let expected = self.plain.block(tables);
        let begin = self.reader;
        for (selection, side) in self.selections.iter().zip(SIDES) {
            self.reader = begin;
            let mut batch: Batch = [0; 2048];
            let difference =
                decode_block(&mut self.reader, self.window.bytes(), tables, selection, &mut batch, 5)
                    .unwrap();
            prop_assert_eq!(difference, i32::from(expected[0]));
            for place in 1..side * side {
                let wanted = expected[place / side * 8 + place % side];
                prop_assert_eq!(batch[place * LANES + 5], wanted, "place {} of side {}", place, side);
            }
        }
        self.reader = begin;
        let mut batch: Batch = [0; 2048];
        let lane = self.whole.lane(5);
        decode_block(&mut self.reader, self.window.bytes(), tables, &self.whole, &mut batch, lane).unwrap();
        for place in 1..64 {
            let wanted = expected[place % 8 * 8 + place / 8];
            prop_assert_eq!(batch[5 * 64 + place], wanted, "place {} of the whole block", place);
        }
        Ok(())
    }
}

/// By symbol: the 16 bits that begin with its code, and the code's length.
type Codes = [Option<(u32, u32)>; 256];

fn codes_of(code: &Code) -> Codes {
    let mut codes = [None; 256];
    for bits in 0..=0xffff {
        if let Some((symbol, length)) = code.find(bits) {
            codes[usize::from(symbol)].get_or_insert((bits, length));
        }
    }
    codes
}

/// Writes what [`PlainBits`] reads.
#[derive(Default)]
struct PlainWriter {
    data: Vec<u8>,
    byte: u8,
    used: u32,
}

impl PlainWriter {
    fn put(&mut self, bits: u32, count: u32) {
        for place in (0..count).rev() {
            self.byte = self.byte << 1 | u8::try_from(bits >> place & 1).unwrap();
            self.used += 1;
            if self.used == 8 {
                self.data.push(self.byte);
                if self.byte == 0xff {
                    self.data.push(0);
                }
                self.used = 0;
            }
        }
    }

    fn symbol(&mut self, codes: &Codes, symbol: u8, magnitude: u32) {
        let (bits, length) = codes[usize::from(symbol)].expect("every symbol of the table has a code");
        self.put(bits >> (16 - length), length);
        let size = u32::from(symbol & 15);
        self.put(magnitude % (1 << size), size);
    }

    /// A block of as many of the symbols as fit into it.
    fn block(&mut self, [dc_codes, ac_codes]: &[Codes; 2], dc: (u8, u32), symbols: &[(u8, u32)]) {
        self.symbol(dc_codes, dc.0, dc.1);
        let mut position = 1;
        for (symbol, magnitude) in symbols {
            let end = position + usize::from(symbol >> 4) + 1;
            if *symbol != 0 && end <= 64 {
                self.symbol(ac_codes, *symbol, *magnitude);
                position = end;
            }
        }
        if position < 64 {
            self.symbol(ac_codes, 0, 0);
        }
    }

    /// The data with the end marker behind it.
    fn finish(mut self) -> Vec<u8> {
        let left = (8 - self.used) % 8;
        self.put((1 << left) - 1, left);
        self.data.extend([0xff, 0xd9]);
        self.data
    }
}

/// The standard's tables of luma, or of chroma.
struct Kind {
    dc: DcTable,
    ac: AcTable,
    codes: [Codes; 2],
}

/// Made once: they take longer than the blocks.
static KINDS: LazyLock<[Kind; 2]> = LazyLock::new(|| {
    [[0, 1], [2, 3]].map(|kind: [usize; 2]| {
        let [dc, ac] = kind.map(|table| {
            let (counts, symbols) = STANDARD[table];
            Code::new(counts, symbols).unwrap()
        });
        let codes = [codes_of(&dc), codes_of(&ac)];
        Kind { dc: DcTable::new(dc), ac: AcTable::new(ac), codes }
    })
});

/// A symbol of the standard's tables for AC coefficients, large ones as often as small ones, with its magnitude.
fn ac_symbols() -> impl Strategy<Value = (u8, u32)> {
    let large = prop::sample::select(vec![0x08_u8, 0x09, 0x0a, 0x07, 0x18, 0x1a]);
    (prop_oneof![prop::sample::select(STANDARD[1].1), large, 1_u8..7], any::<u32>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn coefficients_are_those_of_the_standard_to_the_bit(sample in samples()) {
        let file = sample.file();
        let frame = Frame::read(&file).unwrap();
        let mut twins = Twins::new(frame.data);
        let most = |factor: fn(&Component) -> usize| frame.components.iter().map(factor).max().unwrap();
        let units = frame.width.div_ceil(8 * most(|component| component.across))
            * frame.height.div_ceil(8 * most(|component| component.down));
        for unit in 0..units {
            if frame.restart_interval > 0 && unit > 0 && unit % frame.restart_interval == 0 {
                twins.restart(unit / frame.restart_interval - 1);
            }
            for component in &frame.components {
                let tables = Tables {
                    dc: frame.dc_tables[component.dc].as_ref().unwrap(),
                    ac: frame.ac_tables[component.ac].as_ref().unwrap(),
                };
                for _ in 0..component.across * component.down {
                    twins.compare(&tables)?;
                }
            }
        }
    }

    /// Pictures seldom have the longest codes behind one another, so blocks are written that have.
    #[test]
    fn every_order_of_symbols_is_read_as_the_standard_says(
        blocks in vec(((0_u8..12, any::<u32>()), vec(ac_symbols(), 0..64)), 1..8),
        is_chroma: bool,
    ) {
        let kind = &KINDS[usize::from(is_chroma)];
        let tables = Tables { dc: &kind.dc, ac: &kind.ac };
        let mut writer = PlainWriter::default();
        for (dc, symbols) in &blocks {
            writer.block(&kind.codes, *dc, symbols);
        }
        let data = writer.finish();
        let mut twins = Twins::new(&data);
        for _ in &blocks {
            twins.compare(&tables)?;
        }
    }
}
