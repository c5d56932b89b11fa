//! Where settings come from, in which order, and the list of everything that is wrong with them.

use std::collections::BTreeMap;
use std::fmt;

use crate::config::value::Setting;

/// One setting, as documented.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The table of the file.
    pub section: &'static str,
    /// Its name in that table.
    pub name: &'static str,
    /// What holds when nothing is said.
    pub default: &'static str,
}

impl Key {
    /// `server.listen`.
    pub fn path(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }

    /// `HALFTONE_SERVER_LISTEN`.
    pub fn variable(&self) -> String {
        format!("{VARIABLE_PREFIX}{}_{}", self.section, self.name).to_uppercase()
    }
}

/// How every variable begins.
pub const VARIABLE_PREFIX: &str = "HALFTONE_";

/// Names the file; the one variable that is not a setting.
pub const CONFIG_VARIABLE: &str = "HALFTONE_CONFIG";

/// Variables that test runs may set for their own use.
const TEST_PREFIX: &str = "HALFTONE_TEST_";

/// Those of the web UI's build and tests, which are often set where `cargo run` also starts the server.
const BUILD_VARIABLES: [&str; 5] =
    ["HALFTONE_API_BASE", "HALFTONE_BINARY", "HALFTONE_CHROMIUM", "HALFTONE_DEV_SERVER", "HALFTONE_WEB"];

/// What a flag says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// Its name, `--listen`.
    pub name: &'static str,
    /// Its value.
    pub text: String,
}

/// What was said, by whom. Earlier fields win over later ones.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// By path, from the command line.
    pub flags: BTreeMap<&'static str, Flag>,
    /// By name, from the environment; all that begin with the prefix.
    pub variables: BTreeMap<String, String>,
    /// By variable, from a secret.
    pub secret: BTreeMap<String, String>,
    /// The file's tables.
    pub file: toml::Table,
    /// What the file is called in messages.
    pub file_name: String,
    /// By path, what a command puts in the place of the usual default.
    pub defaults: BTreeMap<&'static str, &'static str>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where: `server.listen (HALFTONE_SERVER_LISTEN)`.
    pub place: String,
    /// What.
    pub rule: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.place, self.rule)
    }
}

/// Takes settings out of the sources; what is left over at the end is not known.
#[derive(Debug)]
pub struct Reader {
    sources: Sources,
    problems: Vec<Problem>,
}

impl Reader {
    pub(super) const fn new(sources: Sources) -> Self {
        Self { sources, problems: Vec::new() }
    }

    /// The value of a setting. A wrong one is noted, and the default stands in until the end.
    pub(super) fn take<T: Setting>(&mut self, key: &Key) -> T {
        let default = || T::parse_setting(key.default).expect("every default is a value of its setting");
        match self.find(key) {
            None => default(),
            Some((text, source)) => T::parse_setting(text.trim()).unwrap_or_else(|rule| {
                self.note(format!("{} ({source})", key.path()), rule);
                default()
            }),
        }
    }

    /// The text of the strongest source, and which it is. The others are used up as well.
    fn find(&mut self, key: &Key) -> Option<(String, String)> {
        let path = key.path();
        let variable = key.variable();
        let in_flags = self.sources.flags.remove(path.as_str());
        let in_variables = self.sources.variables.remove(&variable);
        let in_secret = self.sources.secret.remove(&variable);
        let in_file = self.take_from_file(key);
        let default = self.sources.defaults.get(path.as_str()).map(|text| (*text).to_owned());
        in_flags
            .map(|flag| (flag.text, flag.name.to_owned()))
            .or_else(|| in_variables.map(|text| (text, variable.clone())))
            .or_else(|| in_secret.map(|text| (text, format!("{variable} in the secret"))))
            .or_else(|| in_file.map(|text| (text, self.sources.file_name.clone())))
            .or_else(|| default.map(|text| (text, "the default".to_owned())))
    }

    fn take_from_file(&mut self, key: &Key) -> Option<String> {
        let table = self.sources.file.get_mut(key.section)?.as_table_mut()?;
        let value = table.remove(key.name)?;
        let text = text_of(&value);
        if text.is_none() {
            let place = format!("{} ({})", key.path(), self.sources.file_name);
            self.note(place, "must be a text, a number or a list of texts");
        }
        text
    }

    /// Notes something that is wrong.
    pub(super) fn note(&mut self, place: impl Into<String>, rule: impl Into<String>) {
        self.problems.push(Problem { place: place.into(), rule: rule.into() });
    }

    /// Everything that is wrong, unknown names included. `sections` are the tables that a file may have.
    pub(super) fn finish(mut self, sections: &[&str]) -> Vec<Problem> {
        for variable in std::mem::take(&mut self.sources.variables).into_keys() {
            let is_known = variable == CONFIG_VARIABLE
                || variable.starts_with(TEST_PREFIX)
                || BUILD_VARIABLES.contains(&variable.as_str());
            if !is_known {
                self.note(variable, "is not a setting of Halftone");
            }
        }
        for variable in std::mem::take(&mut self.sources.secret).into_keys() {
            self.note(format!("{variable} in the secret"), "is not a setting of Halftone");
        }
        let file_name = self.sources.file_name.clone();
        for (section, value) in std::mem::take(&mut self.sources.file) {
            match value {
                toml::Value::Table(table) if sections.contains(&section.as_str()) => {
                    for name in table.keys() {
                        let place = format!("{section}.{name} ({file_name})");
                        self.note(place, "is not a setting of Halftone");
                    }
                }
                toml::Value::Table(_) => {
                    let rule = format!("is not a section; there are {}", sections.join(", "));
                    self.note(format!("[{section}] ({file_name})"), rule);
                }
                _ => self.note(format!("{section} ({file_name})"), "must stand in a section"),
            }
        }
        self.problems
    }
}

fn text_of(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Array(entries) => {
            let entries: Option<Vec<&str>> = entries.iter().map(toml::Value::as_str).collect();
            entries.map(|entries| entries.join(","))
        }
        toml::Value::Float(_)
        | toml::Value::Boolean(_)
        | toml::Value::Datetime(_)
        | toml::Value::Table(_) => None,
    }
}
