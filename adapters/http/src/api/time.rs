//! Times as the API prints them: RFC 3339, UTC, whole seconds.

use std::borrow::Cow;

use halftone_core::text::InvalidValue;
use jiff::Timestamp;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde_json::Value;

/// An instant. Times in requests are read as texts, so that a wrong one is a value that is not valid (422) and
/// not a body that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Time(Timestamp);

impl From<Timestamp> for Time {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

/// Reads a time of a request.
pub(crate) fn parse_time(text: &str) -> Result<Timestamp, InvalidValue> {
    text.parse()
        .map_err(|_| InvalidValue::new("time", "must be a time of RFC 3339, such as 2026-05-14T19:02:11Z"))
}

impl Type for Time {
    const IS_REQUIRED: bool = true;

    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "string_date-time".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("string", "date-time")))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl ParseFromJSON for Time {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        let value = value.unwrap_or_default();
        let text = value.as_str().ok_or_else(|| ParseError::expected_type(value.clone()))?;
        text.parse().map(Self).map_err(ParseError::custom)
    }
}

impl ToJSON for Time {
    fn to_json(&self) -> Option<Value> {
        // Cut, not rounded: nothing seems to happen after now.
        let whole = Timestamp::from_second(self.0.as_second()).unwrap_or(self.0);
        Some(Value::String(whole.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_print_in_whole_seconds() {
        let at: Timestamp = "2026-05-14T19:02:11.987Z".parse().unwrap();
        assert_eq!(Time(at).to_json(), Some(Value::String("2026-05-14T19:02:11Z".to_owned())));
    }
}
