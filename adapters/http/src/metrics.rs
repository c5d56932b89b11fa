//! Metrics of requests, recorded with the `metrics` facade: whoever runs the application chooses the exporter.
//!
//! | name | kind | labels |
//! | --- | --- | --- |
//! | `halftone_http_requests_total` | counter | `method`, `route`, `status` |
//! | `halftone_http_request_duration_seconds` | histogram | `method`, `route` |
//!
//! The duration ends when the headers of the answer are ready; a file is still on its way then.

use std::time::Duration;

use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};
use poem::http::Method;

const REQUESTS: &str = "halftone_http_requests_total";
const DURATION: &str = "halftone_http_request_duration_seconds";

/// Bounds of the histogram's buckets in seconds, for the exporter: from a cached answer to a slow upload.
pub const DURATION_BUCKETS: [f64; 12] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Name of the histogram of durations, for giving it its buckets.
pub const DURATION_METRIC: &str = DURATION;

pub(crate) fn describe() {
    describe_counter!(REQUESTS, Unit::Count, "Requests by route, method and status");
    describe_histogram!(DURATION, Unit::Seconds, "Time until the answer's headers were ready");
}

pub(crate) fn record(method: &Method, route: &str, status: u16, took: Duration) {
    let (method, route) = (method_label(method), route.to_owned());
    counter!(REQUESTS, "method" => method, "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    histogram!(DURATION, "method" => method, "route" => route).record(took.as_secs_f64());
}

/// Callers can invent methods; a label for each would grow without end.
fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
