//! Packs that are put into the object store, for servers whose answers have a bound.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use halftone_core::access::{DownloadGrant, Principal};
use halftone_core::id::{GalleryId, PackId};
use halftone_core::object_key::{ObjectKey, ObjectPrefix, OriginalKey, PackArchiveKey, RenditionKey};
use halftone_core::pack::{PackDelivery, PackState};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::objects::{
    Expected, MultipartId, MultipartStore, ObjectStream, PartNumber, StoredObject, UploadedPart, stream_of,
};
use halftone_core::ports::urls::{LinkTarget, UploadLink, UploadTerms, UrlSigner, Viewer};
use halftone_core::secret::Password;
use halftone_core::self_served::SelfServedUrls;
use halftone_core::services::packing::{PackPhotos, PackView, ServedPack};
use halftone_core::services::sweeping::SweepDepth;
use halftone_core::settings::ArchiveDelivery;
use jiff::SignedDuration;

use crate::failover::{Break, Line};
use crate::world::{World, first_page, new_share};

/// One part and a bit: the least with two parts.
const LARGE: usize = (16 << 20) + 100_000;

/// A bucket's URLs, as far as downloads go.
#[derive(Debug)]
struct BucketUrls(Arc<dyn UrlSigner>);

#[async_trait]
impl UrlSigner for BucketUrls {
    async fn picture(&self, viewer: Viewer, key: &RenditionKey) -> Result<LinkTarget, StorageError> {
        self.0.picture(viewer, key).await
    }

    async fn upload(&self, terms: &UploadTerms) -> Result<UploadLink, StorageError> {
        self.0.upload(terms).await
    }

    async fn upload_part(
        &self,
        terms: &UploadTerms,
        multipart: &MultipartId,
        number: PartNumber,
    ) -> Result<UploadLink, StorageError> {
        self.0.upload_part(terms, multipart, number).await
    }

    async fn download(&self, grant: &DownloadGrant) -> Result<Option<LinkTarget>, StorageError> {
        let (key, name) = (grant.key(), grant.filename());
        Ok(Some(LinkTarget(format!("https://bucket.example.com/{key}?{name}&{}", grant.media_type()))))
    }
}

/// A store of parts behind a line, and a count of the parts that were sent, whatever became of them.
#[derive(Debug)]
struct Counted {
    inner: Arc<dyn MultipartStore>,
    line: Arc<Line>,
    parts: Arc<AtomicU32>,
}

#[async_trait]
impl MultipartStore for Counted {
    async fn begin(&self, key: ObjectKey) -> Result<MultipartId, StorageError> {
        self.line.carry("begin upload", self.inner.begin(key)).await
    }

    async fn find(&self, key: ObjectKey) -> Result<Option<MultipartId>, StorageError> {
        self.line.carry("find upload", self.inner.find(key)).await
    }

    async fn put_part(
        &self,
        key: ObjectKey,
        upload: &MultipartId,
        number: PartNumber,
        content: ObjectStream,
        most_bytes: u64,
    ) -> Result<UploadedPart, StorageError> {
        self.parts.fetch_add(1, Ordering::SeqCst);
        self.line.carry("send part", self.inner.put_part(key, upload, number, content, most_bytes)).await
    }

    async fn complete(
        &self,
        key: ObjectKey,
        upload: &MultipartId,
        parts: &[UploadedPart],
        expected: Expected,
    ) -> Result<StoredObject, StorageError> {
        self.line.carry("join parts", self.inner.complete(key, upload, parts, expected)).await
    }

    async fn abort(&self, key: ObjectKey) -> Result<(), StorageError> {
        self.line.carry("abort upload", self.inner.abort(key)).await
    }
}

/// A studio on a function, with a gallery of one small and one large original.
struct Function {
    world: World,
    studio: Principal,
    gallery: GalleryId,
    line: Arc<Line>,
    /// How many parts were sent, whatever became of them.
    parts: Arc<AtomicU32>,
}

async fn function(at: Break) -> Function {
    function_with(at, LARGE).await
}

