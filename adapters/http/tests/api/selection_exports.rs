//! `/selections/{id}/export`: selections for raw converters and spreadsheets.

use std::io::{Cursor, Read as _};

use poem::http::Method;
use serde_json::{Value, json};
use zip::ZipArchive;

use crate::harness::Reply;
use crate::scene::Scene;

const DC: &str = "http://purl.org/dc/elements/1.1/";
const XMP: &str = "http://ns.adobe.com/xap/1.0/";

/// A studio with a selection of these filenames, each with a comment.
async fn selected(picks: &[(&str, &str)]) -> (Scene, String) {
    let mut scene = Scene::new().await;
    let gallery = scene.gallery.clone();
    for (filename, _) in picks {
        let photo = scene.upload(&gallery, filename).await;
        scene.photos.push(photo);
    }
    scene.app.run_jobs().await;
    let client = scene.client(&json!({})).await;
    let made = scene.client_post(&client, "/client/selections", &json!({"name": "Album: Ana & Ben"})).await;
    let selection = made.expect(201).text_at("/id");
    for (photo, (_, comment)) in scene.photos.iter().zip(picks) {
        let path = format!("/client/selections/{selection}/photos/{photo}");
        let body = json!({"comment": comment});
        scene.client_send(&client, Method::PUT, &path, Some(&body)).await.expect(200);
    }
    (scene, selection)
}

async fn export(scene: &Scene, selection: &str, query: &str) -> Reply {
    scene.get(&format!("/selections/{selection}/export?{query}")).await
}

fn entries(archive: &[u8]) -> Vec<(String, String)> {
    let mut archive = ZipArchive::new(Cursor::new(archive)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).unwrap();
            let mut content = String::new();
            // Reading to the end checks the CRC.
            file.read_to_string(&mut content).unwrap();
            (file.name().unwrap().into_owned(), content)
        })
        .collect()
}

#[tokio::test]
async fn names_come_as_the_camera_gave_them() {
    let (scene, selection) = selected(&[("IMG_0412.JPG", ""), ("_DSC0007.jpeg", "nice")]).await;
    let sent = export(&scene, &selection, "format=lightroom").await.expect(200);
    assert_eq!(sent.text(), "IMG_0412,_DSC0007");
    assert_eq!(sent.header("content-type"), Some("text/plain; charset=utf-8"));
    let saved = sent.header("content-disposition").unwrap();
    assert!(saved.starts_with("attachment; filename=\"Album_ Ana & Ben (Lightroom).txt\""), "{saved}");
    let sent = export(&scene, &selection, "format=capture_one").await.expect(200);
    assert_eq!(sent.text(), "IMG_0412 _DSC0007");
}

#[tokio::test]
async fn a_table_can_be_read_and_holds_no_formula() {
    let comment = "=1+1, \"quoted\"\nsecond line";
    let (scene, selection) = selected(&[("IMG_0412.JPG", comment), ("IMG_0413.JPG", "")]).await;
    let sent = export(&scene, &selection, "format=csv").await.expect(200);
    assert_eq!(sent.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    let table = sent.text();
    let table = table.strip_prefix('\u{feff}').unwrap();
    assert!(table.starts_with("filename,comment,picked_at,gallery,"), "{table}");
    assert!(table.contains("IMG_0412.JPG,\"'=1+1, \"\"quoted\"\"\nsecond line\",2026-"), "{table}");
    assert!(table.contains(&scene.photos[1]) && table.ends_with("\r\n"), "{table}");
}

#[tokio::test]
async fn sidecars_say_what_was_asked_for() {
    let (scene, selection) =
        selected(&[("IMG_0412.JPG", "crop <her> & \"him\""), ("IMG_0413.JPG", ""), ("img_0412.png", "")])
            .await;
    let sent = export(&scene, &selection, "format=xmp&rating=3&label=Green&comments=true").await.expect(200);
    assert_eq!(sent.header("content-type"), Some("application/zip"));
    let entries = entries(sent.bytes());
    let names: Vec<&str> = entries.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["IMG_0412.xmp", "IMG_0413.xmp", "same-name-2/img_0412.xmp", "same-names.csv"]);
    for (name, content) in &entries[..3] {
        let document = roxmltree::Document::parse(content).unwrap();
        let described = document.descendants().find(|node| node.has_tag_name("Description")).unwrap();
        assert_eq!(described.attribute((XMP, "Rating")), Some("3"), "{name}");
        assert_eq!(described.attribute((XMP, "Label")), Some("Green"), "{name}");
        let description = document.descendants().find(|node| node.has_tag_name((DC, "description")));
        assert_eq!(description.is_some(), name == "IMG_0412.xmp");
    }
    let first = roxmltree::Document::parse(&entries[0].1).unwrap();
    let text = first.descendants().find(|node| node.has_tag_name("li")).unwrap();
    assert_eq!(text.text(), Some("crop <her> & \"him\""));
    assert!(entries[3].1.contains("img_0412.png") && !entries[3].1.contains("IMG_0413"));
}

