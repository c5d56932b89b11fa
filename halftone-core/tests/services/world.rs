//! A small world to run the services in.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use halftone_core::access::Principal;
use halftone_core::allowance::Allowance;
use halftone_core::clock::{Clock, ManualClock};
use halftone_core::entropy::{Entropy, SeededEntropy};
use halftone_core::gallery::Gallery;
use halftone_core::geometry::{PixelSize, PrintSize};
use halftone_core::id::{GalleryId, PhotoId, ProductId, UserId};
use halftone_core::money::{Currency, Money};
use halftone_core::page::{PageLimit, PageRequest};
use halftone_core::photo::{Photo, PhotoState};
use halftone_core::ports::Backend;
use halftone_core::ports::documents::{DocumentError, DocumentRenderer, JobTicket, Receipt};
use halftone_core::ports::identity::{
    Confirmation, IdentityError, IdentityProvider, Session, SignedUp, User,
};
use halftone_core::ports::notifier::Notifier;
use halftone_core::ports::objects::stream_of;
use halftone_core::ports::renderer::{
    DeliveryRequest, MarkRequest, MarkedPhoto, PhotoFacts, PrintRequest, ProofBase, ProofRequest,
    RenderError, RenderedImage, RenderedPhoto, Renderer,
};
use halftone_core::print::PrintDpi;
use halftone_core::processing_draft::ProcessingDraft;
use halftone_core::product::{BelowMinimum, PrintSpec, ProductKind};
use halftone_core::rendition::{Placeholder, ProcessingOptions, RenditionFormat};
use halftone_core::secret::{Keyring, Password, RenewalKey};
use halftone_core::self_served::SelfServedUrls;
use halftone_core::services::catalogue::Precondition;
use halftone_core::services::galleries::{GalleryChange, NewGallery};
use halftone_core::services::pricing::{NewPriceList, ProductDraft};
use halftone_core::services::sharing::{NewShare, Opened, Visitor};
use halftone_core::services::uploads::{AnnouncedFile, Completed};
use halftone_core::services::working::Disposition;
use halftone_core::services::{Dependencies, Mailing, Services};
use halftone_core::settings::Settings;
use halftone_core::share::{Limits, Permissions};
use halftone_core::studio::Channel;
use halftone_core::text::{Email, Line, Name, Prose, Tags};
use halftone_storage::memory::{MemoryBackend, MemoryMailer};
use jiff::{SignedDuration, Timestamp};

use crate::notifying::FakeChannel;
use crate::subscribing::FakeProvider;

