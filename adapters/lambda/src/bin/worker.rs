//! The image worker: a function that the event source mapping of the job queue invokes with batches of messages.

use halftone_lambda::event::SqsEvent;
use halftone_lambda::start::ColdStart;
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let handler = ColdStart::open().await?.worker()?;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        let LambdaEvent { payload, context } = event;
        // A deadline beyond the range of times is no deadline.
        let deadline = i64::try_from(context.deadline).ok().map(Timestamp::from_millisecond);
        let deadline = deadline.and_then(Result::ok).unwrap_or(Timestamp::MAX);
        Ok::<_, Error>(handler.handle(payload, deadline).await)
    }))
    .await
}
