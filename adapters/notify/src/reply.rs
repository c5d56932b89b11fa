//! What the answers of other servers mean.

use halftone_core::ports::notifier::{DeliveryError, Verdict};
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};

/// An answer that asks to come again: `whose` is the subject of the reason.
pub(crate) fn try_again(whose: &str, response: &Response, now: Timestamp) -> DeliveryError {
    let after = retry_after(response.headers(), now);
    DeliveryError::new(Verdict::TryAgain { after }, answered(whose, response.status()))
}

/// An answer after which nothing helps.
pub(crate) fn refused(whose: &str, status: StatusCode) -> DeliveryError {
    DeliveryError::new(Verdict::Refused, answered(whose, status))
}

pub(crate) fn answered(whose: &str, status: StatusCode) -> String {
    format!("{whose} answered {}", status.as_u16())
}

/// How long an answer asks to wait: in seconds, or until a date (RFC 9110, 10.2.3). What is neither asks for nothing.
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<SignedDuration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(SignedDuration::from_secs(i64::from(seconds)));
    }
    let date = DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(date.duration_since(now).max(SignedDuration::ZERO))
}

/// Reads at most `most` bytes of an answer; what is longer is cut.
pub(crate) async fn read(mut response: Response, most: usize) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        let room = most - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if body.len() == most {
            break;
        }
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_retry_after_are_read_and_others_ask_for_nothing() {
        let now: Timestamp = "2026-05-14T12:00:00Z".parse().unwrap();
        let asked = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().unwrap());
            retry_after(&headers, now)
        };
        assert_eq!(asked("120"), Some(SignedDuration::from_secs(120)));
        assert_eq!(asked("Thu, 14 May 2026 12:01:00 GMT"), Some(SignedDuration::from_secs(60)));
        assert_eq!(asked("Thu, 14 May 2026 11:00:00 GMT"), Some(SignedDuration::ZERO));
        assert_eq!(asked("soon"), None);
        assert_eq!(asked("-5"), None);
    }
}