/// Everything that a test touches.
pub(crate) struct World {
    pub(crate) services: Services,
    pub(crate) backend: Backend,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) renderer: Arc<FakeRenderer>,
    pub(crate) channel: Arc<FakeChannel>,
    pub(crate) push: Arc<FakeChannel>,
    pub(crate) hooks: Arc<FakeChannel>,
    pub(crate) mailer: Arc<MemoryMailer>,
    pub(crate) provider: Arc<FakeProvider>,
    identity: Arc<FakeIdentity>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::over(|_| {})
    }

    /// A world over a backend of which a test has changed something.
    pub(crate) fn over(change: impl FnOnce(&mut Backend)) -> Self {
        Self::of(change, |_| {})
    }

    /// A world of which a test has changed something.
    pub(crate) fn of(change: impl FnOnce(&mut Backend), choose: impl FnOnce(&mut Dependencies)) -> Self {
        let open = |clock, entropy| {
            let mut backend = MemoryBackend::new(clock, entropy).ports();
            change(&mut backend);
            backend
        };
        Self::opened(open, choose)
    }

    /// A world over another backend, of which a test has changed something.
    pub(crate) fn opened(
        open: impl FnOnce(Arc<dyn Clock>, Arc<dyn Entropy>) -> Backend,
        choose: impl FnOnce(&mut Dependencies),
    ) -> Self {
        let start: Timestamp = "2026-05-14T12:00:00Z".parse().unwrap();
        let clock = Arc::new(ManualClock::new(start));
        let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(7));
        let time: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
        let backend = open(Arc::clone(&time), Arc::clone(&entropy));
        let keyring = Arc::new(Keyring::generate(&*entropy));
        let renderer = Arc::new(FakeRenderer::default());
        let identity = Arc::new(FakeIdentity::default());
        let channel = Arc::new(FakeChannel::new(Channel::Topic));
        let push = Arc::new(FakeChannel::new(Channel::WebPush));
        let hooks = Arc::new(FakeChannel::new(Channel::Webhook));
        let mailer = Arc::new(MemoryMailer::default());
        let provider = Arc::new(FakeProvider::default());
        let notifiers = [&channel, &push, &hooks]
            .map(|channel| -> Arc<dyn Notifier> { Arc::<FakeChannel>::clone(channel) })
            .to_vec();
        let site = Some("https://photos.example.com".to_owned());
        let mail = Some(Mailing { mailer: Arc::<MemoryMailer>::clone(&mailer), site });
        let mut dependencies = Dependencies {
            backend: backend.clone(),
            identity: Arc::<FakeIdentity>::clone(&identity),
            renderer: Arc::<FakeRenderer>::clone(&renderer),
            documents: Arc::new(FakeDocuments),
            urls: Arc::new(SelfServedUrls::new(Arc::clone(&keyring), Arc::clone(&time))),
            notifiers,
            subscriptions: Some(Arc::<FakeProvider>::clone(&provider) as _),
            mail,
            vapid_key: Some([4; 65]),
            keyring,
            clock: time,
            entropy,
            settings: Settings::default(),
        };
        choose(&mut dependencies);
        let services = Services::new(dependencies);
        Self { services, backend, clock, renderer, channel, push, hooks, mailer, provider, identity }
    }

    /// Registers a photographer and logs in.
    pub(crate) async fn photographer(&self, name: &str) -> Principal {
        let email = Email::parse(&format!("{name}@example.com")).unwrap();
        let password = Password::choose("correct horse").unwrap();
        self.services.accounts.register(&email, &password, Name::parse(name).unwrap()).await.unwrap();
        let session = self.services.accounts.log_in(&email, &password).await.unwrap();
        self.services.accounts.authenticate(&session.access_token).await.unwrap()
    }

    pub(crate) fn knows(&self, email: &str) -> bool {
        self.identity.users.lock().unwrap().contains_key(email)
    }

    pub(crate) async fn gallery(&self, studio: &Principal, name: &str) -> GalleryId {
        let new = NewGallery {
            name: Name::parse(name).unwrap(),
            description: Prose::empty(),
            tags: Tags::default(),
            collection: None,
            price_list: None,
            processing: ProcessingDraft::default(),
        };
        self.services.galleries.create(studio, new).await.unwrap().gallery.value.id
    }

    /// A gallery that sells 10 x 15 prints; returns the product too.
    pub(crate) async fn shop(
        &self,
        studio: &Principal,
        below_minimum: BelowMinimum,
    ) -> (GalleryId, ProductId) {
        let print = PrintSpec {
            size: PrintSize::parse(100.0, 150.0).unwrap(),
            finish: Line::parse("matte").unwrap(),
            min_dpi: halftone_core::geometry::MinDpi::parse(200).unwrap(),
            print_dpi: PrintDpi::DEFAULT,
            below_minimum,
        };
        let product = ProductDraft {
            id: None,
            name: Name::parse("10 x 15").unwrap(),
            kind: ProductKind::Print(print),
            price: Money::parse(250, Currency::EUR).unwrap(),
        };
        let new =
            NewPriceList { name: Name::parse("Prints").unwrap(), currency: None, products: vec![product] };
        let list = self.services.pricing.create(studio, new).await.unwrap().value;
        let gallery = self.gallery(studio, "Shop").await;
        let change = GalleryChange { price_list: Some(Some(list.id)), ..GalleryChange::default() };
        self.services.galleries.change(studio, gallery, change, Precondition::NONE).await.unwrap();
        (gallery, list.products.as_slice()[0].id)
    }

    /// Sends a file by the three steps of an upload; its job waits.
    pub(crate) async fn send(&self, studio: &Principal, gallery: GalleryId, content: &str) -> PhotoId {
        let content = Bytes::copy_from_slice(content.as_bytes());
        let file = AnnouncedFile {
            filename: "IMG_0412.JPG".to_owned(),
            size: content.len() as u64,
            content_type: Some("image/jpeg".to_owned()),
            sha256: None,
        };
        let tickets = self.services.uploads.request(studio, gallery, &[file]).await.unwrap();
        let ticket = tickets.into_iter().next().unwrap().unwrap();
        let signed = ticket.link.url.0.strip_prefix(SelfServedUrls::UPLOADS).unwrap().to_owned();
        let length = Some(content.len() as u64);
        self.services.uploads.receive(&signed, length, stream_of(content)).await.unwrap();
        match self.services.uploads.complete(studio, ticket.upload, None).await.unwrap() {
            Completed::Photo(view) => view.photo.value.id,
            Completed::Image(_) | Completed::Archive(_) => panic!("a photo was announced"),
        }
    }

    /// Sends a file and processes it.
    pub(crate) async fn photo(&self, studio: &Principal, gallery: GalleryId, content: &str) -> PhotoId {
        let photo = self.send(studio, gallery, content).await;
        self.run_jobs().await;
        photo
    }

    /// Runs jobs until none is visible, and tells how each delivery went.
    pub(crate) async fn run_jobs(&self) -> Vec<Disposition> {
        let mut dispositions = Vec::new();
        loop {
            let received = self.services.working.receive(10).await.unwrap();
            if received.is_empty() {
                return dispositions;
            }
            for job in received {
                dispositions.push(self.services.working.run(&job).await.unwrap());
            }
            assert!(dispositions.len() < 10_000, "the queue never becomes empty");
        }
    }

    pub(crate) fn pass(&self, step: SignedDuration) {
        self.clock.advance(step);
    }

    pub(crate) async fn load(&self, studio: &Principal, photo: PhotoId) -> Photo {
        self.services.photos.get(studio, photo).await.unwrap().photo.value
    }

    pub(crate) async fn load_gallery(&self, studio: &Principal, gallery: GalleryId) -> Gallery {
        self.services.galleries.get(studio, gallery).await.unwrap().gallery.value
    }

    /// Shares a gallery and opens the share as a new client.
    pub(crate) async fn client(&self, studio: &Principal, gallery: GalleryId, new: NewShare) -> Principal {
        self.visit(studio, gallery, new).await.principal
    }

    pub(crate) async fn visit(&self, studio: &Principal, gallery: GalleryId, new: NewShare) -> Opened {
        let (_, token) = self.services.sharing.share_gallery(studio, gallery, new).await.unwrap();
        self.services.sharing.open(token.reveal(), visitor()).await.unwrap()
    }
}

