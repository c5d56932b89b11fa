//! What lies under one member, at every depth, as `cargo tree` tells it.

use crate::workspace::Workspace;

/// The ordinary and build dependencies of one member, with all its features, on every platform.
#[derive(Debug)]
pub(super) struct Tree {
    /// Depth first; the member itself is the first line and has depth 0.
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    depth: usize,
    name: String,
}

impl Tree {
    /// Asks cargo for the tree of one member alone, so that no other member's choice of features colours it.
    pub(super) fn of(workspace: &Workspace, member: &str) -> anyhow::Result<Self> {
        let output = workspace
            .cargo("tree")
            .args(["--locked", "--all-features", "--target", "all", "--edges", "normal,build"])
            .args(["--prefix", "depth", "--format", " {p}", "--package", member])
            .output()?;
        Ok(Self::parse(&output))
    }

    /// Reads lines such as `2 tokio v1.48.0`, the depth before the name.
    pub(super) fn parse(output: &str) -> Self {
        Self { lines: output.lines().filter_map(Line::parse).collect() }
    }

    /// Walks every line as the names from the member down to it.
    pub(super) fn paths(&self) -> impl Iterator<Item = Vec<&str>> {
        let mut path: Vec<&str> = Vec::new();
        self.lines.iter().map(move |line| {
            path.truncate(line.depth);
            path.push(&line.name);
            path.clone()
        })
    }
}

impl Line {
    fn parse(line: &str) -> Option<Self> {
        let name_starts = line.find(|character: char| !character.is_ascii_digit())?;
        let (depth, rest) = line.split_at(name_starts);
        // A line without a depth is one that cargo leaves empty between two trees.
        let depth = depth.parse().ok()?;
        Some(Self { depth, name: rest.split_whitespace().next()?.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::Tree;

    #[test]
    fn paths_follow_the_depths() {
        let tree = Tree::parse("0a v0.1.0 (/somewhere)\n1b v1.0.0\n2c v1.0.0\n1d v2.0.0 (*)\n");
        let paths: Vec<String> = tree.paths().map(|path| path.join("/")).collect();
        assert_eq!(paths, ["a", "a/b", "a/b/c", "a/d"]);
    }

    #[test]
    fn a_space_keeps_the_depth_apart_from_a_name_that_begins_with_a_digit() {
        let tree = Tree::parse("0 a v0.1.0\n1 3d-vector v1.0.0\n");
        assert_eq!(tree.paths().last().unwrap(), ["a", "3d-vector"]);
    }
}
