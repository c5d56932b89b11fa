//! Access tokens.

use std::fmt::Write as _;

use halftone_core::id::UserId;
use halftone_core::secret::{Keyring, Purpose};
use jiff::Timestamp;

/// Who may act until when. Signed, it is `1.<user>.<end in seconds>.<stamp>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AccessToken {
    pub(super) user: UserId,
    pub(super) expires_at: Timestamp,
}

/// A token whose signature holds.
#[derive(Debug)]
pub(super) struct SignedToken {
    pub(super) token: AccessToken,
    stamp: String,
}

const VERSION: &str = "1";

impl AccessToken {
    /// Signs the token for as long as the password stays the same.
    pub(super) fn sign(self, keyring: &Keyring, password_hash: &str) -> String {
        let (user, end) = (self.user, self.expires_at.as_second());
        let payload = format!("{VERSION}.{user}.{end}.{}", stamp(keyring, password_hash));
        keyring.sign(Purpose::StudioSession, &payload)
    }

    /// Reads a token, or `None` if this installation did not make it. Whether it has ended is not looked at.
    pub(super) fn parse(keyring: &Keyring, text: &str) -> Option<SignedToken> {
        let payload = keyring.verify(Purpose::StudioSession, text)?;
        let parts: Vec<&str> = payload.split('.').collect();
        let [VERSION, user, end, stamp] = parts.as_slice() else { return None };
        // Why `ok`: a payload that does not parse is a token of another version of this program.
        let user = UserId::parse(user).ok()?;
        let expires_at = Timestamp::from_second(end.parse().ok()?).ok()?;
        Some(SignedToken { token: Self { user, expires_at }, stamp: (*stamp).to_owned() })
    }
}

impl SignedToken {
    /// Whether it was made under this password.
    pub(super) fn belongs_to(&self, keyring: &Keyring, password_hash: &str) -> bool {
        // No need for constant time: who could vary the stamp holds the keyring.
        self.stamp == stamp(keyring, password_hash)
    }
}

/// A mark that changes with the password: 64 bits of a keyed hash, of no use to anybody without the keyring.
fn stamp(keyring: &Keyring, password_hash: &str) -> String {
    let code = keyring.authenticate(Purpose::StudioSession, &[b"password", password_hash.as_bytes()]);
    code[..8].iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
        text
    })
}

#[cfg(test)]
mod tests {
    use halftone_core::entropy::SeededEntropy;
    use uuid::Uuid;

    use super::*;

    fn token() -> AccessToken {
        AccessToken { user: UserId::from_uuid(Uuid::from_u128(7)), expires_at: Timestamp::UNIX_EPOCH }
    }

    #[test]
    fn what_was_signed_is_read() {
        let keyring = Keyring::generate(&SeededEntropy::new(1));
        let signed = AccessToken::parse(&keyring, &token().sign(&keyring, "$hash")).unwrap();
        assert_eq!(signed.token, token());
        assert!(signed.belongs_to(&keyring, "$hash"));
        assert!(!signed.belongs_to(&keyring, "$other"));
    }

    #[test]
    fn tokens_of_others_are_not_read() {
        let keyring = Keyring::generate(&SeededEntropy::new(1));
        let foreign = Keyring::generate(&SeededEntropy::new(2));
        assert!(AccessToken::parse(&keyring, &token().sign(&foreign, "$hash")).is_none());
        let other_purpose = keyring.sign(Purpose::ClientSession, "1.x.0.y");
        assert!(AccessToken::parse(&keyring, &other_purpose).is_none());
        let other_version = keyring.sign(Purpose::StudioSession, "2.x.0.y");
        assert!(AccessToken::parse(&keyring, &other_version).is_none());
    }
}
