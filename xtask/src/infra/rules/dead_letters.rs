//! Dead letters: the queue of jobs has one, it comes after the worker's own judgement, and somebody hears of each.

use serde_json::Value;

use super::Setting;
use crate::infra::installation::{Installation, Resource};

/// How many receptions more than the worker's own bound the redrive policy must leave.
const MARGIN: f64 = 3.0;

/// What AWS advises: <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>.
const TIMEOUTS_HIDDEN: f64 = 6.0;

/// The worker's own bound.
const MOST_DELIVERIES: &str = "jobs.most_outage_deliveries";

pub(super) fn broken(installation: &Installation, settings: &[Setting]) -> Vec<String> {
    let mappings: Vec<&Resource> = installation.all("aws_lambda_event_source_mapping").collect();
    if mappings.is_empty() {
        return vec!["no queue is mapped to a function".to_owned()];
    }
    mappings.iter().flat_map(|mapping| broken_mapping(installation, settings, mapping)).collect()
}

fn broken_mapping(installation: &Installation, settings: &[Setting], mapping: &Resource) -> Vec<String> {
    let source = mapping.text("event_source_arn").unwrap_or_default();
    let Some(queue) = installation.find("aws_sqs_queue", "arn", source) else {
        return vec![format!("{} reads from a queue that is not there: {source}", mapping.address)];
    };
    let mut findings: Vec<String> = hidden_too_short(installation, mapping, queue).into_iter().collect();
    let Some(policy) = queue.json("redrive_policy") else {
        findings.push(format!("{} has no redrive policy", queue.address));
        return findings;
    };
    findings.extend(received_too_rarely(settings, queue, &policy));
    let target = policy["deadLetterTargetArn"].as_str().unwrap_or_default();
    match installation.find("aws_sqs_queue", "arn", target) {
        None => findings.push(format!("{} has no queue of dead letters", queue.address)),
        Some(dead) => findings.extend(not_alarmed(installation, dead)),
    }
    findings
}

/// A job that the worker still has must not be given to another.
fn hidden_too_short(installation: &Installation, mapping: &Resource, queue: &Resource) -> Option<String> {
    let function = mapping.text("function_name").unwrap_or_default();
    let Some(function) = installation.find("aws_lambda_function", "arn", function) else {
        return Some(format!("{} invokes a function that is not there", mapping.address));
    };
    let timeout = function.number("timeout").unwrap_or(f64::INFINITY);
    let hidden = queue.number("visibility_timeout_seconds").unwrap_or(0.0);
    let text = || format!("{} hides messages for {hidden} s, less than six times {timeout} s", queue.address);
    (hidden < TIMEOUTS_HIDDEN * timeout).then(text)
}

/// The worker writes to the photo that it gives a job up; the redrive policy would take the message away before.
fn received_too_rarely(settings: &[Setting], queue: &Resource, policy: &Value) -> Option<String> {
    let bound = settings.iter().find(|setting| setting.path == MOST_DELIVERIES);
    let Some(bound) = bound.and_then(|setting| setting.default.parse::<f64>().ok()) else {
        return Some(format!("there is no setting {MOST_DELIVERIES} that is a number"));
    };
    let most = policy["maxReceiveCount"].as_f64().unwrap_or(0.0);
    let text =
        || format!("{} gives up after {most} receptions, before the worker does ({bound})", queue.address);
    (most < bound + MARGIN).then(text)
}

fn not_alarmed(installation: &Installation, dead: &Resource) -> Option<String> {
    let name = dead.text("name").unwrap_or_default();
    let watches = |alarm: &&Resource| {
        alarm.text("namespace") == Some("AWS/SQS")
            && alarm.text("metric_name") == Some("ApproximateNumberOfMessagesVisible")
            && alarm.at("/dimensions/QueueName").and_then(Value::as_str) == Some(name)
            && alarm.number("threshold") == Some(0.0)
            && alarm.list("alarm_actions").next().is_some()
    };
    let is_watched = installation.all("aws_cloudwatch_metric_alarm").any(|alarm| watches(&alarm));
    (!is_watched).then(|| format!("no alarm fires when something arrives in {}", dead.address))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::broken;
    use crate::infra::installation::Installation;
    use crate::infra::rules::{Setting, setting};

    const ALARM: usize = 4;

    fn settings() -> Vec<Setting> {
        vec![setting("jobs.most_outage_deliveries", "12")]
    }

    fn right() -> Vec<(&'static str, &'static str, Value)> {
        let policy = json!({"deadLetterTargetArn": "arn:dead", "maxReceiveCount": 20}).to_string();
        vec![
            (
                "aws_lambda_event_source_mapping",
                "jobs",
                json!({"event_source_arn": "arn:jobs", "function_name": "arn:worker"}),
            ),
            ("aws_lambda_function", "worker", json!({"arn": "arn:worker", "timeout": 60})),
            (
                "aws_sqs_queue",
                "jobs",
                json!({"arn": "arn:jobs", "visibility_timeout_seconds": 360, "redrive_policy": policy}),
            ),
            ("aws_sqs_queue", "dead", json!({"arn": "arn:dead", "name": "dead"})),
            (
                "aws_cloudwatch_metric_alarm",
                "dead",
                json!({
                    "namespace": "AWS/SQS", "metric_name": "ApproximateNumberOfMessagesVisible", "threshold": 0,
                    "dimensions": {"QueueName": "dead"}, "alarm_actions": ["arn:topic"],
                }),
            ),
        ]
    }

    fn found_after(change: impl FnOnce(&mut Vec<(&'static str, &'static str, Value)>)) -> String {
        let mut resources = right();
        change(&mut resources);
        broken(&Installation::of(&resources), &settings()).join("; ")
    }

    #[test]
    fn a_queue_with_watched_dead_letters_is_right() {
        assert_eq!(found_after(|_| ()), "");
    }

    #[test]
    fn a_queue_without_dead_letters_is_found() {
        assert!(found_after(|all| all[2].2["redrive_policy"] = Value::Null).contains("no redrive policy"));
        assert!(found_after(|all| drop(all.remove(3))).contains("no queue of dead letters"));
        assert!(found_after(|all| all[0].2["event_source_arn"] = json!("arn:other")).contains("not there"));
        assert_eq!(broken(&Installation::default(), &settings()).len(), 1);
    }

    #[test]
    fn a_message_that_is_given_up_before_the_worker_does_is_found() {
        let policy = json!({"deadLetterTargetArn": "arn:dead", "maxReceiveCount": 14}).to_string();
        assert!(found_after(|all| all[2].2["redrive_policy"] = json!(policy)).contains("gives up after 14"));
    }

    #[test]
    fn a_message_that_comes_back_too_soon_is_found() {
        let found = found_after(|all| all[2].2["visibility_timeout_seconds"] = json!(359));
        assert!(found.contains("less than six times"), "{found}");
    }

    #[test]
    fn dead_letters_that_nobody_hears_of_are_found() {
        let changes: [(&str, Value); 5] = [
            ("metric_name", json!("NumberOfMessagesSent")),
            ("dimensions", json!({"QueueName": "jobs"})),
            ("alarm_actions", json!([])),
            ("threshold", json!(10)),
            ("namespace", json!("AWS/SNS")),
        ];
        for (attribute, value) in changes {
            let found = found_after(|all| all[ALARM].2[attribute] = value);
            assert!(found.contains("no alarm fires"), "{attribute}: {found}");
        }
    }
}
