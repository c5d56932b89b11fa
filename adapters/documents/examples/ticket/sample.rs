//! An order as a couple might place it, for the example and the tests.

use bytes::Bytes;
use halftone_core::geometry::{CropRect, MinDpi, PixelSize, PrintQuality, PrintSize, effective_dpi};
use halftone_core::id::{ClientId, GalleryId, OrderId, OrderItemId, PhotoId, ProductId, ShareId, StudioId};
use halftone_core::invoice::InvoiceState;
use halftone_core::money::{Currency, Money};
use halftone_core::order::{
    Actor, Contact, Idempotency, IdempotencyKey, Order, OrderEvent, OrderEventKind, OrderItem, OrderState,
    PrintForecast, ProductSnapshot, Quantity,
};
use halftone_core::photo::Sha256Hash;
use halftone_core::ports::documents::{JobTicket, Language, Receipt, TicketLine};
use halftone_core::print::PrintDpi;
use halftone_core::product::{BelowMinimum, PrintSpec, ProductKind};
use halftone_core::text::{Email, Filename, Line, Name, Phone, Prose};
use halftone_core::watermark::Colour;
use jpeg_encoder::{ColorType, Encoder};

const ID: &str = "01990b21-64d2-7f3e-9a41-2c5e0d4f2a9c";

/// What the sample's lines are made of: product, millimetres, finish, cents, crop, copies, note.
type Choice = (&'static str, Option<(f64, f64, &'static str)>, i64, [f64; 4], i64, &'static str);

const CHOICES: [Choice; 7] = [
    ("Fine print 10 × 15", Some((100.0, 150.0, "Matte")), 250, [0.0, 0.0, 1.0, 1.0], 2, ""),
    ("Fine print 10 × 15", Some((100.0, 150.0, "Matte")), 250, [0.12, 0.05, 0.76, 0.76], 12, ""),
    (
        "Gallery print 20 × 30",
        Some((203.2, 304.8, "Lustre, Hahnemühle Photo Rag")),
        1_890,
        [0.0, 0.0, 1.0, 1.0],
        1,
        "Please keep the grain, and do not lighten the veil.",
    ),
    ("Square 13 × 13", Some((130.0, 130.0, "Glossy")), 320, [0.2, 0.1, 0.533, 0.8], 4, ""),
    (
        "Wall print 60 × 90",
        Some((600.0, 900.0, "Matte")),
        12_900,
        [0.55, 0.5, 0.3, 0.3],
        1,
        "For Grandmother Ελένη in Θεσσαλονίκη: she knows that it is a small part of the picture.",
    ),
    ("Digital file, full size", None, 1_500, [0.0, 0.0, 1.0, 1.0], 1, ""),
    ("Fine print 10 × 15", Some((100.0, 150.0, "")), 250, [0.0, 0.0, 1.0, 1.0], 1, "שתי תמונות זהות, בבקשה."),
];

/// A ticket of so many lines.
pub(crate) fn ticket(lines: usize) -> JobTicket {
    let order = order(lines);
    let thumbs = [landscape(480, 320), landscape(320, 480), landscape(480, 320)];
    JobTicket {
        language: Language::English,
        studio: name("Studio Ñandú & Søn"),
        order: order.id,
        placed_at: order.created_at,
        contact: order.contact,
        special_request: order.special_request,
        lines: order
            .items
            .into_iter()
            .zip(thumbs.iter().cycle())
            .enumerate()
            .map(|(index, (item, thumb))| ticket_line(index, item, thumb.clone()))
            .collect(),
    }
}

/// A receipt of so many lines.
pub(crate) fn receipt(lines: usize) -> Receipt {
    Receipt {
        language: Language::English,
        studio: name("Studio Ñandú & Søn"),
        accent: Some(Colour { rgb: [0x7a, 0x1f, 0x3d] }),
        order: order(lines),
        verification: Line::parse("https://photos.example/verify/01990b21-64d2-7f3e-9a41-2c5e0d4f2a9c")
            .expect("a short line"),
    }
}

fn ticket_line(index: usize, item: OrderItem, thumb: Bytes) -> TicketLine {
    let number = u32::try_from(index + 1).expect("a few lines");
    let (print, size) = match item.product.kind.print() {
        Some(spec) => {
            (print_of_name(spec), PixelSize::new(pixels(spec.size.long_mm()), pixels(spec.size.short_mm())))
        }
        None => ("digital".to_owned(), PixelSize::new(6_000, 4_000)),
    };
    let stem = item.filename.as_str().trim_end_matches(".JPG");
    let filename = format!("{number:03}_{print}_x{}_{stem}.jpg", item.quantity.get());
    TicketLine {
        number,
        filename: Filename::parse(&filename).expect("no folder in it"),
        size: size.ok(),
        thumb: Some(thumb),
        item,
    }
}

/// `10x15_matte`.
fn print_of_name(spec: &PrintSpec) -> String {
    let size = format!("{:.0}x{:.0}", spec.size.short_mm() / 10.0, spec.size.long_mm() / 10.0);
    let finish = spec.finish.as_str().to_lowercase().replace(", ", "-").replace(' ', "-");
    if finish.is_empty() { size } else { format!("{size}_{finish}") }
}

/// At 300 dpi.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few thousand pixels")]
fn pixels(millimetres: f64) -> u32 {
    (millimetres / 25.4 * 300.0).round() as u32
}

