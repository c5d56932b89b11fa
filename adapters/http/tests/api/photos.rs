//! `/photos`: lists, changes, batches, originals.

use poem::http::Method;
use serde_json::{Value, json};

use crate::scene::{Scene, jpeg};

/// Walks a list from page to page and returns the named field of each entry.
async fn walk(scene: &Scene, path: &str, field: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut next = String::new();
    loop {
        let page = scene.get(&format!("{path}{next}")).await.expect(200);
        let items = page.json()["items"].as_array().unwrap().clone();
        assert!(items.len() <= 2);
        found.extend(items.iter().map(|item| item[field].as_str().unwrap().to_owned()));
        match page.json()["next_cursor"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => return found,
        }
    }
}

#[tokio::test]
async fn a_walk_over_pages_meets_every_photo_once_and_in_order() {
    let scene = Scene::with_photos(5).await;
    let path = format!("/galleries/{}/photos?limit=2", scene.gallery);
    assert_eq!(walk(&scene, &path, "id").await, scene.photos);
    let by_name = walk(&scene, &format!("{path}&sort=filename"), "filename").await;
    assert_eq!(by_name, ["IMG_0000.JPG", "IMG_0001.JPG", "IMG_0002.JPG", "IMG_0003.JPG", "IMG_0004.JPG"]);
    assert_eq!(walk(&scene, &format!("{path}&q=img_0003"), "id").await, scene.photos[3..4]);
    assert_eq!(walk(&scene, &format!("{path}&state=failed,pending"), "id").await, [""; 0]);
}

#[tokio::test]
async fn a_bad_parameter_of_a_list_names_its_field() {
    let scene = Scene::new().await;
    let path = format!("/galleries/{}/photos", scene.gallery);
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=many", "limit"),
        ("cursor=%25%25", "cursor"),
        ("sort=colour", "sort"),
        ("state=lost", "state"),
        ("section=ceremony", "section"),
    ] {
        let refused = scene.get(&format!("{path}?{query}")).await.expect(422);
        refused.problem("/problems/invalid-value", field);
    }
    scene.get("/galleries/no-such/photos").await.expect(404);
}