pub(crate) fn first_page() -> PageRequest {
    PageRequest::first(PageLimit::MOST)
}

pub(crate) fn new_share() -> NewShare {
    NewShare {
        label: Line::parse("Family link").unwrap(),
        expires_at: None,
        pin: None,
        permissions: Permissions::default(),
        limits: Limits::default(),
        allowance: Allowance::default(),
    }
}

pub(crate) fn visitor() -> Visitor {
    Visitor { pin: None, client_key: None, name: None, email: None }
}

pub(crate) fn kind(photo: &Photo) -> &'static str {
    photo.state.kind().as_str()
}

pub(crate) fn failure(photo: &Photo) -> &str {
    match &photo.state {
        PhotoState::Failed { reason, .. } => reason.sentence.as_str(),
        other => panic!("the photo is {}", other.kind().as_str()),
    }
}

/// Renders texts. `damaged...` is malformed, `tall...` is upright; while `is_down` is set, proofs fail for now, and so do prints
/// when none is left.
#[derive(Debug)]
pub(crate) struct FakeRenderer {
    pub(crate) is_down: AtomicBool,
    pub(crate) renders: AtomicUsize,
    /// How often a base was marked anew.
    pub(crate) marks: AtomicUsize,
    pub(crate) prints_left: AtomicUsize,
    meeting: Mutex<Option<Arc<tokio::sync::Barrier>>>,
}

