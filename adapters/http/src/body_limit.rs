//! A bound on the bodies that are read into memory.

use std::io;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use poem::http::header;
use poem::{Body, Request};

use crate::problem::Failure;

/// A body turned out to be over the limit while it was read.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the body has more than {most_bytes} bytes")]
pub(crate) struct BodyTooLarge {
    most_bytes: u64,
}

/// Refuses a body that announces too much, and ends one that turns out to hold too much.
pub(crate) fn limit(request: &mut Request, most_bytes: u64) -> Result<(), Failure> {
    let announced = content_length(request);
    if announced.is_some_and(|announced| announced > most_bytes) {
        return Err(Failure::too_large(BodyTooLarge { most_bytes }));
    }
    if announced.is_none() {
        let body = request.take_body();
        if !body.is_empty() {
            request.set_body(Body::from_bytes_stream(counted(body, most_bytes)));
        }
    }
    Ok(())
}

/// What a request says about the length of its body.
pub(crate) fn content_length(request: &Request) -> Option<u64> {
    // Why `ok`: hyper has checked the header; one that is no number is as good as none.
    request.header(header::CONTENT_LENGTH)?.parse().ok()
}

fn counted(body: Body, most_bytes: u64) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let mut total = 0;
    body.into_bytes_stream().map(move |piece| {
        let piece = piece?;
        total += piece.len() as u64;
        if total > most_bytes {
            return Err(io::Error::other(BodyTooLarge { most_bytes }));
        }
        Ok(piece)
    })
}
