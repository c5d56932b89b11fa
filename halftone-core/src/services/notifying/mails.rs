//! The mails about events: to the studio's owner, and to the client whose order it is.

mod body;

use jiff::Timestamp;
use jiff::fmt::strtime;

use crate::delivery::Delivery;
use crate::event::EventSubject;
use crate::id::OrderId;
use crate::order::{Order, OrderItem};
use crate::ports::error::StorageError;
use crate::ports::mailer::{MailMessage, MailThread};
use crate::ports::notifier::Notice;
use crate::product::ProductKind;
use crate::services::Dependencies;
use crate::services::notifying::recipients::Parcel;
use crate::services::notifying::wording::contents;
use crate::studio::Studio;
use body::{Body, Row};

/// The most lines of an order that a mail lists.
const MOST_LINES: usize = 200;

/// What the owner of a studio is sent about an event.
pub(super) async fn to_owner(
    world: &Dependencies,
    delivery: &Delivery,
    notice: &Notice,
) -> Result<Parcel, StorageError> {
    let Some(studio) = world.metadata().studios.find(delivery.studio).await? else {
        return Ok(Parcel::Nothing("the studio is gone"));
    };
    let order = match order_of(notice) {
        Some(order) => world.metadata().orders.find(delivery.studio, order).await?,
        None => None,
    };
    let order = order.map(|order| order.value);
    let site = world.mail.as_ref().and_then(|mailing| mailing.site.as_deref());
    Ok(Parcel::Mail(Box::new(owner_mail(&studio.value, delivery, notice, order.as_ref(), site))))
}

/// What the client of an order is sent: that it arrived, or that it was changed.
pub(super) async fn to_client(
    world: &Dependencies,
    delivery: &Delivery,
    order: OrderId,
    notice: &Notice,
) -> Result<Parcel, StorageError> {
    let metadata = world.metadata();
    let Some(studio) = metadata.studios.find(delivery.studio).await? else {
        return Ok(Parcel::Nothing("the studio is gone"));
    };
    let Some(order) = metadata.orders.find(delivery.studio, order).await? else {
        return Ok(Parcel::Nothing("the order is gone"));
    };
    Ok(Parcel::Mail(Box::new(client_mail(&studio.value, delivery, notice, &order.value))))
}

fn order_of(notice: &Notice) -> Option<OrderId> {
    match notice.subject? {
        EventSubject::OrderPlaced { order }
        | EventSubject::OrderAmended { order }
        | EventSubject::OrderMoved { order } => Some(order),
        EventSubject::SelectionSubmitted { .. }
        | EventSubject::ShareOpened { .. }
        | EventSubject::PhotoReady { .. }
        | EventSubject::PhotoFailed { .. }
        | EventSubject::PhotoReshaped { .. } => None,
    }
}

/// Mails of one order are one conversation, which the mail about its placing begins.
fn thread(delivery: &Delivery, notice: &Notice, side: &str) -> MailThread {
    let first = order_of(notice).map(|order| format!("order-{order}.{side}"));
    match (notice.subject, first) {
        (Some(EventSubject::OrderPlaced { .. }), Some(name)) => MailThread { name, begun_by: None },
        (_, begun_by) => MailThread { name: format!("delivery-{}", delivery.id), begun_by },
    }
}

fn owner_mail(
    studio: &Studio,
    delivery: &Delivery,
    notice: &Notice,
    order: Option<&Order>,
    site: Option<&str>,
) -> MailMessage {
    let mut body = Body::new(&notice.title);
    body.paragraph(&notice.text);
    if let Some(order) = order {
        let phone = order.contact.phone.as_ref().map(|phone| format!(", {}", phone.as_str()));
        let contact = format!("{}, {}", order.contact.name, order.contact.email);
        body.paragraph(&format!("From {contact}{}.", phone.unwrap_or_default()));
        write_order(&mut body, order);
    }
    if let (Some(site), Some(link)) = (site, &notice.link) {
        body.link("Open it in the studio", &format!("{site}{}", link.0));
    }
    let settings = site.map(|site| format!("{site}/settings"));
    match &settings {
        Some(page) => body.footer(&format!("Choose on {page} what is told by mail.")),
        None => body.footer("Choose in the settings of the studio what is told by mail."),
    }
    let (text, html) = body.finish();
    MailMessage {
        studio: Some(studio.id),
        to: studio.email.clone(),
        from_name: String::new(),
        reply_to: order.map(|order| order.contact.email.clone()),
        subject: notice.title.clone(),
        text,
        html: Some(html),
        thread: Some(thread(delivery, notice, "studio")),
        unsubscribe: settings,
    }
}

fn client_mail(studio: &Studio, delivery: &Delivery, notice: &Notice, order: &Order) -> MailMessage {
    let is_new = matches!(notice.subject, Some(EventSubject::OrderPlaced { .. }));
    let (subject, opening) = if is_new {
        (
            format!("Your order at {}: {}, {}", studio.name, contents(order), order.total),
            format!("{} has received your order.", studio.name),
        )
    } else {
        (
            format!("Your changed order at {}: {}, {}", studio.name, contents(order), order.total),
            format!("{} has received the changes of your order.", studio.name),
        )
    };
    let mut body = Body::new(&subject);
    body.paragraph(&format!("Hello {},", order.contact.name));
    body.paragraph(&opening);
    write_order(&mut body, order);
    let until = day_and_time(order.amendable_until);
    body.paragraph(&format!(
        "You can change it in the gallery until {until} UTC, unless the studio begins with it before."
    ));
    body.footer(&format!("Answer this mail to write to {}.", studio.name));
    let (text, html) = body.finish();
    MailMessage {
        studio: Some(studio.id),
        to: order.contact.email.clone(),
        from_name: studio.name.to_string(),
        reply_to: Some(studio.email.clone()),
        subject,
        text,
        html: Some(html),
        thread: Some(thread(delivery, notice, "client")),
        // A confirmation of what somebody ordered is no mailing.
        unsubscribe: None,
    }
}

fn write_order(body: &mut Body, order: &Order) {
    let rows: Vec<Row> = order.items.iter().take(MOST_LINES).map(row).collect();
    body.table(&rows, &order.total.to_string());
    if let Some(rest) = order.items.len().checked_sub(MOST_LINES).filter(|rest| *rest > 0) {
        body.paragraph(&format!("And {rest} more lines, which the order shows."));
    }
    let request = order.special_request.as_str().trim();
    if !request.is_empty() {
        body.quote("Special request", request);
    }
}

fn row(item: &OrderItem) -> Row {
    let finish = match &item.product.kind {
        ProductKind::Print(print) if !print.finish.as_str().is_empty() => format!(", {}", print.finish),
        ProductKind::Print(_) | ProductKind::Digital => String::new(),
    };
    let included = match item.included {
        0 => String::new(),
        number => format!(", {number} included"),
    };
    Row {
        quantity: format!("{} \u{d7}", item.quantity.get()),
        what: format!("{}{finish}{included}", item.product.name),
        photo: item.filename.to_string(),
        price: item.total.to_string(),
        note: item.note.as_str().trim().to_owned(),
    }
}

/// `15 May 2026, 12:00`.
fn day_and_time(instant: Timestamp) -> String {
    // Every directive is one that an instant has.
    strtime::format("%-d %B %Y, %H:%M", instant).unwrap_or_else(|_| instant.to_string())
}
