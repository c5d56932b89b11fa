//! Codes that come by mail: issued, counted and redeemed.

use halftone_core::entropy::Entropy;
use halftone_core::id::UserId;
use halftone_core::page::Versioned;
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::identity::{CodePurpose, Credential, IdentityError, StoredCode};
use halftone_core::secret::{Purpose, TokenHash};
use halftone_core::text::Email;

use super::LocalIdentity;
use super::mails::code_mail;

/// How often a change that lost a race is made again. Every lost race is somebody's counted try, of which a
/// code has few, so more than a handful of rounds means that something else is wrong.
const MOST_ROUNDS: usize = 16;

impl LocalIdentity {
    /// Mails the user a new code, which replaces an earlier one of the same purpose. An absent user gets none.
    pub(super) async fn mail_code(&self, user: UserId, purpose: CodePurpose) -> Result<(), StorageError> {
        let code = draw_code(&*self.ports.entropy);
        let life = match purpose {
            CodePurpose::Confirm => self.spec.confirm_code_life,
            CodePurpose::Reset => self.spec.reset_code_life,
        };
        let stored = StoredCode {
            purpose,
            hash: self.code_hash(user, purpose, &code),
            expires_at: self.after(life),
            tries_left: self.spec.code_tries,
        };
        for _ in 0..MOST_ROUNDS {
            let Some(mut credential) = self.ports.credentials.find(user).await? else { return Ok(()) };
            credential.value.codes.retain(|code| code.purpose != purpose);
            credential.value.codes.push(stored.clone());
            if self.write(&credential).await? {
                let mail = code_mail(credential.value.email, purpose, &code, life);
                return self.ports.mailer.send(&mail).await;
            }
        }
        Err(contested(user))
    }

    /// Checks a code without redeeming it. A wrong one counts as a try.
    pub(super) async fn check_code(
        &self,
        email: &Email,
        purpose: CodePurpose,
        code: &str,
    ) -> Result<(), IdentityError> {
        for _ in 0..MOST_ROUNDS {
            let Some(mut credential) = self.ports.credentials.find_by_email(email).await? else { break };
            match self.try_code(&mut credential.value, purpose, code) {
                Attempt::Right => return Ok(()),
                Attempt::Absent => break,
                Attempt::Wrong => {
                    if self.write(&credential).await? {
                        break;
                    }
                }
            }
        }
        Err(IdentityError::InvalidCode)
    }

    /// Redeems a code: changes the credential and removes the code in one write. A wrong code counts as a try,
    /// and the answer waits until the try is written down, so that trying in parallel gains nothing.
    pub(super) async fn redeem(
        &self,
        email: &Email,
        purpose: CodePurpose,
        code: &str,
        change: impl Fn(&mut Credential) + Send + Sync,
    ) -> Result<UserId, IdentityError> {
        for _ in 0..MOST_ROUNDS {
            let Some(mut credential) = self.ports.credentials.find_by_email(email).await? else { break };
            match self.try_code(&mut credential.value, purpose, code) {
                Attempt::Right => {
                    credential.value.codes.retain(|code| code.purpose != purpose);
                    change(&mut credential.value);
                    if self.write(&credential).await? {
                        return Ok(credential.value.user);
                    }
                }
                Attempt::Wrong => {
                    if self.write(&credential).await? {
                        break;
                    }
                }
                Attempt::Absent => break,
            }
        }
        Err(IdentityError::InvalidCode)
    }

    /// Tries a code and counts a wrong try, in memory only.
    fn try_code(&self, credential: &mut Credential, purpose: CodePurpose, code: &str) -> Attempt {
        let (user, now) = (credential.user, self.now());
        let open = credential.codes.iter_mut().find(|open| open.purpose == purpose && now < open.expires_at);
        let Some(open) = open.filter(|open| open.tries_left > 0) else { return Attempt::Absent };
        if open.hash.matches(&self.code_hash(user, purpose, code.trim())) {
            return Attempt::Right;
        }
        open.tries_left -= 1;
        Attempt::Wrong
    }

    /// Writes a credential at the version at which it was read. `false` if it was changed or deleted since.
    async fn write(&self, credential: &Versioned<Credential>) -> Result<bool, StorageError> {
        match self.ports.credentials.update(&credential.value, credential.version).await {
            Ok(_version) => Ok(true),
            Err(error) if matches!(error.kind(), StorageErrorKind::Conflict | StorageErrorKind::NotFound) => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// What is stored of a code. The key makes a stolen database useless for guessing six digits.
    fn code_hash(&self, user: UserId, purpose: CodePurpose, code: &str) -> TokenHash {
        let word: &[u8] = match purpose {
            CodePurpose::Confirm => b"confirm",
            CodePurpose::Reset => b"reset",
        };
        let user = user.as_uuid();
        let parts = [user.as_bytes().as_slice(), word, code.as_bytes()];
        TokenHash::restore(self.ports.keyring.authenticate(Purpose::Code, &parts))
    }
}

/// How trying a code went.
enum Attempt {
    Right,
    Wrong,
    /// There is no open code.
    Absent,
}

fn contested(user: UserId) -> StorageError {
    StorageError::new(StorageErrorKind::Conflict, "store code of user", user)
}

/// Draws six digits, each combination as likely as any other.
fn draw_code(entropy: &dyn Entropy) -> String {
    const CODES: u32 = 1_000_000;
    loop {
        let mut bytes = [0_u8; 4];
        entropy.fill(&mut bytes);
        let number = u32::from_be_bytes(bytes);
        // The rest of the range above the last whole million would favour low codes.
        if number < u32::MAX - u32::MAX % CODES {
            return format!("{:06}", number % CODES);
        }
    }
}

#[cfg(test)]
mod tests {
    use halftone_core::entropy::SeededEntropy;

    use super::*;

    #[test]
    fn a_code_has_six_digits() {
        let entropy = SeededEntropy::new(3);
        for _ in 0..200 {
            let code = draw_code(&entropy);
            assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
        }
    }
}
