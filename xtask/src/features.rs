//! Each feature of each library must compile alone, since whoever embeds Halftone picks them one by one.

use anyhow::bail;

use crate::report;
use crate::workspace::{Package, Workspace};

/// Checks every library without features, with each feature alone, and with all of them.
pub(crate) fn check_each(workspace: &Workspace) -> anyhow::Result<()> {
    let mut failed = Vec::new();
    for package in workspace.packages.iter().filter(|package| package.is_library()) {
        for selection in selections(package) {
            let title = format!("{} {}", package.name, selection.join(" "));
            report::heading(&title);
            let check = workspace.cargo("check").args(["--locked", "--lib", "--package", &package.name]);
            if let Err(error) = check.args(&selection).run() {
                report::failure(&error);
                failed.push(title);
            }
        }
    }
    if !failed.is_empty() {
        bail!("{} of the selections did not compile: {}", failed.len(), failed.join("; "));
    }
    Ok(())
}

fn selections(package: &Package) -> Vec<Vec<String>> {
    let none = vec!["--no-default-features".to_owned()];
    let mut selections = vec![none.clone()];
    for feature in package.features.keys().filter(|feature| *feature != "default") {
        selections.push([none.clone(), vec!["--features".to_owned(), feature.clone()]].concat());
    }
    if !package.features.is_empty() {
        selections.push(vec!["--all-features".to_owned()]);
    }
    selections
}

#[cfg(test)]
mod tests {
    use super::selections;
    use crate::workspace::Package;

    fn package_with(features: &[&str]) -> Package {
        Package {
            name: "halftone-storage".to_owned(),
            dependencies: Vec::new(),
            features: features.iter().map(|feature| ((*feature).to_owned(), Vec::new())).collect(),
            targets: Vec::new(),
        }
    }

    #[test]
    fn a_library_without_features_is_checked_once() {
        assert_eq!(selections(&package_with(&[])), [["--no-default-features"]]);
    }

    #[test]
    fn each_feature_is_selected_without_the_others() {
        let found: Vec<String> = selections(&package_with(&["default", "embedded", "s3"]))
            .iter()
            .map(|arguments| arguments.join(" "))
            .collect();
        assert_eq!(
            found,
            [
                "--no-default-features",
                "--no-default-features --features embedded",
                "--no-default-features --features s3",
                "--all-features",
            ]
        );
    }
}
