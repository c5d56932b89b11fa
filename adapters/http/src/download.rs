//! Files in answers: entity tags, ranges, names for saving, in bounded memory.

use std::future::Future;
use std::io;
use std::ops::Range;

use futures_util::TryStreamExt as _;
use halftone_core::ports::objects::{ObjectBody, ObjectInfo};
use halftone_core::text::Filename;
use poem::http::{HeaderMap, HeaderValue, StatusCode, header};
use poem::{Body, FromRequest, IntoResponse, Request, RequestBody, Response};
use poem_openapi::payload::{Binary, Payload as _};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, Registry};

use crate::problem::Failure;

/// What a request says about the file that it wants: `If-None-Match`, `Range`, `If-Range`. Take it as an argument
/// of a handler.
#[derive(Debug, Clone, Default)]
pub(crate) struct FileRequest {
    if_none_match: Option<String>,
    range: Option<String>,
    if_range: Option<String>,
}

/// How a file is to be served.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FileForm<'a> {
    /// Its media type.
    pub(crate) media_type: &'a str,
    /// The name under which it is to be saved, if it is not for showing.
    pub(crate) save_as: Option<&'a Filename>,
    /// `Cache-Control`.
    pub(crate) cache: &'static str,
}

impl FileForm<'_> {
    /// For files that may be kept, but must be asked about before they are shown again, because the right to see
    /// them can end.
    pub(crate) const REVALIDATE: &'static str = "private, max-age=0, must-revalidate";
}

/// Which bytes are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Plan {
    NotModified,
    Whole,
    Part(Range<u64>),
    Unsatisfiable,
}

impl FileRequest {
    fn new(headers: &HeaderMap) -> Self {
        // Why `ok`: a header that is not text is as good as none.
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Self {
            if_none_match: text(header::IF_NONE_MATCH),
            range: text(header::RANGE),
            if_range: text(header::IF_RANGE),
        }
    }

    fn plan(&self, info: &ObjectInfo) -> Plan {
        let tag = quoted(&info.etag);
        let is_known = |list: &str| {
            let mut tags = list.split(',').map(str::trim);
            tags.any(|candidate| candidate == "*" || candidate.trim_start_matches("W/") == tag)
        };
        if self.if_none_match.as_deref().is_some_and(is_known) {
            return Plan::NotModified;
        }
        let is_current = self.if_range.as_deref().is_none_or(|wanted| wanted.trim() == tag);
        match self.range.as_deref().filter(|_| is_current) {
            Some(range) => plan_range(range, info.size_bytes),
            None => Plan::Whole,
        }
    }
}

/// One range of bytes (RFC 9110, 14.1.2). Several ranges, other units and nonsense are ignored, as it permits.
fn plan_range(range: &str, size: u64) -> Plan {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|range| range.trim().split_once('-'))
    else {
        return Plan::Whole;
    };
    let wanted = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(size),
        (Ok(first), Err(_)) if last.is_empty() => first..size,
        (Err(_), Ok(suffix)) if first.is_empty() => size.saturating_sub(suffix)..size,
        _ => return Plan::Whole,
    };
    if wanted.start < wanted.end { Plan::Part(wanted) } else { Plan::Unsatisfiable }
}

fn quoted(etag: &str) -> String {
    format!("\"{etag}\"")
}

impl<'a> FromRequest<'a> for FileRequest {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> poem::Result<Self> {
        Ok(Self::new(request.headers()))
    }
}

/// Serves a file of which `info` is known; `open` opens it, wholly or in part, and is called only if its bytes are
/// wanted. The body is streamed.
///
/// # Errors
/// What `open` failed with; 416 for a range outside of the file.
pub(crate) async fn stream_object<Opening, Error>(
    request: &FileRequest,
    info: &ObjectInfo,
    form: FileForm<'_>,
    open: impl FnOnce(Option<Range<u64>>) -> Opening,
) -> Result<FileReply, Failure>
where
    Opening: Future<Output = Result<ObjectBody, Error>>,
    Error: Into<Failure>,
{
    let range = match request.plan(info) {
        Plan::NotModified => return Ok(FileReply(not_modified(info, form))),
        Plan::Unsatisfiable => return Err(unsatisfiable(info)),
        Plan::Whole => None,
        Plan::Part(range) => Some(range),
    };
    let is_part = range.is_some();
    let body = open(range).await.map_err(Into::into)?;
    Ok(FileReply(found(body, form, is_part)))
}

fn found(body: ObjectBody, form: FileForm<'_>, is_part: bool) -> Response {
    let ObjectBody { info, range, stream } = body;
    let stream = stream.map_err(|error| {
        // The status is gone already; the connection is going to break off.
        tracing::error!(error = &error as &dyn std::error::Error, "a file broke off while it was sent");
        io::Error::other(error)
    });
    let mut response = Body::from_bytes_stream(stream).into_response();
    let headers = response.headers_mut();
    describe(headers, &info, form);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(range.end - range.start));
    if is_part {
        let part = format!("bytes {}-{}/{}", range.start, range.end.saturating_sub(1), info.size_bytes);
        insert(headers, header::CONTENT_RANGE, &part);
        response.set_status(StatusCode::PARTIAL_CONTENT);
    }
    response
}

