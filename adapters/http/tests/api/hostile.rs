//! Whatever a caller sends, the answer is its fault: never 500, and nothing in the log.

use serde_json::{Value, json};

use crate::routes::{Estate, Operation, Sent, operations};

/// Every operation with a JSON body, except those that end what the others need.
async fn with_bodies(estate: &Estate) -> Vec<Operation> {
    let mut operations = operations(&estate.scene.app).await;
    operations.retain(Operation::takes_json);
    assert!(operations.len() > 25, "only {} operations take a body", operations.len());
    operations
}

async fn status(estate: &Estate, operation: &Operation, kind: &str, bytes: Vec<u8>) -> u16 {
    let reply = estate.call(operation, &estate.path(operation), Some(Sent { kind, bytes })).await;
    let status = reply.status();
    assert!(status < 500, "{} answered {status}: {}", operation.id, reply.text());
    if status >= 400 {
        assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{}", operation.id);
        let problem = reply.json();
        assert!(problem["type"].as_str().unwrap().starts_with("/problems/"), "{problem}");
    }
    status
}

#[tokio::test]
async fn a_body_that_is_not_the_json_asked_for_is_refused() {
    let estate = Estate::new().await;
    let nested = [vec![b'['; 5_000], vec![b']'; 5_000]].concat();
    for operation in with_bodies(&estate).await {
        for body in
            [&b"{"[..], b"nonsense", b"[]", b"\"text\"", b"7", b"true", b"\xff\xfe{}", b"{} {}", &nested]
        {
            let found = status(&estate, &operation, "application/json", body.to_vec()).await;
            let shown = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
            assert_eq!(found, 400, "{} took {shown}", operation.id);
        }
    }
}

#[tokio::test]
async fn a_body_of_another_type_or_none_is_refused() {
    let estate = Estate::new().await;
    for operation in with_bodies(&estate).await {
        if matches!(operation.id.as_str(), "completeUpload" | "pickPhoto") {
            // Their bodies may be left out, and with them the type.
            continue;
        }
        let body = estate.body(&operation).to_string().into_bytes();
        for kind in ["text/plain", "application/xml", "nonsense", ""] {
            let found = status(&estate, &operation, kind, body.clone()).await;
            assert_eq!(found, 415, "{} took {kind:?}", operation.id);
        }
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let estate = Estate::new().await;
    let huge = json!({"name": "x".repeat(3 << 20)}).to_string().into_bytes();
    for operation in with_bodies(&estate).await {
        assert_eq!(
            status(&estate, &operation, "application/json", huge.clone()).await,
            413,
            "{}",
            operation.id
        );
    }
}

/// What nobody expects in any field.
fn strange_values() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(0),
        json!(1e300),
        json!(0.5),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(""),
        json!("\u{0}"),
        json!("\u{202e}\n"),
        json!("x".repeat(10_000)),
        json!([]),
        json!([null]),
        json!({}),
        json!({"x": 1}),
    ]
}

/// Every place in a JSON value, as pointers.
fn places(value: &Value, here: &str, found: &mut Vec<String>) {
    let mut visit = |name: &str, child: &Value| {
        let place = format!("{here}/{name}");
        found.push(place.clone());
        places(child, &place, found);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, child)| visit(name, child)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, child)| visit(&index.to_string(), child));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[tokio::test]
async fn a_strange_value_in_any_field_is_no_fault_of_ours() {
    let estate = Estate::new().await;
    let mut tried = 0;
    for operation in with_bodies(&estate).await {
        let sample = estate.body(&operation);
        let mut found = Vec::new();
        places(&sample, "", &mut found);
        for place in found {
            for strange in strange_values() {
                let mut body = sample.clone();
                *body.pointer_mut(&place).unwrap() = strange;
                status(&estate, &operation, "application/json", body.to_string().into_bytes()).await;
                tried += 1;
            }
        }
    }
    assert!(tried > 1_500, "only {tried} bodies were tried");
}

#[tokio::test]
async fn a_strange_query_is_no_fault_of_ours() {
    let estate = Estate::new().await;
    let long = "x".repeat(5_000);
    for operation in operations(&estate.scene.app).await {
        for name in &operation.query {
            for value in ["", "-1", "0", "1e300", "NaN", "null", "%00", "%FF%FE", "%", "a&a=b", &long] {
                let path = estate.path(&operation);
                let mark = if path.contains('?') { '&' } else { '?' };
                let path = format!("{path}{mark}{name}={value}");
                let reply = estate.call(&operation, &path, None).await;
                let shown = &value[..value.len().min(20)];
                assert!(reply.status() < 500, "{} with {name}={shown}: {}", operation.id, reply.status());
            }
        }
    }
}

#[tokio::test]
async fn strange_headers_are_no_fault_of_ours() {
    let estate = Estate::new().await;
    let app = &estate.scene.app;
    for (name, value) in [
        ("Authorization", "Basic eA=="),
        ("Authorization", "Bearer"),
        ("Authorization", "Bearer \u{7f}"),
        ("If-Match", "W/\"x"),
        ("Range", "bytes=-"),
        ("Content-Length", "-1"),
        ("X-Request-Id", "a b"),
    ] {
        let Ok(value) = poem::http::HeaderValue::try_from(value) else { continue };
        let call = app.call(poem::http::Method::GET, "/studio").header(name, value.to_str().unwrap());
        assert!(call.send().await.status() < 500, "{name}");
    }
}
