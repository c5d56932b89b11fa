//! Halftone's paper: job tickets for the lab and receipts for clients, as PDF.
//!
//! [`PdfRenderer`] implements the core's [`DocumentRenderer`](halftone_core::ports::documents::DocumentRenderer). It is
//! deliberately not a template engine, and it looks nothing up: who calls it brings the order and the thumbs.
//!
//! # Where to start
//! `ticket` and `receipt` say what stands where, with the parts of `look` and the columns and rows of `paper`. They leave
//! lists of marks, which `pdf` writes. `text` turns what people typed into lines of glyphs; `words` holds every text that
//! the documents say by themselves.
//!
//! # Limits
//! - A4, upright. Lines: [`Order::MOST_ITEMS`](halftone_core::order::Order::MOST_ITEMS); texts: what their types in the core
//!   hold, printed in full. A note or reason with more than 40 line breaks runs on, with slashes for them.
//! - Faces for Latin, Greek, Cyrillic, Hebrew and Arabic. What they lack is a box, and can still be copied as text.
//! - One document at a time. A ticket of 1,000 lines takes about a second and 100 pages; with a note of 5,000 characters on each, some
//!   ten times that and 320 MB of memory.
//! - More than four combining marks on one letter are left out.
//! - Times are UTC, and say so.

mod face;
mod look;
#[cfg(test)]
mod nothing_overlaps;
mod paper;
mod pdf;
mod picture;
mod receipt;
mod renderer;
#[cfg(test)]
#[path = "../examples/ticket/sample.rs"]
mod sample;
mod text;
mod ticket;
mod words;

pub use renderer::PdfRenderer;
