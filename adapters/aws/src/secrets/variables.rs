//! What a secret holds.

use std::collections::BTreeMap;
use std::fmt;

use zeroize::Zeroizing;

/// Configuration variables from a secret. Wiped from memory when dropped; `Debug` shows their number alone.
///
/// ```
/// use halftone_aws::secrets::SecretVariables;
/// let variables = SecretVariables::parse(r#"{"HALFTONE_MASTER_KEY": "abc"}"#);
/// assert_eq!(variables.as_ref().and_then(|all| all.get("HALFTONE_MASTER_KEY")), Some("abc"));
/// assert!(SecretVariables::parse("abc").is_none());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SecretVariables(BTreeMap<String, Zeroizing<String>>);

impl SecretVariables {
    /// Reads a JSON object whose members are all text. No error tells what is wrong with another: the parser's would
    /// quote the secret.
    pub fn parse(json: &str) -> Option<Self> {
        let variables: BTreeMap<String, String> = serde_json::from_str(json).ok()?;
        Some(Self(variables.into_iter().map(|(name, value)| (name, Zeroizing::new(value))).collect()))
    }

    /// The variable of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.as_str())
    }

    /// All variables, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl fmt::Debug for SecretVariables {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SecretVariables({} of them)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_objects_of_texts_are_variables() {
        assert_eq!(SecretVariables::parse("{}").unwrap().iter().count(), 0);
        for json in ["", "hush", "[]", r#""hush""#, r#"{"a":1}"#, r#"{"a":{"b":"c"}}"#, r#"{"a":null}"#] {
            assert!(SecretVariables::parse(json).is_none(), "{json}");
        }
    }

    #[test]
    fn debug_shows_neither_names_nor_values() {
        let variables = SecretVariables::parse(r#"{"NAME":"hush","OTHER":"hush"}"#).unwrap();
        assert_eq!(format!("{variables:?}"), "SecretVariables(2 of them)");
    }
}
