//! What Cognito would refuse as a malformed request, which says nothing to the person at the keyboard.

use halftone_core::ports::identity::IdentityError;
use halftone_core::secret::Password;
use halftone_core::text::Email;

/// Cognito's own limit for usernames.
const MOST_ADDRESS_CHARACTERS: usize = 128;

/// Cognito's own limit.
const MOST_PASSWORD_CHARACTERS: usize = 256;

/// Longer than any code that is mailed.
const MOST_CODE_CHARACTERS: usize = 64;

/// What Cognito cannot take as a password, whatever the pool's policy.
fn objection(password: &str) -> Option<&'static str> {
    if password.chars().count() > MOST_PASSWORD_CHARACTERS {
        return Some("it must have at most 256 characters");
    }
    let has_margin = password.starts_with(char::is_whitespace) || password.ends_with(char::is_whitespace);
    has_margin.then_some("it must not begin or end with white space")
}

/// Refuses a new password that Cognito cannot keep.
pub(super) fn check_new_password(password: &Password) -> Result<(), IdentityError> {
    match objection(password.reveal()) {
        Some(reason) => Err(IdentityError::WeakPassword { reason: reason.to_owned() }),
        None => Ok(()),
    }
}

/// Refuses an address that Cognito cannot take as a username.
pub(super) fn check_new_address(email: &Email) -> Result<(), IdentityError> {
    if may_be_known(email) {
        return Ok(());
    }
    Err(IdentityError::UnusableAddress { reason: "it must have at most 128 characters".to_owned() })
}

/// Refuses an address or a password that nobody can have. It says nothing about whether the address is known.
pub(super) fn check_attempt(email: &Email, password: &Password) -> Result<(), IdentityError> {
    let text = password.reveal();
    let is_possible = may_be_known(email) && !text.is_empty() && objection(text).is_none();
    if is_possible { Ok(()) } else { Err(IdentityError::InvalidCredentials) }
}

/// Whether Cognito can know a user of this address.
pub(super) fn may_be_known(email: &Email) -> bool {
    email.as_str().chars().count() <= MOST_ADDRESS_CHARACTERS
}

/// Refuses a code that was never mailed, or not to this address.
pub(super) fn check_code(email: &Email, code: &str) -> Result<(), IdentityError> {
    let is_code = may_be_known(email)
        && (1..=MOST_CODE_CHARACTERS).contains(&code.chars().count())
        && !code.contains(char::is_whitespace);
    if is_code { Ok(()) } else { Err(IdentityError::InvalidCode) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_that_cognito_cannot_keep_are_weak_when_chosen_and_wrong_when_tried() {
        let email = Email::parse("ana@example.com").unwrap();
        let too_long = "a".repeat(257);
        for text in [&too_long, " leading one", "trailing one "] {
            let password = Password::attempt(text);
            assert!(
                matches!(check_new_password(&password), Err(IdentityError::WeakPassword { .. })),
                "{text}"
            );
            assert!(
                matches!(check_attempt(&email, &password), Err(IdentityError::InvalidCredentials)),
                "{text}"
            );
        }
        let longest = Password::attempt(&"ü".repeat(256));
        assert!(check_new_password(&longest).is_ok() && check_attempt(&email, &longest).is_ok());
        assert!(matches!(
            check_attempt(&email, &Password::attempt("")),
            Err(IdentityError::InvalidCredentials)
        ));
    }

    #[test]
    fn what_is_no_code_is_refused() {
        let email = Email::parse("ana@example.com").unwrap();
        assert!(check_code(&email, "123456").is_ok());
        for code in ["", " ", "123 456", "123456\n", &"1".repeat(65)] {
            assert!(matches!(check_code(&email, code), Err(IdentityError::InvalidCode)), "{code}");
        }
        let label = "a".repeat(60);
        let too_long = Email::parse(&format!("ana@{label}.{label}.example")).unwrap();
        assert!(!may_be_known(&too_long) && check_code(&too_long, "123456").is_err());
    }
}
