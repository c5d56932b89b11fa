//! The compose file: the programs of Halftone run in it as they do on AWS, and its variables are settings.

pub(in crate::infra) mod references;

use serde_json::Value;

use super::Setting;
use super::containers::is_nobody;

/// What it finds wrong in the compose file, given as JSON.
pub(in crate::infra) fn broken(compose: &Value, settings: &[Setting]) -> Vec<String> {
    let services = compose["services"].as_object();
    let ours: Vec<(&String, &Value)> =
        services.into_iter().flatten().filter(|(_, service)| service.get("build").is_some()).collect();
    if ours.is_empty() {
        return vec!["compose.yaml: no service is built from the repository".to_owned()];
    }
    let findings = ours.into_iter().flat_map(|(name, service)| {
        let of_service =
            broken_service(service).into_iter().map(str::to_owned).chain(unknown(service, settings));
        of_service.map(move |finding| format!("compose.yaml: {name}: {finding}")).collect::<Vec<_>>()
    });
    let exposed = services.into_iter().flatten().filter(|(_, service)| publishes_to_everybody(service));
    let exposed =
        exposed.map(|(name, _)| format!("compose.yaml: {name}: a port is published to the whole network"));
    findings.chain(exposed).collect()
}

fn broken_service(service: &Value) -> Vec<&'static str> {
    let options = service["security_opt"].as_array().cloned().unwrap_or_default();
    let rules = [
        (service["read_only"] == true, "the root file system can be written"),
        (
            is_nobody(service["user"].as_str().unwrap_or_default()),
            "the container runs as root, or as whom the image says",
        ),
        (service["cap_drop"] == serde_json::json!(["ALL"]), "capabilities are kept"),
        (options.contains(&"no-new-privileges:true".into()), "programs may get new privileges"),
        (service["privileged"] != true, "the container is privileged"),
    ];
    rules.into_iter().filter_map(|(holds, finding)| (!holds).then_some(finding)).collect()
}

fn unknown(service: &Value, settings: &[Setting]) -> Vec<String> {
    let names = service["environment"].as_object().into_iter().flatten().map(|(name, _)| name);
    let ours = names.filter(|name| name.starts_with("HALFTONE_"));
    let unknown = ours.filter(|name| !settings.iter().any(|setting| setting.variable == **name));
    unknown.map(|name| format!("sets {name}, which the programs do not read")).collect()
}

/// A port that is published without an address is everybody's.
fn publishes_to_everybody(service: &Value) -> bool {
    let ports = service["ports"].as_array().into_iter().flatten();
    ports.into_iter().any(|port| !port.as_str().is_some_and(|port| port.starts_with("127.0.0.1:")))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::broken;
    use crate::infra::rules::setting;

    fn compose(service: &Value) -> Value {
        json!({"services": {"server": service, "mongodb": {"image": "mongo:8"}}})
    }

    fn right() -> Value {
        json!({
            "build": ".", "user": "65532:65532", "read_only": true, "cap_drop": ["ALL"],
            "security_opt": ["no-new-privileges:true"], "ports": ["127.0.0.1:8080:8080"],
            "environment": {"HALFTONE_JOBS_LEASE": "5m", "AWS_REGION": "us-east-1"},
        })
    }

    #[test]
    fn a_locked_service_is_right() {
        assert!(broken(&compose(&right()), &[setting("jobs.lease", "5m")]).is_empty());
    }

    #[test]
    fn a_service_that_could_do_more_is_found() {
        let changes = [
            ("read_only", json!(false)),
            ("user", json!("0:0")),
            ("user", Value::Null),
            ("cap_drop", json!([])),
            ("security_opt", json!([])),
            ("privileged", json!(true)),
            ("ports", json!(["8080:8080"])),
            ("ports", json!(["0.0.0.0:8080:8080"])),
            ("environment", json!({"HALFTONE_JOB_LEASE": "5m"})),
        ];
        for (attribute, value) in changes {
            let mut service = right();
            service[attribute] = value;
            let found = broken(&compose(&service), &[setting("jobs.lease", "5m")]);
            assert_eq!(found.len(), 1, "{attribute}: {found:?}");
        }
        assert_eq!(broken(&json!({"services": {}}), &[]).len(), 1);
    }
}
