//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::commands::admin::AdminArgs;
use crate::commands::health::HealthArgs;
use crate::commands::process::ProcessArgs;
use crate::web_ui::VERSION;
use halftone_home::config::Overrides;
use halftone_home::config::reader::Flag;

/// Photo proofing and ordering for photographers, on one computer.
///
/// Without a command, Halftone serves the studio.
#[derive(Debug, Parser)]
#[command(name = "halftone", version = VERSION, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// The flags of `serve`, which is what is done if nothing else is said.
    #[command(flatten)]
    pub(crate) serve: ServeArgs,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the studio (the default).
    Serve(ServeArgs),
    /// Serve a studio full of examples, to look around in.
    Demo(ServeArgs),
    /// Make watermarked proofs and thumbs of local files.
    Process(ProcessArgs),
    /// Look after an installation while its server is stopped.
    Admin(AdminArgs),
    /// Ask a running server whether it is alive.
    Health(HealthArgs),
}

/// Where the settings come from. Every setting is described in docs/configuration.md.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SourceArgs {
    /// The configuration file [default: halftone.toml if it is there].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The directory that holds everything [default: ./halftone-data, of the demo ./halftone-demo].
    #[arg(long, value_name = "DIR")]
    data_dir: Option<String>,
}

/// What `serve` and `demo` take.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    source: SourceArgs,
    /// The address of the studio [default: 127.0.0.1:8080; port 0 takes a free one].
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// The address of the mailbox page and the metrics, or off [default: 127.0.0.1:8081].
    #[arg(long, value_name = "ADDRESS")]
    admin_listen: Option<String>,
    /// The address under which browsers reach the server [default: what each request says].
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// How many jobs run at once [default: the number of cores].
    #[arg(long, value_name = "COUNT")]
    workers: Option<String>,
    /// How log lines look: text or json.
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<String>,
    /// Which log lines are written: a level, or levels for parts of the program.
    #[arg(long, value_name = "FILTER")]
    log_filter: Option<String>,
}

impl SourceArgs {
    /// What the flags say about the configuration.
    pub(crate) fn overrides(self) -> Overrides {
        let mut overrides = Overrides { file: self.config, ..Overrides::default() };
        if let Some(data_dir) = self.data_dir {
            overrides.settings.insert("server.data_dir", Flag { name: "--data-dir", text: data_dir });
        }
        overrides
    }
}

impl ServeArgs {
    /// What the flags say about the configuration.
    pub(crate) fn overrides(self) -> Overrides {
        let mut overrides = self.source.overrides();
        let flags = [
            ("server.listen", "--listen", self.listen),
            ("server.admin_listen", "--admin-listen", self.admin_listen),
            ("server.public_url", "--public-url", self.public_url),
            ("workers.count", "--workers", self.workers),
            ("log.format", "--log-format", self.log_format),
            ("log.filter", "--log-filter", self.log_filter),
        ];
        let given = |(path, name, text): (&'static str, &'static str, Option<String>)| {
            Some((path, Flag { name, text: text? }))
        };
        overrides.settings.extend(flags.into_iter().filter_map(given));
        overrides
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use halftone_home::config::Config;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn flags_of_serve_work_without_its_name() {
        let cli = Cli::try_parse_from(["halftone", "--listen", "127.0.0.1:0", "--workers", "3"]).unwrap();
        assert!(cli.command.is_none());
        let settings = cli.serve.overrides().settings;
        assert_eq!(settings["workers.count"].text, "3");
    }

    #[test]
    fn every_flag_of_serve_is_a_documented_setting() {
        let document = include_str!("../../../docs/configuration.md");
        let command = Cli::command();
        let serve = command.find_subcommand("serve").unwrap();
        for flag in serve.get_arguments().filter_map(clap::Arg::get_long) {
            assert!(document.contains(&format!("`--{flag}`")), "--{flag} is not documented");
        }
        let every = ServeArgs {
            source: SourceArgs { config: None, data_dir: Some("x".to_owned()) },
            listen: Some("127.0.0.1:0".to_owned()),
            admin_listen: Some("off".to_owned()),
            public_url: Some("auto".to_owned()),
            workers: Some("1".to_owned()),
            log_format: Some("json".to_owned()),
            log_filter: Some("info".to_owned()),
        };
        for (path, flag) in every.overrides().settings {
            assert!(Config::keys().any(|key| key.path() == path), "{path} is not a setting");
            assert!(serve.get_arguments().any(|known| known.get_long() == flag.name.strip_prefix("--")));
        }
    }
}
