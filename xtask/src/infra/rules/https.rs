//! HTTPS and nothing else, at every door: load balancers, CloudFront, buckets, queues, the database.

use serde_json::Value;

use super::Setting;
use crate::infra::installation::{Installation, Resource};

/// What a listener for HTTP may do.
const REDIRECT: [(&str, &str); 4] = [
    ("/default_action/0/type", "redirect"),
    ("/default_action/0/redirect/0/protocol", "HTTPS"),
    ("/default_action/0/redirect/0/port", "443"),
    ("/default_action/0/redirect/0/status_code", "HTTP_301"),
];

/// How certificates are negotiated: TLS 1.2 at least.
const POLICY: &str = "ELBSecurityPolicy-TLS13-1-2";

/// What CloudFront proves itself to the API with: whoever goes past it goes past its rules.
const PROOF: &str = "x-halftone-proxy";

pub(super) fn broken_balancers(installation: &Installation, _settings: &[Setting]) -> Vec<String> {
    let listeners: Vec<&Resource> = installation.all("aws_lb_listener").collect();
    if listeners.is_empty() {
        return vec!["there are no listeners".to_owned()];
    }
    // A rule of a listener would be an exception.
    let exceptions =
        installation.all("aws_lb_listener_rule").map(|rule| format!("{} is an exception", rule.address));
    listeners.iter().filter_map(|listener| broken_listener(listener)).chain(exceptions).collect()
}

fn broken_listener(listener: &Resource) -> Option<String> {
    let is = |pointer: &str, value: &str| listener.at(pointer).and_then(Value::as_str) == Some(value);
    let is_right = match listener.text("protocol") {
        Some("HTTPS") => {
            listener.text("ssl_policy").is_some_and(|policy| policy.starts_with(POLICY))
                && listener.text("certificate_arn").is_some()
        }
        Some("HTTP") => REDIRECT.iter().all(|(pointer, value)| is(pointer, value)),
        _ => false,
    };
    (!is_right).then(|| format!("{} neither speaks TLS 1.2 nor redirects to what does", listener.address))
}

pub(super) fn broken_distributions(installation: &Installation, _settings: &[Setting]) -> Vec<String> {
    let distributions: Vec<&Resource> = installation.all("aws_cloudfront_distribution").collect();
    if distributions.is_empty() {
        return vec!["there is no distribution".to_owned()];
    }
    distributions.iter().flat_map(|distribution| broken_distribution(distribution)).collect()
}

fn broken_distribution(distribution: &Resource) -> Vec<String> {
    let entries = |pointer: &str| distribution.at(pointer).and_then(Value::as_array).into_iter().flatten();
    let mut findings = Vec::new();
    for behaviour in entries("/default_cache_behavior").chain(entries("/ordered_cache_behavior")) {
        let viewers = behaviour["viewer_protocol_policy"].as_str().unwrap_or_default();
        if !["https-only", "redirect-to-https"].contains(&viewers) {
            let path = behaviour["path_pattern"].as_str().unwrap_or("every path");
            findings.push(format!("{} answers HTTP at {path}", distribution.address));
        }
    }
    for origin in
        entries("/origin").flat_map(|origin| origin["custom_origin_config"].as_array().into_iter().flatten())
    {
        if origin["origin_protocol_policy"] != "https-only" {
            findings.push(format!("{} asks its origin over HTTP", distribution.address));
        }
    }
    for origin in entries("/origin").filter(|origin| is_an_api(origin)) {
        let mut headers = origin["custom_header"].as_array().into_iter().flatten();
        if !headers.any(|header| header["name"] == PROOF) {
            findings.push(format!("{} does not prove itself to its origin by {PROOF}", distribution.address));
        }
    }
    let least = distribution.at("/viewer_certificate/0/minimum_protocol_version").and_then(Value::as_str);
    if !least.is_some_and(|version| version.starts_with("TLSv1.2")) {
        findings.push(format!("{} takes TLS before 1.2", distribution.address));
    }
    findings
}

/// Whether an origin is no bucket.
fn is_an_api(origin: &Value) -> bool {
    origin["custom_origin_config"].as_array().is_some_and(|config| !config.is_empty())
}

pub(super) fn broken_buckets(installation: &Installation, _settings: &[Setting]) -> Vec<String> {
    broken_policies(installation, "aws_s3_bucket", "aws_s3_bucket_policy", "bucket", "s3:*")
}

