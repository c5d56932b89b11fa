//! Realistic documents. For every entity there is a plain one, with optional fields unset, and a list of
//! `..._variants` in which every optional field is set somewhere and every variant of every enum occurs.

use halftone_core::collection::Collection;
use halftone_core::event::{Event, EventSubject};
use halftone_core::fault::{Fault, FaultKind};
use halftone_core::gallery::{Gallery, GalleryState, Section, Sections};
use halftone_core::geometry::PixelSize;
use halftone_core::id::{
    ApiKeyId, ClientId, CollectionId, EventId, GalleryId, ImageId, OrderId, PhotoId, PriceListId, SectionId,
    SelectionId, ShareId, StudioId, SubscriptionId, UserId,
};
use halftone_core::money::Currency;
use halftone_core::ports::notifier::SubscriptionHandle;
use halftone_core::rendition::{
    ColourPolicy, ProcessingOptions, ProofEdge, Quality, RenditionFormat, ThumbEdge,
};
use halftone_core::search::SearchText;
use halftone_core::secret::TokenHash;
use halftone_core::studio::{
    AmendWindow, ApiKey, Branding, Channel, ImageState, NoticeSubscription, NotificationChoices, Studio,
    StudioImage,
};
use halftone_core::text::{Email, Line, Name, Prose, Tags, WatermarkText};
use halftone_core::watermark::{Angle, Colour, Layout, Opacity, Placement, Scale, Watermark};
use jiff::Timestamp;

use crate::world::World;

pub(crate) mod archives;
pub(crate) mod clients;
pub(crate) mod orders;
pub(crate) mod packs;
pub(crate) mod photos;

/// Names that a careless backend mixes up or breaks: composed and decomposed letters, look-alikes of other
/// alphabets, letters outside the basic plane, quotes, wildcards and zero-width characters.
pub(crate) const LOOK_ALIKES: [&str; 10] = [
    "Zo\u{eb}",
    "Zoe\u{308}",
    "Anna",
    "\u{410}nna",
    "anna",
    "\u{1f469}\u{200d}\u{2764}\u{fe0f}\u{200d}\u{1f469}",
    "O'Brien \"quoted\" \\ 100% _",
    "\u{645}\u{631}\u{62d}\u{628}\u{627}",
    "a\u{200b}nna",
    "\u{10ffff}",
];

pub(crate) fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

pub(crate) fn line(text: &str) -> Line {
    Line::parse(text).unwrap()
}

pub(crate) fn prose(text: &str) -> Prose {
    Prose::parse(text).unwrap()
}

pub(crate) fn fault(kind: FaultKind, sentence: &str) -> Fault {
    Fault { kind, sentence: prose(sentence) }
}

/// What somebody looks for.
pub(crate) fn asked(text: &str) -> SearchText {
    SearchText::parse(text).unwrap()
}

pub(crate) fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn pixels(width: u32, height: u32) -> PixelSize {
    PixelSize::new(width, height).unwrap()
}

pub(crate) fn token_hash(world: &World) -> TokenHash {
    TokenHash::restore(world.bytes())
}

pub(crate) fn studio(world: &World) -> Studio {
    let owner = world.id(UserId::generate);
    Studio {
        id: world.id(StudioId::generate),
        owner,
        email: email(&format!("{}@example.com", owner.as_uuid().simple())),
        name: name("Studio One"),
        currency: Currency::EUR,
        branding: Branding::default(),
        amend_window: AmendWindow::DEFAULT,
        notifications: NotificationChoices::default(),
        images: Vec::new(),
        subscriptions: Vec::new(),
        created_at: world.now(),
        updated_at: world.now(),
    }
}

pub(crate) fn studio_variants(world: &World) -> Vec<Studio> {
    let image = |state| StudioImage {
        id: world.id(ImageId::generate),
        bytes: (1 << 53) - 1,
        state,
        created_at: world.now(),
    };
    let images = vec![
        image(ImageState::Pending { expires_at: time("2026-05-14T10:30:00Z") }),
        image(ImageState::Ready { size: pixels(800, 200), at: time("1969-12-31T23:59:59.999999999Z") }),
    ];
    let rich = Studio {
        name: name(LOOK_ALIKES[5]),
        currency: Currency::parse("JPY").unwrap(),
        branding: Branding {
            accent: Colour::parse("#c0ffee").unwrap(),
            tagline: line(LOOK_ALIKES[6]),
            logo: Some(images[1].id),
            website: line("https://studio.example"),
        },
        amend_window: AmendWindow::parse(0).unwrap(),
        notifications: NotificationChoices {
            chosen: halftone_core::event::EventKind::ALL
                .into_iter()
                .zip([Channel::ALL.to_vec(), Vec::new(), vec![Channel::Email]].into_iter().cycle())
                .collect(),
        },
        images,
        subscriptions: vec![NoticeSubscription {
            id: world.id(SubscriptionId::generate),
            email: email("ben@example.com"),
            ending_since: Some(world.now()),
            handle: SubscriptionHandle("arn:aws:sns:eu-central-1:123456789012:notices:3f1c".to_owned()),
            created_at: world.now(),
        }],
        updated_at: time("2026-05-15T00:00:00.000000001Z"),
        ..studio(world)
    };
    vec![studio(world), rich]
}

