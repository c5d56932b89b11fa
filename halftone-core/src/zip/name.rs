//! Names that every computer can unpack.

use std::collections::HashSet;
use std::fmt;

/// The name of an entry: folders and file, each of a form that Windows, macOS and Linux take. Only [`EntryNames`] makes
/// new ones.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EntryName(String);

impl EntryName {
    /// The most characters of a folder's or a file's name.
    const MOST_CHARACTERS: usize = 200;

    /// The name, with `/` between folders.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes a name that was made here and stored.
    pub fn restore(name: String) -> Option<Self> {
        // A stored name is one that this leaves as it is, so nothing leads out of the folder it is unpacked into.
        let is_clean = name.split('/').all(|part| safe(part) == part);
        (is_clean && u16::try_from(name.len()).is_ok()).then_some(Self(name))
    }

    /// Length in bytes.
    pub(super) fn length(&self) -> u16 {
        u16::try_from(self.0.len()).expect("a few parts of at most 200 characters each")
    }
}

impl fmt::Display for EntryName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Gives each entry of an archive a name of its own.
#[derive(Debug, Default)]
pub struct EntryNames {
    /// In lower case: Windows and macOS do not tell `A.JPG` and `a.jpg` apart.
    taken: HashSet<String>,
}

impl EntryNames {
    /// The name for a file in a folder, or without one if that is empty. What some system cannot have in a name becomes
    /// `_`; a name that is taken gets a number.
    ///
    /// ```
    /// use halftone_core::zip::EntryNames;
    /// let mut names = EntryNames::default();
    /// assert_eq!(names.claim("Ceremony", "IMG_0412.JPG").as_str(), "Ceremony/IMG_0412.JPG");
    /// assert_eq!(names.claim("ceremony", "img_0412.jpg").as_str(), "ceremony/img_0412 (2).jpg");
    /// assert_eq!(names.claim("", "a?b.jpg").as_str(), "a_b.jpg");
    /// ```
    pub fn claim(&mut self, folder: &str, file: &str) -> EntryName {
        self.claim_in(if folder.is_empty() { &[] } else { std::slice::from_ref(&folder) }, file)
    }

    /// The name for a file in a folder of folders.
    pub fn claim_in(&mut self, folders: &[&str], file: &str) -> EntryName {
        let mut folder = String::new();
        for part in folders {
            folder.push_str(&clean(part));
            folder.push('/');
        }
        let file = clean(file);
        let (stem, extension) = match file.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => (stem, format!(".{extension}")),
            _ => (file.as_str(), String::new()),
        };
        let mut name = format!("{folder}{file}");
        let mut number = 2;
        while !self.taken.insert(name.to_lowercase()) {
            name = format!("{folder}{stem} ({number}){extension}");
            number += 1;
        }
        EntryName(name)
    }
}

/// A folder's or a file's name of a form and a length that every system takes.
fn clean(name: &str) -> String {
    safe(&shortened(name))
}

/// A name without what some system refuses: Windows is the strictest.
fn safe(name: &str) -> String {
    let replaced = |character: char| {
        if character.is_control() || "<>:\"/\\|?*".contains(character) { '_' } else { character }
    };
    let name: String = name.chars().map(replaced).collect();
    // Windows drops spaces and dots at the end, so two names would become one, and `..` none.
    let name = name.trim_end_matches([' ', '.']).trim_start();
    let stem = name.split('.').next().unwrap_or_default();
    if name.is_empty() || is_device(stem) { format!("_{name}") } else { name.to_owned() }
}

/// A name that is too long loses the end of its stem and keeps its extension.
fn shortened(name: &str) -> String {
    let too_many = name.chars().count().saturating_sub(EntryName::MOST_CHARACTERS);
    if too_many == 0 {
        return name.to_owned();
    }
    let keep = |text: &str, most: usize| text.chars().take(most).collect::<String>();
    match name.rsplit_once('.') {
        Some((stem, extension)) if extension.len() <= 10 => {
            format!("{}.{extension}", keep(stem, stem.chars().count().saturating_sub(too_many)))
        }
        _ => keep(name, EntryName::MOST_CHARACTERS),
    }
}

/// Names that Windows gives to devices, with any extension.
fn is_device(stem: &str) -> bool {
    let stem = stem.trim_end().to_ascii_uppercase();
    let is_numbered = |kind: &str| {
        stem.strip_prefix(kind)
            .is_some_and(|number| number.len() == 1 && number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || is_numbered("COM") || is_numbered("LPT")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_lead_out_or_mean_a_device_are_changed() {
        for (file, name) in [
            ("../../etc/passwd", ".._.._etc_passwd"),
            ("..", "_"),
            ("NUL.jpg", "_NUL.jpg"),
            ("com7", "_com7"),
            ("trailing. ", "trailing"),
            ("C:\\x.jpg", "C__x.jpg"),
            ("line\nbreak.jpg", "line_break.jpg"),
        ] {
            assert_eq!(EntryNames::default().claim("", file).as_str(), name);
        }
    }

    #[test]
    fn a_stored_name_that_was_not_made_here_is_refused() {
        assert!(EntryName::restore("Ceremony/IMG_1.JPG".to_owned()).is_some());
        for name in ["", "/etc/passwd", "a//b", "../a", "a/..", "a\\b"] {
            assert_eq!(EntryName::restore(name.to_owned()), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn every_name_is_clean_and_no_two_are_alike(files in prop::collection::vec(("\\PC{0,3}", "\\PC{0,300}"), 1..20)) {
            let mut names = EntryNames::default();
            let mut seen = HashSet::new();
            for (folder, file) in files {
                let name = names.claim(&folder, &file);
                prop_assert_eq!(EntryName::restore(name.as_str().to_owned()), Some(name.clone()));
                prop_assert!(seen.insert(name.as_str().to_lowercase()));
                prop_assert!(name.length() > 0);
            }
        }
    }
}
