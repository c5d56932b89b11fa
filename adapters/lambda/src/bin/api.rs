//! The HTTP API: a function behind API Gateway, a load balancer or a function URL.

use halftone_lambda::api::HttpEvent;
use halftone_lambda::start::ColdStart;
use lambda_runtime::{Error, LambdaEvent, service_fn};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let handler = ColdStart::open().await?.api()?;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<HttpEvent>| {
        let LambdaEvent { payload, context } = event;
        handler.handle(payload, &context.request_id).await.map_err(Error::from)
    }))
    .await
}