pub(crate) fn collection(world: &World, studio: StudioId) -> Collection {
    Collection {
        id: world.id(CollectionId::generate),
        studio,
        name: name("Wedding, 14 May"),
        client_name: line(""),
        event_date: None,
        tags: Tags::default(),
        created_at: world.now(),
        updated_at: world.now(),
    }
}

pub(crate) fn collection_variants(world: &World, studio: StudioId) -> Vec<Collection> {
    let rich = Collection {
        client_name: line(LOOK_ALIKES[7]),
        event_date: Some("2024-02-29".parse().unwrap()),
        tags: Tags::parse(&LOOK_ALIKES).unwrap(),
        ..collection(world, studio)
    };
    vec![collection(world, studio), rich]
}

pub(crate) fn gallery(world: &World, studio: StudioId) -> Gallery {
    Gallery {
        id: world.id(GalleryId::generate),
        studio,
        collection: None,
        name: name("The day"),
        description: prose(""),
        tags: Tags::default(),
        state: GalleryState::Draft,
        cover: None,
        price_list: None,
        processing: ProcessingOptions::with_watermark(Watermark::None),
        sections: Sections::default(),
        created_at: world.now(),
        updated_at: world.now(),
    }
}

pub(crate) fn gallery_variants(world: &World, studio: StudioId) -> Vec<Gallery> {
    let section = |text| Section { id: world.id(SectionId::generate), name: name(text) };
    let rich = |state, watermark| Gallery {
        collection: Some(world.id(CollectionId::generate)),
        description: prose("First line\nsecond line\r\n\tindented"),
        tags: Tags::parse(&["spring", "Frühling"]).unwrap(),
        state,
        cover: Some(world.id(PhotoId::generate)),
        price_list: Some(world.id(PriceListId::generate)),
        processing: ProcessingOptions {
            proof_long_edge: ProofEdge::parse(8192).unwrap(),
            proof_quality: Quality::parse(30).unwrap(),
            thumb_long_edge: ThumbEdge::parse(64).unwrap(),
            format: RenditionFormat::WebP,
            colour: ColourPolicy::Srgb,
            watermark,
        },
        sections: Sections::new(vec![section("Ceremony"), section("Ceremony"), section("Party")]).unwrap(),
        ..gallery(world, studio)
    };
    let mut galleries = vec![gallery(world, studio)];
    galleries.extend([GalleryState::Live, GalleryState::Archived].map(|state| rich(state, Watermark::None)));
    galleries.extend(watermarks(world).into_iter().map(|mark| rich(GalleryState::Draft, mark)));
    galleries
}

fn watermarks(world: &World) -> Vec<Watermark> {
    let layouts = [
        Layout::Tiled,
        Layout::Centre,
        Layout::TopLeft,
        Layout::TopRight,
        Layout::BottomLeft,
        Layout::BottomRight,
    ];
    let placement = |layout| Placement {
        layout,
        // Fractions that decimal notation cannot hold in a few digits must come back to the bit.
        opacity: Opacity::parse(0.1 + 0.2).unwrap(),
        scale: Scale::parse(1.0 / 3.0).unwrap(),
        angle: Angle::parse(-179.999_999_999_999_97).unwrap(),
    };
    let text = |layout| Watermark::Text {
        text: WatermarkText::parse("© Ζωή Фото").unwrap(),
        colour: Colour { rgb: [0, 127, 255] },
        placement: placement(layout),
    };
    let mut marks: Vec<Watermark> = layouts.into_iter().map(text).collect();
    marks.push(Watermark::Image { image: world.id(ImageId::generate), placement: placement(Layout::Centre) });
    marks
}

pub(crate) fn api_key(world: &World, studio: StudioId) -> ApiKey {
    ApiKey {
        id: world.id(ApiKeyId::generate),
        studio,
        user: world.id(UserId::generate),
        name: name("Lightroom"),
        hash: token_hash(world),
        created_at: world.now(),
    }
}

pub(crate) fn event(world: &World, studio: StudioId, subject: EventSubject) -> Event {
    Event { id: world.id(EventId::generate), studio, at: world.now(), subject }
}

/// One event of every kind.
pub(crate) fn events(world: &World, studio: StudioId) -> Vec<Event> {
    let (photo, gallery) = (world.id(PhotoId::generate), world.id(GalleryId::generate));
    let order = world.id(OrderId::generate);
    let selection = world.id(SelectionId::generate);
    let client = world.id(ClientId::generate);
    let subjects = [
        EventSubject::OrderPlaced { order },
        EventSubject::OrderAmended { order },
        EventSubject::OrderMoved { order },
        EventSubject::SelectionSubmitted { selection, client },
        EventSubject::ShareOpened { share: world.id(ShareId::generate) },
        EventSubject::PhotoReady { photo, gallery },
        EventSubject::PhotoFailed { photo, gallery },
        EventSubject::PhotoReshaped { photo, gallery },
    ];
    subjects.into_iter().map(|subject| event(world, studio, subject)).collect()
}
