//! Least privilege: a workload's role names its actions and the things that they are for.

use serde_json::Value;

use super::Setting;
use crate::infra::installation::{Installation, Resource};

/// Actions that know no resource, so that `*` is all that can be said:
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>.
const WITHOUT_RESOURCE: [&str; 11] = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
    "ecr:GetAuthorizationToken",
    "secretsmanager:GetRandomPassword",
    "sns:GetSubscriptionAttributes",
    "sns:Unsubscribe",
];

/// Ready-made policies that may be attached, each to the pipelines or a service of AWS and to no workload.
const READY_MADE: [&str; 2] = ["AWSCodeDeployRoleForECS", "PowerUserAccess"];

pub(super) fn broken(installation: &Installation, _settings: &[Setting]) -> Vec<String> {
    let policies: Vec<&Resource> = installation.all("aws_iam_role_policy").collect();
    if policies.is_empty() {
        return vec!["no role has rights".to_owned()];
    }
    let attached = installation.all("aws_iam_role_policy_attachment").filter_map(broken_attachment);
    policies.iter().flat_map(|policy| broken_policy(policy)).chain(attached).collect()
}

fn broken_policy(policy: &Resource) -> Vec<String> {
    let Some(document) = policy.json("policy") else {
        return vec![format!("{} is no policy", policy.address)];
    };
    let statements = document["Statement"].as_array().into_iter().flatten();
    let allowed = statements.filter(|statement| statement["Effect"] != "Deny");
    allowed.filter_map(broken_statement).map(|finding| format!("{} {finding}", policy.address)).collect()
}

fn broken_statement(statement: &Value) -> Option<String> {
    if statement.get("NotAction").is_some() {
        return Some("allows everything but some actions".to_owned());
    }
    let actions = texts(&statement["Action"]);
    if let Some(action) = actions.iter().find(|action| action.contains('*')) {
        return Some(format!("allows {action}, and not the actions that are needed"));
    }
    let resources = texts(&statement["Resource"]);
    let is_everything = resources.is_empty() || resources.contains(&"*");
    let named = actions.iter().find(|action| !WITHOUT_RESOURCE.contains(action))?;
    is_everything.then(|| format!("allows {named} on everything"))
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(entries) => entries.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn broken_attachment(attachment: &Resource) -> Option<String> {
    let arn = attachment.text("policy_arn").unwrap_or_default();
    let is_known = READY_MADE.iter().any(|name| arn.ends_with(&format!(":policy/{name}")));
    (!is_known).then(|| format!("{} attaches {arn}", attachment.address))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::broken;
    use crate::infra::installation::Installation;

    fn found(statement: &Value) -> Vec<String> {
        let policy = json!({"Statement": [statement]}).to_string();
        broken(&Installation::of(&[("aws_iam_role_policy", "one", json!({"policy": policy}))]), &[])
    }

    #[test]
    fn named_actions_on_named_things_are_right() {
        let right = [
            json!({"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::photos/studios/*"]}),
            json!({"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"}),
            json!({"Effect": "Deny", "Action": "iam:*", "Resource": "*"}),
        ];
        for statement in right {
            assert!(found(&statement).is_empty(), "{statement}");
        }
    }

    #[test]
    fn wildcards_are_found() {
        let wrong = [
            json!({"Effect": "Allow", "Action": ["s3:*"], "Resource": ["arn:aws:s3:::photos"]}),
            json!({"Effect": "Allow", "Action": ["s3:Get*"], "Resource": ["arn:aws:s3:::photos"]}),
            json!({"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": ["*"]}),
            json!({"Effect": "Allow", "Action": ["ecr:GetAuthorizationToken", "kms:Decrypt"], "Resource": ["*"]}),
            json!({"Effect": "Allow", "Action": ["sqs:SendMessage"]}),
            json!({"Effect": "Allow", "NotAction": ["iam:CreateUser"], "Resource": ["arn:aws:s3:::photos"]}),
        ];
        for statement in wrong {
            assert_eq!(found(&statement).len(), 1, "{statement}");
        }
    }

    #[test]
    fn ready_made_policies_that_nobody_weighed_are_found() {
        let policy = ("aws_iam_role_policy", "one", json!({"policy": "{}"}));
        let attached = |name: &str| {
            let arn = format!("arn:aws:iam::aws:policy/{name}");
            let attachment = ("aws_iam_role_policy_attachment", "two", json!({"policy_arn": arn}));
            broken(&Installation::of(&[policy.clone(), attachment]), &[])
        };
        assert!(attached("PowerUserAccess").is_empty());
        assert_eq!(attached("ReadOnlyAccess").len(), 1, "it reads the photos of all clients");
        assert_eq!(attached("AmazonS3FullAccess").len(), 1);
        assert_eq!(broken(&Installation::default(), &[]).len(), 1);
    }
}
