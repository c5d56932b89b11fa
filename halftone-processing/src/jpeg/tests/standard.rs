//! Coefficients, against a decoder that reads one bit after the other as the standard says.

use proptest::prelude::*;

use super::inputs::samples;
use crate::jpeg::ZIGZAG;
use crate::jpeg::entropy::{Batch, BitReader, LANES, Selection, Tables, decode_block};
use crate::jpeg::frame::{Component, Frame};
use crate::jpeg::huffman::Code;
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
            let symbol = self.symbol(&tables.ac.symbols.code);
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn coefficients_are_those_of_the_standard_to_the_bit(sample in samples()) {
        let file = sample.file();
        let frame = Frame::read(&file).unwrap();
        let mut plain = PlainBits { data: frame.data, byte: 0, left: 0 };
        let mut window = Window::new(frame.data);
        let mut reader = BitReader::new();
        let selections = SIDES.map(Selection::new);
        let most = |factor: fn(&Component) -> usize| frame.components.iter().map(factor).max().unwrap();
        let units = frame.width.div_ceil(8 * most(|component| component.across))
            * frame.height.div_ceil(8 * most(|component| component.down));
        for unit in 0..units {
            if frame.restart_interval > 0 && unit > 0 && unit % frame.restart_interval == 0 {
                plain.restart();
                window.restart(u8::try_from((unit / frame.restart_interval - 1) % 8).unwrap()).unwrap();
                reader = BitReader::new();
            }
            reader.keep_up(&mut window);
            for component in &frame.components {
                let tables = Tables {
                    dc: frame.dc_tables[component.dc].as_ref().unwrap(),
                    ac: frame.ac_tables[component.ac].as_ref().unwrap(),
                };
                for _ in 0..component.across * component.down {
                    let expected = plain.block(&tables);
                    let begin = reader;
                    for (selection, side) in selections.iter().zip(SIDES) {
                        reader = begin;
                        let mut batch: Batch = [0; 2048];
                        let difference =
                            decode_block(&mut reader, window.bytes(), &tables, selection, &mut batch, 5).unwrap();
                        prop_assert_eq!(difference, i32::from(expected[0]));
                        for place in 1..side * side {
                            let wanted = expected[place / side * 8 + place % side];
                            prop_assert_eq!(batch[place * LANES + 5], wanted, "place {} of side {}", place, side);
                        }
                    }
                }
            }
        }
    }
}
