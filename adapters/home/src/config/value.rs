//! How the text of a setting becomes a value. Files, variables and flags all go through here.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use halftone_core::settings::BaseKeeping;
use halftone_core::text::Email;
use jiff::SignedDuration;

/// A value that a setting can hold.
pub trait Setting: Sized {
    /// Reads the value; the error completes the sentence "it ...".
    fn parse_setting(text: &str) -> Result<Self, String>;
}

impl Setting for PathBuf {
    fn parse_setting(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("must not be empty".to_owned());
        }
        Ok(Self::from(text))
    }
}

impl Setting for SocketAddr {
    fn parse_setting(text: &str) -> Result<Self, String> {
        if let Some(port) = text.strip_prefix("localhost:")
            && let Ok(port) = port.parse()
        {
            return Ok(Self::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
        }
        text.parse()
            .map_err(|_| "must be an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080".to_owned())
    }
}

/// An address to listen on, or `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OptionalAddress(pub Option<SocketAddr>);

impl Setting for OptionalAddress {
    fn parse_setting(text: &str) -> Result<Self, String> {
        if text == "off" {
            return Ok(Self(None));
        }
        SocketAddr::parse_setting(text)
            .map(|address| Self(Some(address)))
            .map_err(|rule| format!("{rule}, or off"))
    }
}

/// A value, or `auto` for one that is worked out at start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Auto<T>(pub Option<T>);

impl<T: Setting> Setting for Auto<T> {
    fn parse_setting(text: &str) -> Result<Self, String> {
        if text == "auto" {
            return Ok(Self(None));
        }
        T::parse_setting(text).map(|value| Self(Some(value))).map_err(|rule| format!("{rule}, or auto"))
    }
}

/// A value, or nothing: what is not set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Optional<T>(pub Option<T>);

impl<T: Setting> Setting for Optional<T> {
    fn parse_setting(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self(None));
        }
        T::parse_setting(text).map(|value| Self(Some(value)))
    }
}

/// How many jobs run at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkerCount {
    /// One for each core.
    Auto,
    /// None in this process.
    Off,
    /// As many as this.
    Exactly(NonZeroUsize),
}

impl Setting for WorkerCount {
    fn parse_setting(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "off" => Ok(Self::Off),
            _ => NonZeroUsize::parse_setting(text)
                .map(Self::Exactly)
                .map_err(|rule| format!("{rule}, or auto, or off")),
        }
    }
}

/// When bases of proofs are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BaseChoice {
    /// As it pays where the files lie.
    Auto,
    /// As it is said.
    Keep(BaseKeeping),
}

impl Setting for BaseChoice {
    fn parse_setting(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "always" => Ok(Self::Keep(BaseKeeping::Always)),
            "changed" => Ok(Self::Keep(BaseKeeping::Changed)),
            "never" => Ok(Self::Keep(BaseKeeping::Never)),
            _ => Err("must be auto, always, changed or never".to_owned()),
        }
    }
}

/// A name or an address of a service: one word without spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word(String);

impl Word {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for Word {
    fn parse_setting(text: &str) -> Result<Self, String> {
        if text.is_empty() || !text.chars().all(|character| character.is_ascii_graphic()) {
            return Err("must be a word without spaces".to_owned());
        }
        Ok(Self(text.to_owned()))
    }
}

/// Who sends mail: an address, or a name before an address in angle brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender(String);

impl Sender {
    /// The text, such as `Halftone <mail@example.com>`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for Sender {
    fn parse_setting(text: &str) -> Result<Self, String> {
        let address = match text.split_once('<') {
            Some((_, rest)) => rest.strip_suffix('>').unwrap_or_default(),
            None => text,
        };
        if Email::parse(address).is_err() || text.chars().any(char::is_control) {
            return Err(
                "must be an address such as mail@example.com or Halftone <mail@example.com>".to_owned()
            );
        }
        Ok(Self(text.to_owned()))
    }
}

/// A text that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(String);

impl SecretText {
    /// The text, for the one who needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretText(..)")
    }
}

