//! Galleries and photos as a client sees them.
//!
//! The types here hold a client's pictures as URLs of thumbs and proofs; none of them can hold an original.

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use crate::access::{AccessDenied, Action, ClientPass, Principal};
use crate::allowance::AllowanceLeft;
use crate::gallery::{Gallery, Section};
use crate::geometry::PixelSize;
use crate::id::{CollectionId, GalleryId, PhotoId, SectionId, StudioId};
use crate::page::{Cursor, Page, PageLimit, PageRequest};
use crate::photo::{Photo, PhotoSort, PhotoState, PhotoStateKind};
use crate::ports::error::StorageError;
use crate::ports::galleries::GalleryFilter;
use crate::ports::photos::PhotoFilter;
use crate::ports::shares::VisitTarget;
use crate::ports::urls::{LinkTarget, Viewer};
use crate::product::Product;
use crate::rendition::Placeholder;
use crate::services::error::{Absent, Resource};
use crate::services::photos::within;
use crate::services::viewing::{PictureLinks, is_live, logo_link, picture_links};
use crate::services::{Dependencies, Shared, metering};
use crate::share::{Limits, Permissions, ShareTarget};
use crate::studio::Branding;
use crate::text::{Filename, Name, Prose};

/// Shows galleries and photos to clients.
#[derive(Debug, Clone)]
pub struct VisitingService {
    world: Shared,
}

/// Why a client's call failed.
#[derive(Debug, thiserror::Error)]
pub enum VisitingError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] AccessDenied),
    /// Something named does not exist for this share.
    #[error(transparent)]
    Absent(#[from] Absent),
    /// Every gallery of the share is closed.
    #[error("the gallery is closed")]
    Closed,
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// What a share opens, as its clients see it.
#[derive(Debug, Clone)]
pub struct ClientGallery {
    /// The gallery's name, or the collection's.
    pub name: Name,
    /// The gallery's description; empty for a collection.
    pub description: Prose,
    /// When the event took place, if the gallery belongs to a collection that says it.
    pub event_date: Option<Date>,
    /// The studio's name.
    pub studio_name: Name,
    /// How the studio's pages look.
    pub branding: Branding,
    /// The URL of the studio's logo, if it has one.
    pub logo: Option<LinkTarget>,
    /// The cover, if there is a photo that is ready.
    pub cover: Option<PictureLinks>,
    /// What the client may do.
    pub permissions: Permissions,
    /// How much of it.
    pub limits: Limits,
    /// How much of what is included is left.
    pub left: AllowanceLeft,
    /// When the share ends.
    pub expires_at: Option<Timestamp>,
    /// The galleries: one, or those of the collection that are live.
    pub galleries: Vec<ClientChapter>,
    /// How many photos can be seen.
    pub photo_count: u64,
}

/// One gallery behind a share.
#[derive(Debug, Clone)]
pub struct ClientChapter {
    /// Its id.
    pub id: GalleryId,
    /// Its name.
    pub name: Name,
    /// Its sections in order.
    pub sections: Vec<Section>,
    /// What can be ordered from it; empty if the client may not order.
    pub products: Vec<Product>,
}

/// A photo as a client sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientPhoto {
    /// Its id.
    pub id: PhotoId,
    /// In which gallery it is, where the share opens several.
    pub gallery: Option<GalleryId>,
    /// The camera filename.
    pub filename: Filename,
    /// Size in pixels after EXIF orientation.
    pub size: PixelSize,
    /// When it was taken.
    pub captured_at: Option<Timestamp>,
    /// The blurred placeholder.
    pub placeholder: Placeholder,
    /// The URL of the thumb.
    pub thumb: LinkTarget,
    /// The URL of the proof.
    pub proof: LinkTarget,
    /// In which chapter it is.
    pub section: Option<SectionId>,
}

/// Which photos a client wants to see.
#[derive(Debug, Clone, Default)]
pub struct ClientPhotoFilter {
    /// Only those of this gallery of the share.
    pub gallery: Option<GalleryId>,
    /// Only those of this chapter.
    pub section: Option<SectionId>,
    /// The order inside each gallery.
    pub sort: PhotoSort,
}

