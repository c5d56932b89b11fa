//! Which vector instructions the pixel loops are compiled for.
//!
//! Every loop is written once, over vectors of a fixed number of lanes, and compiled for each level; no loop fuses a multiplication
//! with an addition, so that all levels give the same bits.

use std::sync::atomic::{AtomicBool, Ordering};

use fearless_simd::{Level, Simd};

static IS_PORTABLE: AtomicBool = AtomicBool::new(false);

/// Makes all pictures from now on with the vector instructions that every processor of the target has, or lets them again
/// be made with the best that this one has. For tests and measurements: the pictures are the same.
pub fn force_portable(is_portable: bool) {
    IS_PORTABLE.store(is_portable, Ordering::Relaxed);
}

/// Work that is compiled once for each level.
///
/// Implementations and everything they call in a loop carry `#[inline(always)]`: only what is inlined into the level's own
/// function is compiled with its instructions.
pub(crate) trait Work {
    type Output;

    fn run<S: Simd>(self, simd: S) -> Self::Output;
}

/// Runs the work with the best instructions that the processor has.
///
/// On x86-64 these are AVX2 with what came along with it, or SSE2, which every such processor has; more levels would make the
/// program larger for a few per cent. On 64-bit ARM there is one level, NEON.
pub(crate) fn run<W: Work>(work: W) -> W::Output {
    let level = if IS_PORTABLE.load(Ordering::Relaxed) { Level::baseline() } else { Level::new() };
    run_at(level, work)
}

#[cfg(target_arch = "x86_64")]
fn run_at<W: Work>(level: Level, work: W) -> W::Output {
    if let Some(avx2) = level.as_avx2() {
        return avx2.vectorize(
            #[inline(always)]
            || work.run(avx2),
        );
    }
    let sse2 = level.as_sse2().expect("SSE2 is part of x86-64");
    sse2.vectorize(
        #[inline(always)]
        || work.run(sse2),
    )
}

#[cfg(not(target_arch = "x86_64"))]
fn run_at<W: Work>(level: Level, work: W) -> W::Output {
    fearless_simd::dispatch!(level, simd => work.run(simd))
}
