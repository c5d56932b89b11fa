//! The build script's part that runs Node: finding it, its packages, Vite.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use crate::{read, write_table};

/// What Vite runs on, as in `engines` of `package.json`.
const OLD_ENOUGH: &str = "20.19 or newer (not 21, not before 22.12)";

/// A Node that can build the UI.
#[derive(Debug)]
pub(crate) struct Node;

impl Node {
    /// Looks for Node on the search path.
    pub(crate) fn find() -> Result<Self, String> {
        let found = Self::look();
        if found.is_err() {
            watch_search_path();
        }
        found
    }

    fn look() -> Result<Self, String> {
        let version = Command::new("node").arg("--version").output();
        let version = version.map_err(|_| format!("there is no Node.js; it takes {OLD_ENOUGH}"))?;
        let version = String::from_utf8_lossy(&version.stdout).trim().to_owned();
        if !is_usable(&version) {
            return Err(format!("this is Node.js {version}; it takes {OLD_ENOUGH}"));
        }
        match npm().arg("--version").output() {
            Ok(output) if output.status.success() => Ok(Self),
            _ => Err("there is Node.js, but not npm".to_owned()),
        }
    }

    /// Builds the UI into `output` and describes its files.
    #[expect(clippy::unused_self, reason = "only where there is Node, the UI can be built")]
    pub(crate) fn build(&self, sources: &Path, output: &Path) -> Result<(), String> {
        let _lock = lock(sources)?;
        install(sources)?;
        let (build, compressed, table) =
            (output.join("dist"), output.join("compressed"), output.join("files.table"));
        if compressed.exists() {
            fs::remove_dir_all(&compressed)
                .map_err(|error| format!("cannot empty {}: {error}", compressed.display()))?;
        }
        run(node(sources)
            .args(["node_modules/vite/bin/vite.js", "build", "--logLevel", "warn", "--emptyOutDir"])
            .arg("--outDir")
            .arg(&build))?;
        run(node(sources).arg("embed/pack.js").args([&build, &compressed, &table]))?;
        write_table(output, true, &read(&table)?)
    }
}

/// A Node or npm that is installed later shall be noticed. A directory of the search path changes when a program joins it.
fn watch_search_path() {
    println!("cargo::rerun-if-env-changed=PATH");
    let path = std::env::var_os("PATH").unwrap_or_default();
    for directory in std::env::split_paths(&path).filter(|path| path.is_absolute() && path.is_dir()) {
        println!("cargo::rerun-if-changed={}", directory.display());
    }
}

/// Whether Vite runs on a version such as `v20.19.2`.
fn is_usable(version: &str) -> bool {
    let mut numbers =
        version.trim_start_matches('v').split('.').map(|number| number.parse::<u32>().unwrap_or(0));
    let (major, minor) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    match major {
        20 => minor >= 19,
        22 => minor >= 12,
        _ => major > 22,
    }
}

/// Keeps builds of other target directories away from the packages while they are installed and used.
fn lock(sources: &Path) -> Result<File, String> {
    let path = sources.join(".node_modules.lock");
    let lock = File::create(&path).and_then(|file| file.lock().map(|()| file));
    lock.map_err(|error| format!("cannot lock {}: {error}", path.display()))
}

/// Makes sure that the packages are those of `package-lock.json`.
fn install(sources: &Path) -> Result<(), String> {
    let current = node(sources).arg("embed/modules.js").status();
    if current.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    // Packages run no code of their own while they are installed; and the tools are wanted whatever NODE_ENV says.
    let mut npm = npm();
    npm.args(["ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund", "--prefer-offline"]);
    run(npm.current_dir(sources))
}

fn npm() -> Command {
    Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

fn node(sources: &Path) -> Command {
    let mut node = Command::new("node");
    // The server that the UI is part of also has the API, and what is embedded is what is tested.
    node.current_dir(sources).env("NODE_ENV", "production").env_remove("HALFTONE_API_BASE");
    node
}

/// Runs a command to its end, and shows what it wrote if it fails.
fn run(command: &mut Command) -> Result<(), String> {
    let line = std::iter::once(command.get_program()).chain(command.get_args());
    let line = line.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ");
    let output = command.output().map_err(|error| format!("cannot run {line}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let written = [output.stdout, output.stderr].concat();
    Err(format!(
        "the web UI cannot be built; HALFTONE_WEB=skip builds without it\n{line} ended with {}:\n{}",
        output.status,
        String::from_utf8_lossy(&written).trim_end()
    ))
}
