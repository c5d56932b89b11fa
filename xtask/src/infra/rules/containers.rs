//! Containers on ECS: nobody's user, a root that cannot be written, no capabilities, somebody who looks after their health.

use serde_json::Value;

use super::Setting;
use crate::infra::installation::{Installation, Resource};

pub(super) fn broken(installation: &Installation, _settings: &[Setting]) -> Vec<String> {
    let tasks: Vec<&Resource> = installation.all("aws_ecs_task_definition").collect();
    if tasks.is_empty() {
        return vec!["there is no task definition".to_owned()];
    }
    tasks.iter().flat_map(|task| broken_task(task)).collect()
}

fn broken_task(task: &Resource) -> Vec<String> {
    let Some(Value::Array(containers)) = task.json("container_definitions") else {
        return vec![format!("{} has no containers", task.address)];
    };
    let findings = containers.iter().flat_map(broken_container);
    findings.map(|finding| format!("{}: {finding}", task.address)).collect()
}

fn broken_container(container: &Value) -> Vec<&'static str> {
    let user = container["user"].as_str().unwrap_or_default();
    let rules = [
        (container["readonlyRootFilesystem"] == true, "the root file system can be written"),
        (!container["privileged"].as_bool().unwrap_or(false), "the container is privileged"),
        (is_nobody(user), "the container runs as root, or as whom the image says"),
        (
            container["linuxParameters"]["capabilities"]["drop"] == serde_json::json!(["ALL"]),
            "capabilities are kept",
        ),
        (container["healthCheck"]["command"].is_array(), "nobody asks the container how it is"),
        (
            container["image"].as_str().is_some_and(|image| !image.ends_with(":latest")),
            "the image has no fixed tag",
        ),
    ];
    rules.into_iter().filter_map(|(holds, finding)| (!holds).then_some(finding)).collect()
}

/// Whether a user is given by number, and is not root.
pub(super) fn is_nobody(user: &str) -> bool {
    let number = user.split(':').next().and_then(|user| user.parse::<u32>().ok());
    number.is_some_and(|number| number != 0)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::broken;
    use crate::infra::installation::Installation;

    fn right() -> Value {
        json!({
            "image": "repository:0.1.0", "user": "65532:65532", "readonlyRootFilesystem": true, "privileged": false,
            "linuxParameters": {"capabilities": {"drop": ["ALL"]}}, "healthCheck": {"command": ["CMD", "health"]},
        })
    }

    fn found(container: &Value) -> Vec<String> {
        let containers = json!([container]).to_string();
        broken(
            &Installation::of(&[(
                "aws_ecs_task_definition",
                "one",
                json!({"container_definitions": containers}),
            )]),
            &[],
        )
    }

    #[test]
    fn a_locked_container_is_right() {
        assert!(found(&right()).is_empty());
    }

    #[test]
    fn a_container_that_could_do_more_is_found() {
        let changes = [
            ("readonlyRootFilesystem", json!(false)),
            ("readonlyRootFilesystem", Value::Null),
            ("privileged", json!(true)),
            ("user", json!("0")),
            ("user", json!("root")),
            ("user", Value::Null),
            ("linuxParameters", json!({})),
            ("healthCheck", Value::Null),
            ("image", json!("repository:latest")),
        ];
        for (attribute, value) in changes {
            let mut container = right();
            container[attribute] = value;
            assert_eq!(found(&container).len(), 1, "{attribute}");
        }
        assert_eq!(broken(&Installation::default(), &[]).len(), 1);
    }
}
