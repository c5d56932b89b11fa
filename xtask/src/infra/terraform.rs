//! Running Terraform against the stand-in for its AWS provider, in a copy of `infra/`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::installation::Installation;
use super::rules::EnvironmentKind;
use super::tools::Tools;
use crate::process::Process;
use crate::workspace::Workspace;

/// Names another program than `terraform`, such as `tofu`.
const VARIABLE: &str = "TERRAFORM";

/// One that is applied, with the values of its variables.
#[derive(Debug, Clone, Copy)]
pub(super) struct Environment {
    pub(super) name: &'static str,
    pub(super) directory: &'static str,
    pub(super) kind: EnvironmentKind,
    arguments: &'static [&'static str],
}

const EXAMPLE: &str = "-var-file=terraform.tfvars.example";

/// All of them, in each shape that they can have.
pub(super) const ENVIRONMENTS: [Environment; 5] = [
    Environment {
        name: "bootstrap",
        directory: "bootstrap",
        kind: EnvironmentKind::Bootstrap,
        arguments: &["-var=region=eu-central-1", "-var=github_repository=halftone-studio/halftone"],
    },
    Environment {
        name: "serverless, database elsewhere",
        directory: "environments/serverless",
        kind: EnvironmentKind::Serverless,
        arguments: &[EXAMPLE],
    },
    Environment {
        name: "serverless, DocumentDB",
        directory: "environments/serverless",
        kind: EnvironmentKind::Serverless,
        arguments: &[EXAMPLE, "-var=documentdb=true"],
    },
    Environment {
        name: "ecs",
        directory: "environments/ecs",
        kind: EnvironmentKind::Ecs,
        arguments: &[EXAMPLE],
    },
    Environment {
        name: "ecs, endpoints instead of a NAT gateway",
        directory: "environments/ecs",
        kind: EnvironmentKind::Ecs,
        arguments: &[EXAMPLE, "-var=outbound=endpoints"],
    },
];

/// A copy of `infra/` in which Terraform can run.
#[derive(Debug)]
pub(super) struct Terraform {
    program: String,
    sources: PathBuf,
    copy: PathBuf,
    configuration: PathBuf,
}

impl Terraform {
    /// Makes the copy, and looks for the program.
    pub(super) fn prepare(workspace: &Workspace, tools: &Tools) -> anyhow::Result<Self> {
        let program = find(workspace)?;
        let directory = workspace.target_directory.join("infra");
        let copy = directory.join("copy");
        if copy.exists() {
            fs::remove_dir_all(&copy).with_context(|| format!("could not remove {}", copy.display()))?;
        }
        let sources = workspace.root.join("infra");
        copy_without_backends(&sources, &copy)?;
        let configuration = directory.join("terraform.rc");
        let provider = tools.provider_directory();
        let provider = provider.display();
        let text = format!(
            "provider_installation {{\n  dev_overrides {{\n    \"hashicorp/aws\" = \"{provider}\"\n  }}\n  direct {{}}\n}}\n"
        );
        fs::write(&configuration, text)
            .with_context(|| format!("could not write {}", configuration.display()))?;
        Ok(Self { program, sources, copy, configuration })
    }

    /// `terraform fmt`, over the sources themselves.
    pub(super) fn check_formatting(&self) -> anyhow::Result<()> {
        self.run_in(&self.sources).args(["fmt", "-check", "-diff", "-recursive"]).run()
    }

    /// Types, names and references.
    pub(super) fn validate(&self, directory: &str) -> anyhow::Result<()> {
        self.quietly(directory, "get", &["get"])?;
        self.quietly(directory, "validate", &["validate"])
    }

    /// The tests of the environment's own `tests/`.
    pub(super) fn test(&self, directory: &str) -> anyhow::Result<()> {
        if !self.copy.join(directory).join("tests").is_dir() {
            return Ok(());
        }
        self.quietly(directory, "test", &["test"])
    }

    /// Applies, as if into an empty account.
    pub(super) fn apply(&self, environment: Environment) -> anyhow::Result<Installation> {
        let directory = self.copy.join(environment.directory);
        for state in ["terraform.tfstate", "terraform.tfstate.backup"] {
            let state = directory.join(state);
            if state.exists() {
                fs::remove_file(&state).with_context(|| format!("could not remove {}", state.display()))?;
            }
        }
        let mut arguments = vec!["apply", "-auto-approve", "-input=false", "-compact-warnings"];
        arguments.extend(environment.arguments);
        self.quietly(environment.directory, "apply", &arguments)?;
        refuse_secrets(&directory.join("terraform.tfstate"))?;
        Installation::parse(&self.run_in(&directory).args(["show", "-json"]).output()?)
    }