#[tokio::test]
async fn sidecars_have_five_stars_and_no_comment_unless_told_otherwise() {
    let (scene, selection) = selected(&[("IMG_0412.JPG", "secret")]).await;
    let plain = entries(export(&scene, &selection, "format=xmp").await.expect(200).bytes());
    assert_eq!(plain.len(), 1);
    assert!(plain[0].1.contains("xmp:Rating=\"5\"") && !plain[0].1.contains("secret"), "{}", plain[0].1);
    let labelled = entries(export(&scene, &selection, "format=xmp&label=Rot").await.expect(200).bytes());
    assert!(!labelled[0].1.contains("xmp:Rating") && labelled[0].1.contains("xmp:Label=\"Rot\""));
}

#[tokio::test]
async fn a_download_that_broke_off_goes_on() {
    let (scene, selection) = selected(&[("IMG_0412.JPG", ""), ("IMG_0413.JPG", "")]).await;
    let path = format!("/selections/{selection}/export?format=xmp");
    let whole = scene.get(&path).await.expect(200);
    let tag = whole.header("etag").unwrap().to_owned();
    let call = scene.app.call(Method::GET, &path).bearer(&scene.token);
    let rest = call.header("Range", "bytes=100-").header("If-Range", &tag).send().await.expect(206);
    assert_eq!(rest.bytes(), &whole.bytes()[100..]);
    let call = scene.app.call(Method::GET, &path).bearer(&scene.token);
    call.header("Range", "bytes=99999-").send().await.expect(416);
}

#[tokio::test]
async fn photos_that_were_deleted_are_left_out() {
    let (scene, selection) = selected(&[("IMG_0412.JPG", ""), ("IMG_0413.JPG", "")]).await;
    scene.delete(&format!("/photos/{}", scene.photos[0])).await.expect(202);
    assert_eq!(export(&scene, &selection, "format=lightroom").await.expect(200).text(), "IMG_0413");
    scene.delete(&format!("/galleries/{}", scene.gallery)).await.expect(202);
    assert_eq!(export(&scene, &selection, "format=lightroom").await.expect(200).text(), "");
}

#[tokio::test]
async fn a_wish_that_is_not_valid_names_its_parameter() {
    let (scene, selection) = selected(&[("IMG_0412.JPG", "")]).await;
    for (query, field) in [
        ("", "format"),
        ("format=pdf", "format"),
        ("format=xmp&rating=6", "rating"),
        ("format=xmp&rating=0", "rating"),
        ("format=xmp&label=", "label"),
    ] {
        export(&scene, &selection, query).await.expect(422).problem("/problems/invalid-value", field);
    }
    let unknown = export(&scene, "01890a5d-ac96-774b-bcce-b302099a8057", "format=csv").await.expect(404);
    unknown.problem("/problems/selection-not-found", "");
    assert_eq!(unknown.json()["title"], Value::String("There is no such selection".to_owned()));
}
