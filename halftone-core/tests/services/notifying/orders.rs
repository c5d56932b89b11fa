//! Every kind of event is told, and orders by mail too.

use std::path::Path;

use halftone_core::event::EventKind;
use halftone_core::order::OrderState;
use halftone_core::product::BelowMinimum;
use halftone_core::services::accounts::StudioChange;
use halftone_core::services::inbox::InboxPage;
use halftone_core::services::ordering::Placed;
use halftone_core::studio::Channel;
use halftone_core::text::{Email, Name, Prose};

use super::deliver;
use crate::ordering::{Shop, item, key, request, shop};
use crate::world::{World, first_page};

async fn placed() -> (Shop, halftone_core::id::OrderId) {
    let shop = shop(BelowMinimum::Warn).await;
    deliver(&shop.world).await;
    shop.world.push.take();
    let wish = request(vec![item(shop.photo, shop.product, 12)]);
    let order = shop.world.services.ordering.place(&shop.client, key("one"), wish).await.unwrap();
    let Placed::Now(order) = order else { panic!("it was not placed before") };
    let id = order.value.id;
    (shop, id)
}

async fn titles(world: &World, studio: &halftone_core::access::Principal) -> Vec<String> {
    let InboxPage { page, .. } = world.services.inbox.list(studio, &first_page()).await.unwrap();
    page.items.into_iter().map(|listed| listed.notification.notice.title).collect()
}

#[tokio::test]
async fn a_new_order_is_told_with_name_contents_and_total() {
    let (shop, order) = placed().await;
    deliver(&shop.world).await;
    let told = titles(&shop.world, &shop.studio).await;
    assert_eq!(told[0], "New order from Ana: 12 prints, 30.00 EUR");
    let page = shop.world.services.inbox.list(&shop.studio, &first_page()).await.unwrap().page;
    let notice = &page.items[0].notification.notice;
    assert_eq!(notice.gallery, Some(Name::parse("Shop").unwrap()));
    assert_eq!(notice.total.map(|total| total.to_string()).as_deref(), Some("30.00 EUR"));
    assert_eq!(notice.link.as_ref().map(|link| link.0.clone()), Some(format!("/orders/{order}")));
}

#[tokio::test]
async fn amendments_moves_selections_and_openings_are_told_too() {
    let (shop, order) = placed().await;
    let services = &shop.world.services;
    services.ordering.transition(&shop.studio, order, OrderState::Accepted, None).await.unwrap();
    let name = Name::parse("Album").unwrap();
    let selection = services.selecting.create(&shop.client, name).await.unwrap().selection.id;
    services.selecting.pick(&shop.client, selection, shop.photo, None).await.unwrap();
    services.selecting.submit(&shop.client, selection).await.unwrap();
    deliver(&shop.world).await;
    let told = titles(&shop.world, &shop.studio).await;
    for expected in [
        "The order of Ana is accepted",
        "A client submitted the selection Album: 1 photo",
        "Family link was opened for the first time",
        "IMG_0412.JPG is ready",
    ] {
        assert!(told.iter().any(|title| title == expected), "{expected} is missing in {told:?}");
    }
}

#[tokio::test]
async fn the_client_gets_a_confirmation_and_the_owner_a_mail_that_can_be_answered() {
    let (shop, order) = placed().await;
    let owner = Email::parse("ana@example.com").unwrap();
    deliver(&shop.world).await;
    let mails = shop.world.mailer.messages();
    let of = |subject: &str| {
        let mut found = mails.iter().filter(|mail| mail.subject.starts_with(subject));
        let mail = found.next().unwrap_or_else(|| panic!("no mail {subject}: {}", mails.len())).clone();
        assert_eq!(found.count(), 0);
        mail
    };
    let confirmation = of("Your order at ana: 12 prints, 30.00 EUR");
    assert_eq!((confirmation.from_name.as_str(), confirmation.reply_to), ("ana", Some(owner.clone())));
    assert_eq!(confirmation.thread.unwrap().name, format!("order-{order}.client"));
    assert_eq!(confirmation.unsubscribe, None);
    assert!(
        confirmation.text.contains("12 \u{d7} 10 x 15, matte - IMG_0412.JPG - 30.00 EUR"),
        "{}",
        confirmation.text
    );
    assert!(
        confirmation.text.contains("> No borders") && confirmation.text.contains("15 May 2026, 12:00 UTC")
    );
    let notice = of("New order from Ana: 12 prints, 30.00 EUR");
    assert_eq!(notice.to, owner);
    assert_eq!(notice.unsubscribe.as_deref(), Some("https://photos.example.com/settings"));
    assert!(notice.text.contains(&format!("https://photos.example.com/orders/{order}")), "{}", notice.text);
    assert_eq!(mails.len(), 2, "a photo that became ready and an opened link are told by no mail");
}

