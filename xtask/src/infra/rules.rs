//! The project's own rules over an applied environment. Each returns what breaks it, and each complains where it finds
//! nothing to look at: a rule that looks at nothing proves nothing.

mod alarms;
mod batches;
pub(super) mod calls;
pub(super) mod compose;
mod containers;
mod dead_letters;
pub(super) mod documented;
mod https;
mod rights;
mod settings;

use serde::Deserialize;

use super::installation::Installation;

/// A rule: what it finds wrong, in sentences that begin with where.
pub(super) type Rule = fn(&Installation, &[Setting]) -> Vec<String>;

/// One setting of the programs, as their code declares it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Setting {
    /// `server.listen`.
    pub(super) path: String,
    /// `HALFTONE_SERVER_LISTEN`.
    pub(super) variable: String,
    /// What holds when nothing is said.
    pub(super) default: String,
}

/// What an environment is made of, and so which rules hold for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EnvironmentKind {
    /// What an account needs before.
    Bootstrap,
    /// Functions alone.
    Serverless,
    /// Servers, and the worker as a function.
    Ecs,
}

/// The rules of an environment.
pub(super) const fn of(kind: EnvironmentKind) -> &'static [Rule] {
    match kind {
        EnvironmentKind::Bootstrap => &[rights::broken, https::broken_buckets],
        EnvironmentKind::Serverless => &[
            batches::broken,
            dead_letters::broken,
            alarms::broken,
            rights::broken,
            https::broken_buckets,
            https::broken_queues,
            https::broken_distributions,
            settings::broken_functions,
        ],
        EnvironmentKind::Ecs => &[
            batches::broken,
            dead_letters::broken,
            alarms::broken,
            rights::broken,
            https::broken_buckets,
            https::broken_queues,
            https::broken_balancers,
            https::broken_databases,
            settings::broken_functions,
            settings::broken_servers,
            containers::broken,
        ],
    }
}

/// A setting, for tests.
#[cfg(test)]
fn setting(path: &str, default: &str) -> Setting {
    let variable = format!("HALFTONE_{}", path.replace('.', "_").to_uppercase());
    Setting { path: path.to_owned(), variable, default: default.to_owned() }
}
