//! Searching: everything of a studio that is found by a few words.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use futures_util::future::try_join_all;
use uuid::Uuid;

use crate::access::Principal;
use crate::collection::Collection;
use crate::gallery::Gallery;
use crate::id::{CollectionId, GalleryId, PhotoId, ShareId, StudioId};
use crate::order::Order;
use crate::page::{Cursor, Page, PageLimit, PageRequest, Versioned};
use crate::photo::Photo;
use crate::ports::collections::CollectionFilter;
use crate::ports::error::StorageError;
use crate::ports::galleries::GalleryFilter;
use crate::ports::urls::LinkTarget;
use crate::search::{SearchField, SearchKind, SearchText, Searchable};
use crate::services::catalogue::CatalogueError;
use crate::services::error::FieldExt as _;
use crate::services::photos::view;
use crate::services::{Dependencies, Shared};
use crate::share::{Client, ShareTarget};
use crate::text::InvalidValue;

/// Finds things.
#[derive(Debug, Clone)]
pub struct SearchingService {
    world: Shared,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchHit {
    /// What it is.
    pub kind: SearchKind,
    /// The id of the collection, gallery, client, order or photo.
    pub id: Uuid,
    /// What it is called: a name, a photo's camera filename, an order's contact.
    pub title: String,
    /// What tells it from others of that name; may be empty.
    pub subtitle: String,
    /// The gallery that it is, is in, or came from.
    pub gallery: Option<GalleryId>,
    /// The collection that it is, is in, or came from.
    pub collection: Option<CollectionId>,
    /// The thumb of the photo, of the gallery's cover, or of the order's first line.
    pub thumb: Option<LinkTarget>,
    /// What of it at least one of the words was found in.
    pub matched: Vec<SearchField>,
}

/// A document that was found.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one page of them lives for one request")]
enum Found {
    Collection(Collection),
    Gallery(Gallery),
    Client(Client),
    Order(Order),
    Photo(Photo),
}

/// The rest of a search: from which kind on, and where in it.
#[derive(Debug)]
struct Place {
    kind: SearchKind,
    after: Option<Cursor>,
}

impl SearchingService {
    pub(crate) const fn new(world: Shared) -> Self {
        Self { world }
    }

    fn world(&self) -> &Dependencies {
        &self.world
    }

    /// What of the studio is found by a text, or only things of one kind: in the order of [`SearchKind::ALL`], and within
    /// a kind newest first. A page may hold fewer entries than were asked for although the list goes on, because what it
    /// looks at is bounded ([`WALK_MOST`](crate::search::WALK_MOST)).
    ///
    /// What belongs to a gallery, a collection or a share that is deleted is not found.
    pub async fn search(
        &self,
        principal: &Principal,
        text: &SearchText,
        kind: Option<SearchKind>,
        page: &PageRequest,
    ) -> Result<Page<SearchHit>, CatalogueError> {
        let studio = principal.manage()?;
        let kinds: Vec<SearchKind> = SearchKind::ALL
            .into_iter()
            .filter(|candidate| kind.is_none_or(|kind| kind == *candidate))
            .collect();
        let found = self.find(studio, text, &kinds, page).await?;
        let surroundings = Surroundings::find(self.world(), studio, &found.items).await?;
        let hits = found.items.iter().filter_map(|found| surroundings.hit(found, text)).collect();
        Ok(Page { items: hits, next: found.next })
    }

    async fn find(
        &self,
        studio: StudioId,
        text: &SearchText,
        kinds: &[SearchKind],
        page: &PageRequest,
    ) -> Result<Page<Found>, CatalogueError> {
        let place = place(page, kinds)?;
        let mut after = place.after;
        let mut items: Vec<Found> = Vec::new();
        for kind in kinds.iter().copied().filter(|kind| *kind >= place.kind) {
            let room = page.limit.get() - items.len();
            if room == 0 {
                return Ok(Page { items, next: Some(Cursor::new(kind.as_str(), Uuid::max())) });
            }
            let limit = PageLimit::parse(u32::try_from(room).unwrap_or(u32::MAX)).unwrap_or(page.limit);
            let part =
                self.find_kind(studio, kind, text, &PageRequest { limit, after: after.take() }).await?;
            items.extend(part.items);
            if let Some(next) = part.next {
                return Ok(Page { items, next: Some(Cursor::new(kind.as_str(), next.id())) });
            }
        }
        Ok(Page { items, next: None })
    }

