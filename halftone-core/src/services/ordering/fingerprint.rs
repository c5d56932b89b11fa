//! Whether a repeated idempotency key repeats its request.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::OrderRequest;
use crate::photo::Sha256Hash;

/// The canonical form of a request, whose hash tells whether a repeated key repeats the request.
#[derive(Serialize)]
struct Canonical<'a> {
    name: &'a str,
    email: &'a str,
    phone: Option<&'a str>,
    special_request: &'a str,
    items: Vec<CanonicalItem<'a>>,
    /// Left out if there are none, so that the hashes of older orders hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    selections: Vec<CanonicalSelection<'a>>,
}

#[derive(Serialize)]
struct CanonicalSelection<'a> {
    selection: String,
    product: String,
    quantity: u32,
    note: &'a str,
}

#[derive(Serialize)]
struct CanonicalItem<'a> {
    photo: String,
    product: String,
    quantity: u32,
    crop: Option<[f64; 4]>,
    note: &'a str,
}

/// The hash of what a request asks for.
pub(super) fn fingerprint(request: &OrderRequest) -> Sha256Hash {
    let canonical = Canonical {
        name: request.contact.name.as_str(),
        email: request.contact.email.as_str(),
        phone: request.contact.phone.as_ref().map(AsRef::as_ref),
        special_request: request.special_request.as_str(),
        items: request
            .items
            .iter()
            .map(|item| {
                let crop = item.crop.map(|crop| [crop.x(), crop.y(), crop.width(), crop.height()]);
                CanonicalItem {
                    photo: item.photo.to_string(),
                    product: item.product.to_string(),
                    quantity: item.quantity.get(),
                    crop,
                    note: item.note.as_str(),
                }
            })
            .collect(),
        selections: request
            .selections
            .iter()
            .map(|wanted| CanonicalSelection {
                selection: wanted.selection.to_string(),
                product: wanted.product.to_string(),
                quantity: wanted.quantity.get(),
                note: wanted.note.as_str(),
            })
            .collect(),
    };
    let json = serde_json::to_vec(&canonical).expect("texts and finite numbers are JSON");
    Sha256Hash::from_bytes(Sha256::digest(json).into())
}
