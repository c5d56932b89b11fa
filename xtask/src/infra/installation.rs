//! What Terraform made: the resources of an applied environment, as `terraform show -json` prints them.

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::Value;

/// The resources of all modules.
#[derive(Debug, Default)]
pub(super) struct Installation {
    resources: Vec<Resource>,
}

/// One resource.
#[derive(Debug, Deserialize)]
pub(super) struct Resource {
    /// Where it is declared: `module.worker.aws_lambda_event_source_mapping.jobs`.
    pub(super) address: String,
    #[serde(rename = "type")]
    kind: String,
    /// Its arguments, and what was computed.
    #[serde(default)]
    pub(super) values: Value,
}

#[derive(Deserialize)]
struct Shown {
    values: Values,
}

#[derive(Deserialize)]
struct Values {
    root_module: Module,
}

#[derive(Deserialize)]
struct Module {
    #[serde(default)]
    resources: Vec<Resource>,
    #[serde(default)]
    child_modules: Vec<Module>,
}

impl Installation {
    /// Reads what `terraform show -json` printed.
    pub(super) fn parse(json: &str) -> anyhow::Result<Self> {
        let shown: Shown = serde_json::from_str(json).context("terraform show did not print a state")?;
        let mut installation = Self::default();
        installation.collect(shown.values.root_module);
        Ok(installation)
    }

    fn collect(&mut self, module: Module) {
        self.resources.extend(module.resources);
        module.child_modules.into_iter().for_each(|module| self.collect(module));
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.resources.len()
    }

    /// Those of one type.
    pub(super) fn all<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Resource> {
        self.resources.iter().filter(move |resource| resource.kind == kind)
    }

    /// The one of a type whose attribute has this value.
    pub(super) fn find(&self, kind: &str, attribute: &str, value: &str) -> Option<&Resource> {
        self.resources
            .iter()
            .find(|resource| resource.kind == kind && resource.text(attribute) == Some(value))
    }

    /// An installation of these resources: type, name and values.
    #[cfg(test)]
    pub(super) fn of(resources: &[(&str, &str, Value)]) -> Self {
        let resource = |(kind, name, values): &(&str, &str, Value)| Resource {
            address: format!("{kind}.{name}"),
            kind: (*kind).to_owned(),
            values: values.clone(),
        };
        Self { resources: resources.iter().map(resource).collect() }
    }
}

impl Resource {
    /// An attribute that is a text.
    pub(super) fn text(&self, attribute: &str) -> Option<&str> {
        self.values.get(attribute)?.as_str()
    }

    /// An attribute that is a number.
    pub(super) fn number(&self, attribute: &str) -> Option<f64> {
        self.values.get(attribute)?.as_f64()
    }

    /// The texts of an attribute that is a list, or of a pointer such as `/redirect/0`.
    pub(super) fn list<'a>(&'a self, attribute: &str) -> impl Iterator<Item = &'a str> {
        let entries = self.values.get(attribute).and_then(Value::as_array);
        entries.into_iter().flatten().filter_map(Value::as_str)
    }

    /// What lies at a JSON pointer, such as `/default_action/0/type`.
    pub(super) fn at(&self, pointer: &str) -> Option<&Value> {
        self.values.pointer(pointer)
    }

    /// An attribute that is a text which holds JSON.
    pub(super) fn json(&self, attribute: &str) -> Option<Value> {
        // What is no JSON is not what the rule looks for, and the rule says so.
        serde_json::from_str(self.text(attribute)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Installation;

    #[test]
    fn resources_of_all_modules_are_found() {
        let json = r#"{"values": {"root_module": {"child_modules": [{"resources": [
            {"address": "module.a.aws_sqs_queue.jobs", "type": "aws_sqs_queue", "values": {"name": "jobs"}}]}]}}}"#;
        let installation = Installation::parse(json).unwrap();
        assert_eq!(installation.len(), 1);
        let queue = installation.find("aws_sqs_queue", "name", "jobs").unwrap();
        assert_eq!(queue.address, "module.a.aws_sqs_queue.jobs");
        assert!(Installation::parse("{}").is_err());
    }
}
