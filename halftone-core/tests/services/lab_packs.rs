//! Lab packs: planned from orders, built in the background, told by manifests.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use futures_util::TryStreamExt as _;
use halftone_core::access::Principal;
use halftone_core::geometry::CropRect;
use halftone_core::id::{OrderId, PhotoId};
use halftone_core::object_key::{ObjectKey, ObjectPrefix};
use halftone_core::order::OrderState;
use halftone_core::pack::PackState;
use halftone_core::photo::Sha256Hash;
use halftone_core::ports::documents::Language;
use halftone_core::product::BelowMinimum;
use halftone_core::services::catalogue::Precondition;
use halftone_core::services::ordering::{ItemChange, ItemRequest, OrderChange, Placed};
use halftone_core::services::packing::{LabPackError, PackView};
use halftone_core::services::sweeping::SweepDepth;
use halftone_core::text::Prose;
use jiff::SignedDuration;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::ordering::{Shop, item, key, request, shop};
use crate::world::first_page;

async fn order(shop: &Shop, items: Vec<ItemRequest>) -> OrderId {
    let services = &shop.world.services;
    match services.ordering.place(&shop.client, key("one"), request(items)).await.unwrap() {
        Placed::Now(order) | Placed::Before(order) => order.value.id,
    }
}

/// The client asks for other lines.
async fn change_items(shop: &Shop, order: OrderId, items: Vec<ItemRequest>) {
    let items = items.into_iter().map(ItemChange::New).collect();
    let change = OrderChange { items: Some(items), ..OrderChange::default() };
    let ordering = &shop.world.services.ordering;
    ordering.amend(&shop.client, order, &change, Precondition::NONE).await.unwrap();
}

async fn ask(shop: &Shop, order: OrderId) -> Result<PackView, LabPackError> {
    shop.world.services.packing.request_lab_pack(&shop.studio, order, Language::English).await
}

/// The archive, read by another implementation of the format.
async fn unpacked(shop: &Shop, order: OrderId) -> Result<BTreeMap<String, Vec<u8>>, LabPackError> {
    let packing = &shop.world.services.packing;
    let pack = packing.open_lab_pack(&shop.studio, order, Language::English).await?;
    let bytes: Vec<u8> = packing
        .read(&pack, None)
        .unwrap()
        .stream
        .try_fold(Vec::new(), |mut all, piece| async move {
            all.extend_from_slice(&piece);
            Ok(all)
        })
        .await
        .unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        std::io::copy(&mut file, &mut content).unwrap();
        files.insert(file.name().unwrap().into_owned(), content);
    }
    Ok(files)
}

fn sha256(bytes: &[u8]) -> String {
    Sha256Hash::from_bytes(Sha256::digest(bytes).into()).to_string()
}