    /// Runs a command with its output in a file: of success nobody wants to read, of failure the end is shown.
    fn quietly(&self, directory: &str, name: &str, arguments: &[&str]) -> anyhow::Result<()> {
        let directory = self.copy.join(directory);
        let (command, rest) = arguments.split_first().context("a command has a name")?;
        let log = directory.join(format!("{name}.log"));
        self.run_in(&directory).args([command, "-no-color"]).args(rest).run_supervised("terraform", &log)
    }

    fn run_in(&self, directory: &Path) -> Process {
        Process::new(&self.program, directory)
            .env("TF_CLI_CONFIG_FILE", &self.configuration)
            .env("TF_IN_AUTOMATION", "1")
            .env("TF_VAR_mongodb_uri", SECRET_URI)
            .env("CHECKPOINT_DISABLE", "1")
    }
}

/// Given to the environment whose database is elsewhere, and looked for in the state.
const SECRET_URI: &str = "mongodb://nobody:a-password@database.example/?tls=true";

/// What is in the state, the team's computers and pipelines can read.
fn refuse_secrets(state: &Path) -> anyhow::Result<()> {
    let text = fs::read_to_string(state).with_context(|| format!("could not read {}", state.display()))?;
    if text.contains("mongodb://") {
        bail!("{} holds a connection string with its password", state.display());
    }
    Ok(())
}

fn find(workspace: &Workspace) -> anyhow::Result<String> {
    let named = std::env::var_os(VARIABLE).and_then(|name| name.into_string().ok());
    let program = named.unwrap_or_else(|| "terraform".to_owned());
    let Some(version) = workspace.process(&program).arg("version").output_if_it_works() else {
        bail!(
            "{program} is missing: no package registry has it, so install Terraform 1.11 or OpenTofu 1.11 or newer and put it on \
             the search path, or name it in {VARIABLE}"
        );
    };
    if !is_new_enough(&version) {
        bail!(
            "{program} is older than 1.11, which infra/ needs: {}",
            version.lines().next().unwrap_or_default()
        );
    }
    Ok(program)
}

/// Write-only arguments and ephemeral resources came with 1.11, in both programs.
fn is_new_enough(version: &str) -> bool {
    let number = version.split_whitespace().find_map(|word| word.strip_prefix('v'));
    let mut parts = number.into_iter().flat_map(|number| number.split('.'));
    let mut next = || parts.next().and_then(|part| part.parse::<u32>().ok());
    let (major, minor) = (next(), next());
    major.zip(minor).is_some_and(|version| version >= (1, 11))
}

/// Copies every file, without the line that keeps the state in S3: here it lies beside the configuration.
fn copy_without_backends(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to).with_context(|| format!("could not create {}", to.display()))?;
    let unreadable = || format!("could not read {}", from.display());
    for entry in fs::read_dir(from).with_context(unreadable)? {
        let entry = entry.with_context(unreadable)?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') || name.contains(".tfstate") {
            continue;
        }
        if path.is_dir() {
            copy_without_backends(&path, &target)?;
        } else if path.extension().is_some_and(|extension| extension == "tf") {
            let text =
                fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))?;
            fs::write(&target, text.replace("  backend \"s3\" {}\n", ""))
                .with_context(|| format!("could not write {}", target.display()))?;
        } else {
            fs::copy(&path, &target).with_context(|| format!("could not copy {}", path.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{copy_without_backends, is_new_enough, refuse_secrets};

    #[test]
    fn versions_of_both_programs_are_understood() {
        assert!(is_new_enough("Terraform v1.11.4\non linux_amd64\n"));
        assert!(is_new_enough("OpenTofu v1.12.0\non linux_amd64\n"));
        assert!(!is_new_enough("Terraform v1.9.8\n"));
        assert!(!is_new_enough("command not found"));
    }

    #[test]
    fn a_copy_keeps_no_state_in_a_cloud() {
        let directory = tempfile::tempdir().unwrap();
        let (from, to) = (directory.path().join("from"), directory.path().join("to"));
        fs::create_dir(&from).unwrap();
        fs::write(from.join("main.tf"), "terraform {\n  backend \"s3\" {}\n}\n").unwrap();
        fs::write(from.join("terraform.tfstate"), "{}").unwrap();
        copy_without_backends(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(to.join("main.tf")).unwrap(), "terraform {\n}\n");
        assert!(!to.join("terraform.tfstate").exists());
    }

    #[test]
    fn a_state_with_a_password_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let state = directory.path().join("terraform.tfstate");
        fs::write(&state, r#"{"uri": "mongodb://halftone:word@host"}"#).unwrap();
        assert!(refuse_secrets(&state).is_err());
        fs::write(&state, r#"{"uri": null}"#).unwrap();
        assert!(refuse_secrets(&state).is_ok());
    }
}