    async fn find_kind(
        &self,
        studio: StudioId,
        kind: SearchKind,
        text: &SearchText,
        page: &PageRequest,
    ) -> Result<Page<Found>, StorageError> {
        fn found<T>(page: Page<Versioned<T>>, wrap: impl Fn(T) -> Found) -> Page<Found> {
            page.map(|item| wrap(item.value))
        }
        let metadata = self.world().metadata();
        Ok(match kind {
            SearchKind::Collection => {
                let filter = CollectionFilter { text: Some(text.clone()) };
                found(metadata.collections.list(studio, &filter, page).await?, Found::Collection)
            }
            SearchKind::Gallery => {
                let filter = GalleryFilter { text: Some(text.clone()), ..GalleryFilter::default() };
                found(metadata.galleries.list(studio, &filter, page).await?, Found::Gallery)
            }
            SearchKind::Client => found(metadata.clients.search(studio, text, page).await?, Found::Client),
            SearchKind::Order => found(metadata.orders.search(studio, text, page).await?, Found::Order),
            SearchKind::Photo => found(metadata.photos.search(studio, text, page).await?, Found::Photo),
        })
    }
}

/// Reads the cursor of a page: a kind, and an id of it.
fn place(page: &PageRequest, kinds: &[SearchKind]) -> Result<Place, CatalogueError> {
    let Some(cursor) = &page.after else {
        return Ok(Place { kind: SearchKind::Collection, after: None });
    };
    let kind = SearchKind::parse(cursor.key()).ok().filter(|kind| kinds.contains(kind));
    let invalid = || InvalidValue::new("cursor", "is not one that this search returned");
    let kind = kind.ok_or_else(invalid).field("cursor")?;
    Ok(Place { kind, after: Some(Cursor::new("", cursor.id())) })
}

/// What the entries of a page belong to, as far as it is not deleted.
#[derive(Debug)]
struct Surroundings {
    galleries: HashMap<GalleryId, Gallery>,
    collections: HashMap<CollectionId, Collection>,
    shares: HashMap<ShareId, ShareTarget>,
    thumbs: HashMap<PhotoId, LinkTarget>,
}

impl Surroundings {
    async fn find(world: &Dependencies, studio: StudioId, found: &[Found]) -> Result<Self, StorageError> {
        let metadata = world.metadata();
        let shares = look_up(found.iter().filter_map(Found::share).collect(), |share| async move {
            let found = metadata.shares.find(studio, share).await;
            found.map(|found| found.map(|share| share.value.target))
        })
        .await?;
        let of_shares = shares.values().filter_map(|target| match target {
            ShareTarget::Gallery(gallery) => Some(*gallery),
            ShareTarget::Collection(_) => None,
        });
        let wanted = found.iter().filter_map(Found::gallery).chain(of_shares).collect();
        let galleries = look_up(wanted, |gallery| async move {
            let found = metadata.galleries.find(studio, gallery).await;
            found.map(|found| found.map(|gallery| gallery.value))
        })
        .await?;
        let of_shares = shares.values().filter_map(|target| match target {
            ShareTarget::Collection(collection) => Some(*collection),
            ShareTarget::Gallery(_) => None,
        });
        let of_galleries = found.iter().filter_map(|found| match found {
            Found::Gallery(gallery) => gallery.collection,
            Found::Collection(_) | Found::Client(_) | Found::Order(_) | Found::Photo(_) => None,
        });
        let wanted = of_shares.chain(of_galleries).collect();
        let collections = look_up(wanted, |collection| async move {
            let found = metadata.collections.find(studio, collection).await;
            found.map(|found| found.map(|collection| collection.value))
        })
        .await?;
        let mut surroundings = Self { galleries, collections, shares, thumbs: HashMap::new() };
        surroundings.find_thumbs(world, studio, found).await?;
        Ok(surroundings)
    }

    /// Makes the URLs of the pictures beside the entries. A page has at most as many as `find_many` takes.
    async fn find_thumbs(
        &mut self,
        world: &Dependencies,
        studio: StudioId,
        found: &[Found],
    ) -> Result<(), StorageError> {
        let pictures: BTreeSet<PhotoId> = found
            .iter()
            .filter_map(|found| match found {
                Found::Gallery(gallery) => gallery.cover,
                Found::Order(order) => order.items.first().map(|item| item.photo),
                Found::Photo(photo) => Some(photo.id),
                Found::Collection(_) | Found::Client(_) => None,
            })
            .collect();
        let pictures: Vec<PhotoId> = pictures.into_iter().collect();
        for photo in world.metadata().photos.find_many(studio, &pictures).await? {
            let id = photo.value.id;
            if let Some(thumb) = view(world, photo).await?.thumb {
                self.thumbs.insert(id, thumb);
            }
        }
        Ok(())
    }

    /// Shows an entry, unless what it belongs to is deleted.
    fn hit(&self, found: &Found, text: &SearchText) -> Option<SearchHit> {
        match found {
            Found::Collection(collection) => Some(of_collection(collection, text)),
            Found::Gallery(gallery) => Some(self.of_gallery(gallery, text)),
            Found::Client(client) => self.of_client(client, text),
            Found::Order(order) => Some(self.of_order(order, text)),
            Found::Photo(photo) => self.of_photo(photo, text),
        }
    }

