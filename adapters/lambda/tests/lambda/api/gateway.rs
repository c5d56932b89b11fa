//! What stands in front of the function: it hands over an event and reads the reply.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures_util::StreamExt as _;
use halftone_lambda::api::{HttpHandler, HttpReply, ReplyMode};
use lambda_runtime::{FunctionResponse, MetadataPrelude};
use poem::endpoint::BoxEndpoint;
use poem::{Endpoint, EndpointExt as _, Response};
use serde_json::Value;

/// The platform's name for every invocation here.
pub(crate) const REQUEST_ID: &str = "8f507cfc-xmpl-4697-b07a-ac58fc914c95";

/// A function with a buffered reply.
pub(crate) fn function(endpoint: impl Endpoint<Output = Response> + 'static) -> HttpHandler {
    HttpHandler {
        application: boxed(endpoint),
        replies: ReplyMode::Buffered,
        base_path: None,
        proxy_secret: None,
    }
}

pub(crate) fn boxed(endpoint: impl Endpoint<Output = Response> + 'static) -> BoxEndpoint<'static, Response> {
    endpoint.boxed()
}

async fn answer(function: &HttpHandler, event: &Value) -> HttpReply {
    let event = serde_json::from_value(event.clone()).expect("the event is one of HTTP");
    function.handle(event, REQUEST_ID).await.unwrap()
}

/// Hands over an event and reads a whole reply.
pub(crate) async fn invoke(function: &HttpHandler, event: &Value) -> Reply {
    match answer(function, event).await {
        FunctionResponse::BufferedResponse(reply) => Reply(serde_json::from_str(reply.get()).unwrap()),
        FunctionResponse::StreamingResponse(_) => panic!("the reply is a stream"),
    }
}

/// Hands over an event and reads a streamed reply.
pub(crate) async fn invoke_streamed(function: &HttpHandler, event: &Value) -> (MetadataPrelude, Vec<u8>) {
    let FunctionResponse::StreamingResponse(mut reply) = answer(function, event).await else {
        panic!("the reply is no stream")
    };
    let mut bytes = Vec::new();
    while let Some(piece) = reply.stream.next().await {
        bytes.extend_from_slice(&piece.unwrap());
    }
    (reply.metadata_prelude, bytes)
}

/// A reply as the platform gets it.
#[derive(Debug)]
pub(crate) struct Reply(pub(crate) Value);

impl Reply {
    pub(crate) fn status(&self) -> u64 {
        self.0["statusCode"].as_u64().unwrap()
    }

    pub(crate) fn is_base64(&self) -> bool {
        self.0["isBase64Encoded"].as_bool().unwrap()
    }

    /// The bytes that the platform sends to the caller.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let body = self.0["body"].as_str().unwrap();
        if self.is_base64() { BASE64_STANDARD.decode(body).unwrap() } else { body.as_bytes().to_vec() }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes()).expect("the answer is JSON")
    }

    /// The values of a header, wherever the dialect puts them.
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        if let Some(values) = self.0["multiValueHeaders"][name].as_array() {
            return values.iter().map(|value| value.as_str().unwrap()).collect();
        }
        self.0["headers"][name].as_str().into_iter().collect()
    }
}
