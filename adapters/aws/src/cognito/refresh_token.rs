//! The refresh token as clients see it.

use std::fmt;

use halftone_core::id::UserId;

/// More than Cognito's tokens have, in bytes: they are just below two thousand.
const MOST_BYTES: usize = 8 * 1024;

/// Cognito's refresh token with the user's id in front: `<sub>.<token>`.
///
/// Cognito encrypts its refresh tokens, so their owner cannot be read; and the secret hash that must go with one is
/// made from the owner's real name. The id is no secret, and proves nothing.
pub(super) struct UserRefreshToken<'token> {
    user: UserId,
    token: &'token str,
}

impl<'token> UserRefreshToken<'token> {
    pub(super) const fn new(user: UserId, token: &'token str) -> Self {
        Self { user, token }
    }

    /// Reads what [`Display`](fmt::Display) prints, and nothing else.
    pub(super) fn parse(text: &'token str) -> Option<Self> {
        if text.len() > MOST_BYTES {
            return None;
        }
        let (id, token) = text.split_once('.')?;
        let user = UserId::parse(id).ok().filter(|user| user.to_string() == id)?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.=".contains(&byte);
        let is_token = !token.is_empty() && token.bytes().all(is_plain);
        is_token.then_some(Self { user, token })
    }

    /// Whose it says it is.
    pub(super) const fn user(&self) -> UserId {
        self.user
    }

    /// The token as Cognito knows it. A secret.
    pub(super) const fn reveal(&self) -> &'token str {
        self.token
    }
}

impl fmt::Display for UserRefreshToken<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.user, self.token)
    }
}

impl fmt::Debug for UserRefreshToken<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("UserRefreshToken").field("user", &self.user).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SUB: &str = "9f6b1a52-3f0e-4f51-8d0a-6f0f3c3c2c11";

    #[test]
    fn only_the_printed_form_parses() {
        let good = format!("{SUB}.eyJ.a-b_c.d.e.f");
        let parsed = UserRefreshToken::parse(&good).unwrap();
        assert_eq!((parsed.user().to_string().as_str(), parsed.reveal()), (SUB, "eyJ.a-b_c.d.e.f"));
        let too_long = format!("{SUB}.{}", "a".repeat(MOST_BYTES));
        let bad = [
            "",
            ".",
            SUB,
            "eyJ.a.b.c.d",
            &format!("{SUB}."),
            &format!(".{SUB}"),
            &format!("{}.eyJ", SUB.to_uppercase()),
            &format!("{{{SUB}}}.eyJ"),
            &format!("{SUB}.eyJ with space"),
            &format!("{SUB}.eyJ\n"),
            &too_long,
        ];
        for bad in bad {
            assert!(UserRefreshToken::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn debug_hides_the_token() {
        let printed = format!("{:?}", UserRefreshToken::parse(&format!("{SUB}.secret")).unwrap());
        assert!(!printed.contains("secret"), "{printed}");
    }

    proptest! {
        #[test]
        fn what_parses_prints_back(text in "([0-9a-f-]{36}|9f6b1a52-3f0e-4f51-8d0a-6f0f3c3c2c11)\\.[ -~]{0,40}") {
            if let Some(token) = UserRefreshToken::parse(&text) {
                prop_assert_eq!(token.to_string(), text);
            }
        }
    }
}
