//! What a notice says.

use crate::event::{Event, EventSubject};
use crate::gallery::Gallery;
use crate::id::{ClientId, OrderId, PhotoId, SelectionId, ShareId, StudioId};
use crate::order::{Order, OrderEventKind, OrderState};
use crate::photo::Photo;
use crate::ports::error::StorageError;
use crate::ports::notifier::Notice;
use crate::ports::urls::LinkTarget;
use crate::product::ProductKind;
use crate::services::Dependencies;
use crate::share::ShareTarget;
use crate::text::Name;

/// The longest title, in characters.
const MOST_TITLE: usize = 100;
/// How many photos a notice names.
const MOST_NAMES: usize = 5;

/// A notice before its title is cut and it is told whose it is.
struct Words {
    title: String,
    text: String,
    gallery: Option<Name>,
    order: Option<Order>,
    link: String,
}

impl Words {
    fn into_notice(self, event: &Event) -> Notice {
        Notice {
            event: event.id,
            studio: event.studio,
            subject: Some(event.subject),
            at: event.at,
            title: cut(&self.title),
            text: self.text,
            gallery: self.gallery,
            total: self.order.map(|order| order.total),
            link: Some(LinkTarget(self.link)),
        }
    }
}

fn cut(title: &str) -> String {
    if title.chars().count() <= MOST_TITLE {
        return title.to_owned();
    }
    let mut short: String = title.chars().take(MOST_TITLE - 1).collect();
    short.push('\u{2026}');
    short
}

/// What is told about an event that stands alone; `None` if what it is about is gone.
pub(super) async fn of_event(world: &Dependencies, event: &Event) -> Result<Option<Notice>, StorageError> {
    let words = match event.subject {
        EventSubject::OrderPlaced { order } => of_order(world, event.studio, order, placed).await?,
        EventSubject::OrderAmended { order } => of_order(world, event.studio, order, amended).await?,
        EventSubject::OrderMoved { order } => of_order(world, event.studio, order, moved).await?,
        EventSubject::SelectionSubmitted { selection, client } => {
            of_selection(world, event.studio, selection, client).await?
        }
        EventSubject::ShareOpened { share } => of_share(world, event.studio, share).await?,
        // Told in bundles.
        EventSubject::PhotoReady { .. }
        | EventSubject::PhotoFailed { .. }
        | EventSubject::PhotoReshaped { .. } => None,
    };
    Ok(words.map(|words| words.into_notice(event)))
}

/// What is told about the photos of a bundle; `None` if all of them are gone. The notice bears the id of the first event.
pub(super) async fn of_photos(
    world: &Dependencies,
    gallery: &Gallery,
    events: &[(Event, PhotoId)],
) -> Result<Option<Notice>, StorageError> {
    let ids: Vec<PhotoId> = events.iter().map(|(_, photo)| *photo).collect();
    let found = world.metadata().photos.find_many(gallery.studio, &ids).await?;
    let photos: Vec<Photo> = found.into_iter().map(|photo| photo.value).collect();
    let (Some((first, _)), Some((last, _)), Some(shown)) = (events.first(), events.last(), photos.first())
    else {
        return Ok(None);
    };
    let (title, text) = photo_words(first.subject, gallery, &photos);
    // Notices lie in mailboxes for years, so they hold no URL of a picture, which opens it for whoever has the URL, and for
    // no longer than an hour.
    let link = format!("/galleries/{}?photo={}", shown.gallery, shown.id);
    let words = Words { title, text, gallery: Some(gallery.name.clone()), order: None, link };
    Ok(Some(Notice { at: last.at, ..words.into_notice(first) }))
}

fn photo_words(subject: EventSubject, gallery: &Gallery, photos: &[Photo]) -> (String, String) {
    let count = match photos {
        [photo] => photo.filename.to_string(),
        _ => format!("{} photos", photos.len()),
    };
    let verb = if photos.len() == 1 { "is" } else { "are" };
    let names: Vec<String> = photos.iter().take(MOST_NAMES).map(|photo| photo.filename.to_string()).collect();
    let rest = photos.len() - names.len();
    let and_more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    let names = format!("{}{and_more}", names.join(", "));
    let gallery = &gallery.name;
    if let EventSubject::PhotoFailed { .. } = subject {
        let text = format!("In the gallery {gallery}: {names}. Open the gallery to see why.");
        return (format!("{count} cannot be processed"), text);
    }
    if let EventSubject::PhotoReshaped { .. } = subject {
        let text = format!("In the gallery {gallery}: {names}. Look at the crops in open orders.");
        return (format!("{count} {verb} of another shape now"), text);
    }
    (format!("{count} {verb} ready"), format!("In the gallery {gallery}: {names}."))
}

/// Title and text of one kind of event of an order.
type OrderWords = fn(&Order) -> (String, String);

async fn of_order(
    world: &Dependencies,
    studio: StudioId,
    order: OrderId,
    words: OrderWords,
) -> Result<Option<Words>, StorageError> {
    let Some(found) = world.metadata().orders.find(studio, order).await? else { return Ok(None) };
    let gallery = world.metadata().galleries.find(studio, found.value.gallery).await?;
    let gallery = gallery.map(|gallery| gallery.value.name);
    let (title, text) = words(&found.value);
    let text = match &gallery {
        Some(gallery) => format!("Gallery {gallery}. {text}"),
        None => text,
    };
    Ok(Some(Words { title, text, gallery, order: Some(found.value), link: format!("/orders/{order}") }))
}

