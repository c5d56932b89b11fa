//! How large a picture's components are, in samples, in blocks and in units.

use super::frame::{Component, Frame};

/// Entropy-coded bytes from which on a second thread is worth its start: some milliseconds of decoding.
const LONG_BYTES: usize = 256 * 1024;

impl Frame<'_> {
    /// Whether the scan takes long enough to share the work on it.
    pub(crate) const fn is_long(&self) -> bool {
        self.data.len() >= LONG_BYTES
    }

    /// Whether it comes in several scans.
    pub(crate) const fn is_progressive(&self) -> bool {
        self.progressive.is_some()
    }

    /// Whether its blocks are those of the files that this crate writes: three components with half-size chroma, in one scan.
    pub(crate) fn has_half_chroma(&self) -> bool {
        let sampling = self.components.iter().map(|component| (component.across, component.down));
        self.progressive.is_none() && sampling.eq([(2, 2), (1, 1), (1, 1)])
    }

    /// Bytes from the scan's data to the end of the file.
    pub(crate) const fn bytes_to_end(&self) -> usize {
        self.data.len()
    }

    /// Components, 1 or 3.
    pub(crate) fn components(&self) -> usize {
        self.components.len()
    }

    /// Whether two components have equally many samples.
    pub(crate) fn are_alike(&self, one: usize, other: usize) -> bool {
        let (one, other) = (&self.components[one], &self.components[other]);
        one.across == other.across && one.down == other.down
    }

    /// How much of the full size a component covers, in its own samples, across and down. Whole numbers only where the subsampling divides
    /// the sides.
    #[expect(clippy::cast_precision_loss, reason = "sides of at most 65,535")]
    pub(crate) fn extent(&self, component: usize) -> (f64, f64) {
        let (most_across, most_down) = self.most();
        let component = &self.components[component];
        (
            self.width as f64 * component.across as f64 / most_across as f64,
            self.height as f64 * component.down as f64 / most_down as f64,
        )
    }

    /// Samples of a component at `side` eighths of its size, across and down.
    pub(crate) fn samples(&self, component: usize, side: usize) -> (usize, usize) {
        let (most_across, most_down) = self.most();
        let component = &self.components[component];
        let scaled =
            |length: usize, factor: usize, most: usize| ((length * factor).div_ceil(most) * side).div_ceil(8);
        (scaled(self.width, component.across, most_across), scaled(self.height, component.down, most_down))
    }

    /// Minimum coded units of the picture, across and down.
    pub(super) fn units(&self) -> (usize, usize) {
        let (most_across, most_down) = self.most();
        (self.width.div_ceil(8 * most_across), self.height.div_ceil(8 * most_down))
    }

    /// Blocks of a component in all units, across and down.
    pub(super) fn padded_blocks(&self, component: usize) -> (usize, usize) {
        let (across, down) = self.units();
        let component = &self.components[component];
        (across * component.across, down * component.down)
    }

    fn most(&self) -> (usize, usize) {
        let most = |factor: fn(&Component) -> usize| self.components.iter().map(factor).max().unwrap_or(1);
        (most(|component| component.across), most(|component| component.down))
    }
}
