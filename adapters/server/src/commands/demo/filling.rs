//! The studio's side: account, price list, galleries, photos, shares.

use anyhow::{Context as _, bail};
use bytes::Bytes;
use halftone_core::access::Principal;
use halftone_core::allowance::Allowance;
use halftone_core::geometry::{MinDpi, PrintSize};
use halftone_core::id::{CollectionId, GalleryId, PriceListId};
use halftone_core::money::{Currency, Money};
use halftone_core::ports::objects::stream_of;
use halftone_core::print::PrintDpi;
use halftone_core::processing_draft::{ProcessingDraft, WatermarkDraft};
use halftone_core::product::{BelowMinimum, PrintSpec, ProductKind};
use halftone_core::secret::{Password, Pin};
use halftone_core::services::Services;
use halftone_core::services::collections::NewCollection;
use halftone_core::services::galleries::NewGallery;
use halftone_core::services::pricing::{NewPriceList, ProductDraft};
use halftone_core::services::sharing::NewShare;
use halftone_core::share::{DownloadPermission, Limit, Limits, Permissions};
use halftone_core::text::{Email, Line, Name, Prose, Tags, WatermarkText};
use halftone_core::watermark::{Angle, Layout, Opacity, Scale};

use crate::commands::demo::content::{
    ARCHIVE, ARCHIVE_PICTURES, EMAIL, PASSWORD, PIN, Picture, SPRING, SPRING_PICTURES, STUDIO,
};
use crate::commands::demo::{guide, visitors};
use crate::wiring::Studio;

/// Fills an open data directory. What an earlier try left behind is deleted first.
///
/// # Errors
/// The store failed, or a bundled picture could not be rendered.
pub(super) async fn fill(studio: &Studio) -> anyhow::Result<()> {
    let services = &studio.services;
    let email = Email::parse(EMAIL)?;
    let password = Password::choose(PASSWORD)?;
    if let Ok(leftover) = guide::log_in(services).await {
        services.accounts.delete(&leftover, &password).await?;
        studio.crew.work_off(studio.worker_count).await;
    }
    services.accounts.register(&email, &password, Name::parse(STUDIO)?).await?;
    let owner = guide::log_in(services).await?;

    let prices = price_list(services, &owner).await?;
    let collection = collection(services, &owner).await?;
    let spring = gallery(services, &owner, spring_gallery(collection, prices)?, SPRING_PICTURES).await?;
    let archive = gallery(services, &owner, archive_gallery(prices)?, ARCHIVE_PICTURES).await?;
    studio.crew.work_off(studio.worker_count).await;
    for gallery in [spring, archive] {
        let counts = services.galleries.get(&owner, gallery).await?.photos;
        if counts.failed + counts.uploaded + counts.processing > 0 {
            bail!("a bundled picture could not be rendered: {counts:?}");
        }
    }

    let family = services.sharing.share_gallery(&owner, spring, family_share()?).await?.1;
    let collectors = services.sharing.share_gallery(&owner, archive, collectors_share()?).await?.1;
    visitors::visit_family(services, &owner, &family).await.context("cannot visit the first share")?;
    visitors::visit_collectors(services, &collectors).await.context("cannot visit the second share")
}

async fn price_list(services: &Services, owner: &Principal) -> anyhow::Result<PriceListId> {
    let products = vec![
        print("10 x 15 cm", (100.0, 150.0), "matte", 250)?,
        print("20 x 30 cm", (200.0, 300.0), "lustre", 1_290)?,
        print("30 x 40 cm fine art", (300.0, 400.0), "cotton rag", 4_900)?,
        ProductDraft {
            id: None,
            name: Name::parse("Digital file")?,
            kind: ProductKind::Digital,
            price: Money::parse(1_500, Currency::EUR)?,
        },
    ];
    let new =
        NewPriceList { name: Name::parse("Prints and files")?, currency: Some(Currency::EUR), products };
    Ok(services.pricing.create(owner, new).await?.value.id)
}

