//! What the documentation promises of an installation: every alarm has its line in the handbook, and the pages behind CloudFront have
//! the headers that docs/web.md lists.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::infra::installation::{Installation, Resource};

/// The headers of pages whose value is the same everywhere, but for the addresses in it.
const HEADERS: [&str; 2] = ["Content-Security-Policy", "Permissions-Policy"];

/// The alarms that the handbook does not mention. An alarm's name is that of the installation, a hyphen and what it is.
pub(in crate::infra) fn unexplained_alarms(installation: &Installation, handbook: &str) -> Vec<String> {
    let names: Vec<&str> = installation
        .all("aws_cloudwatch_metric_alarm")
        .filter_map(|alarm| alarm.text("alarm_name"))
        .collect();
    if names.is_empty() {
        return vec!["there are no alarms to explain".to_owned()];
    }
    let is_unexplained = |name: &&&str| {
        let kind = name.split_once('-').map_or("", |(_, kind)| kind);
        !handbook.contains(&format!("`{kind}`"))
    };
    let unexplained = names.iter().filter(is_unexplained);
    unexplained
        .map(|name| format!("docs/operations.md does not say what to do about the alarm {name}"))
        .collect()
}

/// The policies of headers that differ from the page about hosting.
pub(in crate::infra) fn other_headers(installation: &Installation, page: &str) -> Vec<String> {
    let policies: Vec<&Resource> = installation.all("aws_cloudfront_response_headers_policy").collect();
    if policies.is_empty() {
        return vec!["there is no policy of headers".to_owned()];
    }
    let differing = |policy: &Resource| {
        let differs = |header: &&str| {
            let promised = promised(page, header);
            promised.is_none() || sent(policy, header).as_deref().map(words) != promised.map(words)
        };
        let text = |header: &str| format!("{}: {header} is not that of docs/web.md", policy.address);
        HEADERS.into_iter().filter(differs).map(text).collect::<Vec<_>>()
    };
    policies.into_iter().flat_map(differing).collect()
}

/// The value in the table of headers: `| name | value |`, both as code.
fn promised<'a>(page: &'a str, header: &str) -> Option<&'a str> {
    let value = page.lines().find_map(|line| line.strip_prefix(&format!("| `{header}` | `")))?;
    value.split('`').next()
}

fn sent(policy: &Resource, header: &str) -> Option<String> {
    let security = "/security_headers_config/0/content_security_policy/0/content_security_policy";
    if header == HEADERS[0] {
        return policy.at(security)?.as_str().map(str::to_owned);
    }
    let items = policy.at("/custom_headers_config/0/items").and_then(Value::as_array)?;
    let item = items.iter().find(|item| item["header"] == header)?;
    item["value"].as_str().map(str::to_owned)
}

/// The directives with their sources, in any order. The API is behind the same host, the bucket has another name in each
/// installation, and the hashes of scripts are another test's.
fn words(value: &str) -> BTreeSet<BTreeSet<&str>> {
    fn named(word: &str) -> &str {
        match word {
            _ if word.starts_with("https://") => "BUCKET",
            _ if word.starts_with("'sha256-") => "SCRIPTS",
            _ => word,
        }
    }
    let directives = value.split(';').map(|directive| {
        directive.split_whitespace().filter(|word| *word != "API").map(named).collect::<BTreeSet<_>>()
    });
    directives.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{other_headers, unexplained_alarms};
    use crate::infra::installation::Installation;

    const PAGE: &str = "| `Content-Security-Policy` | `script-src 'self' SCRIPTS; img-src 'self' API BUCKET` |\n\
                        | `Permissions-Policy` | `camera=()` |\n";

    fn policy(csp: &str, permissions: &str) -> Installation {
        let values = json!({
            "security_headers_config": [{"content_security_policy": [{"content_security_policy": csp}]}],
            "custom_headers_config": [{"items": [{"header": "Permissions-Policy", "value": permissions}]}],
        });
        Installation::of(&[("aws_cloudfront_response_headers_policy", "pages", values)])
    }

    #[test]
    fn headers_as_documented_are_right() {
        let right =
            policy("img-src 'self' https://bucket.example; script-src 'self' 'sha256-x'", "camera=()");
        assert!(other_headers(&right, PAGE).is_empty());
    }

    #[test]
    fn headers_that_differ_are_found() {
        let cases = [
            policy("script-src 'self' 'sha256-x'; img-src *", "camera=()"),
            policy("script-src 'self' 'sha256-x'; img-src 'self'", "camera=()"),
            policy("script-src 'self'; img-src 'self' https://bucket.example", "camera=()"),
            policy("script-src 'self' 'sha256-x'", "camera=()"),
            policy("script-src 'self' 'sha256-x'; img-src 'self' https://bucket.example", "camera=(self)"),
        ];
        for case in cases {
            assert_eq!(other_headers(&case, PAGE).len(), 1, "{case:?}");
        }
        assert_eq!(other_headers(&policy("img-src 'self'", "camera=()"), "").len(), 2);
        assert_eq!(other_headers(&Installation::default(), PAGE).len(), 1);
    }

    #[test]
    fn an_alarm_that_the_handbook_does_not_explain_is_found() {
        let alarm = json!({"alarm_name": "halftone-dead-letters"});
        let installation = Installation::of(&[("aws_cloudwatch_metric_alarm", "one", alarm)]);
        assert!(unexplained_alarms(&installation, "| `dead-letters` | look |").is_empty());
        assert_eq!(unexplained_alarms(&installation, "| `waiting-jobs` | look |").len(), 1);
        assert_eq!(unexplained_alarms(&Installation::default(), "").len(), 1);
    }
}