#[tokio::test]
async fn a_pack_holds_every_print_and_tells_its_hashes() {
    let shop = shop(BelowMinimum::Warn).await;
    let crop = Some(CropRect::parse(0.5, 0.0, 0.2, 1.0).unwrap());
    let note = Prose::parse("=SUM(A1), \"please\"").unwrap();
    let items = vec![
        item(shop.photo, shop.product, 2),
        ItemRequest { crop, note, ..item(shop.photo, shop.product, 1) },
    ];
    let id = order(&shop, items).await;
    let asked = ask(&shop, id).await.unwrap();
    assert_eq!((asked.pack.entries.as_slice().len(), asked.pack.state.clone()), (5, PackState::Building));
    let waiting = unpacked(&shop, id).await.unwrap_err();
    assert!(matches!(waiting, LabPackError::NotReady { done: 0, count: 5 }), "{waiting:?}");
    shop.world.run_jobs().await;
    let files = unpacked(&shop, id).await.unwrap();
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    let prints = ["001_10x15_x2_matte_IMG_0412.jpg", "002_10x15_x1_matte_IMG_0412.jpg"];
    assert_eq!(names, [prints[0], prints[1], "job-ticket.pdf", "manifest.csv", "manifest.json"]);
    // The renderer of these tests writes what it was asked for: the crop was fitted to the paper and turned.
    let text = String::from_utf8(files[prints[1]].clone()).unwrap();
    assert!(text.contains("width: 1181, height: 1772"), "{text}");

    let manifest: Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    for (told, name) in manifest["prints"].as_array().unwrap().iter().zip(prints) {
        assert_eq!(told["file"], name);
        assert_eq!(told["sha256"], sha256(&files[name]));
        assert_eq!(told["size_bytes"], files[name].len());
    }
    for told in manifest["documents"].as_array().unwrap() {
        assert_eq!(told["sha256"], sha256(&files[told["file"].as_str().unwrap()]));
    }
    assert_eq!(manifest["documents"].as_array().unwrap().len(), 2);
    assert_eq!(manifest["special_request"], "No borders");

    let mut table = csv::Reader::from_reader(files["manifest.csv"].as_slice());
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2);
    let note = table.headers().unwrap().iter().position(|column| column == "note").unwrap();
    assert_eq!(&rows[1][note], "'=SUM(A1), \"please\"");
    let ticket = String::from_utf8(files["job-ticket.pdf"].clone()).unwrap();
    assert!(ticket.contains(prints[0]) && ticket.contains("thumb"), "{ticket}");
}

#[tokio::test]
async fn asking_twice_is_one_pack_and_an_amended_order_another() {
    let shop = shop(BelowMinimum::Warn).await;
    let id = order(&shop, vec![item(shop.photo, shop.product, 2)]).await;
    let first = ask(&shop, id).await.unwrap().pack.id;
    assert_eq!(ask(&shop, id).await.unwrap().pack.id, first);
    assert_eq!(shop.world.run_jobs().await.len(), 1);
    let before = unpacked(&shop, id).await.unwrap();
    shop.world.services.ordering.transition(&shop.studio, id, OrderState::Accepted, None).await.unwrap();
    assert_eq!(ask(&shop, id).await.unwrap().pack.id, first, "a state changes nothing on paper");

    let shop_two = self::shop(BelowMinimum::Warn).await;
    let id = order(&shop_two, vec![item(shop_two.photo, shop_two.product, 2)]).await;
    let first = ask(&shop_two, id).await.unwrap().pack.id;
    shop_two.world.run_jobs().await;
    change_items(&shop_two, id, vec![item(shop_two.photo, shop_two.product, 3)]).await;
    let gone = unpacked(&shop_two, id).await.unwrap_err();
    assert!(matches!(gone, LabPackError::Absent(_)), "{gone:?}");
    assert_ne!(ask(&shop_two, id).await.unwrap().pack.id, first);
    shop_two.world.run_jobs().await;
    let after = unpacked(&shop_two, id).await.unwrap();
    assert!(after.contains_key("001_10x15_x3_matte_IMG_0412.jpg"));
    assert!(before.contains_key("001_10x15_x2_matte_IMG_0412.jpg"));
}

#[tokio::test]
async fn an_order_that_changes_while_its_pack_is_built_fails_it_with_a_sentence() {
    let shop = shop(BelowMinimum::Warn).await;
    let id = order(&shop, vec![item(shop.photo, shop.product, 2)]).await;
    let asked = ask(&shop, id).await.unwrap();
    change_items(&shop, id, vec![item(shop.photo, shop.product, 3)]).await;
    shop.world.run_jobs().await;
    let Principal::Studio(member) = &shop.studio else { unreachable!() };
    let packs = &shop.world.backend.metadata.packs;
    let pack = packs.find(member.studio, asked.pack.id).await.unwrap().unwrap().value;
    let PackState::Failed { reason, .. } = pack.state else { panic!("{:?}", pack.state) };
    assert!(reason.sentence.as_str().contains("ask again"), "{}", reason.sentence);
}

