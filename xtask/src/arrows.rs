//! The shape of the workspace, checked: dependencies point inwards, and source files bear the name of what they serve.
//!
//! The rules are a table in [`rules`]; [`tree`] asks cargo what really lies under a crate; [`files`] looks at names. A
//! crate that is not in the table fails the check, so a new crate cannot join without someone deciding its place.

mod files;
mod rules;
mod tree;

use anyhow::bail;

use crate::report;
use crate::workspace::Workspace;

/// Fails with every broken rule, each with the path that breaks it.
pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<()> {
    let mut broken = rules::broken_between_members(&workspace.packages);
    for rule in rules::RULES.iter().filter(|rule| workspace.has_member(rule.member)) {
        let tree = tree::Tree::of(workspace, rule.member)?;
        broken.extend(rules::broken_by_third_parties(rule, &tree));
    }
    broken.extend(files::broken_names(&workspace.root)?);
    if !broken.is_empty() {
        bail!("{} broken:\n  {}", rules_in_words(broken.len()), broken.join("\n  "));
    }
    report::line(&format!("{} crates and their source files keep to the rules", workspace.packages.len()));
    Ok(())
}

fn rules_in_words(count: usize) -> String {
    if count == 1 { "1 rule is".to_owned() } else { format!("{count} rules are") }
}
