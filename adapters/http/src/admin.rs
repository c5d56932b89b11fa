//! The application of the admin listener: metrics, health, and the local mailbox. It is meant for the machine
//! itself and its operators, and must not be reachable from outside: nothing here asks who is calling.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use halftone_core::ports::error::StorageError;
use halftone_core::ports::mailer::MailMessage;
use jiff::Timestamp;
use poem::endpoint::BoxEndpoint;
use poem::http::{StatusCode, header};
use poem::web::Data;
use poem::{EndpointExt as _, Response, Route, handler};

use crate::health::{self, Readiness};
use crate::observe::Observe;
use crate::operation::Operation;
use crate::problem::Failure;
use crate::ui::{escape, html_page, style};

/// Prints the metrics in Prometheus' text format.
pub type RenderMetrics = Arc<dyn Fn() -> String + Send + Sync>;

/// A mail in the local mailbox.
#[derive(Debug, Clone)]
pub struct StoredMail {
    /// When it was sent.
    pub at: Timestamp,
    /// The mail.
    pub message: MailMessage,
}

/// Keeps the mails of an installation without a mail server.
#[async_trait]
pub trait Mailbox: fmt::Debug + Send + Sync + 'static {
    /// The mails that are kept, newest first; a hundred are enough.
    ///
    /// # Errors
    /// The store failed.
    async fn list(&self) -> Result<Vec<StoredMail>, StorageError>;
}

/// What the admin listener serves.
#[derive(Clone, Default)]
pub struct AdminOptions {
    /// Prints the metrics; without it there is no `/metrics`.
    pub metrics: Option<RenderMetrics>,
    /// The local mailbox; without it there is no `/mailbox`.
    pub mailbox: Option<Arc<dyn Mailbox>>,
    /// Tells whether the application can serve. Default: always.
    pub readiness: Option<Arc<dyn Readiness>>,
}

impl fmt::Debug for AdminOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AdminOptions")
            .field("metrics", &self.metrics.is_some())
            .field("mailbox", &self.mailbox)
            .field("readiness", &self.readiness)
            .finish()
    }
}

/// The application of the admin listener: `/metrics`, `/mailbox`, `/healthz`, `/readyz`.
pub fn admin_application(options: AdminOptions) -> BoxEndpoint<'static, Response> {
    let mut routes = Route::new()
        .at("/healthz", Operation::streaming(poem::get(health::healthz), "/healthz"))
        .at("/readyz", Operation::streaming(poem::get(health::readyz), "/readyz"));
    if let Some(render) = options.metrics {
        let endpoint = poem::get(metrics).data(render);
        routes = routes.at("/metrics", Operation::streaming(endpoint, "/metrics"));
    }
    if let Some(mails) = options.mailbox {
        let endpoint = poem::get(mailbox).data(mails);
        routes = routes.at("/mailbox", Operation::streaming(endpoint, "/mailbox"));
    }
    Observe::new(routes.data(options.readiness)).boxed()
}

#[handler]
#[expect(clippy::needless_pass_by_value, reason = "handlers take their extractors by value")]
fn metrics(render: Data<&RenderMetrics>) -> Response {
    Response::builder()
        .header(header::CACHE_CONTROL, "no-store")
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(render())
}

#[handler]
async fn mailbox(mailbox: Data<&Arc<dyn Mailbox>>) -> Result<Response, Failure> {
    let mails = mailbox.list().await?;
    Ok(html_page(StatusCode::OK, mailbox_page(&mails)))
}

fn mailbox_page(mails: &[StoredMail]) -> String {
    let articles: String = mails.iter().map(article).collect();
    let empty = "<p class=\"soft\">Nothing has been sent yet.</p>";
    let content = if mails.is_empty() { empty } else { &articles };
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Mailbox</title>\
         <style>{}</style></head><body><main><h1>Mailbox</h1>\
         <p>No mail server is set up, so mail stays here. Reload the page to look for new ones.</p>\
         {content}</main></body></html>",
        style()
    )
}

fn article(mail: &StoredMail) -> String {
    format!(
        "<article><h2>{}</h2><p class=\"soft\">To {}, {}</p><pre>{}</pre></article>",
        escape(&mail.message.subject),
        escape(mail.message.to.as_str()),
        mail.at.strftime("%Y-%m-%d %H:%M:%S UTC"),
        escape(&mail.message.text),
    )
}

#[cfg(test)]
mod tests {
    use halftone_core::text::Email;

    use super::*;

    #[test]
    fn a_mail_cannot_bring_markup() {
        let message = MailMessage::plain(Email::parse("ana@example.com").unwrap(), "<script>", "<img>");
        let page = mailbox_page(&[StoredMail { at: Timestamp::UNIX_EPOCH, message }]);
        assert!(!page.contains("<script>") && !page.contains("<img>"));
        assert!(page.contains("ana@example.com"));
    }
}
