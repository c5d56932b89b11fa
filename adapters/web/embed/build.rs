//! Builds the web UI and describes its files to the compiler.
//!
//! `HALFTONE_WEB` says what shall happen. Not set: the UI is built where there is Node, and else a page stands in for it,
//! with a warning. `required`: the UI is built, or the build fails. `skip`: the page stands in.
//!
//! Where there is Node, a UI that cannot be built is an error, never an older one. The types of the API are not generated
//! here: they are erased by the build, and `npm run check` proves that they fit.

mod node;

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use node::Node;

/// What the result depends on, besides Node itself.
const WATCHED: [&str; 10] = [
    "embed",
    "index.html",
    "package-lock.json",
    "package.json",
    "public",
    "share.html",
    "src",
    "svelte.config.js",
    "tsconfig.json",
    "vite.config.ts",
];

/// What `HALFTONE_WEB` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    IfPossible,
    Required,
    Skip,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            for line in error.lines() {
                println!("cargo::error={line}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let sources = directory("CARGO_MANIFEST_DIR")?;
    let output = directory("OUT_DIR")?;
    for name in WATCHED {
        println!("cargo::rerun-if-changed={}", sources.join(name).display());
    }
    let wish = Wish::read()?;
    match wish.node() {
        Ok(node) => node.build(&sources, &output),
        Err(reason) if wish == Wish::Required => {
            Err(format!("the web UI is required (HALFTONE_WEB) and cannot be built: {reason}"))
        }
        Err(reason) => {
            println!("cargo::warning=the web UI is not part of this build: {reason}");
            stand_in(&sources, &output, &reason)
        }
    }
}

impl Wish {
    fn read() -> Result<Self, String> {
        println!("cargo::rerun-if-env-changed=HALFTONE_WEB");
        match std::env::var_os("HALFTONE_WEB").unwrap_or_default().to_str() {
            Some("") => Ok(Self::IfPossible),
            Some("required") => Ok(Self::Required),
            Some("skip") => Ok(Self::Skip),
            _ => Err("HALFTONE_WEB must be required or skip, or not be set".to_owned()),
        }
    }

    /// The Node to build with, or why there is none.
    fn node(self) -> Result<Node, String> {
        println!("cargo::rerun-if-env-changed=DOCS_RS");
        if self == Self::Skip {
            return Err("HALFTONE_WEB is skip".to_owned());
        }
        // docs.rs has no network, and shows no pages of ours.
        if std::env::var_os("DOCS_RS").is_some() {
            return Err("only the documentation is built".to_owned());
        }
        Node::find()
    }
}

fn directory(variable: &str) -> Result<PathBuf, String> {
    std::env::var_os(variable)
        .map(PathBuf::from)
        .ok_or_else(|| format!("{variable} is not set; cargo sets it"))
}

/// One page in the place of the UI. It is both pages, as a client may come by a link from another day.
fn stand_in(sources: &Path, output: &Path, reason: &str) -> Result<(), String> {
    let template = read(&sources.join("embed/stand-in.html"))?;
    let page = output.join("stand-in.html");
    write(&page, &template.replace("{reason}", reason))?;
    let style = sources.join("embed/stand-in.css");
    let rows = [
        row("/stand-in.css", "text/css", &style)?,
        row("/index.html", "text/html", &page)?,
        row("/share.html", "text/html", &page)?,
    ];
    let table = format!("/// Every file, by path.\npub static FILES: &[File] = &[\n{}];\n", rows.concat());
    write_table(output, false, &table)
}

/// A file of the stand-in.
fn row(path: &str, media_type: &str, content: &Path) -> Result<String, String> {
    let mut hasher = DefaultHasher::new();
    read(content)?.hash(&mut hasher);
    let digest = format!("{:016x}", hasher.finish());
    let content = content.to_str().ok_or_else(|| format!("{} is not UTF-8", content.display()))?;
    Ok(format!(
        "    File {{ path: {path:?}, media_type: \"{media_type}; charset=utf-8\", digest: {digest:?}, \
         content: include_bytes!({content:?}), brotli: None, gzip: None }},\n"
    ))
}

/// Writes what `lib.rs` includes.
fn write_table(output: &Path, is_complete: bool, table: &str) -> Result<(), String> {
    let constant = format!(
        "/// Whether this is the UI, and not the page that stands in for it.\npub const IS_COMPLETE: bool = {is_complete};\n"
    );
    write(&output.join("files.rs"), &format!("{constant}\n{table}"))
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

fn write(path: &Path, content: &str) -> Result<(), String> {
    fs::write(path, content).map_err(|error| format!("cannot write {}: {error}", path.display()))
}