#[tokio::test]
async fn what_cannot_be_printed_is_said() {
    let shop = shop(BelowMinimum::Warn).await;
    let services = &shop.world.services;
    let id = order(&shop, vec![item(shop.photo, shop.product, 2)]).await;
    let stranger = shop.world.photographer("eve").await;
    let refused = services.packing.request_lab_pack(&stranger, id, Language::English).await.unwrap_err();
    assert!(matches!(refused, LabPackError::Absent(_)));
    let refused = services.packing.request_lab_pack(&shop.client, id, Language::English).await.unwrap_err();
    assert!(matches!(refused, LabPackError::Denied(_)));
    services.ordering.transition(&shop.studio, id, OrderState::Cancelled, None).await.unwrap();
    assert!(matches!(ask(&shop, id).await.unwrap_err(), LabPackError::Cancelled));
}

#[tokio::test]
async fn a_line_whose_photo_was_deleted_is_listed_as_missing() {
    let shop = shop(BelowMinimum::Warn).await;
    let gallery = shop.world.load(&shop.studio, shop.photo).await.gallery;
    let other = shop.world.photo(&shop.studio, gallery, "another picture").await;
    let id = order(&shop, vec![item(other, shop.product, 1), item(shop.photo, shop.product, 2)]).await;
    delete(&shop, other).await;
    ask(&shop, id).await.unwrap();
    shop.world.run_jobs().await;
    let files = unpacked(&shop, id).await.unwrap();
    // The number is the line's in the order, not the file's in the pack.
    assert!(files.contains_key("002_10x15_x2_matte_IMG_0412.jpg") && files.len() == 4, "{:?}", files.keys());
    let manifest: Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    assert_eq!(manifest["missing"][0]["line"], 1);
    delete(&shop, shop.photo).await;
    assert!(matches!(ask(&shop, id).await.unwrap_err(), LabPackError::NothingToPrint));
}

async fn delete(shop: &Shop, photo: PhotoId) {
    shop.world.services.photos.delete(&shop.studio, photo).await.unwrap();
    shop.world.run_jobs().await;
}

#[tokio::test]
async fn what_was_made_before_a_worker_died_is_not_made_again_and_an_ended_pack_leaves_nothing() {
    let shop = shop(BelowMinimum::Warn).await;
    let items = (1..=5).map(|quantity| item(shop.photo, shop.product, quantity)).collect();
    let id = order(&shop, items).await;
    ask(&shop, id).await.unwrap();
    let renderer = &shop.world.renderer;
    let before = renderer.renders.load(Ordering::SeqCst);
    renderer.prints_left.store(3, Ordering::SeqCst);
    shop.world.run_jobs().await;
    assert_eq!(objects(&shop).await, 3);
    renderer.prints_left.store(usize::MAX, Ordering::SeqCst);
    shop.world.pass(SignedDuration::from_mins(10));
    shop.world.run_jobs().await;
    assert_eq!(renderer.renders.load(Ordering::SeqCst) - before, 5);
    assert_eq!(unpacked(&shop, id).await.unwrap().len(), 8);

    assert_eq!(objects(&shop).await, 8);
    shop.world.pass(SignedDuration::from_hours(31 * 24));
    shop.world.services.sweeping.sweep(&Principal::System, SweepDepth::Usual).await.unwrap();
    assert_eq!(objects(&shop).await, 0);
    assert!(matches!(unpacked(&shop, id).await.unwrap_err(), LabPackError::Absent(_)));
}

/// How many files there are that were made for packs.
async fn objects(shop: &Shop) -> usize {
    let store = &shop.world.backend.objects.store;
    let listed = store.list(ObjectPrefix::All, &first_page()).await.unwrap().items;
    let is_made = |key: &&ObjectKey| matches!(key, ObjectKey::Print(_) | ObjectKey::PackDocument(_));
    listed.iter().filter(is_made).count()
}
