//! The SBOM: what each program is made of, as `CycloneDX`.
//!
//! syft reads the lock files of Rust and of the web UI, which name everything that anybody here uses, tests and tools included. What
//! cargo itself says of a program and a platform decides what stays; a crate that syft does not know is an error, and not a gap.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use serde_json::Value;

use crate::report;
use crate::workspace::Workspace;

/// What follows `cargo xtask sbom`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Arguments {
    /// The platform, such as `x86_64-unknown-linux-gnu`; crates that it does not compile are left out.
    #[arg(long, default_value = "x86_64-unknown-linux-gnu")]
    target: String,
}

/// A program that is given to others.
struct Program {
    name: &'static str,
    package: &'static str,
    /// Whether it carries the web UI, and so what that is made of.
    has_pages: bool,
}

const PROGRAMS: [Program; 2] = [
    Program { name: "halftone", package: "halftone-server", has_pages: true },
    Program { name: "halftone-functions", package: "halftone-lambda", has_pages: false },
];

/// A crate and its version.
type Crate = (String, String);

/// Writes one list for each program into `target/sbom`.
///
/// # Errors
/// syft cannot be installed, or does not know a crate that cargo compiles.
pub(crate) fn list_components(workspace: &Workspace, arguments: &Arguments) -> anyhow::Result<()> {
    let environment = workspace.target_directory.join("tools/syft");
    let syft = environment.join("bin/syft");
    if workspace.process(&syft).arg("version").output_if_it_works().is_none() {
        report::heading("installing syft into the target directory");
        let requirements = workspace.root.join("xtask/infra/sbom.txt");
        super::tools::install_python(workspace, &environment, &requirements)?;
    }
    let directory = workspace.target_directory.join("sbom");
    fs::create_dir_all(&directory).context("could not create the directory of SBOMs")?;
    for program in PROGRAMS {
        let crates = crates_of(workspace, program.package, &arguments.target)?;
        let version = crates.iter().find(|(name, _)| name == program.package).map(|(_, version)| version);
        let version = version.context("cargo does not list the program itself")?;
        let json = workspace
            .process(&syft)
            .args(["scan", "dir:.", "--quiet", "--output", "cyclonedx-json"])
            .args(["--exclude", "./target/**", "--exclude", "./**/node_modules/**"])
            .args(["--override-default-catalogers", "rust-cargo-lock-cataloger,javascript-lock-cataloger"])
            .args(["--source-name", program.name, "--source-version", version.as_str()])
            .env("SYFT_CHECK_FOR_APP_UPDATE", "false")
            .output()?;
        let everything = serde_json::from_str(&json).context("syft did not print a list")?;
        let list = reduced(everything, &crates, program.has_pages)?;
        let path = directory.join(format!("{}-{}.cdx.json", program.name, arguments.target));
        fs::write(&path, format!("{list:#}\n"))
            .with_context(|| format!("could not write {}", path.display()))?;
        let count = list["components"].as_array().map_or(0, Vec::len);
        report::line(&format!("sbom: {}: {count} components in {}", program.name, path.display()));
    }
    Ok(())
}

