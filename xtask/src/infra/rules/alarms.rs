//! Alarms: each looks at a metric that exists, under the dimensions that it has, and goes to a topic that is there.
//!
//! CloudWatch takes an alarm on any name; one that is misspelt stays silent for ever.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Setting;
use crate::infra::installation::{Installation, Resource};

/// A metric of AWS, and the sets of dimensions under which it is published.
struct Metric {
    namespace: &'static str,
    name: &'static str,
    dimensions: &'static [&'static [&'static str]],
}

/// From the lists of metrics in the guides of each service:
/// SQS <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html>,
/// Lambda <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html>,
/// API Gateway <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html>,
/// load balancers <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html>,
/// DocumentDB <https://docs.aws.amazon.com/documentdb/latest/developerguide/cloud_watch.html>.
const METRICS: [Metric; 12] = [
    metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", &[&["QueueName"]]),
    metric("AWS/SQS", "ApproximateAgeOfOldestMessage", &[&["QueueName"]]),
    metric("AWS/Lambda", "Errors", &[&["FunctionName"], &["FunctionName", "Resource"]]),
    metric("AWS/Lambda", "Throttles", &[&["FunctionName"], &["FunctionName", "Resource"]]),
    metric("AWS/ApiGateway", "5xx", &[&["ApiId"], &["ApiId", "Stage"]]),
    metric(
        "AWS/ApplicationELB",
        "HTTPCode_Target_5XX_Count",
        &[&["LoadBalancer"], &["LoadBalancer", "TargetGroup"]],
    ),
    metric("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", &[&["LoadBalancer"]]),
    metric(
        "AWS/ApplicationELB",
        "TargetResponseTime",
        &[&["LoadBalancer"], &["LoadBalancer", "TargetGroup"]],
    ),
    metric("AWS/ApplicationELB", "UnHealthyHostCount", &[&["LoadBalancer", "TargetGroup"]]),
    metric("AWS/DocDB", "CPUUtilization", &[&["DBClusterIdentifier"], &["DBInstanceIdentifier"]]),
    metric("AWS/DocDB", "DatabaseConnections", &[&["DBClusterIdentifier"], &["DBInstanceIdentifier"]]),
    metric("AWS/DocDB", "FreeableMemory", &[&["DBClusterIdentifier"], &["DBInstanceIdentifier"]]),
];

const fn metric(
    namespace: &'static str,
    name: &'static str,
    dimensions: &'static [&'static [&'static str]],
) -> Metric {
    Metric { namespace, name, dimensions }
}

pub(super) fn broken(installation: &Installation, _settings: &[Setting]) -> Vec<String> {
    let alarms: Vec<&Resource> = installation.all("aws_cloudwatch_metric_alarm").collect();
    if alarms.is_empty() {
        return vec!["there are no alarms".to_owned()];
    }
    alarms
        .iter()
        .flat_map(|alarm| [never_fires(installation, alarm), reaches_nobody(installation, alarm)])
        .flatten()
        .collect()
}

fn never_fires(installation: &Installation, alarm: &Resource) -> Option<String> {
    let namespace = alarm.text("namespace").unwrap_or_default();
    let name = alarm.text("metric_name").unwrap_or_default();
    let dimensions: BTreeSet<&str> = alarm
        .at("/dimensions")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(key, _)| key.as_str())
        .collect();
    let of_aws = METRICS.iter().find(|metric| metric.namespace == namespace && metric.name == name);
    let published = |metric: &Metric| {
        metric.dimensions.iter().any(|set| set.iter().copied().collect::<BTreeSet<_>>() == dimensions)
    };
    let exists = match of_aws {
        Some(metric) => published(metric),
        None => dimensions.is_empty() && is_filtered(installation, namespace, name),
    };
    let text =
        || format!("{} looks at {namespace} {name} {dimensions:?}, which nobody publishes", alarm.address);
    (!exists).then(text)
}

/// Whether a filter over a log makes this metric, and that log is there.
fn is_filtered(installation: &Installation, namespace: &str, name: &str) -> bool {
    installation.all("aws_cloudwatch_log_metric_filter").any(|filter| {
        let is = |pointer: &str, value: &str| filter.at(pointer).and_then(Value::as_str) == Some(value);
        let group = filter.text("log_group_name").unwrap_or_default();
        is("/metric_transformation/0/namespace", namespace)
            && is("/metric_transformation/0/name", name)
            && installation.find("aws_cloudwatch_log_group", "name", group).is_some()
    })
}

fn reaches_nobody(installation: &Installation, alarm: &Resource) -> Option<String> {
    let mut actions = alarm.list("alarm_actions");
    let is_heard = actions.any(|action| installation.find("aws_sns_topic", "arn", action).is_some());
    (!is_heard).then(|| format!("{} tells no topic of this installation", alarm.address))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::broken;
    use crate::infra::installation::Installation;

    fn found(alarm: Value, others: &[(&'static str, &'static str, Value)]) -> String {
        let mut resources = vec![
            ("aws_cloudwatch_metric_alarm", "one", alarm),
            ("aws_sns_topic", "alarms", json!({"arn": "arn:topic"})),
        ];
        resources.extend(others.iter().cloned());
        broken(&Installation::of(&resources), &[]).join("; ")
    }

    fn alarm(namespace: &str, metric: &str, dimensions: &Value) -> Value {
        json!({"namespace": namespace, "metric_name": metric, "dimensions": dimensions, "alarm_actions": ["arn:topic"]})
    }

    #[test]
    fn an_alarm_on_a_metric_of_aws_is_right() {
        assert_eq!(found(alarm("AWS/Lambda", "Errors", &json!({"FunctionName": "worker"})), &[]), "");
    }

    #[test]
    fn an_alarm_on_a_metric_that_does_not_exist_is_found() {
        let cases = [
            alarm("AWS/Lambda", "Error", &json!({"FunctionName": "worker"})),
            alarm("AWS/Lambda", "Errors", &json!({"Function": "worker"})),
            alarm("AWS/ApplicationELB", "UnHealthyHostCount", &json!({"LoadBalancer": "app/one"})),
            alarm("Halftone/one", "Errors-worker", &json!({})),
        ];
        for case in cases {
            assert!(found(case, &[]).contains("which nobody publishes"));
        }
    }

    #[test]
    fn a_metric_of_our_own_needs_its_filter_and_its_log() {
        let alarm = alarm("Halftone/one", "Errors-worker", &json!({}));
        let filter = json!({
            "log_group_name": "/aws/lambda/worker",
            "metric_transformation": [{"namespace": "Halftone/one", "name": "Errors-worker"}],
        });
        let filter = ("aws_cloudwatch_log_metric_filter", "worker", filter);
        let group = ("aws_cloudwatch_log_group", "worker", json!({"name": "/aws/lambda/worker"}));
        assert_eq!(found(alarm.clone(), &[filter.clone(), group]), "");
        assert!(found(alarm, &[filter]).contains("which nobody publishes"));
    }

    #[test]
    fn an_alarm_that_reaches_nobody_is_found() {
        let mut silent = alarm("AWS/Lambda", "Errors", &json!({"FunctionName": "worker"}));
        silent["alarm_actions"] = json!([]);
        assert!(found(silent.clone(), &[]).contains("tells no topic"));
        silent["alarm_actions"] = json!(["arn:another"]);
        assert!(found(silent, &[]).contains("tells no topic"));
        assert_eq!(broken(&Installation::default(), &[]).len(), 1);
    }
}
