//! Path and query of a request.
//!
//! Some of the platforms decode what they pass on and some do not. What is passed on decoded is encoded once, so that the
//! application decodes each value exactly once.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::api::event::{Dialect, HttpEvent};

/// The stage that is not part of paths.
const DEFAULT_STAGE: &str = "$default";

/// The path below stage and base path, and the query.
pub(super) fn of(event: &HttpEvent, base_path: Option<&str>) -> String {
    let mut target = legal(path(event, base_path), "");
    if let Some(query) = query(event).filter(|query| !query.is_empty()) {
        target.push('?');
        target.push_str(&query);
    }
    target
}

fn path<'a>(event: &'a HttpEvent, base_path: Option<&str>) -> &'a str {
    let fields = &event.fields;
    let path = fields.raw_path.as_deref().or(fields.path.as_deref()).unwrap_or("/");
    // A REST API keeps its stage to itself; HTTP APIs put it in front of the path in both of their payloads.
    let has_stage = fields.version.is_some();
    let stage = fields.request_context.stage.as_deref().filter(|stage| has_stage && *stage != DEFAULT_STAGE);
    let path = stage.and_then(|stage| below(path, stage)).unwrap_or(path);
    let path = base_path.and_then(|base| below(path, base.trim_matches('/'))).unwrap_or(path);
    let path = below_resource(event, path).unwrap_or(path);
    if path.is_empty() { "/" } else { path }
}

/// What follows `/prefix` in a path, if that is how it begins.
fn below<'a>(path: &'a str, prefix: &str) -> Option<&'a str> {
    let rest = path.strip_prefix('/')?.strip_prefix(prefix)?;
    (!prefix.is_empty() && (rest.is_empty() || rest.starts_with('/'))).then_some(rest)
}

/// What a REST API with a base path mapping gives to its catch-all resource: there, the path has the base path in front,
/// and the parameter has not.
fn below_resource<'a>(event: &'a HttpEvent, path: &'a str) -> Option<&'a str> {
    if event.fields.resource.as_deref() != Some("/{proxy+}") {
        return None;
    }
    let wanted = event.fields.path_parameters.as_ref()?.get("proxy")?.trim_end_matches('/');
    let start = path.trim_end_matches('/').strip_suffix(wanted)?;
    start.ends_with('/').then(|| &path[start.len() - 1..])
}

fn query(event: &HttpEvent) -> Option<String> {
    let fields = &event.fields;
    match event.dialect() {
        Dialect::Second => fields.raw_query_string.as_deref().map(|query| legal(query, "?")),
        // API Gateway has decoded these, and load balancers have not.
        Dialect::First => Some(pairs(event, encoded)),
        Dialect::LoadBalancer { .. } => Some(pairs(event, |text| legal(text, "?"))),
    }
}

/// The parameters as a query.
fn pairs(event: &HttpEvent, print: impl Fn(&str) -> String) -> String {
    let fields = &event.fields;
    let pair = |name: &str, value: &str| format!("{}={}", print(name), print(value));
    let is_something = |all: &&BTreeMap<String, Vec<String>>| !all.is_empty();
    let pairs: Vec<String> =
        if let Some(all) = fields.multi_value_query_string_parameters.as_ref().filter(is_something) {
            all.iter().flat_map(|(name, values)| values.iter().map(move |value| pair(name, value))).collect()
        } else {
            let single = fields.query_string_parameters.iter().flatten();
            single.map(|(name, value)| pair(name, value)).collect()
        };
    pairs.join("&")
}

/// Encodes everything that would not mean itself.
fn encoded(text: &str) -> String {
    encode_unless(text, |byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// Encodes what cannot be in a path (or in a query, with `more`), and leaves what is encoded already.
fn legal(text: &str, more: &str) -> String {
    let bytes = text.as_bytes();
    let mut printed = String::with_capacity(text.len());
    let is_escape =
        |at: usize| bytes.get(at + 1..at + 3).is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit));
    for (at, byte) in bytes.iter().copied().enumerate() {
        let is_legal = byte.is_ascii_alphanumeric()
            || b"-._~!$&'()*+,;=:@/[]".contains(&byte)
            || more.as_bytes().contains(&byte)
            || (byte == b'%' && is_escape(at));
        push(&mut printed, byte, is_legal);
    }
    printed
}

fn encode_unless(text: &str, is_legal: impl Fn(u8) -> bool) -> String {
    let mut printed = String::with_capacity(text.len());
    for byte in text.bytes() {
        push(&mut printed, byte, is_legal(byte));
    }
    printed
}

fn push(printed: &mut String, byte: u8, is_legal: bool) {
    if is_legal {
        printed.push(char::from(byte));
    } else {
        write!(printed, "%{byte:02X}").expect("a text takes everything");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_already_stays() {
        assert_eq!(legal("/s/a%20b", ""), "/s/a%20b");
        assert_eq!(legal("/s/a b/ü", ""), "/s/a%20b/%C3%BC");
        assert_eq!(legal("/100%/x?y#z", ""), "/100%25/x%3Fy%23z");
        assert_eq!(legal("/%", ""), "/%25");
    }

    #[test]
    fn a_prefix_ends_where_a_segment_ends() {
        assert_eq!(below("/prod/api", "prod"), Some("/api"));
        assert_eq!(below("/prod", "prod"), Some(""));
        assert_eq!(below("/products", "prod"), None);
        assert_eq!(below("/api", ""), None);
    }
}
