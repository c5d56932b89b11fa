//! Opening shares, and what stops them.

use halftone_core::access::Principal;
use halftone_core::gallery::GalleryState;
use halftone_core::secret::Pin;
use halftone_core::self_served::SelfServedUrls;
use halftone_core::services::catalogue::Precondition;
use halftone_core::services::collections::NewCollection;
use halftone_core::services::delivering::{DeliveryError, DownloadSize};
use halftone_core::services::galleries::GalleryChange;
use halftone_core::services::sharing::{NewShare, OpenError, Visitor};
use halftone_core::services::visiting::ClientPhotoFilter;
use halftone_core::share::{DownloadPermission, Limit, Limits, Permissions};
use halftone_core::text::{Line, Name, Tags};
use jiff::SignedDuration;

use crate::world::{World, first_page, new_share, visitor};

#[tokio::test]
async fn the_first_share_makes_a_draft_live() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    world.client(&studio, gallery, new_share()).await;
    assert_eq!(world.load_gallery(&studio, gallery).await.state, GalleryState::Live);
}

#[tokio::test]
async fn a_pin_is_asked_for_and_checked() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let new = NewShare { pin: Some(Pin::parse("4711").unwrap()), ..new_share() };
    let (_, token) = world.services.sharing.share_gallery(&studio, gallery, new).await.unwrap();
    let open = |pin: Option<&str>| {
        let visitor = Visitor { pin: pin.map(str::to_owned), ..visitor() };
        world.services.sharing.open(token.reveal(), visitor)
    };
    assert!(matches!(open(None).await, Err(OpenError::PinRequired)));
    assert!(matches!(open(Some("0000")).await, Err(OpenError::PinWrong)));
    assert!(matches!(open(Some("?")).await, Err(OpenError::PinWrong)));
    assert!(open(Some(" 4711 ")).await.is_ok());
}

#[tokio::test]
async fn an_unknown_or_malformed_token_is_absent() {
    let world = World::new();
    for token in ["", "nonsense", "AAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let opened = world.services.sharing.open(token, visitor()).await;
        assert!(matches!(opened, Err(OpenError::Absent(_))));
    }
}

#[tokio::test]
async fn a_revoked_share_stops_the_api_and_the_pictures_at_once() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    world.photo(&studio, gallery, "a picture").await;
    let (share, token) = world.services.sharing.share_gallery(&studio, gallery, new_share()).await.unwrap();
    let opened = world.services.sharing.open(token.reveal(), visitor()).await.unwrap();
    let filter = ClientPhotoFilter::default();
    let photos = world.services.visiting.photos(&opened.principal, &filter, &first_page()).await.unwrap();
    let picture = photos.items[0].proof.0.strip_prefix(SelfServedUrls::PICTURES).unwrap().to_owned();
    assert!(world.services.viewing.find(&picture).await.is_ok());

    world.services.sharing.revoke(&studio, share.share.value.id).await.unwrap();
    assert!(world.services.viewing.find(&picture).await.is_err());
    assert!(matches!(world.services.sharing.admit(&opened.access_token).await, Err(OpenError::Revoked)));
    let again = world.services.sharing.open(token.reveal(), visitor()).await;
    assert!(matches!(again, Err(OpenError::Revoked)));
}

#[tokio::test]
async fn an_expired_share_stops() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let in_an_hour = "2026-05-14T13:00:00Z".parse().unwrap();
    let new = NewShare { expires_at: Some(in_an_hour), ..new_share() };
    let opened = world.visit(&studio, gallery, new).await;
    assert!(world.services.sharing.admit(&opened.access_token).await.is_ok());
    world.pass(SignedDuration::from_hours(1));
    assert!(matches!(world.services.sharing.admit(&opened.access_token).await, Err(OpenError::Expired)));
    let past = NewShare { expires_at: Some(in_an_hour), ..new_share() };
    assert!(world.services.sharing.share_gallery(&studio, gallery, past).await.is_err());
}

#[tokio::test]
async fn a_session_ends_and_a_forged_one_never_begins() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let opened = world.visit(&studio, gallery, new_share()).await;
    let forged = format!("{}x", opened.access_token);
    assert!(matches!(world.services.sharing.admit(&forged).await, Err(OpenError::InvalidSession)));
    world.pass(SignedDuration::from_hours(13));
    let ended = world.services.sharing.admit(&opened.access_token).await;
    assert!(matches!(ended, Err(OpenError::InvalidSession)));
}

#[tokio::test]
async fn a_client_is_known_by_its_key_and_not_by_its_name() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let (_, token) = world.services.sharing.share_gallery(&studio, gallery, new_share()).await.unwrap();
    let client_of =
        |principal: &Principal| principal.visit(halftone_core::access::Action::View).unwrap().client();
    let named = || Visitor { name: Some(Line::parse("Ana").unwrap()), ..visitor() };
    let first = world.services.sharing.open(token.reveal(), named()).await.unwrap();
    let second = world.services.sharing.open(token.reveal(), named()).await.unwrap();
    assert_ne!(client_of(&first.principal), client_of(&second.principal));
    let key = first.client_key.as_ref().unwrap().reveal().to_owned();
    let back = Visitor { client_key: Some(key), ..visitor() };
    let resumed = world.services.sharing.open(token.reveal(), back).await.unwrap();
    assert_eq!(client_of(&first.principal), client_of(&resumed.principal));
    assert!(resumed.client_key.is_none());
}

