//! The operating system's randomness behind the core's port.

use halftone_core::entropy::Entropy;

/// Draws from the operating system's cryptographically secure source (`getrandom` on Linux).
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    /// # Panics
    /// The operating system has no randomness to give, which no supported system does after it has booted;
    /// going on without it would hand out guessable tokens.
    fn fill(&self, target: &mut [u8]) {
        getrandom::fill(target).expect("the operating system gives random bytes");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_draws_differ() {
        let (mut first, mut second) = ([0_u8; 32], [0_u8; 32]);
        OsEntropy.fill(&mut first);
        OsEntropy.fill(&mut second);
        assert_ne!(first, second);
    }
}