impl Setting for SecretText {
    fn parse_setting(text: &str) -> Result<Self, String> {
        if text.is_empty() { Err("must not be empty".to_owned()) } else { Ok(Self(text.to_owned())) }
    }
}

/// The installation's key: 32 bytes in base64url without padding, as the file `secret.key` holds them.
#[derive(Clone, PartialEq, Eq)]
pub struct MasterKey([u8; 32]);

impl MasterKey {
    /// The bytes, for the keyring.
    pub const fn reveal(&self) -> [u8; 32] {
        self.0
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("MasterKey(..)")
    }
}

impl Setting for MasterKey {
    fn parse_setting(text: &str) -> Result<Self, String> {
        // Why `ok`: whatever is wrong with it, it must not be quoted.
        let bytes = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| "must be 32 bytes in base64url without padding".to_owned())
    }
}

/// The scheme, host and port of a site, as browsers send it in `Origin`: no path, no user, no slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// The text, such as `https://studio.example`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for Origin {
    fn parse_setting(text: &str) -> Result<Self, String> {
        match split_site(text) {
            Some((origin, "" | "/")) => Ok(Self(origin.to_ascii_lowercase())),
            _ => Err("must be a site such as https://studio.example, without a path".to_owned()),
        }
    }
}

/// The address of a site, perhaps with a path, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteUrl(String);

impl SiteUrl {
    /// The text, such as `https://proofs.example`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for SiteUrl {
    fn parse_setting(text: &str) -> Result<Self, String> {
        let is_path = |path: &str| !path.contains(['?', '#']) && path.chars().all(|c| c.is_ascii_graphic());
        match split_site(text) {
            Some((origin, path)) if is_path(path) => {
                Ok(Self(format!("{}{}", origin.to_ascii_lowercase(), path.trim_end_matches('/'))))
            }
            _ => Err("must be an address such as https://proofs.example".to_owned()),
        }
    }
}

/// Divides `https://host:port/path` before the path. A user or a password is refused: it would show in every link.
fn split_site(text: &str) -> Option<(&str, &str)> {
    let host_begins = ["https://", "http://"].iter().find(|scheme| text.starts_with(**scheme))?.len();
    let path_begins = text[host_begins..].find('/').map_or(text.len(), |slash| host_begins + slash);
    let is_host = |character: char| character.is_ascii_alphanumeric() || ".-_:[]".contains(character);
    let host = &text[host_begins..path_begins];
    (!host.is_empty() && host.chars().all(is_host)).then(|| text.split_at(path_begins))
}

impl<T: Setting> Setting for Vec<T> {
    /// Entries are separated by commas; a list in a file arrives here in that form.
    fn parse_setting(text: &str) -> Result<Self, String> {
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        entries
            .map(|entry| T::parse_setting(entry).map_err(|rule| format!("{rule}; {entry:?} is not")))
            .collect()
    }
}

/// A number of bytes: `256MiB`, `10 MB`, or plain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(pub u64);

impl Setting for ByteSize {
    fn parse_setting(text: &str) -> Result<Self, String> {
        const UNITS: [(&str, u64); 7] = [
            ("KiB", 1 << 10),
            ("MiB", 1 << 20),
            ("GiB", 1 << 30),
            ("kB", 1_000),
            ("MB", 1_000_000),
            ("GB", 1_000_000_000),
            ("", 1),
        ];
        let rule = || "must be a size such as 256MiB, 10MB or 1048576".to_owned();
        let digits = text.find(|character: char| !character.is_ascii_digit());
        let (number, unit) = text.split_at(digits.unwrap_or(text.len()));
        let number: u64 = number.parse().map_err(|_| rule())?;
        let unit = unit.trim();
        let (_, factor) = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit)).ok_or_else(rule)?;
        match number.checked_mul(*factor) {
            Some(0) => Err("must not be zero".to_owned()),
            Some(bytes) => Ok(Self(bytes)),
            None => Err(rule()),
        }
    }
}

