//! Configuration: read once at start, checked whole, passed down as values.
//!
//! A setting comes from the command line, else from a variable, else from a secret's variables, else from the file, else
//! it has its default. This is the one module that looks at the environment. Values that are secrets are never shown:
//! their types print nothing, and a problem with one does not quote it.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

pub mod choice;
pub mod cloud;
pub mod reader;
pub(crate) mod secret;
pub mod sections;
pub mod telling;
pub mod value;

use cloud::{
    AwsConfig, BackendsConfig, CognitoConfig, LambdaConfig, MongodbConfig, S3Config, SecretsConfig,
    SnsConfig, SqsConfig,
};
use reader::{CONFIG_VARIABLE, Flag, Key, Problem, Reader, Sources, VARIABLE_PREFIX};
use secret::{SecretOrigin, SecretReading, SecretSource};
use sections::{
    ClientsConfig, JobsConfig, LimitsConfig, LogConfig, ServerConfig, UploadsConfig, WorkersConfig,
};
use telling::{MailConfig, NotificationsConfig};

/// The file that is read if none is named and it is there.
const DEFAULT_FILE: &str = "halftone.toml";

/// Every setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where the data is kept and where the server is reached.
    pub server: ServerConfig,
    /// What may be uploaded.
    pub uploads: UploadsConfig,
    /// What clients get.
    pub clients: ClientsConfig,
    /// How much is rendered at once.
    pub workers: WorkersConfig,
    /// Background jobs.
    pub jobs: JobsConfig,
    /// How often callers may try.
    pub limits: LimitsConfig,
    /// What is logged.
    pub log: LogConfig,
    /// Where documents, files, jobs and logins are kept.
    pub backends: BackendsConfig,
    /// The installation's key, and where further settings are kept secret.
    pub secrets: SecretsConfig,
    /// AWS as a whole.
    pub aws: AwsConfig,
    /// Documents in MongoDB or DocumentDB.
    pub mongodb: MongodbConfig,
    /// Files in S3.
    pub s3: S3Config,
    /// Jobs in SQS.
    pub sqs: SqsConfig,
    /// Notices through SNS.
    pub sns: SnsConfig,
    /// Logins with Cognito.
    pub cognito: CognitoConfig,
    /// The functions on AWS Lambda.
    pub lambda: LambdaConfig,
    /// Notices to browsers, apps and other systems.
    pub notifications: NotificationsConfig,
    /// Mail through a server.
    pub mail: MailConfig,
    /// The secret that some of the settings come from, if they do.
    pub(crate) secret: Option<SecretOrigin>,
}

/// What the command line says: the file, and settings by path.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// The file to read.
    pub file: Option<PathBuf>,
    /// Settings, by path.
    pub settings: BTreeMap<&'static str, Flag>,
    /// What the command puts in the place of usual defaults, by path.
    pub defaults: BTreeMap<&'static str, &'static str>,
}

/// Everything that is wrong with the configuration, at once.
#[derive(Debug, thiserror::Error)]
pub struct InvalidConfig {
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
    const SECTIONS: [&'static str; 18] = [
        ServerConfig::SECTION,
        UploadsConfig::SECTION,
        ClientsConfig::SECTION,
        WorkersConfig::SECTION,
        JobsConfig::SECTION,
        LimitsConfig::SECTION,
        LogConfig::SECTION,
        BackendsConfig::SECTION,
        SecretsConfig::SECTION,
        AwsConfig::SECTION,
        MongodbConfig::SECTION,
        S3Config::SECTION,
        SqsConfig::SECTION,
        SnsConfig::SECTION,
        CognitoConfig::SECTION,
        LambdaConfig::SECTION,
        NotificationsConfig::SECTION,
        MailConfig::SECTION,
    ];

    /// Every setting there is.
    pub fn keys() -> impl Iterator<Item = &'static Key> {
        let sections = [
            ServerConfig::KEYS,
            UploadsConfig::KEYS,
            ClientsConfig::KEYS,
            WorkersConfig::KEYS,
            JobsConfig::KEYS,
            LimitsConfig::KEYS,
            LogConfig::KEYS,
            BackendsConfig::KEYS,
            SecretsConfig::KEYS,
            AwsConfig::KEYS,
            MongodbConfig::KEYS,
            S3Config::KEYS,
            SqsConfig::KEYS,
            SnsConfig::KEYS,
            CognitoConfig::KEYS,
            LambdaConfig::KEYS,
            NotificationsConfig::KEYS,
            MailConfig::KEYS,
        ];
        sections.into_iter().flatten()
    }

    /// Reads the file, the environment and the command line, and the secret that they name, if they name one.
    ///
    /// # Errors
    /// The file cannot be read or is not TOML, the secret cannot be read, or anything in them is wrong: then everything
    /// that is.
    pub async fn load(overrides: Overrides) -> anyhow::Result<Self> {
        let mut sources = sources(overrides)?;
        let Some(source) = SecretSource::find(&sources) else { return Ok(Self::build(sources)?) };
        let SecretReading { variables, origin } = source.read().await?;
        sources.secret = variables;
        Ok(Self { secret: Some(origin), ..Self::build(sources)? })
    }

    /// Reads and checks all sections.
    pub(crate) fn build(sources: Sources) -> Result<Self, InvalidConfig> {
        let mut reader = Reader::new(sources);
        let config = Self {
            server: ServerConfig::read(&mut reader),
            uploads: UploadsConfig::read(&mut reader),
            clients: ClientsConfig::read(&mut reader),
            workers: WorkersConfig::read(&mut reader),
            jobs: JobsConfig::read(&mut reader),
            limits: LimitsConfig::read(&mut reader),
            log: LogConfig::read(&mut reader),
            backends: BackendsConfig::read(&mut reader),
            secrets: SecretsConfig::read(&mut reader),
            aws: AwsConfig::read(&mut reader),
            mongodb: MongodbConfig::read(&mut reader),
            s3: S3Config::read(&mut reader),
            sqs: SqsConfig::read(&mut reader),
            sns: SnsConfig::read(&mut reader),
            cognito: CognitoConfig::read(&mut reader),
            lambda: LambdaConfig::read(&mut reader),
            notifications: NotificationsConfig::read(&mut reader),
            mail: MailConfig::read(&mut reader),
            secret: None,
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
        cloud::check_together(self, reader);
        telling::check_together(self, reader);
    }
}

/// Everything that was said but for secrets.
fn sources(overrides: Overrides) -> anyhow::Result<Sources> {
    let variables = read_variables();
    let named = overrides.file.or_else(|| variables.get(CONFIG_VARIABLE).map(PathBuf::from));
    let (file_name, file) = read_file(named.as_deref())?;
    let (flags, defaults) = (overrides.settings, overrides.defaults);
    Ok(Sources { flags, variables, secret: BTreeMap::new(), file, file_name, defaults })
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
