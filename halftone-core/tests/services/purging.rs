//! Deleting deletes.

use bytes::Bytes;
use halftone_core::access::Principal;
use halftone_core::delivery::DeliveryTarget;
use halftone_core::job::{Job, PurgeTarget};
use halftone_core::listener::TargetUrl;
use halftone_core::object_key::{ObjectPrefix, OriginalKey};
use halftone_core::order::{Contact, IdempotencyKey, Quantity};
use halftone_core::ports::objects::{Expected, stream_of};
use halftone_core::ports::orders::OrderFilter;
use halftone_core::product::BelowMinimum;
use halftone_core::secret::Password;
use halftone_core::services::listening::NewWebhook;
use halftone_core::services::ordering::{ItemRequest, OrderRequest};
use halftone_core::services::sharing::OpenError;
use halftone_core::services::sweeping::SweepDepth;
use halftone_core::services::uploads::AnnouncedFile;
use halftone_core::settings::Settings;
use halftone_core::share::ShareTarget;
use halftone_core::text::{Email, Line, Name, Prose};
use jiff::SignedDuration;

use crate::world::{World, first_page, new_share, visitor};

async fn objects(world: &World) -> usize {
    world.backend.objects.store.list(ObjectPrefix::All, &first_page()).await.unwrap().items.len()
}

#[tokio::test]
async fn a_deleted_gallery_is_gone_at_once_and_leaves_nothing() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.photo(&studio, gallery, "a picture").await;
    let (_, token) = world.services.sharing.share_gallery(&studio, gallery, new_share()).await.unwrap();
    let opened = world.services.sharing.open(token.reveal(), visitor()).await.unwrap();
    world.services.galleries.delete(&studio, gallery).await.unwrap();

    assert!(world.services.galleries.get(&studio, gallery).await.is_err());
    assert!(world.services.photos.get(&studio, photo).await.is_err());
    let again = world.services.sharing.open(token.reveal(), visitor()).await;
    assert!(matches!(again, Err(OpenError::Absent(_))));
    assert!(world.services.sharing.admit(&opened.access_token).await.is_err());

    world.run_jobs().await;
    assert_eq!(objects(&world).await, 0);
    let id = studio.manage().unwrap();
    let shares = world.backend.metadata.shares.list(id, ShareTarget::Gallery(gallery), &first_page()).await;
    assert!(shares.unwrap().items.is_empty());
    let photos = world.backend.metadata.photos.list_ids(id, gallery, &first_page()).await.unwrap();
    assert!(photos.items.is_empty());
    let target = PurgeTarget::Gallery { studio: id, collection: None, gallery };
    world.services.working.perform(&Job::Purge { target }).await.unwrap();
}

#[tokio::test]
async fn a_purge_that_got_lost_is_found_by_the_sweep() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    world.photo(&studio, gallery, "a picture").await;
    world.services.galleries.delete(&studio, gallery).await.unwrap();
    for lost in world.services.working.receive(10).await.unwrap() {
        world.backend.queue.jobs.acknowledge(&lost.receipt).await.unwrap();
    }
    let sweep = world.services.sweeping.sweep(&Principal::System, SweepDepth::WithPurges).await.unwrap();
    assert_eq!(sweep.purges, 1);
    world.run_jobs().await;
    assert_eq!(objects(&world).await, 0);
}

