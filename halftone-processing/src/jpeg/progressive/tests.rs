//! Coefficients, against files that are written as the standard says, with scans of every kind in every order.

use proptest::collection::vec;
use proptest::prelude::*;

use super::coefficients::Coefficients;
use super::read_scans;
use crate::jpeg::ZIGZAG;
use crate::jpeg::frame::Frame;
use crate::jpeg::scan::SIDES;

/// A block, in zigzag order.
type Block = [i16; 64];

/// What a scan's header says of its coefficients.
#[derive(Debug, Clone, Copy)]
struct Scan {
    first: usize,
    last: usize,
    high: u32,
    low: u32,
}

/// What goes into a scan: a symbol of its code, or none, and bits behind it.
#[derive(Debug, Clone)]
enum Token {
    Symbol(u8, Vec<bool>),
    Bits(Vec<bool>),
    Restart,
}

fn bits_of(value: u32, count: u32) -> Vec<bool> {
    (0..count).rev().map(|place| value >> place & 1 == 1).collect()
}

/// Bits of a magnitude and their number: T.81, F.1.2.1.
fn magnitude(value: i32) -> (u8, Vec<bool>) {
    let size = 32 - value.unsigned_abs().leading_zeros();
    let bits = if value < 0 { value - 1 } else { value };
    (u8::try_from(size).unwrap(), bits_of(bits.cast_unsigned(), size))
}

/// The most blocks that end at once.
const MOST_BLOCKS: u32 = 0x7fff;

/// Blocks at the end of which nothing more comes, with the bits that refine them.
#[derive(Default)]
struct Ending {
    blocks: u32,
    bits: Vec<bool>,
}

impl Ending {
    /// Ends a block, with the bits that refine it.
    fn add(&mut self, bits: Vec<bool>, tokens: &mut Vec<Token>) {
        self.blocks += 1;
        self.bits.extend(bits);
        if self.blocks == MOST_BLOCKS {
            self.put(tokens);
        }
    }

    /// Ends the run: T.81, G.1.2.2.
    fn put(&mut self, tokens: &mut Vec<Token>) {
        if self.blocks > 0 {
            let size = self.blocks.ilog2();
            tokens.push(Token::Symbol(u8::try_from(size << 4).unwrap(), bits_of(self.blocks, size)));
        }
        tokens.push(Token::Bits(std::mem::take(&mut self.bits)));
        self.blocks = 0;
    }
}

impl Scan {
    fn tokens(self, blocks: &[Block], restart_interval: usize) -> Vec<Token> {
        let (mut tokens, mut ending, mut prediction) = (Vec::new(), Ending::default(), 0);
        for (number, block) in blocks.iter().enumerate() {
            if restart_interval > 0 && number > 0 && number.is_multiple_of(restart_interval) {
                ending.put(&mut tokens);
                tokens.push(Token::Restart);
                prediction = 0;
            }
            match (self.first, self.high) {
                (0, 0) => {
                    let value = i32::from(block[0] >> self.low);
                    let (size, bits) = magnitude(value - prediction);
                    tokens.push(Token::Symbol(size, bits));
                    prediction = value;
                }
                (0, _) => tokens.push(Token::Bits(vec![block[0] >> self.low & 1 == 1])),
                (_, 0) => self.first_of(block, &mut ending, &mut tokens),
                _ => self.more_of(block, &mut ending, &mut tokens),
            }
        }
        ending.put(&mut tokens);
        tokens
    }

    fn band(self, block: &Block) -> impl Iterator<Item = i32> {
        let shown = move |value: &i16| {
            let upper = i32::from(value.unsigned_abs()) >> self.low;
            if *value < 0 { -upper } else { upper }
        };
        block[self.first..=self.last].iter().map(shown)
    }

    /// T.81, figure G.3.
    fn first_of(self, block: &Block, ending: &mut Ending, tokens: &mut Vec<Token>) {
        let mut run = 0;
        for value in self.band(block) {
            if value == 0 {
                run += 1;
                continue;
            }
            ending.put(tokens);
            for _ in 0..run / 16 {
                tokens.push(Token::Symbol(0xf0, Vec::new()));
            }
            let (size, bits) = magnitude(value);
            tokens.push(Token::Symbol((run % 16) << 4 | size, bits));
            run = 0;
        }
        if run > 0 {
            ending.add(Vec::new(), tokens);
        }
    }