impl VisitingService {
    pub(crate) const fn new(world: Shared) -> Self {
        Self { world }
    }

    fn world(&self) -> &Dependencies {
        &self.world
    }

    /// What the share opens.
    pub async fn gallery(&self, principal: &Principal) -> Result<ClientGallery, VisitingError> {
        let pass = principal.visit(Action::View)?;
        let share = pass.share();
        let galleries = open_galleries(self.world(), pass).await?;
        let (name, description) = title(pass);
        let studio = self.world().metadata().studios.find(share.studio).await?;
        let studio = studio.ok_or(Absent::new(Resource::Share))?.value;
        let mut photo_count = 0;
        let mut chapters = Vec::with_capacity(galleries.len());
        for gallery in &galleries {
            let counts = self.world().metadata().photos.count_by_gallery(share.studio, gallery.id).await?;
            photo_count += counts.ready;
            chapters.push(self.chapter(principal, gallery).await?);
        }
        Ok(ClientGallery {
            name,
            description,
            event_date: event_date(self.world(), pass).await?,
            logo: logo_link(self.world(), pass.share_id(), &studio),
            studio_name: studio.name,
            branding: studio.branding,
            cover: self.cover(pass, &galleries).await?,
            permissions: share.permissions,
            limits: share.limits,
            left: metering::left(self.world(), share).await?,
            expires_at: share.expires_at,
            galleries: chapters,
            photo_count,
        })
    }

    async fn chapter(
        &self,
        principal: &Principal,
        gallery: &Gallery,
    ) -> Result<ClientChapter, VisitingError> {
        let products = if principal.visit(Action::Order).is_ok() {
            products_of(self.world(), gallery).await?
        } else {
            Vec::new()
        };
        Ok(ClientChapter {
            id: gallery.id,
            name: gallery.name.clone(),
            sections: gallery.sections.as_slice().to_vec(),
            products,
        })
    }

    async fn cover(
        &self,
        pass: &ClientPass,
        galleries: &[Gallery],
    ) -> Result<Option<PictureLinks>, VisitingError> {
        for gallery in galleries {
            if let Some(photo) = cover_photo(self.world(), gallery).await?
                && let PhotoState::Ready { renditions, .. } = &photo.state
            {
                let viewer = Viewer::Share(pass.share_id());
                return Ok(Some(picture_links(self.world(), viewer, &photo, renditions).await?));
            }
        }
        Ok(None)
    }

    /// The photos that are ready, gallery after gallery.
    pub async fn photos(
        &self,
        principal: &Principal,
        filter: &ClientPhotoFilter,
        page: &PageRequest,
    ) -> Result<Page<ClientPhoto>, VisitingError> {
        let pass = principal.visit(Action::View)?;
        let mut galleries = open_galleries(self.world(), pass).await?;
        if let Some(wanted) = filter.gallery {
            galleries.retain(|gallery| gallery.id == wanted);
            if galleries.is_empty() {
                return Err(Absent::new(Resource::Gallery).into());
            }
        }
        let ready = PhotoFilter {
            sort: filter.sort,
            states: vec![PhotoStateKind::Ready],
            section: filter.section,
            ..PhotoFilter::default()
        };
        let (mut position, mut inner) = match &page.after {
            Some(cursor) => locate(&galleries, cursor),
            None => (0, None),
        };
        let mut items: Vec<ClientPhoto> = Vec::new();
        while let Some(gallery) = galleries.get(position) {
            let missing = u32::try_from(page.limit.get() - items.len()).unwrap_or(1);
            let limit = PageLimit::parse(missing).unwrap_or(page.limit);
            let part = &self.world().metadata().photos;
            let part = part
                .list(pass.studio(), gallery.id, &ready, &PageRequest::after(limit, inner.take()))
                .await?;
            for photo in part.items {
                items.extend(client_photo(self.world(), pass, &within(photo, gallery).value).await?);
            }
            if let Some(next) = part.next {
                return Ok(Page { items, next: Some(wrap(gallery.id, &next)) });
            }
            position += 1;
            if items.len() == page.limit.get() {
                // The next gallery may turn out empty; then the next page is, which cursors permit.
                let next = galleries.get(position).map(|next| wrap_start(next.id));
                return Ok(Page { items, next });
            }
        }
        Ok(Page { items, next: None })
    }

