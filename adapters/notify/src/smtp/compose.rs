//! A mail as RFC 5322 and MIME have it.

use halftone_core::ports::mailer::{MailMessage, MailThread};
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};

/// What a mail cannot be made of.
#[derive(Debug, thiserror::Error)]
pub(super) enum ComposeError {
    /// An address that the core takes and SMTP does not.
    #[error("an address cannot be used for mail")]
    Address(#[from] lettre::address::AddressError),
    /// The mail is not whole.
    #[error("the mail cannot be put together")]
    Message(#[from] lettre::error::Error),
}

/// The page on which such mails can be stopped (RFC 2369).
#[derive(Debug, Clone)]
struct ListUnsubscribe(String);

impl Header for ListUnsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

/// That a program wrote it, so that no program answers (RFC 3834).
#[derive(Debug, Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Puts a mail together. Its id is made of its name in the conversation, so that the same mail sent twice is seen once.
pub(super) fn compose(mail: &MailMessage, from: &Mailbox) -> Result<Message, ComposeError> {
    let sender = if mail.from_name.is_empty() {
        from.clone()
    } else {
        Mailbox::new(Some(one_line(&mail.from_name)), from.email.clone())
    };
    let mut builder = Message::builder()
        .from(sender)
        .to(mail.to.as_str().parse()?)
        .subject(one_line(&mail.subject))
        .header(AutoSubmitted);
    if let Some(address) = &mail.reply_to {
        builder = builder.reply_to(address.as_str().parse()?);
    }
    let domain = from.email.domain();
    builder = match &mail.thread {
        Some(MailThread { name, begun_by }) => {
            let builder = builder.message_id(Some(message_id(name, domain)));
            match begun_by {
                Some(first) => {
                    let first = message_id(first, domain);
                    builder.in_reply_to(first.clone()).references(first)
                }
                None => builder,
            }
        }
        None => builder.message_id(None),
    };
    if let Some(page) = &mail.unsubscribe {
        builder = builder.header(ListUnsubscribe(format!("<{page}>")));
    }
    Ok(match &mail.html {
        Some(html) => {
            builder.multipart(MultiPart::alternative_plain_html(mail.text.clone(), html.clone()))?
        }
        None => builder.singlepart(SinglePart::plain(mail.text.clone()))?,
    })
}

fn message_id(name: &str, domain: &str) -> String {
    format!("<{name}@{domain}>")
}

/// A subject or a name cannot bring headers of its own.
fn one_line(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use halftone_core::text::Email;

    use super::*;

    fn mail() -> MailMessage {
        MailMessage::plain(Email::parse("anna@example.com").unwrap(), "Your order", "Hello")
    }

    fn composed(mail: &MailMessage) -> String {
        let from = "Studio <mail@example.org>".parse().unwrap();
        String::from_utf8(compose(mail, &from).unwrap().formatted()).unwrap()
    }

    #[test]
    fn a_subject_cannot_bring_headers() {
        let mail = MailMessage { subject: "One\r\nBcc: eve@example.com".to_owned(), ..mail() };
        assert!(!composed(&mail).lines().any(|line| line.starts_with("Bcc:")));
        let mail = MailMessage { from_name: "Eve\r\nBcc: eve@example.com".to_owned(), ..mail };
        assert!(!composed(&mail).lines().any(|line| line.starts_with("Bcc:")));
    }

    #[test]
    fn mails_of_a_conversation_name_the_one_that_began_it() {
        let thread = |name: &str, begun_by: Option<&str>| MailThread {
            name: name.to_owned(),
            begun_by: begun_by.map(str::to_owned),
        };
        let first = composed(&MailMessage { thread: Some(thread("order-1", None)), ..mail() });
        assert!(first.contains("Message-ID: <order-1@example.org>"), "{first}");
        assert!(!first.contains("In-Reply-To"), "{first}");
        let second = composed(&MailMessage { thread: Some(thread("delivery-2", Some("order-1"))), ..mail() });
        assert!(second.contains("In-Reply-To: <order-1@example.org>"), "{second}");
        assert!(second.contains("References: <order-1@example.org>"), "{second}");
    }
}
