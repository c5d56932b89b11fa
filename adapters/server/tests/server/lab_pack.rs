//! From a selection to the files on a lab's desk, against the program itself: it is killed while it makes them.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use halftone_core::photo::Sha256Hash;
use jpeg_decoder::{Decoder, PixelFormat};
use jpeg_encoder::{ColorType, Encoder};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::tempdir;
use zip::ZipArchive;

use crate::api::{Api, text};
use crate::program::{Server, wait_for};

const WIDTH: u16 = 2_400;
const HEIGHT: u16 = 1_600;

/// Red grows to the right and green downwards, so that a pixel tells its place; blue tells the picture.
fn colour(across: f64, down: f64, number: u8) -> [f64; 3] {
    [30.0 + 190.0 * across, 30.0 + 190.0 * down, 40.0 + 8.0 * f64::from(number)]
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 30 and 220")]
fn original(number: u8) -> Vec<u8> {
    let mut pixels = Vec::with_capacity(usize::from(WIDTH) * usize::from(HEIGHT) * 3);
    for row in 0..HEIGHT {
        for column in 0..WIDTH {
            let across = (f64::from(column) + 0.5) / f64::from(WIDTH);
            let down = (f64::from(row) + 0.5) / f64::from(HEIGHT);
            pixels.extend(colour(across, down, number).map(|level| level.round() as u8));
        }
    }
    let mut file = Vec::new();
    Encoder::new(&mut file, 95).encode(&pixels, WIDTH, HEIGHT, ColorType::Rgb).unwrap();
    file
}

/// What a print has to be: its name, its pixels, and the part of the picture that it shows.
struct Expected {
    name: &'static str,
    size: (u16, u16),
    part: [f64; 4],
    number: u8,
}

/// Decodes with a library that is not ours, and compares with the picture that the original was made from.
fn check_print(file: &[u8], expected: &Expected) {
    let mut decoder = Decoder::new(Cursor::new(file));
    let pixels = decoder.decode().unwrap();
    let info = decoder.info().unwrap();
    assert_eq!((info.width, info.height), expected.size, "{}", expected.name);
    assert_eq!(info.pixel_format, PixelFormat::RGB24);
    let profile = decoder.icc_profile().expect("a profile");
    let description: Vec<u8> = profile.iter().copied().filter(|byte| *byte != 0).collect();
    assert!(description.windows(4).any(|window| window == b"sRGB"), "{}", expected.name);
    let [left, top, width, height] = expected.part;
    for (x, y) in [(0, 0), (info.width - 1, 0), (info.width / 2, info.height / 2), (0, info.height - 1)] {
        let across = left + width * (f64::from(x) + 0.5) / f64::from(info.width);
        let down = top + height * (f64::from(y) + 0.5) / f64::from(info.height);
        let place = (usize::from(y) * usize::from(info.width) + usize::from(x)) * 3;
        for (found, wanted) in pixels[place..place + 3].iter().zip(colour(across, down, expected.number)) {
            // Two lossy files lie between the picture and the print.
            assert!(
                (f64::from(*found) - wanted).abs() < 4.0,
                "{} at {x},{y}: {found} for {wanted}",
                expected.name
            );
        }
    }
}

fn sell(ana: &Api) -> (String, String, String) {
    let price = json!({"amount": 250, "currency": "EUR"});
    let list = json!({"name": "Prints", "currency": "EUR", "products": [
        {"name": "10 x 15", "kind": "print", "width_mm": 100, "height_mm": 150, "finish": "matte", "price": price},
        {"name": "Square", "kind": "print", "width_mm": 200, "height_mm": 200, "finish": "Fine art, 310 g",
         "price": price, "print_dpi": 254},
    ]});
    let list = ana.post("/price-lists", &list).expect(201);
    let gallery =
        ana.post("/galleries", &json!({"name": "Ceremony", "price_list_id": list["id"]})).expect(201);
    (text(&gallery, "id"), text(&list["products"][0], "id"), text(&list["products"][1], "id"))
}

fn unpacked(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        // Reading to the end checks the CRC.
        file.read_to_end(&mut content).unwrap();
        files.insert(file.name().unwrap().into_owned(), content);
    }
    files
}

fn sha256(bytes: &[u8]) -> String {
    Sha256Hash::from_bytes(Sha256::digest(bytes).into()).to_string()
}

