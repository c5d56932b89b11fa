//! Registering photographers from the command line.

use std::io;

use anyhow::Context as _;
use halftone_core::entropy::Entropy as _;
use halftone_core::secret::Password;
use halftone_core::services::Services;
use halftone_core::text::{Email, Name};
use halftone_storage::os_entropy::OsEntropy;

use crate::console;

/// A password, and whether the person at the terminal has yet to see it.
pub(super) enum Chosen {
    /// It came from the standard input.
    Typed(Password),
    /// It was made up.
    MadeUp(Password),
}

/// Reads a password, or makes one up.
///
/// # Errors
/// The standard input has none, or it is too short.
pub(super) fn choose_password(from_stdin: bool) -> anyhow::Result<Chosen> {
    if !from_stdin {
        return Ok(Chosen::MadeUp(
            Password::choose(&made_up()).context("a made-up password is long enough")?,
        ));
    }
    let mut line = String::new();
    io::stdin().read_line(&mut line).context("cannot read the password from the standard input")?;
    Ok(Chosen::Typed(Password::choose(line.trim_end_matches(['\r', '\n']))?))
}

/// Four groups of five letters and digits that cannot be mistaken for each other: 100 random bits.
fn made_up() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut random = [0_u8; 20];
    OsEntropy.fill(&mut random);
    let letters: Vec<char> = random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    let groups: Vec<String> = letters.chunks(5).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

/// Registers the photographer.
///
/// # Errors
/// The address is taken, or the store failed.
pub(super) async fn create(
    services: &Services,
    email: &Email,
    studio_name: Name,
    chosen: Chosen,
) -> anyhow::Result<()> {
    let (Chosen::Typed(password) | Chosen::MadeUp(password)) = &chosen;
    let registered = services.accounts.register(email, password, studio_name).await?;
    console::say(format!("Created the studio {} of the user {}.", registered.studio, registered.user));
    console::say(format!("  E-mail    {email}"));
    if let Chosen::MadeUp(password) = &chosen {
        console::say(format!("  Password  {} (shown this once)", password.reveal()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_up_passwords_are_long_and_differ() {
        assert_eq!(made_up().len(), 23);
        assert_ne!(made_up(), made_up());
    }
}
