//! What a compose file refers to: services, volumes, files of the repository, stages of the Dockerfile. Nothing here starts it, so a name
//! that leads nowhere is found here or by whoever tries.

use std::path::Path;

use serde_json::{Map, Value};

/// The conditions that say more than that a container was created, and what the other service must have or be.
const HEALTHY: &str = "service_healthy";

/// What leads nowhere. Files are looked for under `root`.
pub(in crate::infra) fn broken(compose: &Value, dockerfile: &str, root: &Path) -> Vec<String> {
    let empty = Map::new();
    let services = compose["services"].as_object().unwrap_or(&empty);
    let volumes = compose["volumes"].as_object().unwrap_or(&empty);
    let findings = services.iter().flat_map(|(name, service)| {
        let of_service = images(service, dockerfile)
            .into_iter()
            .chain(dependencies(service, services))
            .chain(mounts(service, volumes, root))
            .chain(interpolations(service));
        of_service.map(move |finding| format!("compose.yaml: {name}: {finding}")).collect::<Vec<_>>()
    });
    findings.collect()
}

/// An image is built from a stage that is there, or has a tag that stays what it is.
fn images(service: &Value, dockerfile: &str) -> Option<String> {
    if let Some(target) = service["build"]["target"].as_str() {
        let ending = format!(" AS {target}");
        let is_there = dockerfile.lines().any(|line| line.starts_with("FROM ") && line.ends_with(&ending));
        return (!is_there).then(|| format!("the Dockerfile has no stage {target}"));
    }
    let image = service["image"].as_str()?;
    // A port of a registry is no tag.
    let tag = image.rsplit('/').next().and_then(|name| name.split_once(':')).map(|(_, tag)| tag);
    tag.is_none_or(|tag| tag == "latest").then(|| format!("{image} has no fixed tag"))
}

fn dependencies(service: &Value, services: &Map<String, Value>) -> Vec<String> {
    let of = service["depends_on"].as_object().into_iter().flatten();
    let finding = |(name, dependency): (&String, &Value)| match services.get(name) {
        None => Some(format!("waits for {name}, which is not there")),
        Some(other) if dependency["condition"] == HEALTHY && other["healthcheck"]["test"].is_null() => {
            Some(format!("waits for the health of {name}, which nobody looks at"))
        }
        Some(_) => None,
    };
    of.filter_map(finding).collect()
}

fn mounts(service: &Value, volumes: &Map<String, Value>, root: &Path) -> Vec<String> {
    let of = service["volumes"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let sources = of.filter_map(|mount| mount.split(':').next());
    let finding = |source: &str| match source.strip_prefix("./") {
        Some(path) => (!root.join(path).exists()).then(|| format!("{source} is not in the repository")),
        None => (!volumes.contains_key(source)).then(|| format!("{source} is no volume of this file")),
    };
    sources.filter_map(finding).collect()
}

/// A dollar begins a variable of whoever runs it, and there are none.
fn interpolations(service: &Value) -> Option<String> {
    service
        .to_string()
        .replace("$$", "")
        .contains('$')
        .then(|| "reads a variable that nobody sets".to_owned())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::{Value, json};

    use super::broken;

    fn right() -> Value {
        json!({
            "services": {
                "server": {
                    "build": {"target": "server"}, "depends_on": {"database": {"condition": "service_healthy"}},
                    "volumes": ["./file.py:/file.py:ro", "data:/data"], "command": ["echo $$HOME"],
                },
                "database": {"image": "docker.io:443/library/mongo:8.0", "healthcheck": {"test": ["CMD", "ping"]}},
            },
            "volumes": {"data": null},
        })
    }

    fn found(compose: &Value) -> Vec<String> {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("file.py"), "").unwrap();
        broken(compose, "FROM base AS runtime\nFROM runtime AS server\n", root.path())
    }

    #[test]
    fn a_file_whose_names_lead_somewhere_is_right() {
        assert!(found(&right()).is_empty());
    }

    #[test]
    fn names_that_lead_nowhere_are_found() {
        let changes = [
            ("/services/server/build/target", json!("worker")),
            ("/services/server/depends_on", json!({"databas": {"condition": "service_started"}})),
            ("/services/database/healthcheck", Value::Null),
            ("/services/server/volumes/0", json!("./missing.py:/file.py:ro")),
            ("/services/server/volumes/1", json!("documents:/data")),
            ("/services/server/command/0", json!("echo $HOME")),
            ("/services/database/image", json!("docker.io:443/library/mongo")),
            ("/services/database/image", json!("mongo:latest")),
        ];
        for (pointer, value) in changes {
            let mut compose = right();
            *compose.pointer_mut(pointer).unwrap() = value;
            assert_eq!(found(&compose).len(), 1, "{pointer}: {:?}", found(&compose));
        }
    }

    #[test]
    fn a_file_without_services_refers_to_nothing() {
        assert!(broken(&json!({}), "", Path::new(".")).is_empty(), "the other rule complains");
    }
}
