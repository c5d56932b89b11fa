//! Captured and documented shapes (`tests/messages`), and hostile ones.

use halftone_core::id::{PhotoId, StudioId};
use halftone_core::job::{Job, PurgeTarget};
use halftone_core::object_key::{ObjectKey, OriginalKey};
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::{MalformedMessage, parse};

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../tests/messages/", $name, ".json"))
    };
}

fn studio() -> StudioId {
    StudioId::parse("01890a5d-ac96-774b-bcce-b302099a8057").unwrap()
}

fn photo(text: &str) -> PhotoId {
    PhotoId::parse(text).unwrap()
}

fn confirmation() -> Job {
    Job::ConfirmUpload { studio: studio(), photo: photo("01890a5d-ac96-774b-bcce-b302099a8058") }
}

#[test]
fn a_new_original_is_confirmed_by_whichever_way_its_notice_comes() {
    for body in [
        fixture!("aws_s3_put"),
        fixture!("aws_s3_by_sns"),
        fixture!("aws_eventbridge"),
        fixture!("localstack_s3_put"),
        fixture!("moto_s3_put"),
    ] {
        assert_eq!(parse(body), Ok(vec![confirmation()]), "{body}");
    }
}

#[test]
fn every_record_of_a_notice_counts() {
    let second =
        Job::ConfirmUpload { studio: studio(), photo: photo("01890a5d-ac96-774b-bcce-b302099a8059") };
    assert_eq!(parse(fixture!("aws_s3_two_records")), Ok(vec![confirmation(), second]));
}

#[test]
fn notices_of_anything_else_hold_no_job() {
    for body in [
        fixture!("aws_s3_other_keys"),
        fixture!("aws_s3_removed"),
        fixture!("aws_s3_test_event"),
        fixture!("aws_eventbridge_deleted"),
        fixture!("localstack_s3_other_key"),
        fixture!("localstack_s3_test_event"),
        fixture!("moto_s3_other_key"),
        fixture!("moto_s3_test_event"),
    ] {
        assert_eq!(parse(body), Ok(Vec::new()), "{body}");
    }
}

#[test]
fn keys_of_eventbridge_are_taken_as_they_are() {
    assert_eq!(parse(fixture!("aws_eventbridge_encoded_key")), Ok(Vec::new()));
}

#[test]
fn our_own_jobs_come_raw_and_by_sns() {
    let job = Job::Purge { target: PurgeTarget::Studio { studio: studio(), owner: None } };
    let wrapped = json!({ "Type": "Notification", "Message": job.to_message() }).to_string();
    assert_eq!(parse(&job.to_message()), Ok(vec![job.clone()]));
    assert_eq!(parse(&wrapped), Ok(vec![job]));
}

#[test]
fn what_is_malformed_says_how() {
    let cases = [
        ("", MalformedMessage::NotAMessage),
        ("Hello!", MalformedMessage::NotAMessage),
        ("[]", MalformedMessage::NotAMessage),
        (r#"{"Records":{}}"#, MalformedMessage::NotAMessage),
        (r#"{"v":"99","job":"purge"}"#, MalformedMessage::UnknownJob),
        (r#"{"v":"1","job":"dance"}"#, MalformedMessage::UnknownJob),
        (fixture!("aws_sns_subscription"), MalformedMessage::NotANotification),
        (r#"{"Type":"Notification"}"#, MalformedMessage::NotANotification),
        (r#"{"Type":"Notification","Message":"hello"}"#, MalformedMessage::NotAMessage),
        (
            r#"{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put"}]}"#,
            MalformedMessage::NoObject,
        ),
        (r#"{"detail-type":"Object Created","detail":{}}"#, MalformedMessage::NoObject),
        (r#"{"Records":[{"eventSource":"aws:kinesis"}]}"#, MalformedMessage::Unknown),
        (r#"{"Event":"s3:OtherEvent"}"#, MalformedMessage::Unknown),
        ("{}", MalformedMessage::Unknown),
    ];
    for (body, expected) in cases {
        assert_eq!(parse(body), Err(expected), "{body}");
    }
}

#[test]
fn a_notice_inside_two_wrappers_is_refused() {
    let once = json!({ "Type": "Notification", "Message": "{}" }).to_string();
    let twice = json!({ "Type": "Notification", "Message": once }).to_string();
    assert_eq!(parse(&twice), Err(MalformedMessage::Unknown));
}

fn record(key: &str) -> String {
    let record = json!({ "eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": { "object": { "key": key } } });
    json!({ "Records": [record] }).to_string()
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(body in ".{0,400}") {
        // Only jobs of ours are jobs; random text is none.
        prop_assert!(parse(&body).is_err());
    }

    #[test]
    fn originals_are_found_however_their_key_is_encoded(
        studio in any::<u128>(), photo in any::<u128>(), encode in any::<[bool; 103]>()
    ) {
        let studio = StudioId::from_uuid(Uuid::from_u128(studio));
        let photo = PhotoId::from_uuid(Uuid::from_u128(photo));
        let key = ObjectKey::from(OriginalKey { studio, photo, replacement: None }).to_string();
        let encoded: String = key
            .bytes()
            .zip(encode.into_iter().cycle())
            .map(|(byte, encode)| if encode { format!("%{byte:02X}") } else { char::from(byte).to_string() })
            .collect();
        prop_assert_eq!(parse(&record(&encoded)), Ok(vec![Job::ConfirmUpload { studio, photo }]));
    }

    #[test]
    fn other_keys_are_no_jobs(key in "[a-z0-9/%+ .-]{0,120}") {
        prop_assert_eq!(parse(&record(&key)), Ok(Vec::new()));
    }
}