async fn function_with(at: Break, size_bytes: usize) -> Function {
    let line = Line::intact(at);
    let parts = Arc::new(AtomicU32::new(0));
    let break_uploads = |backend: &mut halftone_core::ports::Backend| {
        let inner = Arc::clone(&backend.objects.multipart);
        let (line, parts) = (Arc::clone(&line), Arc::clone(&parts));
        backend.objects.multipart = Arc::new(Counted { inner, line, parts });
    };
    let world = World::of(break_uploads, |dependencies| {
        dependencies.settings.archives = ArchiveDelivery::Stored;
        dependencies.urls = Arc::new(BucketUrls(Arc::clone(&dependencies.urls)));
    });
    let studio = world.photographer("anna").await;
    let gallery = world.gallery(&studio, "Wedding").await;
    world.photo(&studio, gallery, "a picture").await;
    let photo = world.photo(&studio, gallery, "a large picture").await;
    let key = OriginalKey { studio: studio.manage().unwrap(), photo, replacement: None };
    let content: Bytes = (0..size_bytes).map(|place| place.to_be_bytes()[6]).collect();
    world.backend.objects.store.put(key.into(), stream_of(content), Expected::default()).await.unwrap();
    Function { world, studio, gallery, line, parts }
}

impl Function {
    async fn ask(&self) -> PackId {
        let photos = PackPhotos::Gallery(self.gallery);
        self.world.services.packing.request(&self.studio, &photos, None).await.unwrap().pack.id
    }

    async fn view(&self, pack: PackId) -> PackView {
        self.world.services.packing.get(&self.studio, pack).await.unwrap()
    }

    /// Works until a pack is ready, however often its job has to be tried again.
    async fn finish(&self, pack: PackId) -> PackView {
        for _ in 0..10 {
            self.world.run_jobs().await;
            let view = self.view(pack).await;
            if view.pack.state != PackState::Building {
                return view;
            }
            self.world.pass(SignedDuration::from_mins(5));
        }
        panic!("the pack is never ready");
    }

    fn key(&self, pack: PackId) -> ObjectKey {
        PackArchiveKey { studio: self.studio.manage().unwrap(), pack }.into()
    }

    async fn open(&self, view: &PackView) -> ServedPack {
        let url = &view.link.as_ref().unwrap().0;
        let signed = url.strip_prefix(SelfServedUrls::PACKS).unwrap();
        self.world.services.packing.open_signed(signed).await.unwrap()
    }

    /// The archive in the store is the one that a server would make while it sends it.
    async fn check(&self, view: &PackView) {
        assert!(matches!(view.pack.state, PackState::Ready { .. }), "{:?}", view.pack.state);
        assert_eq!(view.pack.delivery, PackDelivery::Stored { marks: Vec::new() });
        let key = self.key(view.pack.id);
        let stored = self.world.backend.objects.store.get(key, None).await.unwrap();
        let stored = stored.read(u64::MAX).await.unwrap();
        let served = self.open(view).await;
        let streamed = self.world.services.packing.read(&served, None).unwrap().read(u64::MAX).await.unwrap();
        assert!(stored == streamed, "{} bytes for {}", stored.len(), streamed.len());
        let archive = zip::ZipArchive::new(std::io::Cursor::new(stored)).unwrap();
        assert_eq!(archive.len(), 2);
        assert_eq!(self.world.backend.objects.multipart.find(key).await.unwrap(), None);
    }
}

#[tokio::test]
async fn the_link_of_a_stored_pack_leads_to_the_bucket() {
    let function = function(Break::Before).await;
    let pack = function.ask().await;
    assert!(function.view(pack).await.link.is_none());
    let view = function.finish(pack).await;
    function.check(&view).await;
    let served = function.open(&view).await;
    let link = function.world.services.packing.link(&served).await.unwrap().unwrap();
    let expected = format!("https://bucket.example.com/{}?Wedding.zip&application/zip", function.key(pack));
    assert_eq!(link.0, expected);
}

#[tokio::test]
async fn a_clients_link_leads_to_the_bucket_until_the_share_ends() {
    let function = function(Break::Before).await;
    let world = &function.world;
    let mut new = new_share();
    new.permissions.download = halftone_core::share::DownloadPermission::Original;
    let client = world.client(&function.studio, function.gallery, new).await;
    let photos = PackPhotos::Gallery(function.gallery);
    let packing = &world.services.packing;
    let pack = packing.request_for_client(&client, &photos, None).await.unwrap().pack.id;
    world.run_jobs().await;
    let view = packing.get_for_client(&client, pack).await.unwrap();
    let served = function.open(&view).await;
    assert!(packing.link(&served).await.unwrap().is_some());
    let share = client.visit(halftone_core::access::Action::View).unwrap().share_id();
    world.services.sharing.revoke(&function.studio, share).await.unwrap();
    let url = view.link.unwrap().0;
    let signed = url.strip_prefix(SelfServedUrls::PACKS).unwrap();
    assert!(packing.open_signed(signed).await.is_err());
}