#[tokio::test]
async fn an_account_needs_its_password_to_go_and_leaves_nothing() {
    let world = World::new();
    let stays = world.photographer("ben").await;
    let other_gallery = world.gallery(&stays, "Other").await;
    world.photo(&stays, other_gallery, "another picture").await;
    let left = objects(&world).await;

    let studio = world.photographer("ana").await;
    let (gallery, product) = world.shop(&studio, BelowMinimum::Warn).await;
    let photo = world.photo(&studio, gallery, "a picture").await;
    let hidden = world.gallery(&studio, "Deleted before").await;
    world.photo(&studio, hidden, "a picture").await;
    world.services.galleries.delete(&studio, hidden).await.unwrap();
    let client = world.client(&studio, gallery, new_share()).await;
    let quantity = Quantity::parse(1).unwrap();
    let request = OrderRequest {
        contact: Contact {
            name: Name::parse("Ana").unwrap(),
            email: Email::parse("ana@example.com").unwrap(),
            phone: None,
        },
        items: vec![ItemRequest { photo, product, quantity, crop: None, note: Prose::empty() }],
        selections: Vec::new(),
        special_request: Prose::empty(),
    };
    let key = IdempotencyKey::parse("one").unwrap();
    world.services.ordering.place(&client, key, request).await.unwrap();
    let name = Name::parse("Lightroom").unwrap();
    let (_, api_key) = world.services.accounts.create_api_key(&studio, name).await.unwrap();

    let url = TargetUrl::parse("https://example.com/hook").unwrap();
    let hook = NewWebhook { url, label: Line::empty(), events: Vec::new() };
    let (hook, _) = world.services.listening.create_webhook(&studio, hook).await.unwrap();
    world.services.notifying.deliver(&Principal::System).await.unwrap();
    let hook = DeliveryTarget::Webhook(hook.id);
    let in_id = studio.manage().unwrap();
    let log = world.backend.metadata.deliveries.list(in_id, hook, &first_page()).await.unwrap().items;
    assert!(log.len() >= 2, "there is something to purge");

    let wrong = Password::attempt("wrong");
    assert!(world.services.accounts.delete(&studio, &wrong).await.is_err());
    assert!(world.knows("ana@example.com"));
    let right = Password::attempt("correct horse");
    world.services.accounts.delete(&studio, &right).await.unwrap();
    assert!(!world.knows("ana@example.com"));
    assert!(world.services.accounts.authenticate(api_key.reveal()).await.is_err());
    assert!(world.services.accounts.studio(&studio).await.is_err());

    world.run_jobs().await;
    let id = studio.manage().unwrap();
    let metadata = &world.backend.metadata;
    assert_eq!(objects(&world).await, left);
    let orders = metadata.orders.list(id, &OrderFilter::default(), &first_page()).await.unwrap();
    assert!(orders.items.is_empty());
    assert!(metadata.price_lists.list(id, &first_page()).await.unwrap().items.is_empty());
    assert!(world.mailer.messages().is_empty());
    assert_eq!(metadata.listeners.find(id).await.unwrap(), None);
    for delivery in log {
        assert_eq!(metadata.deliveries.find(id, delivery.id).await.unwrap(), None);
        assert_eq!(metadata.notifications.find(id, delivery.notification).await.unwrap(), None);
    }
    assert!(metadata.notifications.list(id, &first_page()).await.unwrap().items.is_empty());
    assert!(metadata.api_keys.list(id, &first_page()).await.unwrap().items.is_empty());
    assert!(metadata.studios.list_deleted(&first_page()).await.unwrap().items.is_empty());
    assert!(metadata.galleries.list_deleted(&first_page()).await.unwrap().items.is_empty());
    let events = metadata.outbox.claim(1_000, SignedDuration::from_secs(60)).await.unwrap();
    assert!(events.iter().all(|event| event.studio != id));
    assert!(world.services.galleries.get(&stays, other_gallery).await.is_ok());
}

#[tokio::test]
async fn an_account_whose_deletion_broke_off_goes_all_the_same() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let id = studio.manage().unwrap();
    let owner = world.services.accounts.studio(&studio).await.unwrap().value.owner;
    // The server dies right after the studio was hidden.
    let target = PurgeTarget::Studio { studio: id, owner: Some(owner) };
    world.services.working.perform(&Job::Purge { target }).await.unwrap();
    assert!(world.knows("ana@example.com"), "a studio that was not deleted is not purged");
    world.backend.metadata.studios.mark_deleted(id, jiff::Timestamp::UNIX_EPOCH).await.unwrap();
    world.services.working.perform(&Job::Purge { target }).await.unwrap();
    assert!(!world.knows("ana@example.com"));
}

#[tokio::test]
async fn bytes_that_arrive_after_the_purge_go_when_their_ticket_ends() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let owner = studio.manage().unwrap();
    let gallery = world.gallery(&studio, "Ceremony").await;
    let file = AnnouncedFile { filename: "IMG_1.JPG".to_owned(), size: 4, content_type: None, sha256: None };
    let ticket = world.services.uploads.request(&studio, gallery, &[file]).await.unwrap().remove(0).unwrap();
    world.services.galleries.delete(&studio, gallery).await.unwrap();
    world.run_jobs().await;

    let photo = ticket.upload.as_photo();
    let key = OriginalKey { studio: owner, photo, replacement: None };
    let late = stream_of(Bytes::from_static(b"late"));
    world.backend.objects.store.put(key.into(), late, Expected::default()).await.unwrap();
    world.services.working.perform(&Job::ConfirmUpload { studio: owner, photo }).await.unwrap();
    assert_eq!(objects(&world).await, 1, "who hears of bytes that nobody knows leaves them alone");

    world.pass(Settings::default().ticket_lifetime + SignedDuration::from_hours(2));
    world.run_jobs().await;
    assert_eq!(objects(&world).await, 0);
}

#[tokio::test]
async fn a_large_gallery_is_purged_in_several_runs() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let owner = studio.manage().unwrap();
    let gallery = world.gallery(&studio, "Ceremony").await;
    let file = |number: u32| AnnouncedFile {
        filename: format!("IMG_{number}.JPG"),
        size: 4,
        content_type: None,
        sha256: None,
    };
    let files: Vec<AnnouncedFile> = (0..450).map(file).collect();
    for ticket in world.services.uploads.request(&studio, gallery, &files).await.unwrap() {
        let key = OriginalKey { studio: owner, photo: ticket.unwrap().upload.as_photo(), replacement: None };
        let content = stream_of(Bytes::from_static(b"here"));
        world.backend.objects.store.put(key.into(), content, Expected::default()).await.unwrap();
    }
    world.services.galleries.delete(&studio, gallery).await.unwrap();
    assert_eq!(world.run_jobs().await.len(), 3, "two hundred photos a run");
    assert_eq!(objects(&world).await, 0);
    assert!(world.backend.metadata.galleries.list_deleted(&first_page()).await.unwrap().items.is_empty());
}
