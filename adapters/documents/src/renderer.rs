//! The core's [`DocumentRenderer`] port on a thread of its own. The one place that knows of threads.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use async_trait::async_trait;
use bytes::Bytes;
use futures::channel::oneshot;
use halftone_core::order::Order;
use halftone_core::ports::documents::{DocumentError, DocumentRenderer, JobTicket, Receipt};

use crate::pdf::{self, About};
use crate::text::TypeSetter;
use crate::words::Words;
use crate::{receipt, ticket};

type Job = Box<dyn FnOnce() + Send>;

/// Renders PDFs, one after the other, on a thread of its own, because a long document keeps a processor busy for a
/// second. A caller that goes away before its turn costs nothing. The thread ends when the renderer is dropped.
///
/// ```
/// use halftone_documents::PdfRenderer;
/// let renderer = PdfRenderer::start()?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct PdfRenderer {
    queue: Sender<Job>,
}

impl PdfRenderer {
    /// Starts the thread.
    ///
    /// # Errors
    /// The system starts no more threads.
    pub fn start() -> io::Result<Self> {
        let (queue, jobs) = channel::<Job>();
        thread::Builder::new().name("documents".to_owned()).spawn(move || {
            for job in jobs {
                job();
            }
        })?;
        Ok(Self { queue })
    }

    async fn run(
        &self,
        job: impl FnOnce() -> Result<Bytes, DocumentError> + Send + 'static,
    ) -> Result<Bytes, DocumentError> {
        let (sender, receiver) = oneshot::channel();
        let job: Job = Box::new(move || {
            if sender.is_canceled() {
                return;
            }
            // A panic would be a fault of ours or of a font library; it must not cost the thread.
            let result = catch_unwind(AssertUnwindSafe(job))
                .unwrap_or_else(|_| Err(internal("laying out the document panicked")));
            if sender.send(result).is_err() {
                tracing::debug!("a document was no longer wanted");
            }
        });
        self.queue.send(job).map_err(|_| internal("no thread for documents is left"))?;
        receiver.await.unwrap_or_else(|_| Err(internal("the renderer of documents is shutting down")))
    }
}

fn internal(detail: &str) -> DocumentError {
    DocumentError::Internal { detail: detail.to_owned() }
}

#[async_trait]
impl DocumentRenderer for PdfRenderer {
    async fn job_ticket(&self, ticket: JobTicket) -> Result<Bytes, DocumentError> {
        check("lines", ticket.lines.len(), Order::MOST_ITEMS)?;
        self.run(move || render_ticket(&ticket)).await
    }

    async fn receipt(&self, receipt: Receipt) -> Result<Bytes, DocumentError> {
        check("lines", receipt.order.items.len(), Order::MOST_ITEMS)?;
        check("events", receipt.order.events.len(), Receipt::MOST_EVENTS)?;
        self.run(move || render_receipt(&receipt)).await
    }
}

fn check(what: &'static str, number: usize, most: usize) -> Result<(), DocumentError> {
    if number > most { Err(DocumentError::TooMany { what, number, most }) } else { Ok(()) }
}

fn render_ticket(document: &JobTicket) -> Result<Bytes, DocumentError> {
    let setter = TypeSetter::new();
    let (pages, pictures) = ticket::lay_out(&setter, document);
    let about = About {
        title: format!("{} {}", Words::of(document.language).job_ticket, document.order.number()),
        author: document.studio.to_string(),
        language: document.language,
    };
    pdf::write(about, &pages, pictures, setter.faces())
}

fn render_receipt(document: &Receipt) -> Result<Bytes, DocumentError> {
    let setter = TypeSetter::new();
    let pages = receipt::lay_out(&setter, document);
    let about = About {
        title: format!("{} {}", Words::of(document.language).receipt, document.order.id.number()),
        author: document.studio.to_string(),
        language: document.language,
    };
    pdf::write(about, &pages, Vec::new(), setter.faces())
}