/// A client picks photos, orders prints of the selection, and changes one line.
fn ordered(ana: &Api, api: &Api, gallery: &str, photos: &[String], small: &str, square: &str) -> String {
    let terms = json!({"permissions": {"select": true, "comment": true, "order": true, "download": "none"}});
    let share = ana.post(&format!("/galleries/{gallery}/shares"), &terms).expect(201);
    let session = api.post("/client/sessions", &json!({"token": share["token"]})).expect(201);
    let client = api.with_token(text(&session, "access_token"));
    let selection = text(&client.post("/client/selections", &json!({"name": "Prints"})).expect(201), "id");
    for photo in photos {
        client.put(&format!("/client/selections/{selection}/photos/{photo}"), &json!({})).expect(200);
    }
    let picked = client.get(&format!("/client/selections/{selection}")).expect(200);
    let mut items: Vec<Value> = picked["photo_ids"]
        .as_array()
        .unwrap()
        .iter()
        .map(|photo| json!({"photo_id": photo, "product_id": small, "quantity": 1}))
        .collect();
    items[1]["crop"] = json!({"x": 0.25, "y": 0.0, "width": 0.25, "height": 1.0});
    items[1]["note"] = json!("not too dark");
    let wish = json!({"contact": {"name": "Zoë", "email": "zoe@example.com"}, "items": items,
        "special_request": "Please pack them flat."});
    let order = client.post_once("/client/orders", "key-1", &wish).expect(201);
    let path = format!("/client/orders/{}", text(&order, "id"));
    let mut lines: Vec<Value> =
        order["items"].as_array().unwrap().iter().map(|line| json!({"id": line["id"]})).collect();
    lines[0]["quantity"] = json!(3);
    lines.push(json!({"photo_id": photos[0], "product_id": square, "quantity": 1}));
    let amended = client.patch(&path, &json!({"items": lines})).expect(200);
    assert_eq!(amended["items"].as_array().unwrap().len(), photos.len() + 1);
    text(&order, "id")
}

#[test]
fn a_selection_becomes_exact_prints_though_the_program_is_killed() {
    let directory = tempdir().unwrap();
    let server = Server::start(directory.path());
    let ana = server.api().photographer("ana@example.com");
    let (gallery, small, square) = sell(&ana);
    let photos: Vec<String> = (0..12)
        .map(|number| {
            ana.upload(&gallery, &format!("IMG_{:04}.JPG", 400 + u32::from(number)), &original(number))
        })
        .collect();
    for photo in &photos {
        ana.ready(photo);
    }
    let order = ordered(&ana, &server.api(), &gallery, &photos, &small, &square);
    ana.post(&format!("/orders/{order}/transitions"), &json!({"to": "accepted"})).expect(200);
    let path = format!("/orders/{order}/lab-pack");
    let asked = ana.post(&path, &json!({})).expect(202);
    assert_eq!(asked["count"], 16);
    server.kill();

    let server = Server::start(directory.path());
    let ana = server.api().log_in("ana@example.com", "correct horse");
    let ready = wait_for("the lab pack", || {
        let download = ana.get(&format!("/downloads/{}", text(&asked, "id"))).expect(200);
        (download["state"] != "building").then_some(download)
    });
    assert_eq!(ready["state"], "ready", "{ready}");
    let archive = ana.download(&ana.here(&text(&ready, "url")));
    let files = unpacked(&archive);
    assert_eq!(files.len(), 16);
    let whole = [0.0, 0.0, 1.0, 1.0];
    // The second is as high as the picture; of its width, 600 pixels, 1600 x 2 / 3 would be too many, so its height is cut.
    let cut = [0.25, 0.5 - 900.0 / 3_200.0, 0.25, 900.0 / 1_600.0];
    for expected in [
        Expected { name: "001_10x15_x3_matte_IMG_0400.jpg", size: (1772, 1181), part: whole, number: 0 },
        Expected { name: "002_10x15_x1_matte_IMG_0401.jpg", size: (1181, 1772), part: cut, number: 1 },
        Expected { name: "012_10x15_x1_matte_IMG_0411.jpg", size: (1772, 1181), part: whole, number: 11 },
        Expected {
            name: "013_20x20_x1_Fine-art-310-g_IMG_0400.jpg",
            size: (2000, 2000),
            part: [1.0 / 6.0, 0.0, 2.0 / 3.0, 1.0],
            number: 0,
        },
    ] {
        check_print(&files[expected.name], &expected);
    }
    let manifest: Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    let told = manifest["prints"].as_array().unwrap().iter().chain(manifest["documents"].as_array().unwrap());
    let hashes: BTreeMap<&str, &str> =
        told.map(|file| (file["file"].as_str().unwrap(), file["sha256"].as_str().unwrap())).collect();
    assert_eq!(hashes.len(), 15);
    for (name, hash) in hashes {
        assert_eq!(sha256(&files[name]), hash, "{name}");
    }
    assert_eq!(manifest["prints"][1]["note"], "not too dark");
    let table = std::str::from_utf8(&files["manifest.csv"]).unwrap();
    assert_eq!(table.lines().count(), 14);
    assert!(files["job-ticket.pdf"].starts_with(b"%PDF-1."));
}