impl Default for FakeRenderer {
    fn default() -> Self {
        Self {
            is_down: AtomicBool::default(),
            renders: AtomicUsize::default(),
            marks: AtomicUsize::default(),
            prints_left: AtomicUsize::new(usize::MAX),
            meeting: Mutex::default(),
        }
    }
}

impl FakeRenderer {
    /// Lets renders wait for each other until so many have begun.
    pub(crate) fn wait_for(&self, renders: usize) {
        *self.meeting.lock().unwrap() = Some(Arc::new(tokio::sync::Barrier::new(renders)));
    }

    fn marked(original: &str, options: &ProcessingOptions) -> MarkedPhoto {
        MarkedPhoto {
            proof: Self::image(format!("proof of {original} with {:?}", options.watermark)),
            thumb: Self::image("thumb".to_owned()),
            placeholder: Placeholder::parse(vec![1; 20]).unwrap(),
        }
    }

    fn image(text: String) -> RenderedImage {
        RenderedImage {
            bytes: text.into(),
            size: PixelSize::new(2048, 1365).unwrap(),
            format: RenditionFormat::Jpeg,
        }
    }
}

#[async_trait]
impl Renderer for FakeRenderer {
    fn version(&self) -> u32 {
        1
    }

    async fn render_proof(&self, request: ProofRequest) -> Result<RenderedPhoto, RenderError> {
        self.renders.fetch_add(1, Ordering::SeqCst);
        let meeting = self.meeting.lock().unwrap().clone();
        if let Some(meeting) = meeting {
            meeting.wait().await;
        }
        if self.is_down.load(Ordering::SeqCst) {
            return Err(RenderError::Internal { detail: "out of memory".to_owned() });
        }
        if request.original.starts_with(b"damaged") {
            return Err(RenderError::Malformed { detail: "the file ends early".to_owned() });
        }
        let original = format!("{:?}", request.original);
        Ok(RenderedPhoto {
            facts: PhotoFacts {
                size: if request.original.starts_with(b"tall") {
                    PixelSize::new(4000, 6000).unwrap()
                } else {
                    PixelSize::new(6000, 4000).unwrap()
                },
                captured_at: None,
                camera: Some("NIKON D5300".to_owned()),
                lens: None,
            },
            marked: Self::marked(&original, &request.options),
            base: request.keep_base.then(|| ProofBase::new(original.into())),
        })
    }

    async fn mark_anew(&self, request: MarkRequest) -> Result<MarkedPhoto, RenderError> {
        self.marks.fetch_add(1, Ordering::SeqCst);
        if self.is_down.load(Ordering::SeqCst) {
            return Err(RenderError::Internal { detail: "out of memory".to_owned() });
        }
        // Why `ok`: only text is what was kept.
        let base = str::from_utf8(request.base.bytes()).ok().filter(|base| base.starts_with("b\""));
        let base = base.ok_or_else(|| RenderError::Malformed { detail: "no base of ours".to_owned() })?;
        Ok(Self::marked(base, &request.options))
    }

    async fn render_delivery(&self, request: DeliveryRequest) -> Result<RenderedImage, RenderError> {
        Ok(Self::image(format!("{} px of {:?}", request.long_edge_px, request.original)))
    }

    async fn render_print(&self, request: PrintRequest) -> Result<RenderedImage, RenderError> {
        let left =
            self.prints_left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if left.is_err() {
            return Err(RenderError::Internal { detail: "out of memory".to_owned() });
        }
        self.renders.fetch_add(1, Ordering::SeqCst);
        Ok(Self::image(format!("{:?} of {:?}", request.layout, request.original)))
    }