pub(super) fn broken_queues(installation: &Installation, _settings: &[Setting]) -> Vec<String> {
    broken_policies(installation, "aws_sqs_queue", "aws_sqs_queue_policy", "queue_url", "sqs:*")
}

/// Every thing of a kind has a policy that refuses whoever comes without TLS.
fn broken_policies(
    installation: &Installation,
    kind: &str,
    policy_kind: &str,
    reference: &str,
    actions: &str,
) -> Vec<String> {
    let things: Vec<&Resource> = installation.all(kind).collect();
    if things.is_empty() {
        return vec![format!("there is no {kind}")];
    }
    let refuses = |thing: &Resource| {
        let id = thing.text("id").unwrap_or_default();
        let policy = installation.find(policy_kind, reference, id).and_then(|policy| policy.json("policy"));
        let statements = policy.as_ref().and_then(|policy| policy["Statement"].as_array());
        let arn = thing.text("arn").unwrap_or_default();
        statements.into_iter().flatten().any(|statement| refuses_http(statement, actions, arn))
    };
    let finding = |thing: &&Resource| {
        (!refuses(thing)).then(|| format!("{} can be reached without TLS", thing.address))
    };
    things.iter().filter_map(finding).collect()
}

fn refuses_http(statement: &Value, actions: &str, arn: &str) -> bool {
    let holds = |value: &Value, wanted: &str| {
        value == wanted || value.as_array().is_some_and(|list| list.iter().any(|entry| entry == wanted))
    };
    statement["Effect"] == "Deny"
        && holds(&statement["Action"], actions)
        && holds(&statement["Resource"], arn)
        && holds(&statement["Principal"]["*"], "*")
        && holds(&statement["Condition"]["Bool"]["aws:SecureTransport"], "false")
}

