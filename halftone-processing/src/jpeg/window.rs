//! Entropy-coded data without its stuffing, a window at a time.
//!
//! A JPEG writes a zero byte after each 0xff of its entropy-coded data, so that decoders find markers. Removed beforehand, with a fast
//! search, the bit reader's refill is one load without a branch.

use memchr::memchr;

/// Bytes of a window: small enough to stay in the processor's nearest caches.
const WINDOW_BYTES: usize = 32 * 1024;

/// Zero bytes behind the data, so that a reader that runs over its end still reads something. Also what a minimum coded unit may
/// take at most: ten blocks of 64 coefficients, each at most 27 bits, and the refill.
pub(super) const MARGIN_BYTES: usize = 10 * 64 * 4 + 16;

/// A stretch of entropy-coded data, between two markers.
pub(super) struct Window<'a> {
    source: &'a [u8],
    /// What comes behind the source, if the place where it begins is wanted.
    second: Option<&'a [u8]>,
    /// Bytes of data that were here and are used up.
    gone: usize,
    /// See [`Window::joint`].
    joint: Option<usize>,
    bytes: Vec<u8>,
    /// Bytes of the window that are data; zeros follow.
    filled: usize,
    /// Whether a marker, or the end of the file, follows the data of the window.
    is_last: bool,
}

impl<'a> Window<'a> {
    /// Begins with the data after a scan's header.
    pub(super) fn new(source: &'a [u8]) -> Self {
        Self::over(source, None)
    }

    /// The same, and watches for a place in the data: so many bytes of the file behind its beginning, and neither within a
    /// stuffed byte nor within a marker.
    pub(super) fn watching(source: &'a [u8], place: usize) -> Self {
        let (first, second) = source.split_at(place);
        Self::over(first, Some(second))
    }

    fn over(source: &'a [u8], second: Option<&'a [u8]>) -> Self {
        let mut window = Self {
            source,
            second,
            gone: 0,
            joint: None,
            bytes: vec![0; WINDOW_BYTES + MARGIN_BYTES],
            filled: 0,
            is_last: false,
        };
        window.fill();
        window
    }

    /// Where the window's first byte lies in the data.
    pub(super) const fn begin(&self) -> usize {
        self.gone
    }

    /// Where in the data the place lies that was watched for, once the window has come so far.
    pub(super) const fn joint(&self) -> Option<usize> {
        self.joint
    }

    /// The data and the zeros behind it.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where the data ends.
    pub(super) const fn filled(&self) -> usize {
        self.filled
    }

    /// Drops the bytes before `used`, puts as many behind, and tells whether there was need to: bytes moved down by
    /// `used`.
    #[inline(always)]
    pub(super) fn advance(&mut self, used: usize) -> bool {
        if self.is_last || used + MARGIN_BYTES <= self.filled {
            return false;
        }
        self.slide(used);
        true
    }

    #[cold]
    fn slide(&mut self, used: usize) {
        self.bytes.copy_within(used..self.filled, 0);
        self.gone += used;
        self.filled -= used;
        self.fill();
    }

    /// What follows the data, from its marker, once all of it is in the window.
    pub(super) fn rest(&self) -> Option<&'a [u8]> {
        self.is_last.then_some(self.source)
    }

    /// Whether the picture's end is what follows the data.
    pub(super) fn is_end_of_picture(&self) -> bool {
        self.marker().is_some_and(|(marker, _)| marker == 0xd9)
    }

    /// The marker that follows the data, once all of it is in the window, and what comes behind it.
    fn marker(&self) -> Option<(u8, &'a [u8])> {
        let rest = self.rest()?;
        // Any number of 0xff may stand before a marker.
        let fill = rest.iter().take_while(|byte| **byte == 0xff).count();
        let (marker, behind) = rest[fill..].split_first()?;
        (fill > 0).then_some((*marker, behind))
    }

    /// Goes on behind the restart marker of this number.
    pub(super) fn restart(&mut self, number: u8) -> Option<()> {
        let (marker, behind) = self.marker()?;
        if marker != 0xd0 + (number & 7) {
            return None;
        }
        self.source = behind;
        self.gone += self.filled;
        self.filled = 0;
        self.is_last = false;
        self.fill();
        Some(())
    }

    fn fill(&mut self) {
        while self.filled < WINDOW_BYTES {
            if self.source.is_empty()
                && let Some(second) = self.second.take()
            {
                self.source = second;
                self.joint = Some(self.gone + self.filled);
            }
            let room = WINDOW_BYTES - self.filled;
            let near = &self.source[..self.source.len().min(room)];
            let run = memchr(0xff, near).unwrap_or(near.len());
            self.bytes[self.filled..self.filled + run].copy_from_slice(&near[..run]);
            self.filled += run;
            self.source = &self.source[run..];
            match self.source {
                [0xff, 0x00, after @ ..] if run < room => {
                    self.bytes[self.filled] = 0xff;
                    self.filled += 1;
                    self.source = after;
                }
                // The rest of it comes next.
                [] if self.second.is_some() => {}
                [0xff, ..] | [] if run < room => {
                    self.is_last = true;
                    break;
                }
                _ => {}
            }
        }
        self.bytes[self.filled..].fill(0);
    }
}
