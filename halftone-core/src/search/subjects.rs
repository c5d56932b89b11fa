//! What each aggregate is found by.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{SearchField, Searchable};
use crate::collection::Collection;
use crate::gallery::Gallery;
use crate::order::Order;
use crate::photo::Photo;
use crate::share::Client;
use crate::text::Tags;

impl Searchable for Photo {
    fn fields(&self) -> Vec<(SearchField, String)> {
        let mut fields = Fields::default();
        fields.add(SearchField::Filename, self.filename.as_str());
        fields.add(SearchField::Title, self.title.as_str());
        fields.add_tags(&self.tags);
        if let Some(facts) = &self.facts {
            fields.add(SearchField::Date, &facts.captured_at.map(day).unwrap_or_default());
            fields.add(SearchField::Camera, facts.camera.as_ref().map_or("", |camera| camera.as_str()));
            fields.add(SearchField::Lens, facts.lens.as_ref().map_or("", |lens| lens.as_str()));
        }
        fields.add(SearchField::Description, self.description.as_str());
        fields.0
    }
}

impl Searchable for Gallery {
    fn fields(&self) -> Vec<(SearchField, String)> {
        let mut fields = Fields::default();
        fields.add(SearchField::Name, self.name.as_str());
        fields.add_tags(&self.tags);
        fields.add(SearchField::Description, self.description.as_str());
        fields.0
    }
}

impl Searchable for Collection {
    fn fields(&self) -> Vec<(SearchField, String)> {
        let mut fields = Fields::default();
        fields.add(SearchField::Name, self.name.as_str());
        fields.add(SearchField::ClientName, self.client_name.as_str());
        fields.add(SearchField::Date, &self.event_date.map(|date| date.to_string()).unwrap_or_default());
        fields.add_tags(&self.tags);
        fields.0
    }
}

impl Searchable for Client {
    fn fields(&self) -> Vec<(SearchField, String)> {
        let mut fields = Fields::default();
        fields.add(SearchField::Name, self.name.as_str());
        fields.add(SearchField::Email, self.email.as_ref().map_or("", |email| email.as_str()));
        fields.0
    }
}

impl Searchable for Order {
    fn fields(&self) -> Vec<(SearchField, String)> {
        let mut fields = Fields::default();
        fields.add(SearchField::Number, &self.id.number());
        fields.add(SearchField::Name, self.contact.name.as_str());
        fields.add(SearchField::Email, self.contact.email.as_str());
        fields.add(SearchField::Phone, self.contact.phone.as_ref().map_or("", |phone| phone.as_str()));
        fields.add(SearchField::Request, self.special_request.as_str());
        // A field once, however many lines there are: what a large order repeats costs nothing.
        fields.add_all(SearchField::Filename, self.items.iter().map(|item| item.filename.as_str()));
        fields.add_all(SearchField::Request, self.items.iter().map(|item| item.note.as_str()));
        fields.0
    }
}

/// The fields that say something.
#[derive(Debug, Default)]
struct Fields(Vec<(SearchField, String)>);

impl Fields {
    fn add(&mut self, field: SearchField, text: &str) {
        if !text.is_empty() {
            self.0.push((field, text.to_owned()));
        }
    }

    fn add_all<'text>(&mut self, field: SearchField, texts: impl Iterator<Item = &'text str>) {
        let texts: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
        self.add(field, &texts.join(" "));
    }

    fn add_tags(&mut self, tags: &Tags) {
        self.add_all(SearchField::Tags, tags.as_slice().iter().map(crate::text::Tag::as_str));
    }
}

/// The day of a capture time, which is the camera's clock.
fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).date().to_string()
}
