//! Which crate may depend on which, and what may lie nowhere under it.

use crate::arrows::tree::Tree;
use crate::workspace::Package;

/// What one member of the workspace may depend on.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) member: &'static str,
    /// The members that it may name as ordinary or build dependencies.
    may_use: &'static [&'static str],
    /// The members that not even its tests may name.
    never_in_tests: &'static [&'static str],
    /// Crates from elsewhere that may not lie under it at any depth, in ordinary and build dependencies.
    /// A name that ends in `*` stands for all that begin so.
    forbidden: &'static [&'static str],
}

/// Async runtimes: a crate without them can be embedded in any program.
const RUNTIMES: [&str; 6] =
    ["tokio", "tokio-*", "async-std", "async-executor", "async-global-executor", "smol"];

/// Databases and cloud services, and the clients that reach them.
const BACKENDS: [&str; 9] =
    ["aws-*", "mongodb", "bson", "rusqlite", "libsqlite3-sys", "sqlx*", "reqwest", "hyper*", "redis"];

/// Web frameworks and function runtimes.
const FRONTENDS: [&str; 4] = ["poem*", "axum*", "actix-*", "lambda*"];

/// Codecs and drawing.
const PICTURES: [&str; 3] = ["image", "imageproc", "webp"];

const CORE_ONLY: &[&str] = &["halftone-core"];
const DEPLOYABLE: &[&str] = &[
    "halftone-core",
    "halftone-storage",
    "halftone-processing",
    "halftone-http",
    "halftone-aws",
    "halftone-notify",
    "halftone-documents",
    "halftone-home",
    "halftone-web",
];

/// The arrows of the workspace, innermost first.
pub(super) const RULES: &[Rule] = &[
    Rule {
        member: "halftone-core",
        may_use: &[],
        never_in_tests: &["halftone-server", "halftone-lambda"],
        forbidden: &joined::<22>([&RUNTIMES, &BACKENDS, &FRONTENDS, &PICTURES]),
    },
    Rule {
        member: "halftone-processing",
        may_use: CORE_ONLY,
        never_in_tests: &["halftone-server", "halftone-lambda"],
        forbidden: &joined::<19>([&RUNTIMES, &BACKENDS, &FRONTENDS, &[]]),
    },
    Rule {
        member: "halftone-storage",
        may_use: CORE_ONLY,
        never_in_tests: &["halftone-server", "halftone-lambda"],
        forbidden: &joined::<7>([&FRONTENDS, &PICTURES, &[], &[]]),
    },
    Rule {
        member: "halftone-http",
        may_use: CORE_ONLY,
        never_in_tests: &["halftone-server", "halftone-lambda"],
        forbidden: &["aws-*", "mongodb", "bson", "rusqlite", "libsqlite3-sys", "sqlx*", "lambda*"],
    },
    Rule { member: "halftone-aws", may_use: CORE_ONLY, never_in_tests: &[], forbidden: &["poem*"] },
    Rule { member: "halftone-notify", may_use: CORE_ONLY, never_in_tests: &[], forbidden: &["poem*"] },
    // Orders in, bytes out: it asks nobody, and embeds in any program.
    Rule {
        member: "halftone-documents",
        may_use: CORE_ONLY,
        never_in_tests: &["halftone-server", "halftone-lambda"],
        forbidden: &joined::<19>([&RUNTIMES, &BACKENDS, &FRONTENDS, &[]]),
    },
    Rule {
        member: "halftone-home",
        may_use: &[
            "halftone-core",
            "halftone-storage",
            "halftone-processing",
            "halftone-http",
            "halftone-aws",
            "halftone-notify",
            "halftone-documents",
        ],
        never_in_tests: &["halftone-server", "halftone-lambda"],
        forbidden: &["lambda*"],
    },
    Rule {
        member: "halftone-server",
        may_use: DEPLOYABLE,
        never_in_tests: &["halftone-lambda"],
        forbidden: &["lambda*"],
    },
    Rule {
        member: "halftone-lambda",
        may_use: DEPLOYABLE,
        never_in_tests: &["halftone-server"],
        forbidden: &["rusqlite", "libsqlite3-sys"],
    },
    // Bytes for whoever sends them; what sends them does not know where they come from.
    Rule {
        member: "halftone-web",
        may_use: &[],
        never_in_tests: &["halftone-server", "halftone-lambda"],
        forbidden: &joined::<22>([&RUNTIMES, &BACKENDS, &FRONTENDS, &PICTURES]),
    },
    Rule {
        member: "halftone-benches",
        may_use: &["halftone-core", "halftone-processing"],
        never_in_tests: &["halftone-storage", "halftone-http", "halftone-server", "halftone-lambda"],
        forbidden: &BACKENDS,
    },
    Rule { member: "xtask", may_use: &[], never_in_tests: &[], forbidden: &RUNTIMES },
];