#[tokio::test]
async fn an_archived_gallery_is_closed() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let opened = world.visit(&studio, gallery, new_share()).await;
    let change = GalleryChange { state: Some(GalleryState::Archived), ..GalleryChange::default() };
    world.services.galleries.change(&studio, gallery, change, Precondition::NONE).await.unwrap();
    assert!(matches!(world.services.sharing.admit(&opened.access_token).await, Err(OpenError::Closed)));
}

#[tokio::test]
async fn a_qr_code_can_be_drawn_again_from_what_is_stored() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let (share, token) = world.services.sharing.share_gallery(&studio, gallery, new_share()).await.unwrap();
    let again = world.services.sharing.token(&studio, share.share.value.id).await.unwrap();
    assert_eq!(again.reveal(), token.reveal());
}

#[tokio::test]
async fn a_collection_share_walks_through_its_galleries() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let new = NewCollection {
        name: Name::parse("Wedding").unwrap(),
        client_name: Line::empty(),
        event_date: None,
        tags: Tags::default(),
    };
    let collection = world.services.collections.create(&studio, new).await.unwrap().collection.value.id;
    let mut photos = Vec::new();
    for name in ["Ceremony", "Dinner", "Empty", "Dance"] {
        let gallery = world.gallery(&studio, name).await;
        world.pass(SignedDuration::from_millis(5));
        let change = GalleryChange { collection: Some(Some(collection)), ..GalleryChange::default() };
        world.services.galleries.change(&studio, gallery, change, Precondition::NONE).await.unwrap();
        for _ in 0..if name == "Empty" { 0 } else { 3 } {
            world.pass(SignedDuration::from_millis(5));
            photos.push(world.photo(&studio, gallery, "a picture").await);
        }
    }
    let (_, token) = world.services.sharing.share_collection(&studio, collection, new_share()).await.unwrap();
    let client = world.services.sharing.open(token.reveal(), visitor()).await.unwrap().principal;
    for limit in [1, 2, 3, 4, 9, 50] {
        let limit = halftone_core::page::PageLimit::parse(limit).unwrap();
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = halftone_core::page::PageRequest::after(limit, after);
            let filter = ClientPhotoFilter::default();
            let part = world.services.visiting.photos(&client, &filter, &page).await.unwrap();
            seen.extend(part.items.iter().map(|photo| photo.id));
            after = part.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, photos);
    }
    assert_eq!(world.services.visiting.gallery(&client).await.unwrap().photo_count, 9);
}

#[tokio::test]
async fn downloads_follow_the_permission_and_the_limit() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.photo(&studio, gallery, "a picture").await;
    let with = |download, downloads: Option<i64>| NewShare {
        permissions: Permissions { download, ..Permissions::default() },
        limits: Limits { selections: None, downloads: downloads.map(|number| Limit::parse(number).unwrap()) },
        ..new_share()
    };
    let nobody = world.client(&studio, gallery, with(DownloadPermission::None, None)).await;
    let refused = world.services.delivering.for_client(&nobody, photo, None).await;
    assert!(matches!(refused, Err(DeliveryError::Denied(_))));

    let sized = world.client(&studio, gallery, with(DownloadPermission::Sized, Some(2))).await;
    let full = world.services.delivering.for_client(&sized, photo, Some(DownloadSize::Full)).await;
    assert!(matches!(full, Err(DeliveryError::Denied(_))));
    for _ in 0..2 {
        let copy =
            world.services.delivering.for_client(&sized, photo, Some(DownloadSize::Sized)).await.unwrap();
        let body = world.services.delivering.open(&copy.grant, None).await.unwrap();
        let text = body.read(1_000).await.unwrap();
        assert!(text.starts_with(b"2560 px of"));
    }
    let over = world.services.delivering.for_client(&sized, photo, Some(DownloadSize::Proof)).await;
    assert!(matches!(over, Err(DeliveryError::LimitReached)));
}

#[tokio::test]
async fn a_new_pin_shuts_out_whoever_came_in_before() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let (share, token) = world.services.sharing.share_gallery(&studio, gallery, new_share()).await.unwrap();
    let opened = world.services.sharing.open(token.reveal(), visitor()).await.unwrap();
    let pin = Some(Some(Pin::parse("4711").unwrap()));
    let change = halftone_core::services::sharing::ShareChange { pin, ..Default::default() };
    let share = share.share.value.id;
    world.services.sharing.change(&studio, share, change, Precondition::NONE).await.unwrap();
    let admitted = world.services.sharing.admit(&opened.access_token).await;
    assert!(matches!(admitted, Err(OpenError::InvalidSession)));
}
