//! From a camera file to a watermarked proof: decode, turn upright, manage colour, shrink, mark, encode.
//!
//! JPEG, PNG, WebP and TIFF go in, told apart by their bytes; JPEG and WebP come out. Every file is treated as
//! hostile: limits are checked before memory is allocated, and a broken file is an error that says whose fault
//! it is. A mark that cannot be applied is an error as well, never a clean picture.
//!
//! This crate knows nothing of galleries, storage or networks. Its words are those of [`halftone_core`].
//!
//! ```
//! use halftone_core::rendition::{ProcessingOptions, Quality, RenditionFormat};
//! use halftone_core::text::WatermarkText;
//! use halftone_core::watermark::{Colour, Placement, Watermark};
//! use halftone_processing::encode::{Attachments, encode};
//! use halftone_processing::limits::Limits;
//! use halftone_processing::pipeline::render_proof;
//! use halftone_processing::raster::{Channels, Raster};
//!
//! // A camera's file would be read from disk.
//! let picture = Raster::new(900, 600, Channels::Rgb, vec![120; 900 * 600 * 3]).expect("the size fits");
//! let original = encode(&picture, RenditionFormat::Jpeg, Quality::DELIVERY, Attachments::default())?;
//!
//! let options = ProcessingOptions::with_watermark(Watermark::Text {
//!     text: WatermarkText::parse("© Ana Ñandú")?,
//!     colour: Colour::WHITE,
//!     placement: Placement::default(),
//! });
//! let rendered = render_proof(&original, &options, None, &Limits::default())?;
//! assert_eq!(rendered.facts.size.long_edge(), 900);
//! assert_eq!(rendered.marked.thumb.size.long_edge(), 400);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where to start
//! - [`pipeline`] does the whole job on the calling thread; it composes the stages [`decode`], [`resize`], [`orient`],
//!   [`colour`], [`watermark`] and [`encode`], each of which can be used alone.
//! - [`renderer`] is the same behind the core's asynchronous port, on a bounded pool of threads.
//! - [`limits`] lists every bound with its default.

pub mod colour;
mod cores;
pub mod decode;
pub mod encode;
mod error;
#[cfg(fuzzing)]
pub mod fuzzing;
mod jpeg;
pub mod limits;
pub mod metadata;
pub mod orient;
pub mod pipeline;
mod placeholder;
mod planes;
pub mod raster;
pub mod renderer;
pub mod resize;
pub mod simd;
pub mod sniff;
pub mod watermark;
