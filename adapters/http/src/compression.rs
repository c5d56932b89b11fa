//! Compresses the JSON of larger replies, for clients on slow lines.
//!
//! Everything else travels as it is: pictures and archives are compressed already and are asked for in ranges, and an
//! event stream must not wait until there is enough to compress. Replies with an entity tag are small, and the tag
//! stands for their bytes.
//!
//! # Secrets in compressed replies
//! The length of a compressed reply tells something about its content to whoever can watch it and have it answered
//! again and again with text of his own in it (<https://www.breachattack.com>). Here nobody can: there are no cookies, so
//! another site cannot make a browser ask with somebody's rights, and who can set the `Authorization` header knows the
//! secret already. Besides, replies that are little more than a token are too short to be compressed.

use std::io::{self, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use poem::http::{HeaderMap, HeaderValue, header};
use poem::{Endpoint, IntoResponse as _, Request, Response};

use crate::web_ui::encoding::accepts;

/// Shorter replies fit into the packets that travel anyway.
const LEAST_BYTES: usize = 1_400;

/// So much is compressed at a time, a fraction of a millisecond's work, before other requests have their turn.
const CHUNK_BYTES: usize = 16 * 1024;

/// Ids, names and addresses repeat closely; what higher levels find more is a few per cent, for twice the work.
const LEVEL: Compression = Compression::new(3);

/// An endpoint whose JSON is compressed for clients that accept it.
#[derive(Debug)]
pub(crate) struct Compressed<E>(pub(crate) E);

impl<E: Endpoint> Endpoint for Compressed<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let is_accepted = accepts(request.headers(), "gzip");
        let mut response = self.0.call(request).await?.into_response();
        if !is_json(response.headers()) {
            return Ok(response);
        }
        response.headers_mut().append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        if is_accepted && !response.headers().contains_key(header::ETAG) {
            compress(&mut response).await?;
        }
        Ok(response)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    media_type.starts_with(b"application/json") && !headers.contains_key(header::CONTENT_ENCODING)
}

async fn compress(response: &mut Response) -> poem::Result<()> {
    let plain = response.take_body().into_bytes().await?;
    if plain.len() < LEAST_BYTES {
        response.set_body(plain);
        return Ok(());
    }
    let packed = gzip(&plain).await.map_err(poem::error::InternalServerError)?;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    headers.remove(header::CONTENT_LENGTH);
    response.set_body(packed);
    Ok(())
}

async fn gzip(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 2), LEVEL);
    for chunk in plain.chunks(CHUNK_BYTES) {
        encoder.write_all(chunk)?;
        tokio::task::yield_now().await;
    }
    encoder.finish()
}