#[tokio::test]
async fn a_pack_is_stored_whole_whatever_call_fails() {
    is_stored_whole_whatever_fails(Break::Before).await;
}

#[tokio::test]
async fn a_pack_is_stored_whole_whatever_answer_is_lost() {
    is_stored_whole_whatever_fails(Break::After).await;
}

async fn is_stored_whole_whatever_fails(at: Break) {
    let function = function(at).await;
    for calls in 0.. {
        let pack = function.ask().await;
        function.line.break_after(calls);
        let view = function.finish(pack).await;
        let was_broken = function.line.mend();
        function.check(&view).await;
        // Its end comes, and nothing of it stays.
        function.world.pass(SignedDuration::from_hours(25));
        function.world.services.sweeping.sweep(&Principal::System, SweepDepth::Usual).await.unwrap();
        let key = function.key(pack);
        assert_eq!(function.world.backend.objects.store.head(key).await.unwrap(), None);
        if !was_broken {
            assert!(calls >= 4, "an upload of two parts is begun, sent and joined by four calls at least");
            return;
        }
    }
}

#[tokio::test]
async fn parts_that_were_sent_are_not_sent_again() {
    const PART: usize = 16 << 20;
    let function = function_with(Break::Before, 4 * PART + 100_000).await;
    let pack = function.ask().await;
    // Begun and four parts sent, and the pack was written; the upload is found again, and the fifth part fails.
    function.line.break_after(6);
    function.world.run_jobs().await;
    let PackDelivery::Stored { marks } = function.view(pack).await.pack.delivery else {
        panic!("the pack is to be stored");
    };
    assert_eq!((marks.len(), function.parts.load(Ordering::SeqCst)), (4, 5));
    let view = function.finish(pack).await;
    function.check(&view).await;
    assert_eq!(function.parts.load(Ordering::SeqCst), 6);
}

#[tokio::test]
async fn a_pack_of_many_files_is_stored_by_another_run() {
    let function = function(Break::Before).await;
    for number in 0..400 {
        function.world.send(&function.studio, function.gallery, &format!("picture {number}")).await;
    }
    function.world.run_jobs().await;
    let pack = function.ask().await;
    let jobs = function.world.services.working.receive(10).await.unwrap();
    function.world.services.working.run(&jobs[0]).await.unwrap();
    let view = function.view(pack).await;
    assert_eq!((view.pack.sealed(), view.pack.entries.as_slice().len()), (400, 402));
    let view = function.finish(pack).await;
    assert!(matches!(view.pack.state, PackState::Ready { .. }));
    let size_bytes =
        function.world.backend.objects.store.head(function.key(pack)).await.unwrap().unwrap().size_bytes;
    assert_eq!(view.size_bytes(), Some(size_bytes));
}

#[tokio::test]
async fn a_cancelled_account_leaves_no_upload_of_a_pack() {
    let function = function(Break::Before).await;
    let world = &function.world;
    let pack = function.ask().await;
    // Begun and two parts sent; joining them fails.
    function.line.break_after(3);
    world.run_jobs().await;
    let key = function.key(pack);
    assert!(world.backend.objects.multipart.find(key).await.unwrap().is_some());
    let studio = function.studio.manage().unwrap();
    let password = Password::choose("correct horse").unwrap();
    world.services.accounts.delete(&function.studio, &password).await.unwrap();
    for _ in 0..10 {
        world.run_jobs().await;
        world.pass(SignedDuration::from_mins(5));
    }
    assert_eq!(world.backend.objects.multipart.find(key).await.unwrap(), None);
    let left = world.backend.objects.store.list(ObjectPrefix::Studio(studio), &first_page()).await.unwrap();
    assert!(left.items.is_empty(), "{:?}", left.items);
}