    /// T.81, figures G.7 to G.9.
    fn more_of(self, block: &Block, ending: &mut Ending, tokens: &mut Vec<Token>) {
        let band: Vec<i32> = self.band(block).collect();
        let news_end = band.iter().rposition(|value| value.abs() == 1).map_or(0, |last| last + 1);
        let (mut run, mut bits) = (0, Vec::new());
        for (place, value) in band.iter().enumerate() {
            if *value == 0 {
                run += 1;
                // A run goes on to a coefficient that is new, and only that.
                if run == 16 && place < news_end {
                    ending.put(tokens);
                    tokens.push(Token::Symbol(0xf0, std::mem::take(&mut bits)));
                    run = 0;
                }
            } else if value.abs() > 1 {
                bits.push(value & 1 == 1);
            } else {
                ending.put(tokens);
                bits.insert(0, *value > 0);
                tokens.push(Token::Symbol(run << 4 | 1, std::mem::take(&mut bits)));
                run = 0;
            }
        }
        if run > 0 || !bits.is_empty() {
            ending.add(bits, tokens);
        }
    }
}

/// Lengths of codes: the first so many have 2, 3, 4 and more bits, the others all the same.
#[derive(Debug, Clone, Copy)]
struct Lengths {
    steep: usize,
    others: u32,
}

/// A code of these symbols.
fn code(symbols: &[u8], Lengths { steep, others }: Lengths) -> (Vec<u8>, Vec<Vec<bool>>) {
    let length = |at| if at < steep { 2 + u32::try_from(at).unwrap() } else { others };
    let lengths: Vec<u32> = (0..symbols.len()).map(length).collect();
    let (mut counts, mut codes, mut next) = (vec![0; 16], Vec::new(), 0);
    for (at, length) in lengths.iter().enumerate() {
        if at > 0 {
            next = (next + 1) << (length - lengths[at - 1]);
        }
        codes.push(bits_of(next, *length));
        counts[*length as usize - 1] += 1;
    }
    (counts, codes)
}

fn segment(file: &mut Vec<u8>, marker: u8, content: &[u8]) {
    file.extend([0xff, marker]);
    file.extend(u16::try_from(content.len() + 2).unwrap().to_be_bytes());
    file.extend(content);
}

/// Fills up the last byte.
fn put_bits(file: &mut Vec<u8>, bits: &[bool]) {
    for byte in bits.chunks(8) {
        let filled = byte.iter().chain(std::iter::repeat(&true)).take(8);
        file.push(filled.fold(0, |byte, bit| byte << 1 | u8::from(*bit)));
        if file.last() == Some(&0xff) {
            file.push(0);
        }
    }
}

/// A grey picture.
#[derive(Debug, Clone)]
struct Picture {
    across: usize,
    blocks: Vec<Block>,
    scans: Vec<Scan>,
    restart_interval: usize,
    lengths: Lengths,
}

impl Picture {
    fn file(&self) -> Vec<u8> {
        let mut file = vec![0xff, 0xd8];
        let [across, down] =
            [self.across, self.blocks.len() / self.across].map(|side| u16::try_from(8 * side).unwrap());
        segment(&mut file, 0xdb, &[&[0; 1], [1; 64].as_slice()].concat());
        let sides = [down.to_be_bytes(), across.to_be_bytes()].concat();
        segment(&mut file, 0xc2, &[&[8], sides.as_slice(), &[1, 1, 0x11, 0]].concat());
        segment(&mut file, 0xdd, &u16::try_from(self.restart_interval).unwrap().to_be_bytes());
        for scan in &self.scans {
            self.put_scan(&mut file, *scan);
        }
        file.extend([0xff, 0xd9]);
        file
    }

    fn put_scan(&self, file: &mut Vec<u8>, scan: Scan) {
        let tokens = scan.tokens(&self.blocks, self.restart_interval);
        let mut uses = [0; 256];
        for token in &tokens {
            if let Token::Symbol(symbol, _) = token {
                uses[usize::from(*symbol)] += 1;
            }
        }
        let mut symbols: Vec<u8> = (0..=255).filter(|symbol| uses[usize::from(*symbol)] > 0).collect();
        symbols.sort_by_key(|symbol| std::cmp::Reverse(uses[usize::from(*symbol)]));
        let (counts, codes) = code(&symbols, self.lengths);
        let class = if scan.first == 0 { 0x00 } else { 0x10 };
        segment(file, 0xc4, &[&[class], counts.as_slice(), &symbols].concat());
        let [first, last] = [scan.first, scan.last].map(|position| u8::try_from(position).unwrap());
        let bits = u8::try_from(scan.high << 4 | scan.low).unwrap();
        segment(file, 0xda, &[1, 1, 0, first, last, bits]);
        let (mut restarts, mut data) = (0, Vec::new());
        for token in &tokens {
            match token {
                Token::Symbol(symbol, bits) => {
                    let at = symbols.iter().position(|one| one == symbol).unwrap();
                    data.extend(&codes[at]);
                    data.extend(bits);
                }
                Token::Bits(bits) => data.extend(bits),
                Token::Restart => {
                    put_bits(file, &std::mem::take(&mut data));
                    file.extend([0xff, 0xd0 + restarts % 8]);
                    restarts += 1;
                }
            }
        }
        put_bits(file, &data);
    }
}

