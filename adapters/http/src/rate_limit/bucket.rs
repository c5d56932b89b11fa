//! Buckets that fill up again, in bounded memory.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::options::RateLimitOptions;

/// What is counted. Each scope has buckets of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Scope {
    Credentials,
    CredentialsOfSubject,
    Sessions,
    Pins,
    WrongPins,
    UnknownTokens,
}

/// How much a bucket holds, and how fast it fills up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    pub(super) burst: u32,
    pub(super) back: u32,
    pub(super) per: Duration,
}

impl Rate {
    pub(super) const fn per_minute(count: u32) -> Self {
        Self { burst: count, back: count, per: Duration::from_mins(1) }
    }

    /// The time in which one comes back.
    fn step(self) -> Duration {
        self.per / self.back.max(1)
    }

    /// A full bucket of time: the steps that may be taken at once.
    fn depth(self) -> Duration {
        self.step() * self.burst.max(1)
    }
}

/// All buckets of one application.
///
/// A bucket is one instant: when it will be full again (the generic cell rate algorithm). Full buckets are not
/// kept. The keys are hashed with a key of this process, so neither addresses nor tokens are kept, and nobody
/// can aim at somebody else's bucket.
#[derive(Debug)]
pub(crate) struct RateLimits {
    options: RateLimitOptions,
    hasher: RandomState,
    full_at: Mutex<HashMap<u64, Instant>>,
}

impl RateLimits {
    /// The most buckets that are kept, some 10 MB. An attacker with more addresses than that makes the oldest
    /// debts be forgotten early.
    const MOST: usize = 200_000;

    pub(crate) fn new(options: &RateLimitOptions) -> Self {
        Self { options: *options, hasher: RandomState::new(), full_at: Mutex::default() }
    }

    pub(super) const fn options(&self) -> &RateLimitOptions {
        &self.options
    }

    /// Takes one from a bucket, or tells how long to wait for the next one.
    pub(super) fn take(&self, scope: Scope, key: &[&[u8]], rate: Rate, now: Instant) -> Option<Duration> {
        self.visit(scope, key, rate, now, true)
    }

    /// Tells how long to wait for the next one, without taking one.
    pub(super) fn look(&self, scope: Scope, key: &[&[u8]], rate: Rate, now: Instant) -> Option<Duration> {
        self.visit(scope, key, rate, now, false)
    }

    fn visit(&self, scope: Scope, key: &[&[u8]], rate: Rate, now: Instant, takes: bool) -> Option<Duration> {
        if rate.burst == u32::MAX {
            return None;
        }
        let bucket = self.hasher.hash_one((scope, key));
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let debt = full_at.get(&bucket).map_or(now, |&at| at.max(now));
        let debt_after = debt + rate.step();
        let most = now + rate.depth();
        if debt_after > most {
            return Some(debt_after - most);
        }
        if takes {
            if full_at.len() >= Self::MOST {
                forget(&mut full_at, now);
            }
            full_at.insert(bucket, debt_after);
        }
        None
    }
}

/// Drops the full buckets and, if hardly any was, the half that is full soonest.
fn forget(full_at: &mut HashMap<u64, Instant>, now: Instant) {
    full_at.retain(|_, at| *at > now);
    if full_at.len() < RateLimits::MOST / 2 {
        return;
    }
    let mut times: Vec<Instant> = full_at.values().copied().collect();
    let middle = times.len() / 2;
    let (_, &mut median, _) = times.select_nth_unstable(middle);
    full_at.retain(|_, at| *at > median);
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[&[u8]] = &[b"somebody"];

    fn limits() -> RateLimits {
        RateLimits::new(&RateLimitOptions::default())
    }

    #[test]
    fn a_burst_passes_and_then_one_at_a_time() {
        let (limits, rate, now) = (limits(), Rate::per_minute(20), Instant::now());
        for _ in 0..20 {
            assert_eq!(limits.take(Scope::Pins, KEY, rate, now), None);
        }
        let wait = limits.take(Scope::Pins, KEY, rate, now).unwrap();
        assert_eq!(wait, Duration::from_secs(3));
        assert_eq!(limits.take(Scope::Pins, KEY, rate, now + wait), None);
        assert!(limits.take(Scope::Pins, KEY, rate, now + wait).is_some());
    }

    #[test]
    fn scopes_and_keys_do_not_share_buckets() {
        let (limits, rate, now) = (limits(), Rate::per_minute(1), Instant::now());
        assert_eq!(limits.take(Scope::Pins, KEY, rate, now), None);
        assert!(limits.take(Scope::Pins, KEY, rate, now).is_some());
        assert_eq!(limits.take(Scope::Sessions, KEY, rate, now), None);
        assert_eq!(limits.take(Scope::Pins, &[b"somebody else"], rate, now), None);
    }

    #[test]
    fn looking_takes_nothing() {
        let (limits, rate, now) = (limits(), Rate::per_minute(1), Instant::now());
        for _ in 0..5 {
            assert_eq!(limits.look(Scope::Pins, KEY, rate, now), None);
        }
    }

    #[test]
    fn memory_is_bounded() {
        let (limits, rate, now) = (limits(), Rate::per_minute(1), Instant::now());
        for number in 0..(RateLimits::MOST as u64 + 10) {
            limits.take(Scope::Pins, &[&number.to_be_bytes()], rate, now);
        }
        assert!(limits.full_at.lock().unwrap().len() <= RateLimits::MOST);
    }
}
