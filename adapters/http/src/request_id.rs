//! Names for requests, by which an answer is found in the log.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use poem::Request;
use poem::http::HeaderName;

/// The name of one request.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) String);

/// The header that carries it, both ways.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Makes names.
#[derive(Debug, Default)]
pub(crate) struct RequestIds {
    // Names must differ between processes, and need not be secret: a keyed hash of a counter is enough.
    first: RandomState,
    second: RandomState,
    counter: AtomicU64,
}

impl RequestIds {
    /// The name that the caller gave, if it is a sane one, or a new one.
    pub(crate) fn name(&self, request: &Request) -> RequestId {
        match request.header(HEADER) {
            Some(given) if is_sane(given) => RequestId(given.to_owned()),
            Some(_) | None => self.generate(),
        }
    }

    fn generate(&self) -> RequestId {
        let number = self.counter.fetch_add(1, Ordering::Relaxed);
        let (first, second) = (self.first.hash_one(number), self.second.hash_one(number));
        RequestId(format!("{first:016x}{second:016x}"))
    }
}

fn is_sane(name: &str) -> bool {
    let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=64).contains(&name.len()) && name.bytes().all(is_fine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sane_name_is_kept_and_another_replaced() {
        let ids = RequestIds::default();
        let name = |given: &str| ids.name(&Request::builder().header(HEADER, given).finish()).0;
        assert_eq!(name("trace-1"), "trace-1");
        assert_ne!(name("evil name"), "evil name");
        assert_ne!(name(&"x".repeat(65)).len(), 65);
        assert_ne!(ids.generate().0, ids.generate().0);
    }
}
