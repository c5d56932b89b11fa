//! What devices are called, and how a browser finds itself among them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use halftone_core::text::InvalidValue;
use sha2::{Digest as _, Sha256};

/// Words of a `User-Agent`, the more telling ones first: Edge and Opera call themselves Chrome, and Chrome calls itself Safari.
const BROWSERS: [(&str, &str); 7] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// The same for systems: Android calls itself Linux, and an iPhone Mac OS X.
const SYSTEMS: [(&str, &str); 6] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
];

/// `Firefox on Linux`, or less if less can be told.
pub(super) fn of_user_agent(user_agent: &str) -> String {
    let find = |words: &[(&str, &'static str)]| {
        words.iter().find(|(word, _)| user_agent.contains(word)).map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "Unknown device".to_owned(),
    }
}

/// SHA-256 in base64url.
pub(super) fn address_hash(address: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(address))
}

/// Which part of a push subscription is at fault.
pub(super) fn field_at_fault(error: Option<&InvalidValue>) -> &'static str {
    match error.map(|error| error.what) {
        Some("p256dh key") => "keys.p256dh",
        Some("auth key") => "keys.auth",
        _ => "endpoint",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_from_those_that_they_pretend_to_be() {
        let chrome = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/130.0.0.0 Mobile Safari/537.36";
        assert_eq!(of_user_agent(chrome), "Chrome on Android");
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                    Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0";
        assert_eq!(of_user_agent(edge), "Edge on Windows");
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 \
                      (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1";
        assert_eq!(of_user_agent(iphone), "Safari on iPhone");
        assert_eq!(of_user_agent("curl/8"), "Unknown device");
    }
}