    /// Fresh URLs for up to 500 photos; those that cannot be seen are left out.
    pub async fn renew(
        &self,
        principal: &Principal,
        photos: &[PhotoId],
    ) -> Result<Vec<ClientPhoto>, VisitingError> {
        let pass = principal.visit(Action::View)?;
        let galleries = open_galleries(self.world(), pass).await?;
        let found = self.world().metadata().photos.find_many(pass.studio(), photos).await?;
        let mut items = Vec::with_capacity(found.len());
        for photo in found {
            if let Some(gallery) = galleries.iter().find(|gallery| gallery.id == photo.value.gallery) {
                items.extend(client_photo(self.world(), pass, &within(photo, gallery).value).await?);
            }
        }
        Ok(items)
    }
}

/// Turns a photo into what a client sees, or `None` if it is not ready.
pub(crate) async fn client_photo(
    world: &Dependencies,
    pass: &ClientPass,
    photo: &Photo,
) -> Result<Option<ClientPhoto>, StorageError> {
    let (PhotoState::Ready { renditions, .. }, Some(facts)) = (&photo.state, &photo.facts) else {
        return Ok(None);
    };
    let links = picture_links(world, Viewer::Share(pass.share_id()), photo, renditions).await?;
    Ok(Some(ClientPhoto {
        id: photo.id,
        gallery: matches!(pass.share().target, ShareTarget::Collection(_)).then_some(photo.gallery),
        filename: photo.filename.clone(),
        size: facts.size,
        captured_at: facts.captured_at,
        placeholder: renditions.placeholder.clone(),
        thumb: links.thumb,
        proof: links.proof,
        section: photo.section,
    }))
}

fn title(pass: &ClientPass) -> (Name, Prose) {
    match pass.target() {
        VisitTarget::Gallery(gallery) => (gallery.name.clone(), gallery.description.clone()),
        VisitTarget::Collection(collection) => (collection.name.clone(), Prose::empty()),
    }
}

/// The date of the collection that is shared, or to which the gallery belongs.
async fn event_date(world: &Dependencies, pass: &ClientPass) -> Result<Option<Date>, StorageError> {
    let id = match pass.target() {
        VisitTarget::Collection(collection) => return Ok(collection.event_date),
        VisitTarget::Gallery(gallery) => gallery.collection,
    };
    let Some(id) = id else {
        return Ok(None);
    };
    let found = world.metadata().collections.find(pass.studio(), id).await?;
    Ok(found.and_then(|collection| collection.value.event_date))
}

/// The galleries that the pass's client may see now.
///
/// # Errors
/// `Closed` if the share's own gallery is not live; a collection may be empty.
pub(crate) async fn open_galleries(
    world: &Dependencies,
    pass: &ClientPass,
) -> Result<Vec<Gallery>, VisitingError> {
    match pass.target() {
        VisitTarget::Gallery(gallery) if is_open_to_clients(gallery) => Ok(vec![gallery.clone()]),
        VisitTarget::Gallery(_) => Err(VisitingError::Closed),
        VisitTarget::Collection(collection) => {
            let mut galleries = galleries_of(world, pass.studio(), collection.id).await?;
            galleries.retain(is_open_to_clients);
            Ok(galleries)
        }
    }
}

/// A photo that the pass's client may see, in any state.
pub(crate) async fn visible_photo(
    world: &Dependencies,
    pass: &ClientPass,
    photo: PhotoId,
) -> Result<Photo, VisitingError> {
    let absent = Absent::new(Resource::Photo);
    let photo = world.metadata().photos.find(pass.studio(), photo).await?.ok_or(absent)?.value;
    let gallery = world.metadata().galleries.find(pass.studio(), photo.gallery).await?.ok_or(absent)?.value;
    if shows(pass.share().target, &gallery) && is_open_to_clients(&gallery) {
        Ok(photo)
    } else {
        Err(absent.into())
    }
}