/// What cargo compiles for a program; tests and their crates are no part of it.
fn crates_of(workspace: &Workspace, package: &str, target: &str) -> anyhow::Result<BTreeSet<Crate>> {
    let options = ["--locked", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"];
    let lines =
        workspace.cargo("tree").args(options).args(["--package", package, "--target", target]).output()?;
    parsed(&lines)
}

/// Lines such as `serde v1.0.0 (proc-macro)`.
fn parsed(lines: &str) -> anyhow::Result<BTreeSet<Crate>> {
    let of_line = |line: &str| {
        let mut words = line.split_whitespace();
        let name = words.next()?;
        let version = words.next()?.strip_prefix('v')?;
        Some((name.to_owned(), version.to_owned()))
    };
    let lines = lines.lines().filter(|line| !line.is_empty());
    lines.map(|line| of_line(line).with_context(|| format!("{line:?} names no crate"))).collect()
}

/// The components of a program alone, and what they depend on.
fn reduced(mut list: Value, crates: &BTreeSet<Crate>, has_pages: bool) -> anyhow::Result<Value> {
    let mut missing = crates.clone();
    let mut kept = BTreeSet::new();
    let components = list["components"].as_array_mut().context("syft's list has no components")?;
    components.retain(|component| {
        let text = |field: &str| component[field].as_str().unwrap_or_default().to_owned();
        let named = (text("name"), text("version"));
        let is_part = match text("purl").split('/').next() {
            Some("pkg:cargo") => crates.contains(&named),
            Some("pkg:npm") => has_pages,
            _ => false,
        };
        if is_part {
            kept.insert(text("bom-ref"));
            missing.remove(&named);
        }
        is_part
    });
    ensure!(
        !has_pages || kept.iter().any(|reference| reference.starts_with("pkg:npm/")),
        "syft found nothing of the web UI"
    );
    if !missing.is_empty() {
        let missing: Vec<String> =
            missing.iter().map(|(name, version)| format!("{name} {version}")).collect();
        bail!("syft does not know {}", missing.join(", "));
    }
    if let Some(dependencies) = list["dependencies"].as_array_mut() {
        let is_kept = |reference: &Value| reference.as_str().is_some_and(|text| kept.contains(text));
        dependencies.retain(|entry| is_kept(&entry["ref"]));
        for entry in dependencies {
            if let Some(targets) = entry["dependsOn"].as_array_mut() {
                targets.retain(is_kept);
            }
        }
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{parsed, reduced};

    fn list() -> serde_json::Value {
        let component = |purl: &str| {
            let (name, version) = purl.rsplit_once('/').unwrap().1.split_once('@').unwrap();
            json!({"bom-ref": purl, "purl": purl, "name": name, "version": version})
        };
        json!({
            "components": [
                component("pkg:cargo/serde@1.0.0"), component("pkg:cargo/syn@1.0.0"), component("pkg:cargo/syn@2.0.0"),
                component("pkg:npm/svelte@5.0.0"), component("pkg:pypi/cffi@2.0.0"),
            ],
            "dependencies": [
                {"ref": "pkg:cargo/serde@1.0.0", "dependsOn": ["pkg:cargo/syn@2.0.0", "pkg:cargo/syn@1.0.0"]},
                {"ref": "pkg:cargo/syn@1.0.0", "dependsOn": []},
            ],
        })
    }

    #[test]
    fn a_program_is_what_cargo_compiles_for_it() {
        let crates = parsed("serde v1.0.0 (proc-macro)\nsyn v2.0.0\n\nserde v1.0.0 (*)\n").unwrap();
        let reduced = reduced(list(), &crates, false).unwrap();
        let names: Vec<_> = reduced["components"].as_array().unwrap().iter().map(|c| &c["purl"]).collect();
        assert_eq!(names, ["pkg:cargo/serde@1.0.0", "pkg:cargo/syn@2.0.0"]);
        let dependencies = json!([{"ref": "pkg:cargo/serde@1.0.0", "dependsOn": ["pkg:cargo/syn@2.0.0"]}]);
        assert_eq!(reduced["dependencies"], dependencies);
    }

    #[test]
    fn a_program_with_pages_lists_them() {
        let crates = parsed("serde v1.0.0").unwrap();
        let with_pages = reduced(list(), &crates, true).unwrap();
        assert_eq!(with_pages["components"][1]["name"], "svelte");
        let mut without = list();
        without["components"].as_array_mut().unwrap().remove(3);
        assert!(reduced(without, &crates, true).is_err());
    }

    #[test]
    fn a_crate_that_is_not_in_the_list_is_an_error() {
        let crates = parsed("serde v1.0.0\nserde_json v1.0.0").unwrap();
        let error = reduced(list(), &crates, false).unwrap_err().to_string();
        assert_eq!(error, "syft does not know serde_json 1.0.0");
        assert!(parsed("error: nothing").is_err());
    }
}