    async fn inspect_logo(&self, _logo: Bytes) -> Result<PixelSize, RenderError> {
        Ok(PixelSize::new(100, 40).unwrap())
    }
}

/// Writes what it was asked for.
#[derive(Debug)]
pub(crate) struct FakeDocuments;

#[async_trait]
impl DocumentRenderer for FakeDocuments {
    async fn job_ticket(&self, ticket: JobTicket) -> Result<Bytes, DocumentError> {
        let thumbs: Vec<_> = ticket.lines.iter().map(|line| line.thumb.clone()).collect();
        Ok(format!("{ticket:?} {thumbs:?}").into())
    }

    async fn receipt(&self, receipt: Receipt) -> Result<Bytes, DocumentError> {
        Ok(format!("{receipt:?}").into())
    }
}

/// Knows users by password in clear; a token is the address.
#[derive(Debug, Default)]
struct FakeIdentity {
    users: Mutex<HashMap<String, (UserId, String)>>,
}

impl FakeIdentity {
    fn find(&self, email: &str) -> Result<(UserId, String), IdentityError> {
        self.users.lock().unwrap().get(email).cloned().ok_or(IdentityError::InvalidCredentials)
    }
}

#[async_trait]
impl IdentityProvider for FakeIdentity {
    async fn sign_up(&self, email: &Email, password: &Password) -> Result<SignedUp, IdentityError> {
        let mut users = self.users.lock().unwrap();
        let number = users.len() as u128 + 1;
        let user = UserId::from_uuid(uuid::Uuid::from_u128(number));
        if users.contains_key(email.as_str()) {
            return Err(IdentityError::AlreadyRegistered);
        }
        users.insert(email.as_str().to_owned(), (user, password.reveal().to_owned()));
        Ok(SignedUp { user, confirmation: Confirmation::NotRequired })
    }

    async fn confirm(&self, _email: &Email, _code: &str) -> Result<(), IdentityError> {
        Ok(())
    }

    async fn resend_confirmation(&self, _email: &Email) -> Result<(), IdentityError> {
        Ok(())
    }

    async fn log_in(&self, email: &Email, password: &Password) -> Result<Session, IdentityError> {
        let (id, known) = self.find(email.as_str())?;
        if known != password.reveal() {
            return Err(IdentityError::InvalidCredentials);
        }
        Ok(Session {
            user: User { id, email: email.clone() },
            access_token: email.as_str().to_owned(),
            refresh_token: email.as_str().to_owned(),
            expires_in: SignedDuration::from_mins(15),
        })
    }

    async fn refresh(
        &self,
        _refresh_token: &str,
        _key: Option<&RenewalKey>,
    ) -> Result<Session, IdentityError> {
        Err(IdentityError::InvalidCredentials)
    }

    async fn log_out(&self, _refresh_token: &str) -> Result<(), IdentityError> {
        Ok(())
    }

    async fn forgot_password(&self, _email: &Email) -> Result<(), IdentityError> {
        Ok(())
    }

    async fn reset_password(
        &self,
        _email: &Email,
        _code: &str,
        _password: &Password,
    ) -> Result<(), IdentityError> {
        Err(IdentityError::InvalidCode)
    }

    async fn verify(&self, access_token: &str) -> Result<UserId, IdentityError> {
        let (id, _) = self.find(access_token)?;
        Ok(id)
    }

    async fn check_password(&self, user: &User, password: &Password) -> Result<(), IdentityError> {
        let users = self.users.lock().unwrap();
        let is_right = users.values().any(|(id, known)| *id == user.id && known == password.reveal());
        if is_right { Ok(()) } else { Err(IdentityError::InvalidCredentials) }
    }

    async fn delete(&self, user: UserId) -> Result<(), IdentityError> {
        self.users.lock().unwrap().retain(|_, (id, _)| *id != user);
        Ok(())
    }
}
