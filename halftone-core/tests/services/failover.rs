//! A database that changes its primary: at every single call of an upload, a job and an order, one after the other, the
//! connection breaks, before the command is done or after it, when only its reply is lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use halftone_core::access::Principal;
use halftone_core::event::{Event, EventKind};
use halftone_core::id::{ClientId, GalleryId, OrderId, PhotoId, ProductId, StudioId};
use halftone_core::job::Job;
use halftone_core::order::{IdempotencyKey, Order};
use halftone_core::page::{Page, PageLimit, PageRequest, Version, Versioned};
use halftone_core::photo::{Photo, PhotoStateKind};
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::objects::stream_of;
use halftone_core::ports::orders::{OrderFilter, OrderRepository};
use halftone_core::ports::photos::{PhotoChange, PhotoCounts, PhotoFilter, PhotoRepository};
use halftone_core::ports::queue::{JobQueue, QueueDepth, Receipt, ReceivedJob};
use halftone_core::product::BelowMinimum;
use halftone_core::search::SearchText;
use halftone_core::self_served::SelfServedUrls;
use halftone_core::services::ordering::{OrderRequest, OrderingError, Placed};
use halftone_core::services::sweeping::SweepDepth;
use halftone_core::services::uploads::{AnnouncedFile, Completed, UploadError};
use jiff::{SignedDuration, Timestamp};

use crate::ordering::{item, key, request};
use crate::world::{World, new_share};

mod allowance;
mod replacing;

/// When the connection breaks, as seen by the command that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Break {
    /// The command never arrives.
    Before,
    /// The command is done, and its reply is lost.
    After,
}

/// Breaks one call of those that share it.
#[derive(Debug)]
pub(crate) struct Line {
    at: Break,
    /// How many calls are still to succeed before the one that breaks.
    calls_left: AtomicU32,
}

const INTACT: u32 = u32::MAX;

impl Line {
    pub(crate) fn intact(at: Break) -> Arc<Self> {
        Arc::new(Self { at, calls_left: AtomicU32::new(INTACT) })
    }

    pub(crate) fn break_after(&self, calls: u32) {
        self.calls_left.store(calls, Ordering::SeqCst);
    }

    /// Mends the line, and tells whether it had broken.
    pub(crate) fn mend(&self) -> bool {
        self.calls_left.swap(INTACT, Ordering::SeqCst) == INTACT
    }

    fn is_breaking(&self) -> bool {
        let step =
            |left: u32| if left == INTACT { None } else { Some(left.checked_sub(1).unwrap_or(INTACT)) };
        self.calls_left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, step) == Ok(0)
    }

    pub(crate) async fn carry<T>(
        &self,
        operation: &'static str,
        call: impl Future<Output = Result<T, StorageError>>,
    ) -> Result<T, StorageError> {
        let broken = || StorageError::new(StorageErrorKind::Unavailable, operation, "the primary");
        match (self.is_breaking(), self.at) {
            (false, _) => call.await,
            (true, Break::Before) => Err(broken()),
            (true, Break::After) => call.await.and(Err(broken())),
        }
    }
}

/// A port behind a line.
#[derive(Debug)]
struct Remote<T: ?Sized> {
    inner: Arc<T>,
    line: Arc<Line>,
}

#[async_trait]
impl PhotoRepository for Remote<dyn PhotoRepository> {
    async fn create_many(&self, photos: &[Photo]) -> Result<(), StorageError> {
        self.line.carry("create photos", self.inner.create_many(photos)).await
    }

    async fn find(&self, studio: StudioId, photo: PhotoId) -> Result<Option<Versioned<Photo>>, StorageError> {
        self.line.carry("find photo", self.inner.find(studio, photo)).await
    }

    async fn find_many(
        &self,
        studio: StudioId,
        photos: &[PhotoId],
    ) -> Result<Vec<Versioned<Photo>>, StorageError> {
        self.line.carry("find photos", self.inner.find_many(studio, photos)).await
    }