fn order(lines: usize) -> Order {
    let items: Vec<OrderItem> = (0..lines).map(item).collect();
    let at = |text: &str| text.parse().expect("a moment");
    let event = |moment: &str, actor, kind, reason: Option<&str>| OrderEvent {
        at: at(moment),
        actor,
        kind,
        reason: reason.map(|reason| Prose::parse(reason).expect("a short reason")),
    };
    Order {
        id: OrderId::parse(ID).expect("an id"),
        studio: StudioId::parse(ID).expect("an id"),
        gallery: GalleryId::parse(ID).expect("an id"),
        share: ShareId::parse(ID).expect("an id"),
        client: ClientId::parse(ID).expect("an id"),
        idempotency: Idempotency {
            key: IdempotencyKey::parse("sample").expect("visible ASCII"),
            request: Sha256Hash::from_bytes([7; 32]),
        },
        state: OrderState::Accepted,
        contact: Contact {
            name: name("Zoë Nguyễn-Łukaszewicz"),
            email: Email::parse("zoe.nguyen@example.com").expect("an address"),
            phone: Phone::parse("+49 30 901820").ok(),
        },
        total: Money::restore(items.iter().map(|item| item.total.amount()).sum(), Currency::EUR)
            .expect("a sum of prices"),
        items,
        invoice: InvoiceState::Invoiced,
        special_request: Prose::parse(
            "Please wrap the 20 × 30 separately; it is a present for my parents.\n\
             Everything else can go into one box. Thank you!",
        )
        .expect("a short text"),
        amendable_until: at("2026-05-18T10:12:00Z"),
        events: vec![
            event(
                "2026-05-17T10:12:31Z",
                Actor::Client,
                OrderEventKind::Reached(OrderState::Submitted),
                None,
            ),
            event("2026-05-17T19:40:02Z", Actor::Client, OrderEventKind::Amended, None),
            event(
                "2026-05-18T08:03:00Z",
                Actor::Studio,
                OrderEventKind::Reached(OrderState::Accepted),
                Some("Thank you! The lab needs four working days."),
            ),
        ],
        created_at: at("2026-05-17T10:12:31Z"),
        updated_at: at("2026-05-18T08:03:00Z"),
    }
}

fn item(index: usize) -> OrderItem {
    let (product, print, cents, [x, y, width, height], copies, note) = CHOICES[index % CHOICES.len()];
    let crop = CropRect::parse(x, y, width, height).expect("inside the picture");
    let unit_price = Money::parse(cents, Currency::EUR).expect("a price");
    let quantity = Quantity::parse(copies).expect("a few");
    let spec = print.map(|(width_mm, height_mm, finish)| PrintSpec {
        size: PrintSize::parse(width_mm, height_mm).expect("a size"),
        finish: Line::parse(finish).expect("a finish"),
        min_dpi: MinDpi::DEFAULT,
        print_dpi: PrintDpi::DEFAULT,
        below_minimum: BelowMinimum::Warn,
    });
    let print = spec.as_ref().map(|spec| {
        let picture = PixelSize::new(6_000, 4_000).expect("an area");
        let effective_dpi = effective_dpi(picture, crop, spec.size);
        PrintForecast { effective_dpi, quality: PrintQuality::judge(effective_dpi, spec.min_dpi) }
    });
    OrderItem {
        id: OrderItemId::parse(ID).expect("an id"),
        photo: PhotoId::parse(ID).expect("an id"),
        filename: Filename::parse(&format!("IMG_{:04}.JPG", 412 + index * 7)).expect("a filename"),
        product: ProductSnapshot {
            id: ProductId::parse(ID).expect("an id"),
            name: name(product),
            kind: spec.map_or(ProductKind::Digital, ProductKind::Print),
            unit_price,
        },
        quantity,
        crop,
        note: Prose::parse(note).expect("a short note"),
        print,
        included: 0,
        total: unit_price.times(quantity.get()).expect("a small amount"),
    }
}

fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

/// A thumb: an evening sky over hills.
pub(crate) fn landscape(width: u16, height: u16) -> Bytes {
    let mut pixels = Vec::with_capacity(usize::from(width) * usize::from(height) * 3);
    for y in 0..height {
        for x in 0..width {
            pixels.extend(evening(f32::from(x) / f32::from(width), f32::from(y) / f32::from(height)));
        }
    }
    let mut jpeg = Vec::new();
    Encoder::new(&mut jpeg, 88).encode(&pixels, width, height, ColorType::Rgb).expect("a picture");
    Bytes::from(jpeg)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "colours are clamped to bytes")]
fn evening(x: f32, y: f32) -> [u8; 3] {
    let far_hill = 0.62 + 0.07 * (x * 7.0).sin();
    let near_hill = 0.80 + 0.06 * (x * 4.0 + 2.0).cos();
    let sun = (x - 0.68).hypot((y - 0.42) * 0.8) < 0.08;
    let colour = if y > near_hill {
        [46.0, 58.0, 52.0]
    } else if y > far_hill {
        [86.0, 92.0, 110.0]
    } else if sun {
        [255.0, 238.0, 196.0]
    } else {
        [96.0 + 150.0 * y, 120.0 + 60.0 * y, 168.0 - 40.0 * y]
    };
    colour.map(|value: f32| value.clamp(0.0, 255.0) as u8)
}
