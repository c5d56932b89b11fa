//! The clients' side: they open their links, pick, comment, order.

use std::collections::BTreeMap;

use anyhow::Context as _;
use halftone_core::access::Principal;
use halftone_core::geometry::CropRect;
use halftone_core::id::{PhotoId, ProductId};
use halftone_core::order::{Contact, IdempotencyKey, OrderState, Quantity};
use halftone_core::page::{PageLimit, PageRequest};
use halftone_core::secret::ShareToken;
use halftone_core::services::Services;
use halftone_core::services::ordering::{ItemRequest, OrderRequest, Placed};
use halftone_core::services::sharing::Visitor;
use halftone_core::services::visiting::ClientPhotoFilter;
use halftone_core::text::{Email, Line, Name, Phone, Prose};

use crate::commands::demo::content::PIN;

/// A client who has opened a share and looked around.
struct Guest<'a> {
    services: &'a Services,
    principal: Principal,
    contact: Contact,
    photos: BTreeMap<String, PhotoId>,
    products: BTreeMap<String, ProductId>,
}

/// Ana picks for the album and orders; Ben keeps favourites and orders a file.
pub(super) async fn visit_family(
    services: &Services,
    owner: &Principal,
    token: &ShareToken,
) -> anyhow::Result<()> {
    let ana = Guest::arrive(services, token, None, ("Ana Marković", "ana@example.com")).await?;
    let album =
        [("IMG_0412.JPG", Some("The cover, please!")), ("IMG_0423.JPG", None), ("IMG_0427.JPG", None)];
    ana.select("Album", &album, Submit::Yes).await?;
    let items = vec![
        ana.item("IMG_0412.JPG", "20 x 30 cm", 1, None, "")?,
        ana.item("IMG_0427.JPG", "10 x 15 cm", 4, Some((0.1, 0.1, 0.75, 0.8)), "One for each grandparent.")?,
    ];
    let wish = "Could we have them before the 3rd of June? No white borders, please.";
    let order = ana.order("demo-ana", items, wish).await?;

    let ben = Guest::arrive(services, token, None, ("Ben", "ben@example.com")).await?;
    let favourites = [("IMG_0431.JPG", Some("The cat stole the show.")), ("IMG_0434.JPG", None)];
    ben.select("Favourites", &favourites, Submit::No).await?;
    let items = vec![ben.item("IMG_0431.JPG", "Digital file", 1, None, "")?];
    ben.order("demo-ben", items, "").await?;

    // The studio has begun with the first order.
    for state in [OrderState::Accepted, OrderState::InProduction] {
        services.ordering.transition(owner, order, state, None).await?;
    }
    Ok(())
}

/// A collector orders a print that is larger than the file is good for, which the order says.
pub(super) async fn visit_collectors(services: &Services, token: &ShareToken) -> anyhow::Result<()> {
    let guest = Guest::arrive(services, token, Some(PIN), ("Mira Holm", "mira@example.com")).await?;
    guest.select("For the hallway", &[("DSC_1004.JPG", None), ("DSC_1007.JPG", None)], Submit::No).await?;
    let items = vec![
        guest.item("DSC_1007.JPG", "30 x 40 cm fine art", 1, None, "")?,
        guest.item("DSC_1001.JPG", "10 x 15 cm", 2, None, "Signed on the back, if possible.")?,
    ];
    guest.order("demo-mira", items, "I will collect them myself.").await?;
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Submit {
    Yes,
    No,
}

impl<'a> Guest<'a> {
    async fn arrive(
        services: &'a Services,
        token: &ShareToken,
        pin: Option<&str>,
        (name, email): (&str, &str),
    ) -> anyhow::Result<Self> {
        let contact = Contact {
            name: Name::parse(name)?,
            email: Email::parse(email)?,
            phone: Some(Phone::parse("+49 30 901820")?),
        };
        let visitor = Visitor {
            pin: pin.map(str::to_owned),
            client_key: None,
            name: Some(Line::parse(name)?),
            email: Some(contact.email.clone()),
        };
        let principal = services.sharing.open(token.reveal(), visitor).await?.principal;
        let page = PageRequest::first(PageLimit::MOST);
        let photos = services.visiting.photos(&principal, &ClientPhotoFilter::default(), &page).await?;
        let photos = photos.items.into_iter().map(|photo| (photo.filename.to_string(), photo.id));
        let gallery = services.visiting.gallery(&principal).await?;
        let products = gallery.galleries.into_iter().flat_map(|gallery| gallery.products);
        let products = products.map(|product| (product.name.to_string(), product.id));
        Ok(Self { services, principal, contact, photos: photos.collect(), products: products.collect() })
    }

    fn photo(&self, filename: &str) -> anyhow::Result<PhotoId> {
        self.photos.get(filename).copied().with_context(|| format!("{filename} is not in the gallery"))
    }

    async fn select(&self, name: &str, picks: &[(&str, Option<&str>)], submit: Submit) -> anyhow::Result<()> {
        let selecting = &self.services.selecting;
        let selection = selecting.create(&self.principal, Name::parse(name)?).await?.selection.id;
        for (filename, comment) in picks {
            let comment = comment.map(Prose::parse).transpose()?;
            selecting.pick(&self.principal, selection, self.photo(filename)?, comment).await?;
        }
        if submit == Submit::Yes {
            selecting.submit(&self.principal, selection).await?;
        }
        Ok(())
    }

    fn item(
        &self,
        filename: &str,
        product: &str,
        quantity: i64,
        crop: Option<(f64, f64, f64, f64)>,
        note: &str,
    ) -> anyhow::Result<ItemRequest> {
        let crop = crop.map(|(x, y, width, height)| CropRect::parse(x, y, width, height)).transpose()?;
        let product =
            self.products.get(product).with_context(|| format!("{product} is not on the price list"))?;
        Ok(ItemRequest {
            photo: self.photo(filename)?,
            product: *product,
            quantity: Quantity::parse(quantity)?,
            crop,
            note: Prose::parse(note)?,
        })
    }

    async fn order(
        &self,
        key: &str,
        items: Vec<ItemRequest>,
        special_request: &str,
    ) -> anyhow::Result<halftone_core::id::OrderId> {
        let request = OrderRequest {
            contact: self.contact.clone(),
            items,
            selections: Vec::new(),
            special_request: Prose::parse(special_request)?,
        };
        let placed =
            self.services.ordering.place(&self.principal, IdempotencyKey::parse(key)?, request).await?;
        let (Placed::Now(order) | Placed::Before(order)) = placed;
        Ok(order.value.id)
    }
}
