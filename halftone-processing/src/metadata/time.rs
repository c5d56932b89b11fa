//! The camera's clock.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};

/// The years that a photograph can bear: from Daguerre's process to a clock that is merely wrong.
const YEARS: std::ops::RangeInclusive<i16> = 1839..=2199;

/// Reads `2026:05:14 16:03:59` with the fraction's digits and an offset such as `+02:00`.
///
/// Without an offset the clock is taken as UTC. A date that does not exist is `None`.
pub(crate) fn instant(written: &str, subsec: Option<&str>, offset: Option<&str>) -> Option<Timestamp> {
    let (date, time) = written.split_once([' ', 'T'])?;
    let [year, month, day] = numbers(date, [':', '-', '/'])?;
    let [hour, minute, second] = numbers(time, [':', ':', ':'])?;
    if !YEARS.contains(&year) {
        return None;
    }
    let small = |number: i16| i8::try_from(number).ok();
    let date = Date::new(year, small(month)?, small(day)?).ok()?;
    let time = Time::new(small(hour)?, small(minute)?, small(second)?, subsec.map_or(0, nanoseconds)).ok()?;
    let zone = TimeZone::fixed(offset.and_then(parse_offset).unwrap_or(Offset::UTC));
    zone.to_timestamp(DateTime::from_parts(date, time)).ok()
}

fn numbers(text: &str, separators: [char; 3]) -> Option<[i16; 3]> {
    let mut parts = text.trim().split(separators).map(|part| part.parse::<i16>().ok());
    let three = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(three)
}

/// `5` is half a second, `05` a twentieth; anything but digits is no fraction.
fn nanoseconds(digits: &str) -> i32 {
    let digits = digits.trim();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    let padded: String = digits.chars().chain("000000000".chars()).take(9).collect();
    padded.parse().unwrap_or(0)
}

fn parse_offset(text: &str) -> Option<Offset> {
    let text = text.trim();
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return (text == "Z").then_some(Offset::UTC),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let (hours, minutes) = (hours.parse::<i32>().ok()?, minutes.parse::<i32>().ok()?);
    if !(0..=14).contains(&hours) || !(0..60).contains(&minutes) {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(written: &str, subsec: Option<&str>, offset: Option<&str>) -> Option<String> {
        instant(written, subsec, offset).map(|instant| instant.to_string())
    }

    #[test]
    fn offsets_and_fractions_count() {
        let written = "2026:05:14 16:03:59";
        assert_eq!(text(written, None, None).as_deref(), Some("2026-05-14T16:03:59Z"));
        assert_eq!(text(written, Some("05"), Some("+02:00")).as_deref(), Some("2026-05-14T14:03:59.05Z"));
        assert_eq!(text(written, Some("x"), Some("?")).as_deref(), Some("2026-05-14T16:03:59Z"));
    }

    #[test]
    fn dates_that_do_not_exist_are_none() {
        for nonsense in [
            "0000:00:00 00:00:00",
            "2026:02:30 10:00:00",
            "    :  :     :  :  ",
            "",
            "2026:05:14",
            "9999:01:01 00:00:00",
        ] {
            assert_eq!(text(nonsense, None, None), None, "{nonsense}");
        }
    }
}