fn print(
    name: &str,
    (width_mm, height_mm): (f64, f64),
    finish: &str,
    cents: i64,
) -> anyhow::Result<ProductDraft> {
    let spec = PrintSpec {
        size: PrintSize::parse(width_mm, height_mm)?,
        finish: Line::parse(finish)?,
        min_dpi: MinDpi::parse(100)?,
        print_dpi: PrintDpi::DEFAULT,
        below_minimum: BelowMinimum::Warn,
    };
    Ok(ProductDraft {
        id: None,
        name: Name::parse(name)?,
        kind: ProductKind::Print(spec),
        price: Money::parse(cents, Currency::EUR)?,
    })
}

async fn collection(services: &Services, owner: &Principal) -> anyhow::Result<CollectionId> {
    let new = NewCollection {
        name: Name::parse("A weekend in May")?,
        client_name: Line::parse("Ana and Ben")?,
        event_date: Some(jiff::civil::date(2026, 5, 14)),
        tags: Tags::parse(&["family"])?,
    };
    Ok(services.collections.create(owner, new).await?.collection.value.id)
}

fn spring_gallery(collection: CollectionId, prices: PriceListId) -> anyhow::Result<NewGallery> {
    let watermark = WatermarkDraft {
        text: Some(WatermarkText::parse("© Lakeside Photography")?),
        layout: Some(Layout::Tiled),
        ..WatermarkDraft::default()
    };
    Ok(NewGallery {
        name: Name::parse(SPRING)?,
        description: Prose::parse("Thank you for the lovely weekend! Please pick five for the album.")?,
        tags: Tags::parse(&["spring", "outdoors"])?,
        collection: Some(collection),
        price_list: Some(prices),
        processing: ProcessingDraft { watermark, ..ProcessingDraft::default() },
    })
}

fn archive_gallery(prices: PriceListId) -> anyhow::Result<NewGallery> {
    let watermark = WatermarkDraft {
        text: Some(WatermarkText::parse("PROOF · Lakeside")?),
        layout: Some(Layout::BottomRight),
        opacity: Some(Opacity::parse(0.8)?),
        scale: Some(Scale::parse(0.06)?),
        angle: Some(Angle::parse(0.0)?),
        ..WatermarkDraft::default()
    };
    Ok(NewGallery {
        name: Name::parse(ARCHIVE)?,
        description: Prose::parse("Prints for collectors.")?,
        tags: Tags::parse(&["archive"])?,
        collection: None,
        price_list: Some(prices),
        processing: ProcessingDraft { watermark, ..ProcessingDraft::default() },
    })
}

async fn gallery(
    services: &Services,
    owner: &Principal,
    new: NewGallery,
    pictures: &[Picture],
) -> anyhow::Result<GalleryId> {
    let gallery = services.galleries.create(owner, new).await?.gallery.value.id;
    for picture in pictures {
        let content = stream_of(Bytes::from_static(picture.bytes));
        let uploaded = services.uploads.upload(owner, gallery, picture.filename, None, content).await;
        uploaded.with_context(|| format!("cannot upload {}", picture.filename))?;
    }
    Ok(gallery)
}

fn family_share() -> anyhow::Result<NewShare> {
    Ok(NewShare {
        label: Line::parse("Family link")?,
        expires_at: None,
        pin: None,
        permissions: Permissions { download: DownloadPermission::Proof, ..Permissions::default() },
        limits: Limits { selections: Some(Limit::parse(5)?), downloads: None },
        allowance: Allowance::default(),
    })
}

fn collectors_share() -> anyhow::Result<NewShare> {
    Ok(NewShare {
        label: Line::parse("Collectors, with a PIN")?,
        expires_at: None,
        pin: Some(Pin::parse(PIN)?),
        permissions: Permissions::default(),
        limits: Limits::default(),
        allowance: Allowance::default(),
    })
}
