//! What a search found.

use halftone_core::search::SearchField;
use halftone_core::services::searching::SearchHit;
use poem_openapi::Object;

use crate::links::Links;

/// Something that was found.
#[derive(Debug, Object)]
#[oai(rename = "SearchHit")]
pub(crate) struct SearchHitObject {
    /// What it is: `collection`, `gallery`, `client`, `order` or `photo`.
    kind: String,
    /// Its id.
    id: String,
    /// What it is called: a name, a photo's camera filename, an order's contact.
    title: String,
    /// What tells it from others of that name; may be empty.
    subtitle: String,
    /// The gallery that it is, is in, or came from.
    gallery_id: Option<String>,
    /// The collection that it is, is in, or came from.
    collection_id: Option<String>,
    /// The thumb of the photo, of the gallery's cover, or of the order's first line.
    thumb_url: Option<String>,
    /// What of it at least one of the words was found in: `name`, `filename`, `title`, `tags`, `date`, `camera`, `lens`,
    /// `client_name`, `email`, `phone`, `number`, `request`, `description`.
    matched: Vec<String>,
}

impl SearchHitObject {
    pub(super) fn new(hit: &SearchHit, links: &Links) -> Self {
        let matched = hit.matched.iter().copied().map(SearchField::as_str);
        Self {
            kind: hit.kind.to_string(),
            id: hit.id.to_string(),
            title: hit.title.clone(),
            subtitle: hit.subtitle.clone(),
            gallery_id: hit.gallery.map(|gallery| gallery.to_string()),
            collection_id: hit.collection.map(|collection| collection.to_string()),
            thumb_url: hit.thumb.as_ref().map(|thumb| links.absolute(thumb)),
            matched: matched.map(str::to_owned).collect(),
        }
    }
}
