//! Partial batches: without the flag the platform deletes the whole batch when one message of it succeeded, and photos are lost in silence.

use serde_json::Value;

use super::Setting;
use crate::infra::installation::{Installation, Resource};

const MAPPING: &str = "aws_lambda_event_source_mapping";

pub(super) fn broken(installation: &Installation, _settings: &[Setting]) -> Vec<String> {
    if installation.all(MAPPING).next().is_none() {
        return vec!["no function is behind the queue of jobs".to_owned()];
    }
    let mappings = installation.all(MAPPING);
    mappings.flat_map(|mapping| [finding(mapping), crowded(installation, mapping)]).flatten().collect()
}

fn finding(mapping: &Resource) -> Option<String> {
    let is_set = mapping.list("function_response_types").any(|kind| kind == "ReportBatchItemFailures");
    (!is_set).then(|| format!("{} does not set ReportBatchItemFailures", mapping.address))
}

/// More batches at once than the function may run: a message of a batch that finds no room counts as received, and a turn of the
/// schedule is dropped.
fn crowded(installation: &Installation, mapping: &Resource) -> Option<String> {
    let function = mapping.text("function_name").unwrap_or_default();
    let most = installation
        .find("aws_lambda_function", "arn", function)?
        .number("reserved_concurrent_executions")?;
    let has_turns = installation.find("aws_cloudwatch_event_target", "arn", function).is_some();
    let room = if has_turns { most - 1.0 } else { most };
    let batches = mapping.at("/scaling_config/0/maximum_concurrency").and_then(Value::as_f64);
    let is_crowded = batches.is_none_or(|batches| batches > room);
    is_crowded
        .then(|| format!("{} begins more batches at once than there is room for ({room})", mapping.address))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{MAPPING, broken};
    use crate::infra::installation::Installation;

    #[test]
    fn a_mapping_that_reports_failures_is_right() {
        let values = json!({"function_response_types": ["ReportBatchItemFailures"]});
        assert!(broken(&Installation::of(&[(MAPPING, "jobs", values)]), &[]).is_empty());
    }

    #[test]
    fn a_mapping_without_the_flag_is_found() {
        for values in
            [json!({}), json!({"function_response_types": []}), json!({"function_response_types": null})]
        {
            let found = broken(&Installation::of(&[(MAPPING, "jobs", values)]), &[]);
            assert_eq!(found, ["aws_lambda_event_source_mapping.jobs does not set ReportBatchItemFailures"]);
        }
    }

    #[test]
    fn batches_leave_room_for_turns() {
        let found = |at_once: u32, has_turns: bool| {
            let values = json!({
                "function_response_types": ["ReportBatchItemFailures"],
                "function_name": "arn:worker",
                "scaling_config": [{"maximum_concurrency": at_once}],
            });
            let worker = json!({"arn": "arn:worker", "reserved_concurrent_executions": 10});
            let target = if has_turns { "arn:worker" } else { "arn:another" };
            broken(
                &Installation::of(&[
                    (MAPPING, "jobs", values),
                    ("aws_lambda_function", "worker", worker),
                    ("aws_cloudwatch_event_target", "turns", json!({"arn": target})),
                ]),
                &[],
            )
        };
        assert!(found(10, false).is_empty() && found(9, true).is_empty());
        assert_eq!((found(11, false).len(), found(10, true).len()), (1, 1));
    }

    #[test]
    fn an_installation_without_a_mapping_is_found() {
        assert_eq!(broken(&Installation::default(), &[]).len(), 1);
    }
}
