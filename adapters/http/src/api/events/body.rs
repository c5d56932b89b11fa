//! The data of events.

use halftone_core::notification::{ListedNotification, Notification, Reading};
use halftone_core::services::watching::Happening;
use poem::web::sse::Event;
use poem_openapi::types::ToJSON as _;
use poem_openapi::{Object, Union};

use crate::api::galleries::body::PhotoStates;
use crate::api::notifications::NotificationObject;
use crate::api::time::Time;

/// The data of an event, by its name.
#[derive(Debug, Union)]
pub(super) enum EventData {
    /// `gallery.progress`.
    GalleryProgress(GalleryProgress),
    /// `order.changed`.
    OrderChanged(OrderChanged),
    /// `selection.submitted`.
    SelectionSubmitted(SelectionSubmitted),
    /// `notification.created`.
    NotificationCreated(NotificationObject),
}

/// `gallery.progress`: the photos of a gallery came into other states.
#[derive(Debug, Object)]
pub(super) struct GalleryProgress {
    /// Which gallery.
    gallery_id: String,
    /// How many photos it has now, by state.
    photo_states: PhotoStates,
}

/// `order.changed`: an order was placed, amended or moved on.
#[derive(Debug, Object)]
pub(super) struct OrderChanged {
    /// Which order.
    order_id: String,
    /// The gallery of its first line.
    gallery_id: String,
    /// The state that it was in after the change.
    state: String,
    /// `placed`, `amended` or `transition`.
    change: String,
    /// When.
    at: Time,
}

/// `selection.submitted`: a client submitted a selection.
#[derive(Debug, Object)]
pub(super) struct SelectionSubmitted {
    /// Which selection.
    selection_id: String,
    /// Whose.
    client_id: String,
    /// Through which share.
    share_id: String,
    /// When.
    at: Time,
}

/// Prints what happened as an event without an id.
pub(super) fn event(happening: &Happening) -> Event {
    let (name, data) = match happening {
        Happening::GalleryProgress { gallery, photos } => {
            let data = GalleryProgress { gallery_id: gallery.to_string(), photo_states: (*photos).into() };
            ("gallery.progress", EventData::GalleryProgress(data))
        }
        Happening::OrderChanged { order, gallery, state, change, at } => {
            let data = OrderChanged {
                order_id: order.to_string(),
                gallery_id: gallery.to_string(),
                state: state.as_str().to_owned(),
                change: change.as_str().to_owned(),
                at: (*at).into(),
            };
            ("order.changed", EventData::OrderChanged(data))
        }
        Happening::SelectionSubmitted { selection, client, share, at } => {
            let data = SelectionSubmitted {
                selection_id: selection.to_string(),
                client_id: client.to_string(),
                share_id: share.to_string(),
                at: (*at).into(),
            };
            ("selection.submitted", EventData::SelectionSubmitted(data))
        }
        Happening::NotificationCreated { notification } => {
            let notification = Notification::clone(notification);
            let data = ListedNotification { notification, reading: Reading::Unread }.into();
            ("notification.created", EventData::NotificationCreated(data))
        }
    };
    Event::message(data.to_json_string()).event_type(name)
}
