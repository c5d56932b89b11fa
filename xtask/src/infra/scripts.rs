//! `infra/apply.sh`, run with a program in the place of Terraform that notes what it is asked.

#![expect(clippy::unwrap_used, reason = "what a test cannot do shall end it")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A checkout with the script and nothing to apply.
struct Checkout {
    directory: TempDir,
}

impl Checkout {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/apply.sh");
        fs::copy(script, directory.path().join("apply.sh")).unwrap();
        fs::create_dir_all(directory.path().join("environments/ecs")).unwrap();
        let terraform = directory.path().join("terraform");
        fs::write(&terraform, "#!/bin/sh\necho \"$@\"\n").unwrap();
        fs::set_permissions(&terraform, fs::Permissions::from_mode(0o755)).unwrap();
        Self { directory }
    }

    fn with_values(self, values: &str) -> Self {
        fs::write(self.directory.path().join("environments/ecs/terraform.tfvars"), values).unwrap();
        self
    }

    /// Applies `ecs`, with further variables of the environment.
    fn apply(&self, variables: &[(&str, &str)]) -> Output {
        let path = self.directory.path();
        let mut command = Command::new(path.join("apply.sh"));
        command.arg("ecs").env("TERRAFORM", path.join("terraform"));
        command.env("STATE_BUCKET", "states").env("STATE_REGION", "eu-central-1");
        for name in ["TFVARS", "TF_VAR_name", "TF_VAR_release"] {
            command.env_remove(name);
        }
        command.envs(variables.iter().copied()).output().unwrap()
    }

    /// What Terraform was asked, a line for each time.
    fn asked(&self, variables: &[(&str, &str)]) -> String {
        let output = self.apply(variables);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

#[test]
fn each_installation_has_a_state_of_its_own() {
    let asked = Checkout::new().with_values("region = \"eu-central-1\"\n").asked(&[]);
    assert!(asked.contains("-backend-config=key=ecs/halftone.tfstate"), "{asked}");
    let asked = Checkout::new().with_values("name   = \"halftone-drill\" # twice a year\n").asked(&[]);
    assert!(asked.contains("-backend-config=key=ecs/halftone-drill.tfstate"), "{asked}");
    assert!(asked.contains("-var=name=halftone-drill"), "{asked}");
}

#[test]
fn values_may_come_from_a_variable() {
    let asked = Checkout::new().asked(&[("TFVARS", "name = \"two\"\n"), ("TF_VAR_name", "three")]);
    assert!(asked.contains("key=ecs/two.tfstate") && asked.contains(".tfvars"), "{asked}");
    let asked = Checkout::new().asked(&[("TF_VAR_name", "three")]);
    assert!(asked.contains("key=ecs/three.tfstate"), "{asked}");
}

#[test]
fn a_name_that_cannot_be_read_is_refused_before_anything_is_asked() {
    let output = Checkout::new().with_values("name = join(\"-\", [\"a\", \"b\"])\n").apply(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
}

#[test]
fn the_release_of_the_pipeline_wins_over_that_of_the_file() {
    let asked = Checkout::new().with_values("release = \"0.1.0\"\n").asked(&[("TF_VAR_release", "0.2.0")]);
    let file = asked.find("-var-file=terraform.tfvars").unwrap();
    assert!(asked.find("-var=release=0.2.0").is_some_and(|option| option > file), "{asked}");
}