/// Scans of the first coefficient and of up to three bands of the others, each from its upper bits down to the last.
fn scans() -> impl Strategy<Value = Vec<Scan>> {
    let low = prop_oneof![3 => 0_u32..4, 1 => 4_u32..13];
    (0_u32..3, vec(1_usize..64, 0..3), low, any::<bool>()).prop_map(|(dc_low, mut cuts, low, is_joined)| {
        let mut scans = vec![Scan { first: 0, last: 0, high: 0, low: dc_low }];
        cuts.extend([1, 64]);
        cuts.sort_unstable();
        cuts.dedup();
        let bands: Vec<(usize, usize)> = cuts.windows(2).map(|pair| (pair[0], pair[1] - 1)).collect();
        scans.extend(bands.iter().map(|(first, last)| Scan { first: *first, last: *last, high: 0, low }));
        for low in (0..dc_low).rev() {
            scans.push(Scan { first: 0, last: 0, high: low + 1, low });
        }
        // Refined as they came, or all of them together.
        let refined = if is_joined { vec![(1, 63)] } else { bands };
        for low in (0..low).rev() {
            let more =
                refined.iter().map(|(first, last)| Scan { first: *first, last: *last, high: low + 1, low });
            scans.extend(more);
        }
        scans
    })
}

/// Blocks with nothing, with little and with something everywhere.
fn block() -> impl Strategy<Value = Block> {
    let value = || prop_oneof![6 => -3_i16..=3, 2 => -40_i16..=40, 1 => -1023_i16..=1023];
    let some = vec((0_usize..64, value()), 0..12);
    let much = vec((0_usize..64, value()), 64..200);
    let all =
        vec(prop_oneof![2_i16..40, -40_i16..=-2], 64).prop_map(|all| all.into_iter().enumerate().collect());
    (-1000_i16..1000, prop_oneof![4 => some, 1 => much, 1 => all]).prop_map(|(first, values)| {
        let mut block = [0; 64];
        for (position, value) in values {
            block[position] = value;
        }
        block[0] = first;
        block
    })
}

fn pictures() -> impl Strategy<Value = Picture> {
    let blocks = (1_usize..7, 1_usize..5)
        .prop_flat_map(|(across, down)| (Just(across), vec(block(), across * down..=across * down)));
    let lengths = (0_usize..9, 10_u32..=16).prop_map(|(steep, others)| Lengths { steep, others });
    (blocks, scans(), prop_oneof![2 => Just(0_usize), 1 => 1_usize..9], lengths).prop_map(
        |((across, blocks), scans, restart_interval, lengths)| Picture {
            across,
            blocks,
            scans,
            restart_interval,
            lengths,
        },
    )
}

/// What is read is what was written, at every scale.
fn assert_read(picture: &Picture) -> Result<(), TestCaseError> {
    let file = picture.file();
    let frame = Frame::read(&file).unwrap();
    let segments = frame.progressive.as_ref().unwrap();
    for side in SIDES {
        let mut coefficients = [Coefficients::new(&frame, 0, side)];
        prop_assert!(read_scans(&frame, segments.clone(), &mut coefficients).is_some());
        let shown = coefficients[0].shown(0, picture.blocks.len());
        for (number, (shown, block)) in shown.zip(&picture.blocks).enumerate() {
            for (position, natural) in ZIGZAG.iter().enumerate() {
                let (row, column) = (usize::from(natural / 8), usize::from(natural % 8));
                if row < side && column < side {
                    prop_assert_eq!(
                        shown[row * side + column],
                        block[position],
                        "block {}, position {}, side {}",
                        number,
                        position,
                        side
                    );
                }
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn coefficients_are_those_that_were_written(picture in pictures()) {
        assert_read(&picture)?;
    }
}

/// They are read with what a refill left behind up to twelve short symbols.
#[test]
fn the_longest_run_of_blocks_in_the_longest_code_is_read() {
    let scans = [(0, 0, 0, 0), (1, 63, 0, 1), (1, 63, 1, 0)];
    let scans = scans.map(|(first, last, high, low)| Scan { first, last, high, low });
    for values in 0..=12 {
        // The first block begins the run, and its last one is there too.
        let mut blocks = vec![[0; 64]; 150 * 220];
        for (position, value) in (1..=values).zip([2, -3].into_iter().cycle()) {
            blocks[0][position] = value;
        }
        blocks[MOST_BLOCKS as usize][5] = 2;
        let picture = Picture {
            across: 150,
            blocks,
            scans: scans.to_vec(),
            restart_interval: 0,
            lengths: Lengths { steep: 1, others: 16 },
        };
        assert_read(&picture).unwrap();
    }
}