fn not_modified(info: &ObjectInfo, form: FileForm<'_>) -> Response {
    let mut response = StatusCode::NOT_MODIFIED.into_response();
    response.take_body();
    describe(response.headers_mut(), info, form);
    response.headers_mut().remove(header::CONTENT_TYPE);
    response
}

fn unsatisfiable(info: &ObjectInfo) -> Failure {
    let failure = Failure::new(
        StatusCode::RANGE_NOT_SATISFIABLE,
        "range-not-satisfiable",
        "The range lies outside the file",
    )
    .detail(format!("the file has {} bytes", info.size_bytes));
    // Why the fallback: digits are a header value.
    let length = HeaderValue::try_from(format!("bytes */{}", info.size_bytes))
        .unwrap_or(HeaderValue::from_static("bytes */0"));
    failure.header(header::CONTENT_RANGE, length)
}

fn describe(headers: &mut HeaderMap, info: &ObjectInfo, form: FileForm<'_>) {
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(form.cache));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    insert(headers, header::CONTENT_TYPE, form.media_type);
    insert(headers, header::ETAG, &quoted(&info.etag));
    if let Some(filename) = form.save_as {
        insert(headers, header::CONTENT_DISPOSITION, &filename.attachment());
    }
}

/// Media types, marks and encoded names are plain ASCII; anything else is left out rather than sent damaged.
fn insert(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(name, value);
    }
}

/// A file, a part of it, word that it has not changed, or the address where it is.
#[derive(Debug)]
pub(crate) struct FileReply(Response);

impl FileReply {
    /// Sends the browser to where the file is. The address is a secret that ends soon: it is not kept.
    pub(crate) fn redirect(url: &str) -> Self {
        let mut response = StatusCode::FOUND.into_response();
        response.take_body();
        insert(response.headers_mut(), header::LOCATION, url);
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Self(response)
    }
}

impl IntoResponse for FileReply {
    fn into_response(self) -> Response {
        self.0
    }
}

impl poem_openapi::ApiResponse for FileReply {
    fn meta() -> MetaResponses {
        let answer = |status, description, content| MetaResponse {
            description,
            status: Some(status),
            status_range: None,
            content,
            headers: Vec::new(),
        };
        let file = || {
            vec![MetaMediaType {
                content_type: "application/octet-stream",
                schema: Binary::<Body>::schema_ref(),
            }]
        };
        MetaResponses {
            responses: vec![
                answer(200, "The file.", file()),
                answer(206, "The part of the file that `Range` asks for.", file()),
                answer(302, "The file is at `Location`.", Vec::new()),
                answer(304, "The file is the one in `If-None-Match`.", Vec::new()),
            ],
        }
    }

    fn register(_registry: &mut Registry) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info() -> ObjectInfo {
        ObjectInfo { size_bytes: 100, etag: "abc".to_owned(), modified_at: jiff::Timestamp::UNIX_EPOCH }
    }

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        for (range, plan) in [
            ("bytes=0-9", Plan::Part(0..10)),
            ("bytes=90-", Plan::Part(90..100)),
            ("bytes=-10", Plan::Part(90..100)),
            ("bytes=-500", Plan::Part(0..100)),
            ("bytes=50-500", Plan::Part(50..100)),
            ("bytes=100-", Plan::Unsatisfiable),
            ("bytes=-0", Plan::Unsatisfiable),
            ("bytes=9-0", Plan::Whole),
            ("bytes=0-9,20-29", Plan::Whole),
            ("pages=1-2", Plan::Whole),
            ("bytes=18446744073709551615-18446744073709551615", Plan::Unsatisfiable),
        ] {
            assert_eq!(plan_range(range, 100), plan, "{range}");
        }
    }

    #[test]
    fn a_known_tag_is_not_sent_again() {
        let asking =
            |tags: &str| FileRequest { if_none_match: Some(tags.to_owned()), ..FileRequest::default() };
        assert_eq!(asking("\"abc\"").plan(&info()), Plan::NotModified);
        assert_eq!(asking("\"x\", W/\"abc\"").plan(&info()), Plan::NotModified);
        assert_eq!(asking("\"x\"").plan(&info()), Plan::Whole);
    }

    #[test]
    fn a_part_of_another_file_is_not_sent() {
        let request = FileRequest {
            range: Some("bytes=0-9".to_owned()),
            if_range: Some("\"old\"".to_owned()),
            ..FileRequest::default()
        };
        assert_eq!(request.plan(&info()), Plan::Whole);
    }
}