fn placed(order: &Order) -> (String, String) {
    let title = format!("New order from {}: {}, {}", order.contact.name, contents(order), order.total);
    (title, wishes(order))
}

fn amended(order: &Order) -> (String, String) {
    let title = format!("{} changed an order: {}, {}", order.contact.name, contents(order), order.total);
    (title, wishes(order))
}

fn moved(order: &Order) -> (String, String) {
    let state = match order.state {
        OrderState::Submitted => "waiting for you",
        OrderState::Accepted => "accepted",
        OrderState::InProduction => "in production",
        OrderState::Ready => "ready",
        OrderState::Completed => "completed",
        OrderState::Cancelled => "cancelled",
    };
    let last = order.events.iter().rev().find(|event| matches!(event.kind, OrderEventKind::Reached(_)));
    let reason = last.and_then(|event| event.reason.as_ref());
    let reason = reason.map(|reason| format!(" Reason: {reason}")).unwrap_or_default();
    let text = format!("{}, {}.{reason}", capitalised(&contents(order)), order.total);
    (format!("The order of {} is {state}", order.contact.name), text)
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

fn wishes(order: &Order) -> String {
    let request = order.special_request.as_str().trim();
    let notes = order.items.iter().filter(|item| !item.note.as_str().trim().is_empty()).count();
    match (request.is_empty(), notes) {
        (true, 0) => "No special requests.".to_owned(),
        (true, 1) => "One line has a request.".to_owned(),
        (true, notes) => format!("{notes} lines have requests."),
        (false, 0) => "With a special request.".to_owned(),
        (false, _) => "With special requests.".to_owned(),
    }
}

/// `12 prints`, `1 file`, `12 prints and 3 files`.
pub(super) fn contents(order: &Order) -> String {
    let (mut prints, mut files) = (0_u64, 0_u64);
    for item in &order.items {
        match item.product.kind {
            ProductKind::Print(_) => prints += u64::from(item.quantity.get()),
            ProductKind::Digital => files += u64::from(item.quantity.get()),
        }
    }
    match (prints, files) {
        (prints, 0) => counted(prints, "print"),
        (0, files) => counted(files, "file"),
        (prints, files) => format!("{} and {}", counted(prints, "print"), counted(files, "file")),
    }
}

fn counted(number: u64, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

async fn of_selection(
    world: &Dependencies,
    studio: StudioId,
    selection: SelectionId,
    client: ClientId,
) -> Result<Option<Words>, StorageError> {
    let metadata = world.metadata();
    let Some(found) = metadata.selections.find_by_client(studio, client).await? else { return Ok(None) };
    let Some(chosen) = found.value.find(selection) else { return Ok(None) };
    let known = metadata.clients.find(found.value.share, client).await?;
    let name = known.map(|known| known.value.name.to_string()).filter(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| "A client".to_owned());
    let (gallery, link) = place_of(world, studio, found.value.target).await?;
    let count = counted(chosen.picks.len() as u64, "photo");
    let comments = chosen.picks.iter().filter(|pick| !pick.comment.as_str().is_empty()).count();
    let comments = match comments {
        0 => String::new(),
        number => format!(" {} with it.", capitalised(&counted(number as u64, "comment"))),
    };
    let text = match &gallery {
        Some(gallery) => format!("{count} of {gallery}.{comments}"),
        None => format!("{count}.{comments}"),
    };
    let title = format!("{name} submitted the selection {}: {count}", chosen.name);
    Ok(Some(Words { title, text, gallery, order: None, link }))
}

async fn of_share(
    world: &Dependencies,
    studio: StudioId,
    share: ShareId,
) -> Result<Option<Words>, StorageError> {
    let Some(found) = world.metadata().shares.find(studio, share).await? else { return Ok(None) };
    let (gallery, link) = place_of(world, studio, found.value.target).await?;
    let label = found.value.label.as_str();
    let label = if label.is_empty() { "A link" } else { label };
    let text = match &gallery {
        Some(gallery) => format!("Somebody looks at {gallery}."),
        None => "Somebody looks at your photos.".to_owned(),
    };
    let title = format!("{label} was opened for the first time");
    Ok(Some(Words { title, text, gallery, order: None, link }))
}

/// The name of what a share opens, and the studio's page of it.
async fn place_of(
    world: &Dependencies,
    studio: StudioId,
    target: ShareTarget,
) -> Result<(Option<Name>, String), StorageError> {
    let metadata = world.metadata();
    Ok(match target {
        ShareTarget::Gallery(gallery) => {
            let found = metadata.galleries.find(studio, gallery).await?;
            (found.map(|found| found.value.name), format!("/galleries/{gallery}"))
        }
        ShareTarget::Collection(collection) => {
            let found = metadata.collections.find(studio, collection).await?;
            (found.map(|found| found.value.name), format!("/collections/{collection}"))
        }
    })
}