impl Setting for SignedDuration {
    fn parse_setting(text: &str) -> Result<Self, String> {
        match text.parse::<Self>() {
            Ok(duration) if duration.is_positive() => Ok(duration),
            Ok(_) => Err("must be longer than nothing".to_owned()),
            Err(_) => Err("must be a time with its unit, such as 30s, 5m, 24h or 1h30m".to_owned()),
        }
    }
}

macro_rules! whole_number {
    ($($kind:ty),+) => {
        $(impl Setting for $kind {
            fn parse_setting(text: &str) -> Result<Self, String> {
                text.parse().map_err(|_| "must be a whole number above zero".to_owned())
            }
        })+
    };
}

whole_number!(NonZeroUsize, std::num::NonZeroU16, std::num::NonZeroU32, std::num::NonZeroU64);

impl Setting for u32 {
    fn parse_setting(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| "must be a whole number".to_owned())
    }
}

/// Which log lines are written, in the syntax of `tracing`'s filter: `info,halftone_core=debug`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFilter(String);

impl LogFilter {
    /// The directives.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for LogFilter {
    fn parse_setting(text: &str) -> Result<Self, String> {
        match text.parse::<tracing_subscriber::filter::Targets>() {
            Ok(_) if !text.is_empty() => Ok(Self(text.to_owned())),
            _ => Err("must be a level or a list such as info,halftone_core=debug".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        let parse = |text| ByteSize::parse_setting(text).map(|size| size.0);
        assert_eq!(parse("256MiB"), Ok(256 << 20));
        assert_eq!(parse("10 mb"), Ok(10_000_000));
        assert_eq!(parse("4096"), Ok(4096));
        assert!(parse("0").is_err());
        assert!(parse("MiB").is_err());
        assert!(parse("99999999999GiB").is_err());
        assert!(parse("-1").is_err());
    }

    #[test]
    fn times_have_units_and_pass_forwards() {
        assert_eq!(SignedDuration::parse_setting("1h30m"), Ok(SignedDuration::from_mins(90)));
        assert!(SignedDuration::parse_setting("30").is_err());
        assert!(SignedDuration::parse_setting("-5s").is_err());
    }

    #[test]
    fn origins_are_sites_and_nothing_more() {
        let parse = |text| Origin::parse_setting(text).map(|origin| origin.as_str().to_owned());
        assert_eq!(parse("https://Studio.example/").as_deref(), Ok("https://studio.example"));
        assert_eq!(parse("http://[::1]:8080").as_deref(), Ok("http://[::1]:8080"));
        for refused in ["studio.example", "https://", "https://a.example/path", "https://user:word@a.example"]
        {
            assert!(parse(refused).is_err(), "{refused} was taken");
        }
    }

    #[test]
    fn an_address_may_have_a_path() {
        let parse = |text| SiteUrl::parse_setting(text).map(|url| url.as_str().to_owned());
        assert_eq!(parse("https://A.example/Proofs/").as_deref(), Ok("https://a.example/Proofs"));
        assert_eq!(parse("http://127.0.0.1:8080").as_deref(), Ok("http://127.0.0.1:8080"));
        for refused in
            ["ftp://a.example", "https://a.example/?x", "https://u:p@a.example", "https://a.example/a b"]
        {
            assert!(parse(refused).is_err(), "{refused} was taken");
        }
    }

    #[test]
    fn words_stand_for_no_value() {
        assert_eq!(OptionalAddress::parse_setting("off"), Ok(OptionalAddress(None)));
        assert_eq!(Auto::<NonZeroUsize>::parse_setting("auto"), Ok(Auto(None)));
        assert!(Auto::<NonZeroUsize>::parse_setting("0").is_err());
    }
}
