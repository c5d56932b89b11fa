//! A replacement while the primary changes: the photo ends with the old file or the new one, and nothing else lies about.

use bytes::Bytes;
use halftone_core::access::Principal;
use halftone_core::id::PhotoId;
use halftone_core::object_key::ObjectKey;
use halftone_core::photo::PhotoStateKind;
use halftone_core::ports::objects::stream_of;
use halftone_core::ports::queue::QueueDepth;
use halftone_core::self_served::SelfServedUrls;
use jiff::SignedDuration;

use super::{Break, Line, is_outage, remote, work};
use crate::replacing::{NEW, edited, replace, under};
use crate::world::World;

/// Replaces as a browser does that repeats everything once when a request is answered with 503.
async fn replace_stubbornly(world: &World, studio: &Principal, photo: PhotoId) {
    for _ in 0..2 {
        let Ok(ticket) = replace(world, studio, photo).await else { continue };
        let signed = ticket.link.url.0.strip_prefix(SelfServedUrls::UPLOADS).unwrap();
        let content = || stream_of(Bytes::from_static(NEW.as_bytes()));
        if world.services.uploads.receive(signed, None, content()).await.is_err() {
            continue;
        }
        let completed = world.services.uploads.complete(studio, ticket.upload, None).await;
        if completed.as_ref().is_err_and(is_outage) {
            world.services.uploads.complete(studio, ticket.upload, None).await.unwrap();
        }
        return;
    }
    panic!("the line breaks once");
}

async fn nothing_is_between(at: Break) {
    for calls in 0.. {
        let line = Line::intact(at);
        let world = remote(&line);
        let studio = world.photographer("ana").await;
        let gallery = world.gallery(&studio, "Ceremony").await;
        let photo = world.photo(&studio, gallery, "a picture").await;
        world.pass(SignedDuration::from_mins(1));
        line.break_after(calls);
        replace_stubbornly(&world, &studio, photo).await;
        work(&world).await;
        // Every look that was put off.
        for _ in 0..3 {
            world.pass(SignedDuration::from_hours(24));
            work(&world).await;
        }
        let has_broken = line.mend();
        let loaded = world.load(&studio, photo).await;
        assert_eq!(loaded.state.kind(), PhotoStateKind::Ready, "{at:?} call {calls}");
        assert_eq!(loaded.sha256, Some(edited(NEW)), "{at:?} call {calls}");
        assert_eq!(loaded.replacements.next, None, "{at:?} call {calls}");
        let originals: Vec<ObjectKey> = under(&world, &loaded)
            .await
            .into_iter()
            .filter(|key| matches!(key, ObjectKey::Original(_)))
            .collect();
        assert_eq!(originals, [loaded.original_key().into()], "{at:?} call {calls}");
        assert_eq!(under(&world, &loaded).await.len(), 3, "{at:?} call {calls}");
        let depth = world.backend.queue.jobs.depth().await.unwrap();
        assert_eq!(depth, QueueDepth::default(), "{at:?} call {calls}");
        if !has_broken {
            assert!(calls > 10, "the line was used {calls} times only");
            return;
        }
    }
}

#[tokio::test]
async fn a_replacement_leaves_the_old_file_or_the_new_one_whatever_command_fails() {
    nothing_is_between(Break::Before).await;
}

#[tokio::test]
async fn a_replacement_leaves_the_old_file_or_the_new_one_whatever_reply_is_lost() {
    nothing_is_between(Break::After).await;
}
