//! The domain of Halftone: photo sharing and ordering for photographers and their clients.
//!
//! This crate holds the domain types, the rules, and the use cases over storage traits. It is deliberately not
//! a server, a database or an image library: it does no input or output, names no runtime, and everything that
//! touches the world is a port that you implement or take from `halftone-storage` and `halftone-processing`.
//!
//! # Where to start
//! - The nouns: [`studio`], [`collection`], [`gallery`], [`photo`], [`share`], [`selection`], [`product`],
//!   [`order`]. Values with a rule are types that parse or do not exist.
//! - The verbs: [`services::Services`], wired from [`services::Dependencies`].
//! - The ports: [`ports`]. Their documentation is the contract; the conformance suite of `halftone-storage`
//!   enforces it.
//! - Who may do what: [`access::authorise`], the one place that decides.
//!
//! # In another program
//! With [`services::Services`] wired over any backend (`adapters/server/examples/embed.rs` does it in memory):
//!
//! ```
//! use halftone_core::access::Principal;
//! use halftone_core::ports::galleries::GalleryFilter;
//! use halftone_core::page::{PageLimit, PageRequest};
//! use halftone_core::secret::Password;
//! use halftone_core::services::Services;
//! use halftone_core::text::{Email, Name};
//!
//! async fn first_steps(services: &Services) -> Result<(), Box<dyn std::error::Error>> {
//!     let (email, password) = (Email::parse("ana@example.com")?, Password::choose("correct horse")?);
//!     services.accounts.register(&email, &password, Name::parse("Studio Ana")?).await?;
//!     let session = services.accounts.log_in(&email, &password).await?;
//!     let ana: Principal = services.accounts.authenticate(&session.access_token).await?;
//!     let page = PageRequest::first(PageLimit::DEFAULT);
//!     for found in services.galleries.list(&ana, &GalleryFilter::default(), &page).await?.items {
//!         println!("{}: {} photos are ready", found.gallery.value.name, found.photos.ready);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # What the types make impossible
//! A client's picture URL is made from a [`object_key::RenditionKey`], and no conversion leads from an
//! [`object_key::OriginalKey`] to one. A clean file leaves through an [`access::DownloadGrant`], which only
//! the delivering service can ask for. `tests/leaks` keeps programs that try otherwise and must not compile.
//!
//! # Recipes
//! **A new entity**: its id in [`id`], its module here, its repository in [`ports`] with the contract in the
//! docs, a field in [`ports::Metadata`], an implementation and a document in every backend, a module of cases in
//! the conformance suite, then the service.
//!
//! **A new port**: the trait in [`ports`] (object-safe, `#[async_trait]`, small), a field in
//! [`services::Dependencies`], an implementation for each home, cases for what it MUST do.

pub mod access;
pub mod allowance;
pub mod archive;
pub mod clock;
pub mod collection;
pub mod delivery;
pub mod entropy;
pub mod event;
pub mod export;
pub mod fault;
pub mod gallery;
pub mod geometry;
pub mod id;
pub mod invoice;
pub mod job;
pub mod listener;
pub mod meter;
pub mod money;
pub mod notification;
pub mod object_key;
pub mod order;
pub mod pack;
pub mod page;
pub mod photo;
pub mod ports;
pub mod print;
pub mod processing_draft;
pub mod product;
pub mod rendition;
pub mod search;
pub mod secret;
pub mod selection;
pub mod self_served;
pub mod services;
pub mod settings;
pub mod share;
pub mod studio;
pub mod text;
pub mod watermark;
pub mod zip;
