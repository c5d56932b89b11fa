//! Configuration: read once at start, checked whole, passed down as values.
//!
//! A setting comes from the command line, else from a variable, else from the file, else it has its default.
//! This is the one module of the program that looks at the environment. There is no secret among the settings:
//! the installation's key lies in the data directory.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

pub(crate) mod reader;
pub(crate) mod sections;
pub(crate) mod value;

#[cfg(test)]
use reader::Key;
use reader::{CONFIG_VARIABLE, Flag, Problem, Reader, Sources, VARIABLE_PREFIX};
use sections::{
    ClientsConfig, JobsConfig, LimitsConfig, LogConfig, ServerConfig, UploadsConfig, WorkersConfig,
};

/// The file that is read if none is named and it is there.
const DEFAULT_FILE: &str = "halftone.toml";

/// Every setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Config {
    /// Where the data is kept and where the server is reached.
    pub(crate) server: ServerConfig,
    /// What may be uploaded.
    pub(crate) uploads: UploadsConfig,
    /// What clients get.
    pub(crate) clients: ClientsConfig,
    /// How much is rendered at once.
    pub(crate) workers: WorkersConfig,
    /// Background jobs.
    pub(crate) jobs: JobsConfig,
    /// How often callers may try.
    pub(crate) limits: LimitsConfig,
    /// What is logged.
    pub(crate) log: LogConfig,
}

/// What the command line says: the file, and settings by path.
#[derive(Debug, Clone, Default)]
pub(crate) struct Overrides {
    /// The file to read.
    pub(crate) file: Option<PathBuf>,
    /// Settings, by path.
    pub(crate) settings: BTreeMap<&'static str, Flag>,
    /// What the command puts in the place of usual defaults, by path.
    pub(crate) defaults: BTreeMap<&'static str, &'static str>,
}

/// Everything that is wrong with the configuration, at once.
#[derive(Debug, thiserror::Error)]
pub(crate) struct InvalidConfig {
    problems: Vec<Problem>,
}

impl fmt::Display for InvalidConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the configuration has {} problem(s):", self.problems.len())?;
        for problem in &self.problems {
            write!(formatter, "\n  - {problem}")?;
        }
        Ok(())
    }
}

impl Config {
    const SECTIONS: [&'static str; 7] = [
        ServerConfig::SECTION,
        UploadsConfig::SECTION,
        ClientsConfig::SECTION,
        WorkersConfig::SECTION,
        JobsConfig::SECTION,
        LimitsConfig::SECTION,
        LogConfig::SECTION,
    ];

    /// Every setting there is, for the tests that compare them with the documentation.
    #[cfg(test)]
    pub(crate) fn keys() -> impl Iterator<Item = &'static Key> {
        let sections = [
            ServerConfig::KEYS,
            UploadsConfig::KEYS,
            ClientsConfig::KEYS,
            WorkersConfig::KEYS,
            JobsConfig::KEYS,
            LimitsConfig::KEYS,
            LogConfig::KEYS,
        ];
        sections.into_iter().flatten()
    }

    /// Reads the file, the environment and the command line.
    ///
    /// # Errors
    /// The file cannot be read or is not TOML, or anything in it is wrong: then everything that is.
    pub(crate) fn load(overrides: Overrides) -> anyhow::Result<Self> {
        let variables = read_variables();
        let named = overrides.file.or_else(|| variables.get(CONFIG_VARIABLE).map(PathBuf::from));
        let (file_name, file) = read_file(named.as_deref())?;
        let sources =
            Sources { flags: overrides.settings, variables, file, file_name, defaults: overrides.defaults };
        Ok(Self::build(sources)?)
    }

    /// Reads and checks all sections.
    fn build(sources: Sources) -> Result<Self, InvalidConfig> {
        let mut reader = Reader::new(sources);
        let config = Self {
            server: ServerConfig::read(&mut reader),
            uploads: UploadsConfig::read(&mut reader),
            clients: ClientsConfig::read(&mut reader),
            workers: WorkersConfig::read(&mut reader),
            jobs: JobsConfig::read(&mut reader),
            limits: LimitsConfig::read(&mut reader),
            log: LogConfig::read(&mut reader),
        };
        config.check_together(&mut reader);
        let problems = reader.finish(&Self::SECTIONS);
        if problems.is_empty() { Ok(config) } else { Err(InvalidConfig { problems }) }
    }

    /// The rules that hold between settings.
    fn check_together(&self, reader: &mut Reader) {
        let listen = self.server.listen;
        if listen.port() != 0 && self.server.admin_listen.0 == Some(listen) {
            reader.note("server.admin_listen", "must differ from server.listen");
        }
        if self.jobs.first_delay > self.jobs.longest_delay {
            reader.note("jobs.first_delay", "must not be longer than jobs.longest_delay");
        }
        if self.jobs.stalled_after < self.jobs.lease {
            reader.note("jobs.stalled_after", "must not be shorter than jobs.lease");
        }
    }
}

/// The variables that begin with Halftone's prefix. An empty one counts as not set.
fn read_variables() -> BTreeMap<String, String> {
    let of_ours = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        let name = name.into_string().ok().filter(|name| name.starts_with(VARIABLE_PREFIX))?;
        // What is not Unicode is no value of any setting, and is refused with its replacement characters.
        let value = value.to_string_lossy().into_owned();
        (!value.is_empty()).then_some((name, value))
    };
    std::env::vars_os().filter_map(of_ours).collect()
}

/// The file's name for messages and its tables.
fn read_file(named: Option<&Path>) -> anyhow::Result<(String, toml::Table)> {
    let path = named.unwrap_or_else(|| Path::new(DEFAULT_FILE));
    let name = path.display().to_string();
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).context(format!("cannot read the configuration file {name}")),
    };
    let table = text.parse().with_context(|| format!("the configuration file {name} is not TOML"))?;
    Ok((name, table))
}

#[cfg(test)]
mod tests;
