//! In which form a file travels.

use bytes::Bytes;
use poem::http::HeaderMap;
use poem::http::header::ACCEPT_ENCODING;

use super::ServedFile;

/// The bytes to send, and their `Content-Encoding` if they are compressed. Brotli is preferred, as it is smaller.
pub(super) fn choose<'a>(file: &'a ServedFile, headers: &HeaderMap) -> (&'a Bytes, Option<&'static str>) {
    let forms = [("br", &file.brotli), ("gzip", &file.gzip)];
    let offered = forms.into_iter().filter_map(|(name, bytes)| Some((name, bytes.as_ref()?)));
    let accepted = offered.into_iter().find(|(name, _)| accepts(headers, name));
    accepted.map_or((&file.content, None), |(name, bytes)| (bytes, Some(name)))
}

/// Whether `Accept-Encoding` names the encoding, or all of them, and does not refuse it with `q=0`.
pub(crate) fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).iter();
    // Why `ok`: a value that is not text names no encoding.
    let listed = values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let mut by_star = false;
    for entry in listed {
        let mut parts = entry.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let refused = parts.any(is_zero_quality);
        if name.eq_ignore_ascii_case(encoding) {
            return !refused;
        }
        by_star |= name == "*" && !refused;
    }
    by_star
}

fn is_zero_quality(parameter: &str) -> bool {
    let quality = parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q="));
    quality.is_some_and(|quality| quality.trim().parse() == Ok(0.0_f32))
}

#[cfg(test)]
mod tests {
    use poem::http::HeaderValue;

    use super::*;

    fn accepted(header: &'static str, encoding: &str) -> bool {
        let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(header))]);
        accepts(&headers, encoding)
    }

    #[test]
    fn named_encodings_are_accepted_and_others_are_not() {
        assert!(accepted("gzip, deflate, br", "br"));
        assert!(accepted("GZIP;q=0.5", "gzip"));
        assert!(!accepted("gzip, deflate", "br"));
        assert!(!accepts(&HeaderMap::new(), "gzip"));
    }

    #[test]
    fn a_quality_of_zero_refuses_even_beside_a_star() {
        assert!(!accepted("br;q=0, *", "br"));
        assert!(accepted("br; q=0.0, *", "gzip"));
        assert!(!accepted("*;q=0", "gzip"));
    }
}
