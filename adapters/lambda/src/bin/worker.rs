//! The image worker: a function that the event source mapping of the job queue invokes with batches of messages, and a
//! schedule from time to time.

use halftone_lambda::event::WorkerEvent;
use halftone_lambda::start::ColdStart;
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::to_value;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let (batches, turns) = ColdStart::open().await?.worker()?;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<WorkerEvent>| {
        let LambdaEvent { payload, context } = event;
        // A deadline beyond the range of times is no deadline.
        let deadline = i64::try_from(context.deadline).ok().map(Timestamp::from_millisecond);
        let deadline = deadline.and_then(Result::ok).unwrap_or(Timestamp::MAX);
        Ok::<_, Error>(match payload {
            WorkerEvent::Batch(batch) => to_value(batches.handle(batch, deadline).await)?,
            WorkerEvent::Turn(_) => to_value(turns.take().await?)?,
        })
    }))
    .await
}