    async fn update(&self, photo: &Photo, seen: Version, events: &[Event]) -> Result<Version, StorageError> {
        self.line.carry("update photo", self.inner.update(photo, seen, events)).await
    }

    async fn list(
        &self,
        studio: StudioId,
        gallery: GalleryId,
        filter: &PhotoFilter,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Photo>>, StorageError> {
        self.line.carry("list photos", self.inner.list(studio, gallery, filter, page)).await
    }

    async fn search(
        &self,
        studio: StudioId,
        text: &SearchText,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Photo>>, StorageError> {
        self.line.carry("search photos", self.inner.search(studio, text, page)).await
    }

    async fn count_by_gallery(
        &self,
        studio: StudioId,
        gallery: GalleryId,
    ) -> Result<PhotoCounts, StorageError> {
        self.line.carry("count photos", self.inner.count_by_gallery(studio, gallery)).await
    }

    async fn mark_deleted(
        &self,
        studio: StudioId,
        photo: PhotoId,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        self.line.carry("mark photo", self.inner.mark_deleted(studio, photo, at)).await
    }

    async fn purge(&self, studio: StudioId, photo: PhotoId) -> Result<(), StorageError> {
        self.line.carry("purge photo", self.inner.purge(studio, photo)).await
    }

    async fn list_ids(
        &self,
        studio: StudioId,
        gallery: GalleryId,
        page: &PageRequest,
    ) -> Result<Page<PhotoId>, StorageError> {
        self.line.carry("list photos", self.inner.list_ids(studio, gallery, page)).await
    }

    async fn list_stalled(
        &self,
        state: PhotoStateKind,
        before: Timestamp,
        limit: PageLimit,
    ) -> Result<Vec<Versioned<Photo>>, StorageError> {
        self.line.carry("list stalled photos", self.inner.list_stalled(state, before, limit)).await
    }

    async fn list_changed(
        &self,
        studio: StudioId,
        since: Timestamp,
        limit: PageLimit,
    ) -> Result<Vec<PhotoChange>, StorageError> {
        self.line.carry("list changed photos", self.inner.list_changed(studio, since, limit)).await
    }

    async fn list_deleted(&self, page: &PageRequest) -> Result<Page<(StudioId, PhotoId)>, StorageError> {
        self.line.carry("list deleted photos", self.inner.list_deleted(page)).await
    }
}

#[async_trait]
impl OrderRepository for Remote<dyn OrderRepository> {
    async fn create(&self, order: &Order, events: &[Event]) -> Result<Version, StorageError> {
        self.line.carry("create order", self.inner.create(order, events)).await
    }

    async fn find(&self, studio: StudioId, order: OrderId) -> Result<Option<Versioned<Order>>, StorageError> {
        self.line.carry("find order", self.inner.find(studio, order)).await
    }

    async fn find_by_key(
        &self,
        studio: StudioId,
        client: ClientId,
        key: &IdempotencyKey,
    ) -> Result<Option<Versioned<Order>>, StorageError> {
        self.line.carry("find order", self.inner.find_by_key(studio, client, key)).await
    }

    async fn update(&self, order: &Order, seen: Version, events: &[Event]) -> Result<Version, StorageError> {
        self.line.carry("update order", self.inner.update(order, seen, events)).await
    }

    async fn list(
        &self,
        studio: StudioId,
        filter: &OrderFilter,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Order>>, StorageError> {
        self.line.carry("list orders", self.inner.list(studio, filter, page)).await
    }

    async fn search(
        &self,
        studio: StudioId,
        text: &SearchText,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Order>>, StorageError> {
        self.line.carry("search orders", self.inner.search(studio, text, page)).await
    }

    async fn list_changed(
        &self,
        studio: StudioId,
        since: Timestamp,
        limit: PageLimit,
    ) -> Result<Vec<Versioned<Order>>, StorageError> {
        self.line.carry("list changed orders", self.inner.list_changed(studio, since, limit)).await
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        self.line.carry("purge orders", self.inner.purge_by_studio(studio)).await
    }
}

#[async_trait]
impl JobQueue for Remote<dyn JobQueue> {
    async fn enqueue(&self, jobs: &[Job], delay: SignedDuration) -> Result<(), StorageError> {
        self.line.carry("enqueue jobs", self.inner.enqueue(jobs, delay)).await
    }

    async fn receive(&self, most: usize, lease: SignedDuration) -> Result<Vec<ReceivedJob>, StorageError> {
        self.line.carry("receive jobs", self.inner.receive(most, lease)).await
    }

    async fn extend(&self, receipt: &Receipt, lease: SignedDuration) -> Result<(), StorageError> {
        self.line.carry("extend lease", self.inner.extend(receipt, lease)).await
    }

    async fn acknowledge(&self, receipt: &Receipt) -> Result<(), StorageError> {
        self.line.carry("acknowledge job", self.inner.acknowledge(receipt)).await
    }

    async fn release(&self, receipt: &Receipt, delay: SignedDuration) -> Result<(), StorageError> {
        self.line.carry("release job", self.inner.release(receipt, delay)).await
    }

    async fn bury(&self, receipt: &Receipt, reason: &str) -> Result<(), StorageError> {
        self.line.carry("bury job", self.inner.bury(receipt, reason)).await
    }

    async fn depth(&self) -> Result<QueueDepth, StorageError> {
        self.line.carry("measure queue", self.inner.depth()).await
    }
}

/// A world whose photos, orders and jobs lie behind a line.
fn remote(line: &Arc<Line>) -> World {
    World::over(|backend| {
        let (photos, orders) = (&mut backend.metadata.photos, &mut backend.metadata.orders);
        *photos = Arc::new(Remote { inner: Arc::clone(photos), line: Arc::clone(line) });
        *orders = Arc::new(Remote { inner: Arc::clone(orders), line: Arc::clone(line) });
        let jobs = &mut backend.queue.jobs;
        *jobs = Arc::new(Remote { inner: Arc::clone(jobs), line: Arc::clone(line) });
    })
}

fn is_outage(error: &UploadError) -> bool {
    matches!(error, UploadError::Storage(error) if error.kind().is_transient())
}

/// Uploads as a browser does that repeats a request once when it is answered with 503.
async fn upload(world: &World, studio: &Principal, gallery: GalleryId) -> PhotoId {
    let content = Bytes::from_static(b"a picture");
    let length = content.len() as u64;
    let file = AnnouncedFile {
        filename: "IMG_0412.JPG".to_owned(),
        size: length,
        content_type: Some("image/jpeg".to_owned()),
        sha256: None,
    };
    let uploads = &world.services.uploads;
    let mut asked = uploads.request(studio, gallery, std::slice::from_ref(&file)).await;
    if asked.as_ref().is_err_and(is_outage) {
        asked = uploads.request(studio, gallery, &[file]).await;
    }
    let ticket = asked.unwrap().into_iter().next().unwrap().unwrap();
    let signed = ticket.link.url.0.strip_prefix(SelfServedUrls::UPLOADS).unwrap().to_owned();
    let sent = uploads.receive(&signed, Some(length), stream_of(content.clone())).await;
    if sent.as_ref().is_err_and(is_outage) {
        uploads.receive(&signed, Some(length), stream_of(content)).await.unwrap();
    } else {
        sent.unwrap();
    }
    let mut completed = uploads.complete(studio, ticket.upload, None).await;
    if completed.as_ref().is_err_and(is_outage) {
        completed = uploads.complete(studio, ticket.upload, None).await;
    }
    match completed.unwrap() {
        Completed::Photo(view) => view.photo.value.id,
        Completed::Image(_) | Completed::Archive(_) => panic!("a photo was announced"),
    }
}

/// Runs workers and sweeps for three hours, whatever fails.
async fn work(world: &World) {
    for _ in 0..36 {
        drop(world.services.sweeping.sweep(&Principal::System, SweepDepth::Usual).await);
        for job in world.services.working.receive(10).await.unwrap_or_default() {
            drop(world.services.working.run(&job).await);
        }
        world.pass(SignedDuration::from_mins(5));
    }
}

async fn no_upload_is_lost(at: Break) {
    for calls in 0.. {
        let line = Line::intact(at);
        let world = remote(&line);
        let studio = world.photographer("ana").await;
        let gallery = world.gallery(&studio, "Ceremony").await;
        line.break_after(calls);
        let photo = upload(&world, &studio, gallery).await;
        work(&world).await;
        let has_broken = line.mend();
        let loaded = world.load(&studio, photo).await;
        assert_eq!(loaded.state.kind(), PhotoStateKind::Ready, "{at:?} call {calls}");
        let counts = world.services.galleries.get(&studio, gallery).await.unwrap().photos;
        assert_eq!((counts.ready, counts.arrived()), (1, 1), "{at:?} call {calls}");
        let depth = world.backend.queue.jobs.depth().await.unwrap();
        assert_eq!(depth, QueueDepth::default(), "{at:?} call {calls}");
        if !has_broken {
            assert!(calls > 20, "the line was used {calls} times only");
            return;
        }
    }
}

#[tokio::test]
async fn no_upload_is_lost_whatever_command_fails() {
    no_upload_is_lost(Break::Before).await;
}

#[tokio::test]
async fn no_upload_is_lost_whatever_reply_is_lost() {
    no_upload_is_lost(Break::After).await;
}

/// Orders as a browser does that repeats a request with its key.
async fn order(world: &World, client: &Principal, photo: PhotoId, product: ProductId) -> Versioned<Order> {
    let ask = || -> OrderRequest { request(vec![item(photo, product, 2)]) };
    let ordering = &world.services.ordering;
    let mut placed = ordering.place(client, key("one"), ask()).await;
    if matches!(&placed, Err(OrderingError::Storage(error)) if error.kind().is_transient()) {
        placed = ordering.place(client, key("one"), ask()).await;
    }
    match placed.unwrap() {
        Placed::Now(order) | Placed::Before(order) => order,
    }
}

async fn an_order_is_placed_once(at: Break) {
    for calls in 0.. {
        let line = Line::intact(at);
        let world = remote(&line);
        let studio = world.photographer("ana").await;
        let (gallery, product) = world.shop(&studio, BelowMinimum::Warn).await;
        let photo = world.photo(&studio, gallery, "a picture").await;
        let client = world.client(&studio, gallery, new_share()).await;
        line.break_after(calls);
        let order = order(&world, &client, photo, product).await;
        let has_broken = line.mend();
        let page = PageRequest::first(PageLimit::MOST);
        let orders = world.services.ordering.list(&studio, &OrderFilter::default(), &page).await.unwrap();
        let ids: Vec<OrderId> = orders.items.iter().map(|order| order.value.id).collect();
        assert_eq!(ids, [order.value.id], "{at:?} call {calls}");
        let lease = SignedDuration::from_mins(1);
        let events = world.backend.metadata.outbox.claim(100, lease).await.unwrap();
        let placed = events.iter().filter(|event| event.subject.kind() == EventKind::OrderPlaced);
        assert_eq!(placed.count(), 1, "{at:?} call {calls}");
        if !has_broken {
            assert!(calls > 2, "the line was used {calls} times only");
            return;
        }
    }
}

#[tokio::test]
async fn an_order_is_placed_once_whatever_command_fails() {
    an_order_is_placed_once(Break::Before).await;
}

#[tokio::test]
async fn an_order_is_placed_once_whatever_reply_is_lost() {
    an_order_is_placed_once(Break::After).await;
}
