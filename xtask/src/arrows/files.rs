//! Names of source files: `foo.rs` beside `foo/`, never `mod.rs`, and nothing that is named after no noun.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// Names that say nothing about what a module serves, so that everything ends up in it.
const NAMES_WITHOUT_A_NOUN: [&str; 8] =
    ["common", "util", "utils", "helper", "helpers", "misc", "prelude", "shared"];

/// Folders that hold no source of ours.
const NOT_OURS: [&str; 2] = ["target", "node_modules"];

/// Names every source file whose name is refused.
pub(super) fn broken_names(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut files = Vec::new();
    collect_rust_files(root, &mut files)?;
    files.sort();
    Ok(files
        .iter()
        .filter_map(|file| {
            let file = file.strip_prefix(root).unwrap_or(file);
            objection(file).map(|objection| format!("{}: {objection}", file.display()))
        })
        .collect())
}

fn collect_rust_files(directory: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let unreadable = || format!("could not read {}", directory.display());
    for entry in fs::read_dir(directory).with_context(unreadable)? {
        let entry = entry.with_context(unreadable)?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // A link is left alone: it could lead out of the workspace, or round in a circle.
        let kind = entry.file_type().with_context(unreadable)?;
        if kind.is_dir() && !name.starts_with('.') && !NOT_OURS.contains(&&*name) {
            collect_rust_files(&entry.path(), files)?;
        } else if kind.is_file() && name.ends_with(".rs") {
            files.push(entry.path());
        }
    }
    Ok(())
}

fn objection(file: &Path) -> Option<&'static str> {
    if file.file_name()? == "mod.rs" {
        return Some("a module's file bears its name; use `foo.rs` beside `foo/`");
    }
    let path = file.with_extension("");
    let nameless = path.iter().any(|name| NAMES_WITHOUT_A_NOUN.iter().any(|refused| name == *refused));
    nameless.then_some("a module lives with the noun it serves; find a name that says which")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::objection;

    #[test]
    fn a_module_named_for_its_noun_is_accepted() {
        assert_eq!(objection(Path::new("halftone-core/src/ports/objects.rs")), None);
    }

    #[test]
    fn mod_rs_is_refused() {
        assert!(objection(Path::new("halftone-core/src/ports/mod.rs")).is_some());
    }

    #[test]
    fn a_name_without_a_noun_is_refused_for_files_and_for_folders() {
        assert!(objection(Path::new("halftone-core/src/utils.rs")).is_some());
        assert!(objection(Path::new("adapters/http/tests/common/app.rs")).is_some());
    }
}
