//! `/collections`.

use poem::http::Method;
use serde_json::json;

use crate::harness::TestApp;

#[tokio::test]
async fn a_collection_is_made_changed_listed_and_deleted() {
    let app = TestApp::new().await;
    let token = app.photographer("ana").await;
    let send = |method: Method, path: String, body| {
        let call = app.call(method, &path).bearer(&token);
        async move { call.json_if(body).send().await }
    };
    let new = json!({"name": "Wedding, 14 May", "client_name": "Ben & Cem", "event_date": "2026-05-14",
                     "tags": ["wedding", "wedding"]});
    let made = send(Method::POST, "/collections".to_owned(), Some(&new)).await.expect(201);
    let (collection, path) = (made.json(), format!("/collections/{}", made.text_at("/id")));
    assert_eq!(collection["event_date"], "2026-05-14");
    assert_eq!(collection["tags"], json!(["wedding"]));
    assert_eq!(collection["gallery_count"], 0);
    assert_eq!(collection["created_at"], "2026-05-14T12:00:00Z");
    assert!(made.header("location").unwrap().ends_with(&format!("/api/v1{path}")));

    let gallery = json!({"name": "Ceremony", "collection_id": collection["id"]});
    send(Method::POST, "/galleries".to_owned(), Some(&gallery)).await.expect(201);
    let change = json!({"name": "Wedding", "event_date": null});
    let changed = send(Method::PATCH, path.clone(), Some(&change)).await.expect(200).json();
    assert_eq!((&changed["name"], &changed["event_date"]), (&json!("Wedding"), &json!(null)));
    assert_eq!((&changed["client_name"], &changed["gallery_count"]), (&json!("Ben & Cem"), &json!(1)));

    let found = app.get(&token, "/collections?q=cem").await.expect(200).json();
    assert_eq!(found["items"][0], changed);
    assert!(found["next_cursor"].is_null());
    send(Method::DELETE, path.clone(), None).await.expect(202);
    app.get(&token, &path).await.expect(404).problem("/problems/collection-not-found", "");
    let galleries = app.get(&token, "/galleries").await.expect(200).json();
    assert_eq!(galleries["items"], json!([]));
    app.run_jobs().await;
}

#[tokio::test]
async fn a_page_leads_to_the_next() {
    let app = TestApp::new().await;
    let token = app.photographer("ana").await;
    for number in 0..5 {
        app.advance_seconds(1);
        let body = json!({"name": format!("Job {number}")});
        app.call(Method::POST, "/collections").bearer(&token).json_if(Some(&body)).send().await.expect(201);
    }
    let (mut path, mut names) = ("/collections?limit=2".to_owned(), Vec::new());
    loop {
        let page = app.get(&token, &path).await.expect(200).json();
        names.extend(page["items"].as_array().unwrap().iter().map(|item| item["name"].clone()));
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/collections?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(names, ["Job 4", "Job 3", "Job 2", "Job 1", "Job 0"]);
}

#[tokio::test]
async fn a_query_that_is_not_valid_names_its_parameter() {
    let app = TestApp::new().await;
    let token = app.photographer("ana").await;
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=-1", "limit"),
        ("limit=many", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("cursor=%25%25", "cursor"),
    ] {
        let refused = app.get(&token, &format!("/collections?{query}")).await.expect(422);
        refused.problem("/problems/invalid-value", field);
    }
}

#[tokio::test]
async fn a_change_can_insist_on_a_version() {
    let app = TestApp::new().await;
    let token = app.photographer("ana").await;
    let body = json!({"name": "Wedding"});
    let made =
        app.call(Method::POST, "/collections").bearer(&token).json_if(Some(&body)).send().await.expect(201);
    let path = format!("/collections/{}", made.text_at("/id"));
    let change = |tag: &str| {
        let call = app.call(Method::PATCH, &path).bearer(&token).header("If-Match", tag);
        call.json_if(Some(&json!({"name": "Other"}))).send()
    };
    let seen = app.get(&token, &path).await.expect(200);
    let seen = seen.header("etag").unwrap();
    assert_eq!(Some(seen), made.header("etag"));
    let changed = change(seen).await.expect(200);
    assert_ne!(changed.header("etag"), Some(seen));
    change(seen).await.expect(412).problem("/problems/precondition-failed", "");
    change("\"nonsense\"").await.expect(412);
    change("*").await.expect(200);
}

#[tokio::test]
async fn a_bad_value_names_its_field() {
    let app = TestApp::new().await;
    let token = app.photographer("ana").await;
    let long = "x".repeat(201);
    for (body, field) in [
        (json!({"name": ""}), "name"),
        (json!({"name": long}), "name"),
        (json!({"name": "two\nlines"}), "name"),
        (json!({"name": "W", "event_date": "14 May"}), "event_date"),
        (json!({"name": "W", "event_date": "2026-02-30"}), "event_date"),
        (json!({"name": "W", "tags": [""]}), "tags"),
    ] {
        let call = app.call(Method::POST, "/collections").bearer(&token).json_if(Some(&body));
        call.send().await.expect(422).problem("/problems/invalid-value", field);
    }
}
