//! The rights of the programs against the calls in their code: a call without its right is refused on AWS and nowhere else, and a
//! right without a call is one too many.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, ensure};
use serde_json::Value;

use crate::infra::installation::{Installation, Resource};

/// Where the code calls AWS.
const SOURCES: [&str; 2] = ["adapters/aws/src", "halftone-storage/src/s3"];

/// The statement by which the role of a program of Halftone is known.
const OF_A_PROGRAM: &str = "Files";

/// A call of the SDK and the action that it takes, by
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>.
/// What Cognito is asked in the name of a user takes none.
const CALLS: [(&str, &str); 26] = [
    ("abort_multipart_upload", "s3:AbortMultipartUpload"),
    ("admin_delete_user", "cognito-idp:AdminDeleteUser"),
    ("admin_user_global_sign_out", "cognito-idp:AdminUserGlobalSignOut"),
    ("change_message_visibility", "sqs:ChangeMessageVisibility"),
    ("change_message_visibility_batch", "sqs:ChangeMessageVisibility"),
    ("complete_multipart_upload", "s3:PutObject"),
    ("create_multipart_upload", "s3:PutObject"),
    ("delete_message", "sqs:DeleteMessage"),
    ("delete_objects", "s3:DeleteObject"),
    ("get_object", "s3:GetObject"),
    ("get_queue_attributes", "sqs:GetQueueAttributes"),
    ("get_secret_value", "secretsmanager:GetSecretValue"),
    ("get_subscription_attributes", "sns:GetSubscriptionAttributes"),
    ("head_bucket", "s3:ListBucket"),
    ("head_object", "s3:GetObject"),
    ("list_multipart_uploads", "s3:ListBucketMultipartUploads"),
    ("list_objects_v2", "s3:ListBucket"),
    ("list_parts", "s3:ListMultipartUploadParts"),
    ("publish", "sns:Publish"),
    ("put_object", "s3:PutObject"),
    ("receive_message", "sqs:ReceiveMessage"),
    ("send_message", "sqs:SendMessage"),
    ("send_message_batch", "sqs:SendMessage"),
    ("subscribe", "sns:Subscribe"),
    ("unsubscribe", "sns:Unsubscribe"),
    ("upload_part", "s3:PutObject"),
];

/// Calls that no program of an installation needs a right for.
const WITHOUT_RIGHT: [&str; 10] = [
    "config",                  // asks nobody
    "confirm_forgot_password", // in the name of the user, as those that follow
    "confirm_sign_up",
    "forgot_password",
    "get_tokens_from_refresh_token",
    "initiate_auth",
    "put_bucket_cors", // of whoever makes a bucket without Terraform
    "resend_confirmation_code",
    "revoke_token",
    "sign_up",
];

/// The actions that the code takes.
///
/// # Errors
/// The sources cannot be read, hold no call, or hold one whose action is not known here.
pub(in crate::infra) fn actions_of(root: &Path) -> anyhow::Result<BTreeSet<&'static str>> {
    let mut text = String::new();
    for directory in SOURCES {
        read(&root.join(directory), &mut text)?;
    }
    let unknown = unknown(&text);
    ensure!(
        unknown.is_empty(),
        "which action these calls take, is not said in rules/calls.rs: {}",
        Vec::from_iter(unknown).join(", ")
    );
    let actions = called(&text);
    ensure!(!actions.is_empty(), "the sources of the adapters hold no call of AWS");
    Ok(actions)
}

fn read(directory: &Path, text: &mut String) -> anyhow::Result<()> {
    let unreadable = || format!("could not read {}", directory.display());
    for entry in fs::read_dir(directory).with_context(unreadable)? {
        let path = entry.with_context(unreadable)?.path();
        if path.is_dir() {
            read(&path, text)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            *text +=
                &fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))?;
        }
    }
    Ok(())
}

fn called(text: &str) -> BTreeSet<&'static str> {
    let is_called = |call: &str| text.contains(&format!(".{call}()"));
    CALLS.into_iter().filter(|(call, _)| is_called(call)).map(|(_, action)| action).collect()
}

