//! Every query goes through an index.

use std::collections::BTreeSet;

use ::mongodb::Database;
use ::mongodb::bson::{Bson, Document, doc};

/// Commands that look for documents.
const QUERIES: [&str; 5] = ["find", "aggregate", "update", "delete", "findAndModify"];

/// How a plan may begin: at an index, or by a short cut over one.
const SCANS: [&str; 4] = ["IXSCAN", "IDHACK", "COUNT_SCAN", "EXPRESS_"];

/// Asks the server how it would answer each of the commands, and panics if it would read a whole collection.
pub(crate) async fn check(database: &Database, commands: &[Document]) {
    let mut seen = BTreeSet::new();
    for command in commands {
        for query in queries(command) {
            if seen.insert(shape(&query)) {
                check_query(database, query).await;
            }
        }
    }
}

async fn check_query(database: &Database, query: Document) {
    let explain = doc! { "explain": query.clone(), "verbosity": "queryPlanner" };
    let plan = database.run_command(explain).await.unwrap();
    let mut stages = Vec::new();
    collect_stages(&Bson::Document(plan.clone()), &mut stages);
    let is_indexed = stages.iter().any(|stage| SCANS.iter().any(|scan| stage.starts_with(scan)));
    // The outbox alone may have to sort, because it asks for what is due by now, and oldest first.
    let is_sorted = stages.iter().any(|stage| stage.starts_with("SORT")) && !asks_for_events(&query);
    assert!(!is_sorted, "the server sorts: {stages:?} of {query}: {plan}");
    assert!(is_indexed && !stages.iter().any(|stage| stage == "COLLSCAN"), "{stages:?} of {query}: {plan}");
}

fn asks_for_events(query: &Document) -> bool {
    query.get_document("filter").is_ok_and(|filter| filter.keys().any(|field| field.starts_with("events.")))
}

/// The command as one that can be explained, each of its statements on its own.
fn queries(command: &Document) -> Vec<Document> {
    let Some((name, _)) = command.iter().next() else { return Vec::new() };
    if !QUERIES.contains(&name.as_str()) {
        return Vec::new();
    }
    let mut bare = command.clone();
    for field in ["$db", "$clusterTime", "$readPreference", "lsid", "writeConcern", "readConcern"] {
        bare.remove(field);
    }
    let Some(list) = ["updates", "deletes"].into_iter().find(|list| bare.contains_key(list)) else {
        return vec![bare];
    };
    let Ok(statements) = command.get_array(list) else { return vec![bare] };
    let one = |statement: &Bson| {
        let mut one = bare.clone();
        one.insert(list, vec![statement.clone()]);
        one
    };
    statements.iter().map(one).collect()
}

/// The command without its values: which fields it compares, how, and how it sorts.
fn shape(query: &Document) -> String {
    fn walk(value: &Bson, shape: &mut String) {
        match value {
            Bson::Document(document) => {
                shape.push('{');
                for (field, value) in document {
                    shape.push_str(field);
                    walk(value, shape);
                    shape.push(',');
                }
                shape.push('}');
            }
            Bson::Array(values) => values.iter().take(2).for_each(|value| walk(value, shape)),
            _ => {}
        }
    }
    let mut shape = query.values().next().map(ToString::to_string).unwrap_or_default();
    walk(&Bson::Document(query.clone()), &mut shape);
    shape
}

fn collect_stages(value: &Bson, stages: &mut Vec<String>) {
    match value {
        Bson::Document(document) => {
            for (field, value) in document {
                match (field.as_str(), value) {
                    // What the planner thought of and dropped.
                    ("rejectedPlans", _) => {}
                    ("stage", Bson::String(stage)) => stages.push(stage.clone()),
                    _ => collect_stages(value, stages),
                }
            }
        }
        Bson::Array(values) => values.iter().for_each(|value| collect_stages(value, stages)),
        _ => {}
    }
}
