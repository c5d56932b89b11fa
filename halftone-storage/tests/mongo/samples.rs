//! A few documents.

use halftone_core::allowance::Allowance;
use halftone_core::clock::{Clock as _, SystemClock};
use halftone_core::entropy::Entropy as _;
use halftone_core::geometry::CropRect;
use halftone_core::id::{ClientId, GalleryId, OrderId, OrderItemId, PhotoId, ProductId, ShareId, StudioId};
use halftone_core::invoice::InvoiceState;
use halftone_core::money::{Currency, Money};
use halftone_core::order::{
    Contact, Idempotency, IdempotencyKey, Order, OrderItem, OrderState, ProductSnapshot, Quantity,
};
use halftone_core::photo::{FileSize, Photo, PhotoState, Replacements, Sha256Hash, SourceType};
use halftone_core::product::ProductKind;
use halftone_core::secret::TokenHash;
use halftone_core::share::{Limits, Permissions, Share, ShareTarget};
use halftone_core::text::{Email, Filename, Line, Name, Prose, Tags};
use halftone_storage::os_entropy::OsEntropy;
use jiff::Timestamp;

/// A new id: `id(PhotoId::generate)`.
pub(crate) fn id<Id>(generate: impl Fn(Timestamp, &dyn halftone_core::entropy::Entropy) -> Id) -> Id {
    generate(SystemClock.now(), &OsEntropy)
}

fn bytes<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    OsEntropy.fill(&mut bytes);
    bytes
}

/// A share of this gallery.
pub(crate) fn share(studio: StudioId, gallery: GalleryId) -> Share {
    let now = SystemClock.now();
    Share {
        id: id(ShareId::generate),
        studio,
        target: ShareTarget::Gallery(gallery),
        label: Line::parse("").unwrap(),
        token_hash: TokenHash::restore(bytes()),
        token_salt: bytes(),
        pin_hash: None,
        expires_at: None,
        revoked_at: None,
        permissions: Permissions::default(),
        limits: Limits::default(),
        allowance: Allowance::default(),
        created_at: now,
        updated_at: now,
    }
}

/// A photo of this gallery that waits for a worker.
pub(crate) fn photo(studio: StudioId, gallery: GalleryId) -> Photo {
    let now = SystemClock.now();
    Photo {
        id: id(PhotoId::generate),
        studio,
        gallery,
        filename: Filename::parse("IMG_0412.JPG").unwrap(),
        size_bytes: FileSize::parse(1).unwrap(),
        content_type: SourceType::Jpeg,
        sha256: None,
        state: PhotoState::Uploaded { at: now },
        replacements: Replacements::default(),
        facts: None,
        title: Line::parse("").unwrap(),
        description: Prose::parse("").unwrap(),
        tags: Tags::default(),
        section: None,
        created_at: now,
        updated_at: now,
    }
}

/// A submitted order of a new client.
pub(crate) fn order(studio: StudioId) -> Order {
    let (now, id_of_order) = (SystemClock.now(), id(OrderId::generate));
    let price = Money::parse(1_290, Currency::EUR).unwrap();
    let product = ProductSnapshot {
        id: id(ProductId::generate),
        name: Name::parse("Digital file").unwrap(),
        kind: ProductKind::Digital,
        unit_price: price,
    };
    let item = OrderItem {
        id: id(OrderItemId::generate),
        photo: id(PhotoId::generate),
        filename: Filename::parse("IMG_0412.JPG").unwrap(),
        product,
        quantity: Quantity::parse(1).unwrap(),
        crop: CropRect::FULL,
        note: Prose::parse("").unwrap(),
        print: None,
        included: 0,
        total: price,
    };
    Order {
        id: id_of_order,
        studio,
        gallery: id(GalleryId::generate),
        share: id(ShareId::generate),
        client: id(ClientId::generate),
        idempotency: Idempotency {
            key: IdempotencyKey::parse(&id_of_order.to_string()).unwrap(),
            request: Sha256Hash::from_bytes(bytes()),
        },
        state: OrderState::Submitted,
        contact: Contact {
            name: Name::parse("Ana").unwrap(),
            email: Email::parse("ana@example.com").unwrap(),
            phone: None,
        },
        items: vec![item],
        total: price,
        invoice: InvoiceState::Open,
        special_request: Prose::parse("").unwrap(),
        amendable_until: now,
        events: Vec::new(),
        created_at: now,
        updated_at: now,
    }
}