#[tokio::test]
async fn two_photos_with_one_filename_live_side_by_side() {
    let scene = Scene::new().await;
    let first = scene.upload(&scene.gallery, "IMG_0001.JPG").await;
    scene.app.advance_seconds(1);
    let second = scene.upload(&scene.gallery, "IMG_0001.JPG").await;
    scene.app.run_jobs().await;
    let path = format!("/galleries/{}/photos?limit=2", scene.gallery);
    assert_eq!(walk(&scene, &path, "id").await, [first, second]);
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_null_clears() {
    let scene = Scene::with_photos(1).await;
    let sections = json!({"sections": [{"name": "Church"}]});
    let path = format!("/galleries/{}/sections", scene.gallery);
    let sections = scene.send(Method::PUT, &path, Some(&sections)).await.expect(200);
    let section = sections.text_at("/sections/0/id");
    let path = format!("/photos/{}", scene.photos[0]);
    let all = json!({"title": "Kiss", "description": "At last", "tags": ["kiss", "church", "kiss"],
                     "section": section, "unknown": {"field": 1}});
    let changed = scene.patch(&path, &all).await.expect(200);
    assert_eq!(changed.json()["tags"], json!(["kiss", "church"]));
    assert_eq!(changed.text_at("/section"), section);
    let cleared = scene.patch(&path, &json!({"section": null, "title": null})).await.expect(200).json();
    assert_eq!((&cleared["section"], &cleared["title"]), (&Value::Null, &json!("")));
    assert_eq!((&cleared["description"], &cleared["tags"]), (&json!("At last"), &json!(["kiss", "church"])));
    let kept = scene.patch(&path, &json!({})).await.expect(200).json();
    assert_eq!(kept["description"], "At last");
}

#[tokio::test]
async fn a_bad_value_in_a_patch_names_its_field() {
    let scene = Scene::with_photos(1).await;
    let path = format!("/photos/{}", scene.photos[0]);
    for (body, field) in [
        (json!({"title": "two\nlines"}), "title"),
        (json!({"description": "x".repeat(5_001)}), "description"),
        (json!({"tags": [""]}), "tags"),
        (json!({"section": "no-such"}), "section"),
        (json!({"section": "01890a5d-ac96-774b-bcce-b302099a8057"}), "section"),
    ] {
        scene.patch(&path, &body).await.expect(422).problem("/problems/invalid-value", field);
    }
    scene.patch(&path, &json!({"title": 7})).await.expect(400);
    scene.patch(&path, &json!([])).await.expect(400);
}

#[tokio::test]
async fn a_change_to_another_version_is_refused() {
    let scene = Scene::with_photos(1).await;
    let path = format!("/photos/{}", scene.photos[0]);
    let seen = scene.get(&path).await.expect(200).header("etag").unwrap().to_owned();
    let change = |tag: String| {
        let call = scene.app.call(Method::PATCH, &path).bearer(&scene.token).header("If-Match", &tag);
        call.json_if(Some(&json!({"title": "Kiss"}))).send()
    };
    let changed = change(seen.clone()).await.expect(200);
    assert_ne!(changed.header("etag").unwrap(), seen);
    change(seen).await.expect(412).problem("/problems/precondition-failed", "");
}

#[tokio::test]
async fn a_deleted_photo_is_gone_at_once() {
    let scene = Scene::with_photos(2).await;
    let path = format!("/photos/{}", scene.photos[0]);
    let picture = scene.get(&path).await.expect(200).text_at("/thumb_url");
    scene.app.fetch(&picture).await.expect(200);
    scene.delete(&path).await.expect(202);
    scene.get(&path).await.expect(404).problem("/problems/photo-not-found", "");
    scene.delete(&path).await.expect(404);
    scene.app.fetch(&picture).await.expect(404);
    scene.app.run_jobs().await;
    scene.get(&format!("/photos/{}", scene.photos[1])).await.expect(200);
    scene.get("/photos/no-such").await.expect(404);
}

#[tokio::test]
async fn a_batch_reports_on_each_photo() {
    let scene = Scene::with_photos(2).await;
    let stranger = "01890a5d-ac96-774b-bcce-b302099a8057";
    let ids = json!([scene.photos[0], stranger, scene.photos[0]]);
    let tagged = scene.post("/photos/batch", &json!({"ids": ids, "action": "tag", "tags": ["best"]})).await;
    let results = tagged.expect(200).json()["results"].clone();
    assert_eq!(results.as_array().unwrap().len(), 2);
    assert_eq!(results[0], json!({"id": scene.photos[0], "ok": true, "error": null}));
    assert_eq!((&results[1]["ok"], &results[1]["error"]["status"]), (&json!(false), &json!(404)));
    let photo = scene.get(&format!("/photos/{}", scene.photos[0])).await.expect(200);
    assert_eq!(photo.json()["tags"], json!(["best"]));
    let retried = scene.post("/photos/batch", &json!({"ids": [scene.photos[1]], "action": "retry"})).await;
    assert_eq!(retried.expect(200).json()["results"][0]["error"]["status"], 409);
    let gone = json!({"ids": scene.photos, "action": "delete"});
    assert_eq!(scene.post("/photos/batch", &gone).await.expect(200).json()["results"][1]["ok"], true);
    scene.get(&format!("/photos/{}", scene.photos[1])).await.expect(404);
    scene.app.run_jobs().await;
}

#[tokio::test]
async fn a_batch_that_makes_no_sense_names_the_field() {
    let scene = Scene::with_photos(1).await;
    let photo = &scene.photos[0];
    for (body, field) in [
        (json!({"ids": [], "action": "delete"}), "ids"),
        (json!({"ids": [photo, "no-such"], "action": "delete"}), "ids[1]"),
        (json!({"ids": [photo], "action": "explode"}), "action"),
        (json!({"ids": [photo], "action": "tag"}), "tags"),
        (json!({"ids": [photo], "action": "section"}), "section"),
        (json!({"ids": [photo], "action": "section", "section": "no-such"}), "section"),
    ] {
        scene.post("/photos/batch", &body).await.expect(422).problem("/problems/invalid-value", field);
    }
    let cleared = json!({"ids": [photo], "action": "section", "section": null});
    scene.post("/photos/batch", &cleared).await.expect(200);
}

#[tokio::test]
async fn the_studio_fetches_an_original_wholly_or_in_part() {
    let scene = Scene::with_photos(1).await;
    let path = format!("/photos/{}/original", scene.photos[0]);
    let whole = scene.get(&path).await.expect(200);
    assert_eq!(whole.bytes(), jpeg(300, 200));
    assert_eq!(whole.header("content-type"), Some("image/jpeg"));
    assert!(whole.header("content-disposition").unwrap().contains("filename=\"IMG_0000.JPG\""));
    let range =
        scene.app.call(Method::GET, &path).bearer(&scene.token).header("Range", "bytes=2-5").send().await;
    let part = range.expect(206);
    assert_eq!(part.bytes(), &jpeg(300, 200)[2..6]);
    let tag = whole.header("etag").unwrap();
    let known = scene.app.call(Method::GET, &path).bearer(&scene.token).header("If-None-Match", tag).send();
    known.await.expect(304);
    let beyond = scene.app.call(Method::GET, &path).bearer(&scene.token).header("Range", "bytes=9999999-");
    beyond.send().await.expect(416);
}

#[tokio::test]
async fn an_original_that_has_not_arrived_is_not_there() {
    let scene = Scene::new().await;
    let files = json!({"files": [{"filename": "a.jpg", "size": 10}]});
    let made = scene.post(&format!("/galleries/{}/uploads", scene.gallery), &files).await.expect(201);
    let photo = made.text_at("/uploads/0/photo_id");
    scene.get(&format!("/photos/{photo}/original")).await.expect(409);
    scene.get("/photos/no-such/original").await.expect(404);
}
