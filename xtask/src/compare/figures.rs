//! Arithmetic of measurements.

use std::time::Duration;

use super::measure::Usage;

/// The median of the ratios of CPU time within each round.
pub(super) fn cpu_ratio(rounds: &[Usage], reference: &[Usage]) -> f64 {
    median(rounds.iter().zip(reference).map(|(one, other)| seconds(one.cpu) / seconds(other.cpu)))
}

/// The median of the ratios of the time that a person waits, within each round.
pub(super) fn wall_ratio(rounds: &[Usage], reference: &[Usage]) -> f64 {
    median(rounds.iter().zip(reference).map(|(one, other)| seconds(one.wall) / seconds(other.wall)))
}

/// The median of the most memory in each round, in millions of bytes.
pub(super) fn peak_megabytes(rounds: &[Usage]) -> f64 {
    median(rounds.iter().map(|usage| millions(usage.peak_bytes)))
}

/// The median of the CPU times.
pub(super) fn cpu_milliseconds(rounds: &[Usage]) -> f64 {
    median(rounds.iter().map(|usage| seconds(usage.cpu) * 1e3))
}

/// The median of the times that a person waits.
pub(super) fn wall_milliseconds(rounds: &[Usage]) -> f64 {
    median(rounds.iter().map(|usage| seconds(usage.wall) * 1e3))
}

/// The figure in the middle, or the mean of the two that are there; not a number if there is none.
pub(super) fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    match (figures.len(), figures.get(figures.len() / 2)) {
        (count, Some(upper)) if count % 2 == 0 => f64::midpoint(figures[count / 2 - 1], *upper),
        (_, Some(middle)) => *middle,
        (_, None) => f64::NAN,
    }
}

pub(super) fn mean(figures: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = figures.fold((0.0, 0.0), |(sum, count), figure| (sum + figure, count + 1.0));
    sum / count
}

pub(super) const fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64()
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
pub(super) const fn millions(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
pub(super) const fn thousands(bytes: u64) -> f64 {
    bytes as f64 / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_or_the_mean_of_the_two_in_the_middle() {
        assert!((median([3.0, 1.0, 2.0].into_iter()) - 2.0).abs() < 1e-9);
        assert!((median([4.0, 1.0, 2.0, 3.0].into_iter()) - 2.5).abs() < 1e-9);
        assert!(median(std::iter::empty()).is_nan());
    }
}
