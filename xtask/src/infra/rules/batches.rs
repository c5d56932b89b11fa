//! Partial batches: without the flag the platform deletes the whole batch when one message of it succeeded, and photos are lost in silence.

use super::Setting;
use crate::infra::installation::{Installation, Resource};

const MAPPING: &str = "aws_lambda_event_source_mapping";

pub(super) fn broken(installation: &Installation, _settings: &[Setting]) -> Vec<String> {
    if installation.all(MAPPING).next().is_none() {
        return vec!["no function is behind the queue of jobs".to_owned()];
    }
    installation.all(MAPPING).filter_map(finding).collect()
}

fn finding(mapping: &Resource) -> Option<String> {
    let is_set = mapping.list("function_response_types").any(|kind| kind == "ReportBatchItemFailures");
    (!is_set).then(|| format!("{} does not set ReportBatchItemFailures", mapping.address))
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
    fn an_installation_without_a_mapping_is_found() {
        assert_eq!(broken(&Installation::default(), &[]).len(), 1);
    }
}