/// Calls of a client that are neither in [`CALLS`] nor in [`WITHOUT_RIGHT`].
fn unknown(text: &str) -> BTreeSet<&str> {
    let of_clients = text.split("client").skip(1).filter_map(|rest| {
        let call = rest.trim_start().strip_prefix('.')?;
        let name = call.split("()").next().filter(|name| name.len() < call.len())?;
        name.chars()
            .all(|letter| letter == '_' || letter.is_ascii_lowercase() || letter.is_ascii_digit())
            .then_some(name)
    });
    of_clients.filter(|name| !is_known(name)).collect()
}

fn is_known(name: &str) -> bool {
    WITHOUT_RIGHT.contains(&name) || CALLS.iter().any(|(call, _)| *call == name)
}

/// What the programs may not and need, or may and do not need.
pub(in crate::infra) fn broken(installation: &Installation, needed: &BTreeSet<&'static str>) -> Vec<String> {
    let policies = installation.all("aws_iam_role_policy").filter_map(of_a_program);
    let programs: Vec<(&Resource, BTreeSet<String>)> = policies.collect();
    if programs.is_empty() {
        return vec!["no role is that of a program".to_owned()];
    }
    let lacks = |action: &&&str| !programs.iter().any(|(_, allowed)| allowed.contains(**action));
    let missing =
        needed.iter().filter(lacks).map(|action| format!("no program may {action}, which the code calls"));
    let services: BTreeSet<&str> = CALLS.iter().filter_map(|(_, action)| action.split(':').next()).collect();
    let unused = programs.iter().flat_map(|(policy, allowed)| {
        let ours =
            allowed.iter().filter(|action| action.split(':').next().is_some_and(|it| services.contains(it)));
        let unused = ours.filter(|action| !needed.contains(action.as_str()));
        unused.map(|action| format!("{} allows {action}, which the code does not call", policy.address))
    });
    missing.chain(unused).collect()
}

/// The actions of a policy, if it is that of a program.
fn of_a_program(policy: &Resource) -> Option<(&Resource, BTreeSet<String>)> {
    let document = policy.json("policy")?;
    let statements = document["Statement"].as_array()?;
    statements.iter().find(|statement| statement["Sid"] == OF_A_PROGRAM)?;
    let allowed = statements.iter().filter(|statement| statement["Effect"] != "Deny");
    let actions = allowed.flat_map(|statement| match &statement["Action"] {
        Value::String(action) => vec![action.clone()],
        Value::Array(actions) => actions.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    });
    Some((policy, actions.collect()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{broken, called, unknown};
    use crate::infra::installation::Installation;

    fn role(sid: &str, actions: &[&str]) -> Installation {
        let policy =
            json!({"Statement": [{"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": ["arn"]}]});
        Installation::of(&[("aws_iam_role_policy", "worker", json!({"policy": policy.to_string()}))])
    }

    #[test]
    fn calls_are_found_in_the_code_and_words_are_not() {
        let actions =
            called("self.client.get_object()\n.send_message_batch() // head_bucket, .list_parts(key)");
        assert_eq!(actions.into_iter().collect::<Vec<_>>(), ["s3:GetObject", "sqs:SendMessage"]);
    }

    #[test]
    fn a_call_whose_action_nobody_has_looked_up_is_found() {
        let text = "self.client.get_object()\nself\n    .client\n    .copy_object()\n    .bucket(name)";
        assert_eq!(unknown(text).into_iter().collect::<Vec<_>>(), ["copy_object"]);
        assert!(
            unknown("a client. (Its name() is no call.) client.initiate_auth() client.region").is_empty()
        );
    }

    #[test]
    fn a_program_that_may_what_it_calls_is_right() {
        let needed = called(".get_object() .publish()");
        assert!(broken(&role("Files", &["s3:GetObject", "sns:Publish", "kms:Decrypt"]), &needed).is_empty());
    }

    #[test]
    fn a_call_without_its_right_is_found() {
        let found = broken(&role("Files", &["s3:GetObject"]), &called(".get_object() .publish()"));
        assert_eq!(found, ["no program may sns:Publish, which the code calls"]);
    }

    #[test]
    fn a_right_without_a_call_is_found() {
        let found = broken(&role("Files", &["s3:GetObject", "s3:DeleteObject"]), &called(".get_object()"));
        assert_eq!(
            found,
            ["aws_iam_role_policy.worker allows s3:DeleteObject, which the code does not call"]
        );
    }

    #[test]
    fn an_installation_without_programs_is_found() {
        assert_eq!(broken(&role("Log", &["s3:GetObject"]), &called(".get_object()")).len(), 1);
    }
}
