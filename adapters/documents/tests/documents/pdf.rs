//! A document read back.

use lopdf::{Document, Object};

/// A PDF and the text of its pages.
pub(crate) struct Pdf {
    document: Document,
    /// The text of each page, its lines in the order in which they were drawn, with single spaces.
    pub(crate) pages: Vec<String>,
}

impl Pdf {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let document = Document::load_mem(bytes).unwrap();
        let numbers: Vec<u32> = document.get_pages().into_keys().collect();
        let pages = numbers
            .into_iter()
            .map(|number| {
                let text = document.extract_text(&[number]).unwrap();
                text.split_whitespace().collect::<Vec<_>>().join(" ")
            })
            .collect();
        Self { document, pages }
    }

    /// The text of all pages.
    pub(crate) fn text(&self) -> String {
        self.pages.join(" ")
    }

    /// Whether the text holds this, wherever its lines are broken.
    pub(crate) fn says(&self, what: &str) -> bool {
        let bare =
            |text: &str| text.chars().filter(|character| !character.is_whitespace()).collect::<String>();
        bare(&self.text()).contains(&bare(what))
    }

    /// How many pictures are embedded.
    pub(crate) fn pictures(&self) -> usize {
        self.document
            .objects
            .values()
            .filter_map(|object| object.as_stream().ok())
            .filter(|stream| {
                stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Image")
            })
            .count()
    }

    /// The names of the embedded fonts, without the tag of their subset.
    pub(crate) fn fonts(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .document
            .objects
            .values()
            .filter_map(|object| object.as_dict().ok())
            .filter_map(|dictionary| dictionary.get(b"FontName").and_then(Object::as_name).ok())
            .map(|name| String::from_utf8_lossy(name).split_once('+').unwrap().1.to_owned())
            .collect();
        names.sort_unstable();
        names
    }

    /// An entry of the document's information.
    pub(crate) fn info(&self, key: &[u8]) -> Option<String> {
        let information = self.document.trailer.get(b"Info").and_then(Object::as_reference).ok()?;
        let dictionary = self.document.get_dictionary(information).ok()?;
        lopdf::decode_text_string(dictionary.get(key).ok()?).ok()
    }

    /// The language that the catalogue names.
    pub(crate) fn language(&self) -> Option<String> {
        lopdf::decode_text_string(self.document.catalog().ok()?.get(b"Lang").ok()?).ok()
    }
}
