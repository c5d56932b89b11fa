//! The licences of the packages from npm that end up in what people get. Those of the tools do not matter to them.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, bail};
use serde::Deserialize;

use crate::report;

/// As in `deny.toml`, and the licence of typefaces, which may be bundled with any program.
const ALLOWED: [&str; 9] =
    ["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "OFL-1.1", "Unicode-3.0", "Zlib"];

/// Packages whose description names no licence, with the one of the text that they bring.
const BY_THEIR_TEXT: [(&str, &str); 1] = [("svelte-toolbelt", "MIT")];

#[derive(Deserialize)]
struct Lock {
    packages: BTreeMap<String, Package>,
}

#[derive(Deserialize)]
struct Package {
    license: Option<String>,
    #[serde(default)]
    dev: bool,
}

/// Fails with every package that is shipped and not under one of the allowed licences.
pub(super) fn check(lock: &Path) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(lock).with_context(|| format!("could not read {}", lock.display()))?;
    let refused = refused(&text).with_context(|| format!("{} is not as expected", lock.display()))?;
    if !refused.is_empty() {
        bail!("licences that are not permissive, or not known:\n  {}", refused.join("\n  "));
    }
    report::line("web: the licences of what is shipped are permissive");
    Ok(())
}

fn refused(lock: &str) -> anyhow::Result<Vec<String>> {
    let lock: Lock = serde_json::from_str(lock)?;
    let shipped = lock.packages.iter().filter(|(path, package)| !path.is_empty() && !package.dev);
    let mut refused = Vec::new();
    for (path, package) in shipped {
        let name = path.rsplit_once("node_modules/").map_or(path.as_str(), |(_, name)| name);
        let by_text = || BY_THEIR_TEXT.iter().find(|(known, _)| *known == name).map(|(_, licence)| *licence);
        let licence = package.license.as_deref().or_else(by_text).unwrap_or("no licence");
        if !is_allowed(licence) {
            refused.push(format!("{name}: {licence}"));
        }
    }
    Ok(refused)
}

/// Whether one of the licences that a package offers is allowed. `AND` is not understood, and so refused.
fn is_allowed(expression: &str) -> bool {
    let offered = expression.trim_start_matches('(').trim_end_matches(')');
    offered.split(" OR ").any(|licence| ALLOWED.contains(&licence))
}

#[cfg(test)]
mod tests {
    use super::{is_allowed, refused};

    #[test]
    fn one_of_the_offered_licences_is_enough() {
        assert!(is_allowed("MIT") && is_allowed("(MIT OR GPL-3.0)"));
        assert!(!is_allowed("GPL-3.0") && !is_allowed("MIT AND GPL-3.0"));
    }

    #[test]
    fn only_what_is_shipped_is_looked_at() {
        let lock = r#"{"packages": {
            "": {"license": "MIT"},
            "node_modules/shipped": {"license": "GPL-3.0"},
            "node_modules/shipped/node_modules/@inner/part": {},
            "node_modules/tool": {"license": "GPL-3.0", "dev": true},
            "node_modules/svelte-toolbelt": {}
        }}"#;
        assert_eq!(refused(lock).unwrap(), ["shipped: GPL-3.0", "@inner/part: no licence"]);
    }
}
