//! Every operator of every command is one that DocumentDB 5.0 knows and that the documentation of the backend
//! lists. The server of the tests knows more, so a green case alone would prove nothing.

use ::mongodb::bson::{Bson, Document};

const SOURCE: &str = include_str!("../../../src/mongo.rs");

/// Fields of the protocol, not of the query language.
const ENVELOPE: [&str; 3] = ["$db", "$clusterTime", "$readPreference"];

/// Fields whose content is stored as it is, not executed.
const CONTENT: [&str; 1] = ["documents"];

/// Panics at the first operator that is not in the list.
pub(crate) fn check(commands: &[Document]) {
    let allowed = allowed();
    assert!(allowed.len() > 10 && allowed.contains(&"$elemMatch"), "the list was not found");
    for command in commands {
        for operator in operators(command) {
            assert!(
                allowed.contains(&operator.as_str()),
                "{operator} is not in the list of src/mongo.rs: {command}"
            );
        }
    }
}

/// What stands between backticks in the documentation of the module and begins like an operator.
fn allowed() -> Vec<&'static str> {
    let documentation = SOURCE.lines().take_while(|line| line.starts_with("//!"));
    documentation
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .filter(|word| word.starts_with('$'))
        .collect()
}

fn operators(command: &Document) -> Vec<String> {
    let mut found = Vec::new();
    let fields = command.iter().filter(|(field, _)| !ENVELOPE.contains(&field.as_str()));
    for (field, value) in fields.filter(|(field, _)| !CONTENT.contains(&field.as_str())) {
        assert!(!field.starts_with('$'), "{field} is a field of the protocol that is not known here");
        collect(value, &mut found);
    }
    found
}

fn collect(value: &Bson, found: &mut Vec<String>) {
    match value {
        Bson::Document(document) => {
            for (field, value) in document {
                // A path may hold an operator too: `events.$.due`.
                found.extend(field.split('.').filter(|part| part.starts_with('$')).map(str::to_owned));
                collect(value, found);
            }
        }
        Bson::Array(values) => values.iter().for_each(|value| collect(value, found)),
        // Variables of expressions, such as `$$REMOVE`; those with one dollar are names of fields.
        Bson::String(text) if text.starts_with("$$") => found.push(text.clone()),
        _ => {}
    }
}
