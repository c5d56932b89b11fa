//! The channels against servers of our own that check what they get, over real sockets.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod fcm;
mod receiver;
mod server;
mod smtp;
mod web_push;
mod webhooks;

use std::sync::Arc;

use halftone_core::clock::{Clock, ManualClock};
use halftone_core::event::EventSubject;
use halftone_core::id::{EventId, OrderId, StudioId};
use halftone_core::money::{Currency, Money};
use halftone_core::ports::notifier::Notice;
use halftone_core::ports::urls::LinkTarget;
use halftone_core::text::Name;
use uuid::Uuid;

/// What the tests tell.
fn notice() -> Notice {
    let order = OrderId::from_uuid(Uuid::from_u128(9));
    Notice {
        event: EventId::parse("01890a5d-ac96-774b-bcce-b302099a8057").unwrap(),
        studio: StudioId::from_uuid(Uuid::from_u128(1)),
        subject: Some(EventSubject::OrderPlaced { order }),
        at: "2026-05-14T12:00:00Z".parse().unwrap(),
        title: "New order from Zo\u{eb}: 12 prints, 84.00 EUR".to_owned(),
        text: "Gallery Ceremony. With a special request.".to_owned(),
        gallery: Some(Name::parse("Ceremony").unwrap()),
        total: Some(Money::parse(8_400, Currency::EUR).unwrap()),
        link: Some(LinkTarget(format!("/orders/{order}"))),
    }
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(ManualClock::new("2026-05-14T12:00:01Z".parse().unwrap()))
}
