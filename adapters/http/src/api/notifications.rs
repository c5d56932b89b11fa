//! `/notifications`: what the studio was told.

use halftone_core::id::EventId;
use halftone_core::notification::{ListedNotification, Reading};
use halftone_core::page::Page;
use halftone_core::services::error::{FieldExt as _, InvalidField};
use halftone_core::services::inbox::{InboxService, ReadMark};
use halftone_core::text::InvalidValue;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::api::json_body::JsonBody;
use crate::api::money::MoneyObject;
use crate::api::paging::page_request;
use crate::api::tag::Tag;
use crate::api::time::Time;
use crate::auth::StudioAuth;
use crate::problem::family::InboxFailure;

/// Serves the list of notifications.
#[derive(Debug)]
pub(crate) struct NotificationsApi {
    pub(crate) inbox: InboxService,
}

/// A notification.
#[derive(Debug, Object)]
#[oai(rename = "Notification")]
pub(crate) struct NotificationObject {
    /// Its id, which is that of the event: other channels tell the same event by the same id.
    id: String,
    /// When it happened.
    at: Time,
    /// `order_placed`, `order_amended`, `order_moved`, `selection_submitted`, `share_opened`, `photo_ready`,
    /// `photo_failed` or `photo_reshaped`.
    kind: String,
    /// One line.
    title: String,
    /// One or more sentences.
    text: String,
    /// The name of the gallery, or of the collection, that it happened in.
    gallery: Option<String>,
    /// What an order comes to.
    total: Option<MoneyObject>,
    /// The page of the studio where there is more to see: a path.
    link: Option<String>,
    /// Whether it was read.
    read: bool,
}

impl From<ListedNotification> for NotificationObject {
    fn from(listed: ListedNotification) -> Self {
        let ListedNotification { notification, reading } = listed;
        let notice = notification.notice;
        Self {
            id: notice.event.to_string(),
            at: notice.at.into(),
            kind: notice.word().to_owned(),
            title: notice.title,
            text: notice.text,
            gallery: notice.gallery.map(|gallery| gallery.to_string()),
            total: notice.total.map(MoneyObject::from),
            link: notice.link.map(|link| link.0),
            read: reading == Reading::Read,
        }
    }
}

/// A part of the list of notifications.
#[derive(Debug, Object)]
#[oai(rename = "NotificationPage")]
pub(crate) struct NotificationPageObject {
    /// The notifications, newest first.
    items: Vec<NotificationObject>,
    /// To be sent as `cursor` for the next page; null at the end of the list.
    next_cursor: Option<String>,
    /// How many notifications of the whole list are unread.
    unread: u64,
}

/// What is to be marked as read: one of the two.
#[derive(Debug, Object)]
pub(crate) struct ReadRequest {
    /// These notifications, at most 500. Those that are forgotten already are passed over.
    ids: Option<Vec<String>>,
    /// This notification and everything below it in the list.
    up_to: Option<String>,
}

impl TryFrom<ReadRequest> for ReadMark {
    type Error = InvalidField;

    fn try_from(request: ReadRequest) -> Result<Self, InvalidField> {
        let parse = |text: &String| {
            EventId::parse(text).map_err(|error| InvalidValue::new("notification id", error.to_string()))
        };
        match (request.ids, request.up_to) {
            (Some(ids), None) if ids.len() > InboxService::MOST_IDS => {
                Err(InvalidField::new("ids", InvalidValue::new("ids", "must be at most 500")))
            }
            (Some(ids), None) => {
                let ids: Result<Vec<EventId>, InvalidValue> = ids.iter().map(parse).collect();
                Ok(Self::Ids(ids.field("ids")?))
            }
            (None, Some(last)) => Ok(Self::UpTo(parse(&last).field("up_to")?)),
            (Some(_), Some(_)) | (None, None) => {
                Err(InvalidField::new("ids", InvalidValue::new("ids", "must be given, or else up_to")))
            }
        }
    }
}

/// How many notifications are unread.
#[derive(Debug, Object)]
#[oai(rename = "Unread")]
pub(crate) struct UnreadObject {
    /// Of the whole list.
    unread: u64,
}

#[OpenApi(tag = "Tag::Notifications")]
impl NotificationsApi {
    /// Lists what the studio was told, newest first
    ///
    /// It goes back for 90 days. Which kinds of events come here is among the studio's notification choices.
    #[oai(path = "/notifications", method = "get", operation_id = "listNotifications")]
    async fn list(
        &self,
        auth: StudioAuth,
        /// The most entries, 1 to 500; 50 if left out.
        limit: Query<Option<i64>>,
        /// Where the last page ended.
        cursor: Query<Option<String>>,
    ) -> Result<Json<NotificationPageObject>, InboxFailure> {
        let found = self.inbox.list(&auth.0, &page_request(&limit, &cursor)?).await?;
        let Page { items, next } = found.page;
        Ok(Json(NotificationPageObject {
            items: items.into_iter().map(NotificationObject::from).collect(),
            next_cursor: next.map(|cursor| cursor.to_string()),
            unread: found.unread,
        }))
    }

    /// Marks notifications as read
    #[oai(path = "/notifications/read", method = "post", operation_id = "readNotifications")]
    async fn read(
        &self,
        auth: StudioAuth,
        body: JsonBody<ReadRequest>,
    ) -> Result<Json<UnreadObject>, InboxFailure> {
        let unread = self.inbox.mark_read(&auth.0, &body.0.try_into()?).await?;
        Ok(Json(UnreadObject { unread }))
    }
}