/// All galleries of a collection, oldest first, as the client reads them.
pub(crate) async fn galleries_of(
    world: &Dependencies,
    studio: StudioId,
    collection: CollectionId,
) -> Result<Vec<Gallery>, StorageError> {
    let filter = GalleryFilter { collection: Some(collection), ..GalleryFilter::default() };
    let mut galleries = Vec::new();
    let mut after = None;
    loop {
        let page = PageRequest::after(PageLimit::MOST, after);
        let found = world.metadata().galleries.list(studio, &filter, &page).await?;
        galleries.extend(found.items.into_iter().map(|gallery| gallery.value));
        after = found.next;
        if after.is_none() {
            break;
        }
    }
    galleries.reverse();
    Ok(galleries)
}

/// Whether clients may see a gallery at all.
pub(crate) const fn is_open_to_clients(gallery: &Gallery) -> bool {
    is_live(gallery.state)
}

/// Whether a gallery belongs to what a share opens.
pub(crate) fn shows(target: ShareTarget, gallery: &Gallery) -> bool {
    match target {
        ShareTarget::Gallery(id) => gallery.id == id,
        ShareTarget::Collection(id) => gallery.collection == Some(id),
    }
}

/// The products that can be ordered from a gallery.
pub(crate) async fn products_of(
    world: &Dependencies,
    gallery: &Gallery,
) -> Result<Vec<Product>, StorageError> {
    let Some(list) = gallery.price_list else {
        return Ok(Vec::new());
    };
    let found = world.metadata().price_lists.find(gallery.studio, list).await?;
    Ok(found.map(|list| list.value.products.as_slice().to_vec()).unwrap_or_default())
}

/// The chosen cover if it is ready, or the first photo that is.
async fn cover_photo(world: &Dependencies, gallery: &Gallery) -> Result<Option<Photo>, StorageError> {
    let photos = &world.metadata().photos;
    if let Some(cover) = gallery.cover
        && let Some(photo) = photos.find(gallery.studio, cover).await?
        && photo.value.state.kind() == PhotoStateKind::Ready
    {
        return Ok(Some(photo.value));
    }
    let filter = PhotoFilter { states: vec![PhotoStateKind::Ready], ..PhotoFilter::default() };
    let one = PageLimit::parse(1).unwrap_or(PageLimit::DEFAULT);
    let page = photos.list(gallery.studio, gallery.id, &filter, &PageRequest::first(one)).await?;
    Ok(page.items.into_iter().next().map(|photo| photo.value))
}

// A cursor over several galleries is the gallery's id before the cursor inside that gallery. Galleries that
// were closed meanwhile end the walk inside them; the walk goes on with the next one by id.
fn wrap(gallery: GalleryId, inner: &Cursor) -> Cursor {
    Cursor::new(format!("{gallery}{}", inner.key()), inner.id())
}

fn wrap_start(gallery: GalleryId) -> Cursor {
    Cursor::new(gallery.to_string(), Uuid::nil())
}

fn locate(galleries: &[Gallery], cursor: &Cursor) -> (usize, Option<Cursor>) {
    let split = cursor.key().split_at_checked(36);
    let Some((gallery, key)) = split else {
        return (0, None);
    };
    // Why `ok`: a cursor from elsewhere starts at the beginning rather than failing a page.
    let Some(gallery) = GalleryId::parse(gallery).ok() else {
        return (0, None);
    };
    let position = galleries.iter().position(|candidate| candidate.id >= gallery).unwrap_or(galleries.len());
    let is_same = galleries.get(position).is_some_and(|candidate| candidate.id == gallery);
    let starts = key.is_empty() && cursor.id().is_nil();
    let inner = (is_same && !starts).then(|| Cursor::new(key, cursor.id()));
    (position, inner)
}
