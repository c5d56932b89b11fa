//! The mailbox.

use std::sync::Arc;

use halftone_core::clock::ManualClock;
use halftone_core::id::StudioId;
use halftone_core::page::{PageLimit, PageRequest};
use halftone_core::ports::mailer::{MailMessage, Mailer as _};
use halftone_core::text::Email;
use jiff::{SignedDuration, Timestamp};

use crate::embedded::{EmbeddedBackend, EmbeddedMailbox};
use crate::os_entropy::OsEntropy;

fn message(number: u32) -> MailMessage {
    let to = Email::parse("ana@example.com").unwrap();
    MailMessage::plain(to, format!("Mail {number}"), "Your code is 1234.")
}

fn mailbox(root: &std::path::Path, clock: &Arc<ManualClock>) -> EmbeddedMailbox {
    let clock = Arc::clone(clock) as Arc<dyn halftone_core::clock::Clock>;
    EmbeddedBackend::open(root, clock, Arc::new(OsEntropy)).unwrap().mailbox()
}

#[tokio::test]
async fn mails_are_listed_newest_first_on_pages() {
    let root = tempfile::tempdir().unwrap();
    let mailbox = mailbox(root.path(), &Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH)));
    for number in 0..5 {
        mailbox.send(&message(number)).await.unwrap();
    }
    let mut page = PageRequest::first(PageLimit::parse(2).unwrap());
    let mut subjects = Vec::new();
    loop {
        let found = mailbox.list(&page).await.unwrap();
        subjects.extend(found.items.into_iter().map(|kept| kept.message.subject));
        if found.next.is_none() {
            break;
        }
        page.after = found.next;
    }
    assert_eq!(subjects, ["Mail 4", "Mail 3", "Mail 2", "Mail 1", "Mail 0"]);
}

#[tokio::test]
async fn old_mails_go_when_a_new_one_comes() {
    let root = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let mailbox = mailbox(root.path(), &clock);
    mailbox.send(&message(1)).await.unwrap();
    clock.advance(EmbeddedMailbox::KEPT_FOR + SignedDuration::from_secs(1));
    mailbox.send(&message(2)).await.unwrap();
    let kept = mailbox.list(&PageRequest::first(PageLimit::MOST)).await.unwrap();
    assert_eq!(kept.items.into_iter().map(|kept| kept.message).collect::<Vec<_>>(), [message(2)]);
}

#[tokio::test]
async fn the_mailbox_is_bounded() {
    let root = tempfile::tempdir().unwrap();
    let mailbox = mailbox(root.path(), &Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH)));
    for number in 0..EmbeddedMailbox::MOST_MESSAGES + 3 {
        mailbox.send(&message(number)).await.unwrap();
    }
    let kept = mailbox.list(&PageRequest::first(PageLimit::MOST)).await.unwrap();
    assert_eq!((kept.items.len(), kept.next), (500, None));
}

#[tokio::test]
async fn the_mails_of_a_studio_and_of_an_account_go_with_them() {
    let root = tempfile::tempdir().unwrap();
    let mailbox = mailbox(root.path(), &Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH)));
    let of = |number: u128| {
        let studio = StudioId::from_uuid(uuid::Uuid::from_u128(number));
        let html = Some("<p>Hello</p>".to_owned());
        MailMessage { studio: Some(studio), html, ..message(1) }
    };
    for mail in [of(1), of(2), message(3)] {
        mailbox.send(&mail).await.unwrap();
    }
    mailbox.purge_by_studio(of(1).studio.unwrap()).await.unwrap();
    let kept = mailbox.list(&PageRequest::first(PageLimit::MOST)).await.unwrap();
    assert_eq!(kept.items.into_iter().map(|kept| kept.message).collect::<Vec<_>>(), [message(3), of(2)]);

    let elsewhere = MailMessage { to: Email::parse("ben@example.com").unwrap(), ..message(4) };
    mailbox.send(&elsewhere).await.unwrap();
    mailbox.purge_of_account(&message(3).to).await.unwrap();
    let kept = mailbox.list(&PageRequest::first(PageLimit::MOST)).await.unwrap();
    // A studio's mail to the same address is the studio's.
    assert_eq!(kept.items.into_iter().map(|kept| kept.message).collect::<Vec<_>>(), [elsewhere, of(2)]);
}