    fn of_gallery(&self, gallery: &Gallery, text: &SearchText) -> SearchHit {
        let collection = gallery.collection.and_then(|collection| self.collections.get(&collection));
        SearchHit {
            kind: SearchKind::Gallery,
            id: gallery.id.as_uuid(),
            title: gallery.name.to_string(),
            subtitle: collection.map(|collection| collection.name.to_string()).unwrap_or_default(),
            gallery: Some(gallery.id),
            collection: collection.map(|collection| collection.id),
            thumb: gallery.cover.and_then(|cover| self.thumbs.get(&cover).cloned()),
            matched: gallery.matched(text),
        }
    }

    fn of_client(&self, client: &Client, text: &SearchText) -> Option<SearchHit> {
        let (gallery, collection, place) = match self.shares.get(&client.share)? {
            ShareTarget::Gallery(gallery) => (Some(*gallery), None, &self.galleries.get(gallery)?.name),
            ShareTarget::Collection(collection) => {
                (None, Some(*collection), &self.collections.get(collection)?.name)
            }
        };
        let email = client.email.as_ref().map(ToString::to_string).unwrap_or_default();
        let (title, known_as) = if client.name.as_str().is_empty() {
            (email, String::new())
        } else {
            (client.name.to_string(), email)
        };
        Some(SearchHit {
            kind: SearchKind::Client,
            id: client.id.as_uuid(),
            title,
            subtitle: joined([known_as.as_str(), place.as_str()]),
            gallery,
            collection,
            thumb: None,
            matched: client.matched(text),
        })
    }

    /// Orders outlive their galleries, and so does the way to them.
    fn of_order(&self, order: &Order, text: &SearchText) -> SearchHit {
        let gallery = self.galleries.get(&order.gallery);
        let first = order.items.first().filter(|_| gallery.is_some());
        SearchHit {
            kind: SearchKind::Order,
            id: order.id.as_uuid(),
            title: order.contact.name.to_string(),
            subtitle: joined([order.id.number().as_str(), order.contact.email.as_str()]),
            gallery: gallery.map(|gallery| gallery.id),
            collection: None,
            thumb: first.and_then(|item| self.thumbs.get(&item.photo).cloned()),
            matched: order.matched(text),
        }
    }

    fn of_photo(&self, photo: &Photo, text: &SearchText) -> Option<SearchHit> {
        let gallery = self.galleries.get(&photo.gallery)?;
        Some(SearchHit {
            kind: SearchKind::Photo,
            id: photo.id.as_uuid(),
            title: photo.filename.to_string(),
            subtitle: joined([photo.title.as_str(), gallery.name.as_str()]),
            gallery: Some(gallery.id),
            collection: gallery.collection,
            thumb: self.thumbs.get(&photo.id).cloned(),
            matched: photo.matched(text),
        })
    }
}

fn of_collection(collection: &Collection, text: &SearchText) -> SearchHit {
    SearchHit {
        kind: SearchKind::Collection,
        id: collection.id.as_uuid(),
        title: collection.name.to_string(),
        subtitle: collection.client_name.to_string(),
        gallery: None,
        collection: Some(collection.id),
        thumb: None,
        matched: collection.matched(text),
    }
}

/// The texts that say something, one beside the other.
fn joined(texts: [&str; 2]) -> String {
    let texts: Vec<&str> = texts.into_iter().filter(|text| !text.is_empty()).collect();
    texts.join(" \u{b7} ")
}

impl Found {
    fn gallery(&self) -> Option<GalleryId> {
        match self {
            Self::Photo(photo) => Some(photo.gallery),
            Self::Order(order) => Some(order.gallery),
            Self::Collection(_) | Self::Gallery(_) | Self::Client(_) => None,
        }
    }

    fn share(&self) -> Option<ShareId> {
        match self {
            Self::Client(client) => Some(client.share),
            Self::Collection(_) | Self::Gallery(_) | Self::Order(_) | Self::Photo(_) => None,
        }
    }
}

/// Looks each of a few ids up once, side by side; what is absent is left out.
async fn look_up<Id, T, Looking>(
    ids: BTreeSet<Id>,
    find: impl Fn(Id) -> Looking + Send,
) -> Result<HashMap<Id, T>, StorageError>
where
    Id: Copy + Eq + Hash + Ord + Send + Sync,
    T: Send,
    Looking: Future<Output = Result<Option<T>, StorageError>> + Send,
{
    let found = try_join_all(ids.iter().map(|id| find(*id))).await?;
    Ok(ids.into_iter().zip(found).filter_map(|(id, found)| Some((id, found?))).collect())
}
