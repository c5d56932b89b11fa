//! Installs the rivals into `target/compare`, each at a pinned version, and makes the inputs.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::Folders;
use super::contenders::Rivals;
use crate::report;
use crate::workspace::Workspace;

/// sharp and the libvips in its package, from npm.
const SHARP: &str = "sharp@0.35.5";

/// libvips with its binding, and Pillow, from the Python Package Index.
const PYTHON_PACKAGES: [&str; 4] =
    ["pyvips==3.2.0", "pyvips-binary==8.18.7", "pillow==13.0.0", "cffi==2.1.1"];

/// Makes everything ready. What is there already is used as it is.
pub(super) fn install(workspace: &Workspace, folders: &Folders) -> anyhow::Result<Rivals> {
    std::fs::create_dir_all(&folders.root)
        .with_context(|| format!("cannot make {}", folders.root.display()))?;
    let ours = build(workspace, folders)?;
    report::heading("inputs");
    workspace.process(&ours).arg("inputs").arg(folders.inputs()).run()?;
    let imagemagick = ["magick", "convert"].into_iter().find(|program| {
        workspace
            .process(program)
            .arg("-version")
            .output_if_it_works()
            .is_some_and(|text| text.contains("ImageMagick"))
    });
    Ok(Rivals {
        ours,
        node: install_sharp(workspace, &folders.root)?,
        python: install_python(workspace, &folders.root)?,
        imagemagick: imagemagick.map(PathBuf::from),
        scripts: workspace.root.join("benches/compare/rivals"),
        tile: folders.inputs().join("tile.png"),
    })
}

/// Builds our own part, which needs cmake, nasm and a C compiler for libjpeg-turbo.
fn build(workspace: &Workspace, folders: &Folders) -> anyhow::Result<PathBuf> {
    report::heading("building the contenders in Rust");
    let target = folders.root.join("build");
    // Not `--locked`: the crates of the main workspace bring new dependencies into this lock file whenever they get some.
    workspace
        .cargo("build")
        .args(["--release", "--manifest-path", "benches/compare/Cargo.toml", "--target-dir"])
        .arg(&target)
        .run()
        .context("could not build benches/compare; libjpeg-turbo needs cmake, nasm and a C compiler")?;
    Ok(target.join("release/halftone-compare"))
}

fn install_sharp(workspace: &Workspace, root: &Path) -> anyhow::Result<PathBuf> {
    let folder = root.join("node");
    if !folder.join("node_modules/sharp").exists() {
        report::heading("installing sharp");
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        std::fs::write(folder.join("package.json"), "{\"private\": true}\n")
            .context("cannot write package.json")?;
        let npm = workspace.process("npm").args(["install", "--no-audit", "--no-fund", "--prefix"]);
        npm.arg(&folder).arg(SHARP).run()?;
    }
    Ok(folder)
}

fn install_python(workspace: &Workspace, root: &Path) -> anyhow::Result<PathBuf> {
    let folder = root.join("python");
    let python = folder.join("bin/python");
    let question = "import pyvips, PIL";
    if workspace.process(&python).args(["-c", question]).output_if_it_works().is_none() {
        report::heading("installing pyvips and Pillow");
        workspace.process("python3").args(["-m", "venv", "--clear"]).arg(&folder).run()?;
        workspace
            .process(&python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args(PYTHON_PACKAGES)
            .run()?;
    }
    Ok(python)
}
