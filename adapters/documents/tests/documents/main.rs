//! The documents as a reader of PDF sees them.

#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod hostile;
mod pdf;
mod receipt;
#[path = "../../examples/ticket/sample.rs"]
mod sample;
mod ticket;

use bytes::Bytes;
use futures::executor::block_on;
use halftone_core::ports::documents::{DocumentRenderer, JobTicket, Receipt};
use halftone_documents::PdfRenderer;
use pdf::Pdf;

fn ticket_bytes(ticket: JobTicket) -> Bytes {
    block_on(PdfRenderer::start().unwrap().job_ticket(ticket)).unwrap()
}

fn ticket_pdf(ticket: JobTicket) -> Pdf {
    Pdf::read(&ticket_bytes(ticket))
}

fn receipt_pdf(receipt: Receipt) -> Pdf {
    Pdf::read(&block_on(PdfRenderer::start().unwrap().receipt(receipt)).unwrap())
}
