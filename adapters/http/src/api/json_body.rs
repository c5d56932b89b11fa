//! JSON bodies: those that must be there, and those that may be left out.
//!
//! The framework's own `Json` takes a number or a boolean where a text is asked for; these do not.

use poem::{FromRequest, Request, RequestBody};
use poem_openapi::error::{ContentTypeError, ParseRequestPayloadError};
use poem_openapi::payload::{Json, Payload};
use poem_openapi::registry::{MetaMediaType, MetaRequest, Registry};
use poem_openapi::types::{ParseFromJSON, ToJSON};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde_json::Value;

/// A JSON body.
#[derive(Debug)]
pub(crate) struct JsonBody<T>(pub(crate) T);

/// A JSON body, or `None` if the request has none. An empty request needs no media type.
#[derive(Debug)]
pub(crate) struct OptionalJson<T>(pub(crate) Option<T>);

impl<'a, T: ParseFromJSON + ToJSON> ApiExtractor<'a> for JsonBody<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(describe::<T>(true))
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        check_media_type(request)?;
        let bytes = <Vec<u8> as FromRequest>::from_request(request, body).await?;
        Ok(Self(parse(&bytes)?))
    }
}

impl<'a, T: ParseFromJSON + ToJSON> ApiExtractor<'a> for OptionalJson<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(describe::<T>(false))
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let bytes = <Vec<u8> as FromRequest>::from_request(request, body).await?;
        if bytes.trim_ascii().is_empty() {
            return Ok(Self(None));
        }
        check_media_type(request)?;
        Ok(Self(Some(parse(&bytes)?)))
    }
}

fn describe<T: ParseFromJSON>(required: bool) -> MetaRequest {
    MetaRequest {
        description: None,
        content: vec![MetaMediaType { content_type: Json::<T>::CONTENT_TYPE, schema: T::schema_ref() }],
        required,
    }
}

fn check_media_type(request: &Request) -> Result<(), ContentTypeError> {
    let sent = request.content_type().ok_or(ContentTypeError::ExpectContentType)?;
    if Json::<Value>::check_content_type(sent) {
        return Ok(());
    }
    Err(ContentTypeError::NotSupported { content_type: sent.to_owned() })
}

fn parse<T: ParseFromJSON + ToJSON>(bytes: &[u8]) -> Result<T, ParseRequestPayloadError> {
    let refuse = |reason: String| ParseRequestPayloadError { reason };
    let sent: Value = serde_json::from_slice(bytes).map_err(|error| refuse(error.to_string()))?;
    let parsed = T::parse_from_json(Some(sent.clone())).map_err(|error| refuse(error.into_message()))?;
    let understood = parsed.to_json().unwrap_or_default();
    match find_stretched(&sent, &understood, "") {
        Some(place) => Err(refuse(format!("{place} must be a text"))),
        None => Ok(parsed),
    }
}

/// The first place where something else than a text was taken for one.
fn find_stretched(sent: &Value, understood: &Value, place: &str) -> Option<String> {
    match (sent, understood) {
        (Value::Number(_) | Value::Bool(_), Value::String(_)) => Some(place.to_owned()),
        (Value::Object(sent), Value::Object(understood)) => sent.iter().find_map(|(name, value)| {
            let dot = if place.is_empty() { "" } else { "." };
            find_stretched(value, understood.get(name)?, &format!("{place}{dot}{name}"))
        }),
        (Value::Array(sent), Value::Array(understood)) => {
            let mut pairs = sent.iter().zip(understood).enumerate();
            pairs.find_map(|(index, (sent, understood))| {
                find_stretched(sent, understood, &format!("{place}[{index}]"))
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use poem_openapi::Object;

    use super::*;

    #[derive(Debug, Object)]
    struct Inner {
        words: Vec<String>,
    }

    #[derive(Debug, Object)]
    struct Outer {
        name: Option<String>,
        count: Option<i64>,
        inner: Option<Inner>,
    }

    fn refusal(json: &str) -> Option<String> {
        parse::<Outer>(json.as_bytes()).err().map(|error| error.reason)
    }

    #[test]
    fn what_fits_is_taken_and_unknown_fields_are_passed_over() {
        assert_eq!(refusal(r#"{"name": "x", "count": 3, "inner": {"words": ["y"]}, "new": 1}"#), None);
        assert_eq!(refusal(r#"{"name": null}"#), None);
    }

    #[test]
    fn a_number_is_not_a_text() {
        assert_eq!(refusal(r#"{"name": 7}"#).as_deref(), Some("name must be a text"));
        let nested = refusal(r#"{"inner": {"words": ["y", true]}}"#);
        assert_eq!(nested.as_deref(), Some("inner.words[1] must be a text"));
    }
}