#[tokio::test]
async fn mails_about_one_order_are_one_conversation() {
    let (shop, order) = placed().await;
    let services = &shop.world.services;
    let choice = vec![Channel::Email, Channel::InApp];
    let notifications = [(EventKind::OrderMoved, Some(choice))].into_iter().collect();
    let change = StudioChange { notifications, ..StudioChange::default() };
    services.accounts.change_studio(&shop.studio, change, None).await.unwrap();
    deliver(&shop.world).await;
    services.ordering.transition(&shop.studio, order, OrderState::Accepted, None).await.unwrap();
    deliver(&shop.world).await;
    let mails = shop.world.mailer.messages();
    let moved = mails.iter().find(|mail| mail.subject == "The order of Ana is accepted").unwrap();
    let thread = moved.thread.clone().unwrap();
    assert_eq!(thread.begun_by, Some(format!("order-{order}.studio")));
    assert_ne!(Some(thread.name), thread.begun_by);
}

#[tokio::test]
async fn a_confirmation_is_the_clients_whatever_the_studio_chose() {
    let (shop, _) = placed().await;
    let notifications = [(EventKind::OrderPlaced, Some(Vec::new()))].into_iter().collect();
    let change = StudioChange { notifications, ..StudioChange::default() };
    shop.world.services.accounts.change_studio(&shop.studio, change, None).await.unwrap();
    deliver(&shop.world).await;
    let mails = shop.world.mailer.messages();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].subject.starts_with("Your order at ana"));
    assert!(!titles(&shop.world, &shop.studio).await.iter().any(|title| title.starts_with("New order")));
}

#[tokio::test]
async fn what_a_client_types_is_text_in_both_forms_of_a_mail() {
    let shop = shop(BelowMinimum::Warn).await;
    let mut wish = request(vec![item(shop.photo, shop.product, 1)]);
    wish.contact.name = Name::parse("<img src=x onerror=alert(1)>").unwrap();
    shop.world.services.ordering.place(&shop.client, key("one"), wish).await.unwrap();
    deliver(&shop.world).await;
    for mail in shop.world.mailer.messages() {
        assert!(!mail.html.unwrap().contains("<img"));
        assert!(!mail.subject.contains('\n'));
    }
}

#[tokio::test]
async fn an_order_that_is_gone_is_no_news() {
    let (shop, _) = placed().await;
    let id = shop.studio.manage().unwrap();
    shop.world.backend.metadata.orders.purge_by_studio(id).await.unwrap();
    deliver(&shop.world).await;
    assert!(!titles(&shop.world, &shop.studio).await.iter().any(|title| title.contains("order")));
}

/// What a mail says, against the copy that was read by a person. `HALFTONE_UPDATE_MAILS=1` writes new copies.
#[expect(
    clippy::disallowed_methods,
    reason = "the switch is for whoever changes the mails, and no configuration"
)]
fn compare(name: &str, content: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/services/notifying/mails").join(name);
    if std::env::var_os("HALFTONE_UPDATE_MAILS").is_some() {
        std::fs::write(&path, content).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == content, "{} differs from what is sent now:\n{content}", path.display());
}

#[tokio::test]
async fn the_mails_about_an_order_read_as_they_were_approved() {
    let shop = shop(BelowMinimum::Warn).await;
    let mut wish = request(vec![item(shop.photo, shop.product, 12), item(shop.photo, shop.product, 1)]);
    wish.items[1].note = Prose::parse("Please in black & white").unwrap();
    wish.special_request = Prose::parse("No borders.\nThank you!").unwrap();
    shop.world.services.ordering.place(&shop.client, key("one"), wish).await.unwrap();
    deliver(&shop.world).await;
    let mails = shop.world.mailer.messages();
    assert_eq!(mails.len(), 2);
    for mail in mails {
        let side = if mail.subject.starts_with("Your order") { "client" } else { "studio" };
        compare(&format!("order_{side}.txt"), &format!("Subject: {}\n\n{}", mail.subject, mail.text));
        compare(&format!("order_{side}.html"), &mail.html.unwrap());
    }
}
