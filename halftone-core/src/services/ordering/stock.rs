//! What can be ordered through a share.

use std::collections::HashMap;

use super::OrderingError;
use crate::access::ClientPass;
use crate::gallery::Gallery;
use crate::id::{GalleryId, PhotoId, ProductId};
use crate::order::ProductSnapshot;
use crate::photo::{Photo, PhotoStateKind};
use crate::product::Product;
use crate::services::Dependencies;
use crate::services::error::{InvalidField, Resource};
use crate::services::visiting::{open_galleries, products_of};

/// The photos and products that a request is about, read once each.
pub(super) struct Stock {
    photos: HashMap<PhotoId, Photo>,
    products: HashMap<GalleryId, Vec<Product>>,
}

impl Stock {
    pub(super) async fn load(
        world: &Dependencies,
        pass: &ClientPass,
        mut wanted: Vec<PhotoId>,
    ) -> Result<Self, OrderingError> {
        let galleries: Vec<Gallery> = open_galleries(world, pass).await?;
        wanted.sort_unstable();
        wanted.dedup();
        let mut photos = HashMap::new();
        for part in wanted.chunks(500) {
            for photo in world.metadata().photos.find_many(pass.studio(), part).await? {
                let photo = photo.value;
                let is_shown = galleries.iter().any(|gallery| gallery.id == photo.gallery);
                if is_shown && photo.state.kind() == PhotoStateKind::Ready {
                    photos.insert(photo.id, photo);
                }
            }
        }
        let mut products = HashMap::new();
        for gallery in &galleries {
            if photos.values().any(|photo: &Photo| photo.gallery == gallery.id) {
                products.insert(gallery.id, products_of(world, gallery).await?);
            }
        }
        Ok(Self { photos, products })
    }

    pub(super) fn photo(&self, photo: PhotoId) -> Option<&Photo> {
        self.photos.get(&photo)
    }

    /// The photo of the line that errors name so.
    pub(super) fn photo_at(&self, photo: PhotoId, at: &str) -> Result<&Photo, InvalidField> {
        let field = || format!("{at}.photo_id");
        self.photo(photo).ok_or_else(|| InvalidField::unknown(field(), Resource::Photo))
    }

    /// The product of the line that errors name so, as it is now.
    pub(super) fn product_at(
        &self,
        gallery: GalleryId,
        product: ProductId,
        at: &str,
    ) -> Result<ProductSnapshot, InvalidField> {
        let field = || format!("{at}.product_id");
        let products = self.products.get(&gallery).into_iter().flatten();
        let found = products.into_iter().find(|candidate| candidate.id == product);
        let found = found.ok_or_else(|| InvalidField::unknown(field(), Resource::Product))?;
        Ok(ProductSnapshot {
            id: found.id,
            name: found.name.clone(),
            kind: found.kind.clone(),
            unit_price: found.price,
        })
    }
}