pub(super) fn broken_databases(installation: &Installation, _settings: &[Setting]) -> Vec<String> {
    let clusters: Vec<&Resource> = installation.all("aws_docdb_cluster").collect();
    if clusters.is_empty() {
        return vec!["there is no database".to_owned()];
    }
    let speaks_tls = |cluster: &Resource| {
        let name = cluster.text("db_cluster_parameter_group_name").unwrap_or_default();
        let group = installation.find("aws_docdb_cluster_parameter_group", "name", name);
        let parameters = group.and_then(|group| group.at("/parameter")).and_then(Value::as_array);
        parameters.into_iter().flatten().any(|entry| entry["name"] == "tls" && entry["value"] == "enabled")
    };
    let finding = |cluster: &&Resource| {
        (!speaks_tls(cluster)).then(|| format!("{} does not insist on TLS", cluster.address))
    };
    clusters.iter().filter_map(finding).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{broken_balancers, broken_buckets, broken_databases, broken_distributions, broken_queues};
    use crate::infra::installation::Installation;

    fn one(kind: &'static str, values: Value) -> Installation {
        Installation::of(&[(kind, "one", values)])
    }

    fn redirect() -> Value {
        let redirect = json!([{"protocol": "HTTPS", "port": "443", "status_code": "HTTP_301"}]);
        json!({"protocol": "HTTP", "default_action": [{"type": "redirect", "redirect": redirect}]})
    }

    #[test]
    fn listeners_speak_https_or_lead_there() {
        let https = json!({"protocol": "HTTPS", "ssl_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06", "certificate_arn": "arn"});
        for right in [https, redirect()] {
            assert!(broken_balancers(&one("aws_lb_listener", right), &[]).is_empty());
        }
    }

    #[test]
    fn a_listener_that_answers_http_is_found() {
        let mut forward = redirect();
        forward["default_action"][0]["type"] = json!("forward");
        let mut temporary = redirect();
        temporary["default_action"][0]["redirect"][0]["protocol"] = json!("HTTP");
        let old =
            json!({"protocol": "HTTPS", "ssl_policy": "ELBSecurityPolicy-2016-08", "certificate_arn": "arn"});
        for wrong in [forward, temporary, old, json!({"protocol": "TCP"})] {
            assert_eq!(broken_balancers(&one("aws_lb_listener", wrong), &[]).len(), 1);
        }
        let exception = Installation::of(&[
            ("aws_lb_listener", "one", redirect()),
            ("aws_lb_listener_rule", "two", json!({})),
        ]);
        assert_eq!(broken_balancers(&exception, &[]), ["aws_lb_listener_rule.two is an exception"]);
        assert_eq!(broken_balancers(&Installation::default(), &[]).len(), 1);
    }

    fn distribution() -> Value {
        json!({
            "default_cache_behavior": [{"viewer_protocol_policy": "redirect-to-https"}],
            "ordered_cache_behavior": [{"path_pattern": "/api/*", "viewer_protocol_policy": "https-only"}],
            "origin": [{
                "custom_origin_config": [{"origin_protocol_policy": "https-only"}],
                "custom_header": [{"name": "x-halftone-proxy", "value": "a proof"}],
            }],
            "viewer_certificate": [{"minimum_protocol_version": "TLSv1.2_2021"}],
        })
    }

    #[test]
    fn a_distribution_that_speaks_https_is_right() {
        assert!(broken_distributions(&one("aws_cloudfront_distribution", distribution()), &[]).is_empty());
    }

    #[test]
    fn an_api_that_anybody_may_ask_is_found() {
        let mut wrong = distribution();
        wrong["origin"][0]["custom_header"] = json!([]);
        let found = broken_distributions(&one("aws_cloudfront_distribution", wrong.clone()), &[]);
        assert_eq!(
            found,
            ["aws_cloudfront_distribution.one does not prove itself to its origin by x-halftone-proxy"]
        );
        wrong["origin"][0]["custom_origin_config"] = json!([]);
        assert!(
            broken_distributions(&one("aws_cloudfront_distribution", wrong), &[]).is_empty(),
            "a bucket asks for none"
        );
    }

    #[test]
    fn a_distribution_that_speaks_http_is_found() {
        let changes = [
            ("/default_cache_behavior/0/viewer_protocol_policy", "allow-all"),
            ("/ordered_cache_behavior/0/viewer_protocol_policy", "allow-all"),
            ("/origin/0/custom_origin_config/0/origin_protocol_policy", "http-only"),
            ("/viewer_certificate/0/minimum_protocol_version", "TLSv1"),
        ];
        for (pointer, value) in changes {
            let mut wrong = distribution();
            *wrong.pointer_mut(pointer).unwrap() = json!(value);
            assert_eq!(
                broken_distributions(&one("aws_cloudfront_distribution", wrong), &[]).len(),
                1,
                "{pointer}"
            );
        }
    }

    fn policy(actions: &str) -> Value {
        json!({"Statement": [{
            "Effect": "Deny", "Action": [actions], "Resource": ["arn:one", "arn:one/*"], "Principal": {"*": ["*"]},
            "Condition": {"Bool": {"aws:SecureTransport": ["false"]}},
        }]})
    }

    #[test]
    fn buckets_and_queues_refuse_http() {
        let bucket = |policy: &Value| {
            Installation::of(&[
                ("aws_s3_bucket", "one", json!({"id": "one", "arn": "arn:one"})),
                ("aws_s3_bucket_policy", "one", json!({"bucket": "one", "policy": policy.to_string()})),
            ])
        };
        assert!(broken_buckets(&bucket(&policy("s3:*")), &[]).is_empty());
        for (pointer, value) in [
            ("/Statement/0/Effect", json!("Allow")),
            ("/Statement/0/Action/0", json!("s3:GetObject")),
            ("/Statement/0/Resource/0", json!("arn:two")),
            ("/Statement/0/Principal", json!({"AWS": "arn:user"})),
            ("/Statement/0/Condition/Bool", json!({})),
        ] {
            let mut wrong = policy("s3:*");
            *wrong.pointer_mut(pointer).unwrap() = value;
            assert_eq!(broken_buckets(&bucket(&wrong), &[]).len(), 1, "{pointer}");
        }
        assert_eq!(broken_buckets(&one("aws_s3_bucket", json!({"id": "one"})), &[]).len(), 1);
        assert_eq!(broken_queues(&one("aws_sqs_queue", json!({"id": "one"})), &[]).len(), 1);
    }

    #[test]
    fn a_database_without_tls_is_found() {
        let cluster = ("aws_docdb_cluster", "one", json!({"db_cluster_parameter_group_name": "one"}));
        let group = |value: &str| {
            let parameters = json!({"name": "one", "parameter": [{"name": "tls", "value": value}]});
            ("aws_docdb_cluster_parameter_group", "one", parameters)
        };
        assert!(broken_databases(&Installation::of(&[cluster.clone(), group("enabled")]), &[]).is_empty());
        assert_eq!(broken_databases(&Installation::of(&[cluster.clone(), group("disabled")]), &[]).len(), 1);
        assert_eq!(broken_databases(&Installation::of(&[cluster]), &[]).len(), 1);
    }
}
