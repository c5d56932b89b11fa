//! `/search`: everything of the studio by a few words.

use serde_json::{Value, json};

use crate::scene::{Client, Scene};

/// The kinds and titles of what is found.
async fn found(scene: &Scene, query: &str) -> Vec<(String, String)> {
    let page = scene.get(&format!("/search?{query}")).await.expect(200).json();
    assert_eq!(page["next_cursor"], Value::Null, "{page}");
    titles(&page)
}

fn titles(page: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    page["items"].as_array().unwrap().iter().map(|hit| (text(&hit["kind"]), text(&hit["title"]))).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(kind, title)| ((*kind).to_owned(), (*title).to_owned())).collect()
}

async fn order(scene: &Scene, client: &Client, name: &str) {
    let (print, _) = scene.sell().await;
    let line = json!({"photo_id": scene.photos[0], "product_id": print, "quantity": 1});
    let email = format!("{}@orders.example", name.to_lowercase());
    let body =
        json!({"contact": {"name": name, "email": email}, "items": [line], "special_request": "gift wrap"});
    scene.order(client, "one", &body).await.expect(201);
}

#[tokio::test]
async fn everything_is_found_in_one_list_kind_by_kind() {
    let scene = Scene::with_photos(2).await;
    let gallery = scene.gallery.clone();
    scene.patch(&format!("/galleries/{gallery}"), &json!({"name": "Zoë & Ben"})).await.expect(200);
    scene.post("/collections", &json!({"name": "Wedding", "client_name": "ZOË Müller"})).await.expect(201);
    let title = json!({"title": "Zoe laughs", "tags": ["Brücke"]});
    scene.patch(&format!("/photos/{}", scene.photos[1]), &title).await.expect(200);
    let link = scene.share(&json!({})).await;
    let opened = scene
        .try_open(&json!({"token": link.token, "name": "Zoë", "email": "z@visits.example"}))
        .await
        .expect(201);
    let client = Client { token: opened.text_at("/access_token"), key: None };
    order(&scene, &client, "Zoe").await;
    let all = pairs(&[
        ("collection", "Wedding"),
        ("gallery", "Zoë & Ben"),
        ("client", "Zoë"),
        ("order", "Zoe"),
        ("photo", "IMG_0001.JPG"),
    ]);
    assert_eq!(found(&scene, "q=ZOE").await, all);
    for (number, kind) in ["collection", "gallery", "client", "order", "photo"].into_iter().enumerate() {
        assert_eq!(found(&scene, &format!("q=zoe&kind={kind}")).await, all[number..=number]);
    }
    let page = scene.get("/search?q=zoe%20bruck").await.expect(200).json();
    let hit = &page["items"][0];
    assert_eq!((&hit["id"], &hit["gallery_id"]), (&json!(scene.photos[1]), &json!(gallery)));
    assert_eq!(hit["matched"], json!(["title", "tags"]));
    assert_eq!(hit["subtitle"], "Zoe laughs · Zoë & Ben");
    scene.app.fetch(hit["thumb_url"].as_str().unwrap()).await.expect(200);
    let order = &scene.get("/search?q=gift").await.expect(200).json()["items"][0];
    assert_eq!((&order["kind"], &order["matched"]), (&json!("order"), &json!(["request"])));
    scene.app.fetch(order["thumb_url"].as_str().unwrap()).await.expect(200);
}

#[tokio::test]
async fn pages_go_on_from_kind_to_kind_in_any_length() {
    let scene = Scene::with_photos(3).await;
    for name in ["IMG party", "IMG dinner"] {
        scene.app.advance_seconds(1);
        scene.make_gallery(&json!({"name": name})).await;
    }
    scene.post("/collections", &json!({"name": "Img"})).await.expect(201);
    let whole = found(&scene, "q=img").await;
    assert_eq!(whole.len(), 6);
    assert_eq!(
        whole[..3],
        pairs(&[("collection", "Img"), ("gallery", "IMG dinner"), ("gallery", "IMG party")])
    );
    for limit in 1..=7 {
        let (mut walked, mut cursor) = (Vec::new(), String::new());
        for _ in 0..20 {
            let page =
                scene.get(&format!("/search?q=img&limit={limit}&cursor={cursor}")).await.expect(200).json();
            assert!(page["items"].as_array().unwrap().len() <= limit);
            walked.extend(titles(&page));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(walked, whole, "in pages of {limit}");
    }
}

#[tokio::test]
async fn what_was_deleted_is_not_found_from_then_on() {
    let scene = Scene::with_photos(2).await;
    let link = scene.share(&json!({})).await;
    scene.try_open(&json!({"token": link.token, "name": "Ben Img"})).await.expect(201);
    assert_eq!(found(&scene, "q=img").await.len(), 3);
    scene.delete(&format!("/photos/{}", scene.photos[0])).await.expect(202);
    assert_eq!(found(&scene, "q=img").await, pairs(&[("client", "Ben Img"), ("photo", "IMG_0001.JPG")]));
    // With the gallery go its photos and its clients at once, before anything is purged.
    scene.delete(&format!("/galleries/{}", scene.gallery)).await.expect(202);
    assert_eq!(found(&scene, "q=img").await, []);
    assert_eq!(found(&scene, "q=ceremony").await, []);
    scene.app.run_jobs().await;
    assert_eq!(found(&scene, "q=img").await, []);
}

#[tokio::test]
async fn another_studio_finds_nothing_and_a_client_may_not_search() {
    let scene = Scene::with_photos(1).await;
    let other = scene.app.photographer("studio-two").await;
    let page = scene.app.get(&other, "/search?q=img").await.expect(200).json();
    assert_eq!(page["items"], json!([]));
    let client = scene.client(&json!({})).await;
    scene.app.get(&client.token, "/search?q=img").await.expect(401);
}

#[tokio::test]
async fn a_question_that_is_not_valid_names_its_parameter() {
    let scene = Scene::new().await;
    let long = "x".repeat(201);
    let many =
        ["w"; 11].iter().enumerate().map(|(number, word)| format!("{word}{number}")).collect::<Vec<_>>();
    let foreign = scene.get("/galleries?limit=1").await.expect(200).json()["next_cursor"].clone();
    assert_eq!(foreign, Value::Null);
    for (query, field) in [
        (String::new(), "q"),
        ("q=".to_owned(), "q"),
        ("q=%20%2B%20".to_owned(), "q"),
        (format!("q={long}"), "q"),
        (format!("q={}", many.join("%20")), "q"),
        ("q=img&kind=album".to_owned(), "kind"),
        ("q=img&limit=501".to_owned(), "limit"),
        ("q=img&cursor=%25".to_owned(), "cursor"),
        // A cursor of another list, or of another kind.
        (format!("q=img&cursor={}", "A".repeat(22)), "cursor"),
    ] {
        scene.get(&format!("/search?{query}")).await.expect(422).problem("/problems/invalid-value", field);
    }
    for path in ["/collections", "/galleries"] {
        scene.get(&format!("{path}?q=%25")).await.expect(422).problem("/problems/invalid-value", "q");
        scene.get(&format!("{path}?q=%20")).await.expect(200);
    }
}
