//! The errors of FCM: `error.details[]` with `errorCode`, or else `error.status` (google.rpc).

use serde::Deserialize;

#[derive(Deserialize)]
struct ErrorBody {
    error: Fault,
}

#[derive(Deserialize)]
struct Fault {
    status: Option<String>,
    #[serde(default)]
    details: Vec<Detail>,
}

#[derive(Deserialize)]
struct Detail {
    #[serde(rename = "errorCode")]
    error_code: Option<String>,
}

/// FCM's own code if there is one, else that of Google's APIs; `None` if the body is something else.
pub(super) fn code_of(body: &[u8]) -> Option<String> {
    // Why `ok`: a proxy in between answers in its own way, and the status decides then.
    let fault = serde_json::from_slice::<ErrorBody>(body).ok()?.error;
    fault.details.into_iter().find_map(|detail| detail.error_code).or(fault.status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_fcm_comes_before_that_of_google() {
        let body = br#"{"error": {"code": 404, "message": "Requested entity was not found.", "status": "NOT_FOUND",
            "details": [{"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": "UNREGISTERED"}]}}"#;
        assert_eq!(code_of(body).as_deref(), Some("UNREGISTERED"));
        let bare = br#"{"error": {"code": 503, "status": "UNAVAILABLE"}}"#;
        assert_eq!(code_of(bare).as_deref(), Some("UNAVAILABLE"));
        assert_eq!(code_of(b"<html>Bad Gateway</html>"), None);
    }
}