/// Puts up to four lists behind one another, in a constant.
const fn joined<const LENGTH: usize>(lists: [&[&'static str]; 4]) -> [&'static str; LENGTH] {
    let mut all = [""; LENGTH];
    let (mut list, mut filled) = (0, 0);
    while list < lists.len() {
        let mut index = 0;
        while index < lists[list].len() {
            all[filled] = lists[list][index];
            filled += 1;
            index += 1;
        }
        list += 1;
    }
    assert!(filled == LENGTH, "the length of a joined list is the sum of its parts");
    all
}

/// Names every arrow between two members that the table does not draw, and every member that it does not know.
pub(super) fn broken_between_members(packages: &[Package]) -> Vec<String> {
    let mut broken = Vec::new();
    for package in packages {
        let Some(rule) = RULES.iter().find(|rule| rule.member == package.name) else {
            broken.push(format!("{} has no rule: give it one in xtask/src/arrows/rules.rs", package.name));
            continue;
        };
        for dependency in &package.dependencies {
            let ours = packages.iter().any(|member| member.name == dependency.name);
            let name = dependency.name.as_str();
            let allowed = if dependency.is_for_development() {
                !rule.never_in_tests.contains(&name)
            } else {
                rule.may_use.contains(&name)
            };
            if ours && !allowed {
                let whose = if dependency.is_for_development() { "the tests of " } else { "" };
                broken.push(format!("{whose}{} may not depend on {name}", package.name));
            }
        }
    }
    broken
}

/// Names every forbidden crate that lies under the rule's member, with the path that leads to it.
pub(super) fn broken_by_third_parties(rule: &Rule, tree: &Tree) -> Vec<String> {
    tree.paths()
        .filter_map(|path| {
            let name = path.last()?;
            let pattern = rule.forbidden.iter().find(|pattern| matches(pattern, name))?;
            Some(format!("{} may not contain {pattern}: {}", rule.member, path.join(" -> ")))
        })
        .collect()
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::{RULES, Rule, broken_between_members, broken_by_third_parties, matches};
    use crate::arrows::tree::Tree;
    use crate::workspace::{Dependency, DependencyKind, Package};

    fn rule_of(member: &str) -> &'static Rule {
        RULES.iter().find(|rule| rule.member == member).unwrap()
    }

    fn package(name: &str, dependencies: &[(&str, Option<DependencyKind>)]) -> Package {
        Package {
            name: name.to_owned(),
            dependencies: dependencies
                .iter()
                .map(|(name, kind)| Dependency { name: (*name).to_owned(), kind: *kind })
                .collect(),
            features: std::collections::BTreeMap::new(),
            targets: Vec::new(),
        }
    }

    #[test]
    fn an_arrow_inwards_is_accepted() {
        let packages =
            [package("halftone-core", &[]), package("halftone-storage", &[("halftone-core", None)])];
        assert_eq!(broken_between_members(&packages), Vec::<String>::new());
    }

    #[test]
    fn an_arrow_outwards_is_refused() {
        let packages =
            [package("halftone-core", &[("halftone-storage", None)]), package("halftone-storage", &[])];
        assert_eq!(broken_between_members(&packages), ["halftone-core may not depend on halftone-storage"]);
    }

    #[test]
    fn an_arrow_sideways_is_refused_for_build_scripts_too() {
        let packages = [
            package("halftone-http", &[("halftone-storage", Some(DependencyKind::Build))]),
            package("halftone-storage", &[]),
        ];
        assert_eq!(broken_between_members(&packages), ["halftone-http may not depend on halftone-storage"]);
    }

    #[test]
    fn tests_may_use_a_backend() {
        let packages = [
            package("halftone-http", &[("halftone-storage", Some(DependencyKind::Dev))]),
            package("halftone-storage", &[]),
        ];
        assert_eq!(broken_between_members(&packages), Vec::<String>::new());
    }

    #[test]
    fn server_and_lambda_never_meet_not_even_in_tests() {
        let packages = [
            package("halftone-server", &[("halftone-lambda", Some(DependencyKind::Dev))]),
            package("halftone-lambda", &[("halftone-server", None)]),
        ];
        assert_eq!(
            broken_between_members(&packages),
            [
                "the tests of halftone-server may not depend on halftone-lambda",
                "halftone-lambda may not depend on halftone-server",
            ]
        );
    }

    #[test]
    fn a_member_that_the_table_does_not_know_is_refused() {
        let broken = broken_between_members(&[package("halftone-common", &[])]);
        assert!(broken[0].starts_with("halftone-common has no rule"), "{broken:?}");
    }

    #[test]
    fn a_runtime_deep_under_the_core_is_refused_with_its_path() {
        let tree = Tree::parse(
            "0halftone-core v0.1.0 (/halftone)\n1tracing v0.1.41\n2tokio v1.48.0\n1bytes v1.11.0",
        );
        assert_eq!(
            broken_by_third_parties(rule_of("halftone-core"), &tree),
            ["halftone-core may not contain tokio: halftone-core -> tracing -> tokio"]
        );
    }

    #[test]
    fn processing_may_contain_codecs_but_the_core_may_not() {
        let tree = Tree::parse("0member v0.1.0\n1image v0.25.10");
        assert!(broken_by_third_parties(rule_of("halftone-processing"), &tree).is_empty());
        assert_eq!(broken_by_third_parties(rule_of("halftone-core"), &tree).len(), 1);
    }

    #[test]
    fn a_pattern_with_a_star_stands_for_all_that_begin_so() {
        assert!(matches("aws-*", "aws-sdk-s3"));
        assert!(matches("poem*", "poem-openapi"));
        assert!(!matches("image", "image-webp"));
        assert!(!matches("hyper*", "hypothesis"));
    }
}
