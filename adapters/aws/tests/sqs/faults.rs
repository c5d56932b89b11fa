//! What becomes of the service's failures, over raw HTTP: emulators do not fail on demand.

use std::error::Error as _;

use halftone_aws::sqs::{SqsJobQueue, SqsSpec};
use halftone_core::clock::{Clock as _, SystemClock};
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::ports::queue::{JobQueue as _, QueueDepth};
use jiff::SignedDuration;
use serde_json::Value;

use crate::replies::{Reply, Server};
use crate::world::{LEASE, job, open};

const QUEUE: &str = "http://127.0.0.1/123456789012/jobs";

const fn reply(status: &'static str, body: &'static str) -> Reply {
    Reply { status, headers: &[("content-type", "application/x-amz-json-1.0")], body }
}

const THROTTLED: Reply =
    reply("400 Bad Request", r#"{"__type":"com.amazonaws.sqs#RequestThrottled","message":"slower"}"#);
const BROKEN: Reply = reply("500 Internal Server Error", "");
const EMPTY: Reply = reply("200 OK", "{}");
const ONE_SENT: Reply =
    reply("200 OK", r#"{"Successful":[{"Id":"0","MessageId":"1","MD5OfMessageBody":"0"}]}"#);

async fn kind_of_receiving(answer: Reply) -> (StorageErrorKind, usize) {
    let server = Server::start(vec![answer]).await;
    let error = open(&server.config, QUEUE, None).receive(1, LEASE).await.unwrap_err();
    assert!(error.source().is_some(), "the SDK's error is kept");
    assert!(error.to_string().contains("queue jobs"), "{error}");
    (error.kind(), server.requests().len())
}

#[tokio::test]
async fn a_throttled_request_is_sent_again() {
    let server = Server::start(vec![THROTTLED, EMPTY]).await;
    assert_eq!(open(&server.config, QUEUE, None).receive(1, LEASE).await.unwrap(), []);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_service_that_stays_broken_is_unavailable_after_three_attempts() {
    assert_eq!(kind_of_receiving(BROKEN).await, (StorageErrorKind::Unavailable, 3));
    assert_eq!(kind_of_receiving(THROTTLED).await, (StorageErrorKind::Unavailable, 3));
}

#[tokio::test]
async fn a_service_that_refuses_connections_is_unavailable() {
    // A port that was just given back has nobody behind it.
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let config = crate::peers::config(&format!("http://{closed}")).await;
    let error = open(&config, QUEUE, None).depth().await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::Unavailable, "{error}");
}

#[tokio::test]
async fn refused_credentials_are_no_permission_and_not_tried_again() {
    let refusals = [
        reply(
            "400 Bad Request",
            r#"{"__type":"com.amazon.coral.service#AccessDeniedException","message":"no"}"#,
        ),
        reply("400 Bad Request", r#"{"__type":"com.amazonaws.sqs#InvalidSecurity","message":"no"}"#),
        reply("403 Forbidden", ""),
    ];
    for refusal in refusals {
        assert_eq!(kind_of_receiving(refusal).await, (StorageErrorKind::PermissionDenied, 1));
    }
}

#[tokio::test]
async fn expired_credentials_are_unavailable_because_the_role_gets_new_ones() {
    let answers = [
        reply(
            "403 Forbidden",
            r#"{"__type":"com.amazon.coral.service#ExpiredTokenException","message":"expired"}"#,
        ),
        reply("400 Bad Request", r#"{"__type":"com.amazonaws.sqs#RequestExpired","message":"expired"}"#),
    ];
    for answer in answers {
        assert_eq!(kind_of_receiving(answer).await.0, StorageErrorKind::Unavailable);
    }
}

#[tokio::test]
async fn a_missing_queue_is_not_found_by_either_of_its_codes() {
    let body = r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"no"}"#;
    let query = [("x-amzn-query-error", "AWS.SimpleQueueService.NonExistentQueue;Sender")];
    let query: &'static [_] = Box::leak(Box::new(query));
    for headers in [&[][..], query] {
        let answer = Reply { status: "400 Bad Request", headers, body };
        assert_eq!(kind_of_receiving(answer).await, (StorageErrorKind::NotFound, 1));
    }
}

#[tokio::test]
async fn only_the_refused_entries_of_a_batch_are_sent_again() {
    let partly = reply(
        "200 OK",
        r#"{"Successful":[{"Id":"0","MessageId":"1","MD5OfMessageBody":"0"}],
            "Failed":[{"Id":"1","Code":"InternalError","SenderFault":false}]}"#,
    );
    let server = Server::start(vec![partly, ONE_SENT]).await;
    open(&server.config, QUEUE, None).enqueue(&[job(1), job(2)], SignedDuration::ZERO).await.unwrap();
    let sent = server.requests();
    let bodies = |request: &str| -> Vec<String> {
        let request: Value = serde_json::from_str(request).unwrap();
        let entries = request["Entries"].as_array().unwrap();
        entries.iter().map(|entry| entry["MessageBody"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(bodies(&sent[0]), [job(1).to_message(), job(2).to_message()]);
    assert_eq!(bodies(&sent[1]), [job(2).to_message()]);
    assert_eq!(sent.len(), 2);
}

#[tokio::test]
async fn an_entry_that_stays_refused_is_reported() {
    let busy = reply("200 OK", r#"{"Failed":[{"Id":"0","Code":"InternalError","SenderFault":false}]}"#);
    let faulty =
        reply("200 OK", r#"{"Failed":[{"Id":"0","Code":"InvalidMessageContents","SenderFault":true}]}"#);
    for (answer, kind, requests) in
        [(busy, StorageErrorKind::Unavailable, 4), (faulty, StorageErrorKind::Unexpected, 1)]
    {
        let server = Server::start(vec![answer]).await;
        let queue = open(&server.config, QUEUE, None);
        let error = queue.enqueue(&[job(1)], SignedDuration::ZERO).await.unwrap_err();
        assert_eq!((error.kind(), server.requests().len()), (kind, requests));
    }
}

#[tokio::test]
async fn a_long_delay_is_kept_beside_the_longest_one_of_sqs() {
    let server = Server::start(vec![ONE_SENT]).await;
    let before = SystemClock.now();
    let queue = open(&server.config, QUEUE, None);
    queue.enqueue(&[job(1)], SignedDuration::from_hours(30)).await.unwrap();
    let request: Value = serde_json::from_str(&server.requests()[0]).unwrap();
    let entry = &request["Entries"][0];
    assert_eq!(entry["DelaySeconds"], 900);
    let visible_at: i64 =
        entry["MessageAttributes"]["visible_at"]["StringValue"].as_str().unwrap().parse().unwrap();
    let hours = (visible_at - before.as_millisecond()) / 3_600_000;
    assert_eq!(hours, 30);
}

#[tokio::test]
async fn stale_handles_succeed_by_each_of_their_codes_and_values_out_of_range_do_not() {
    let receipt =
        halftone_core::ports::queue::Receipt(r#"{"handle":"h","id":"i","body":"b","count":1}"#.to_owned());
    let stale = [
        reply("400 Bad Request", r#"{"__type":"com.amazonaws.sqs#ReceiptHandleIsInvalid","message":"no"}"#),
        reply("400 Bad Request", r#"{"__type":"com.amazonaws.sqs#MessageNotInflight","message":"no"}"#),
        reply(
            "400 Bad Request",
            r#"{"__type":"com.amazonaws.sqs#InvalidParameterValue","message":"Value h for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired."}"#,
        ),
    ];
    for answer in stale {
        let server = Server::start(vec![answer]).await;
        let queue = open(&server.config, QUEUE, Some(QUEUE));
        queue.extend(&receipt, LEASE).await.unwrap();
        queue.acknowledge(&receipt).await.unwrap();
        queue.bury(&receipt, "no room").await.unwrap();
        assert_eq!(server.requests().len(), 3, "a stale delivery is not copied to the dead letters");
    }
    let out_of_range = reply(
        "400 Bad Request",
        r#"{"__type":"com.amazonaws.sqs#InvalidParameterValue","message":"Value 43200 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit."}"#,
    );
    let server = Server::start(vec![out_of_range]).await;
    let error = open(&server.config, QUEUE, None).extend(&receipt, LEASE).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::Unexpected);
}

#[tokio::test]
async fn a_message_that_cannot_be_settled_holds_up_no_other() {
    let received = reply(
        "200 OK",
        r#"{"Messages":[
            {"MessageId":"059f36b4-87a3-44ab-83d2-661975830a70","ReceiptHandle":"a","Body":"Hello!"},
            {"MessageId":"059f36b4-87a3-44ab-83d2-661975830a71","ReceiptHandle":"b","Attributes":{"ApproximateReceiveCount":"7"},
             "Body":"{\"v\":\"1\",\"job\":\"purge\",\"target\":{\"kind\":\"studio\",\"studio\":\"01890a5d-ac96-774b-bcce-b302099a8057\",\"owner\":null}}"}]}"#,
    );
    let server = Server::start(vec![received, BROKEN]).await;
    let jobs = open(&server.config, QUEUE, Some(QUEUE)).receive(10, LEASE).await.unwrap();
    assert_eq!(jobs.iter().map(|job| job.receive_count).collect::<Vec<_>>(), [7]);
}

#[tokio::test]
async fn the_wait_is_asked_for_and_does_not_count_as_trouble() {
    let server = Server::start(vec![EMPTY]).await;
    let queue = SqsJobQueue::new(&server.config, SqsSpec::new(QUEUE), std::sync::Arc::new(SystemClock));
    assert_eq!(queue.receive(50, SignedDuration::from_millis(1_500)).await.unwrap(), []);
    let request: Value = serde_json::from_str(&server.requests()[0]).unwrap();
    assert_eq!((&request["WaitTimeSeconds"], &request["VisibilityTimeout"]), (&20.into(), &2.into()));
    assert_eq!(request["MaxNumberOfMessages"], 10);
    assert_eq!(queue.depth().await.unwrap(), QueueDepth::default());
}
