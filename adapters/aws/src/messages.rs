//! Reads the bodies of queue messages: our own jobs, and S3's notices of new objects in whatever S3 wraps them.
//!
//! S3 reaches a queue directly, through an SNS topic (wrapped or raw) or through EventBridge, and every way has a shape
//! of its own. A new original becomes [`Job::ConfirmUpload`]; every other notice holds no job. It is deliberately no
//! reader of arbitrary events, and it looks at no bucket names: the queue's policy says who may send to it.

use std::borrow::Cow;

use halftone_core::job::Job;
use halftone_core::object_key::{ArchiveKey, ObjectKey, OriginalKey};
use percent_encoding::percent_decode_str;
use serde::Deserialize;

/// The body of a message is nothing that is sent to Halftone's queue.
///
/// Its sentence holds nothing of the body, because it is logged and kept beside dead letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MalformedMessage {
    /// It is not a JSON object, or one of its fields is not of the kind that its name promises.
    #[error("the body is not a JSON object of a known shape")]
    NotAMessage,
    /// It claims to be one of our jobs.
    #[error("the body is not a job of a known version")]
    UnknownJob,
    /// It is a message of SNS that announces nothing, such as the request to confirm a subscription.
    #[error("the body is a message of SNS, but not a notification")]
    NotANotification,
    /// A notice of S3 lacks the object that it is about.
    #[error("the body is a notice of S3 that names no object")]
    NoObject,
    /// It is an object, but neither a job nor a notice of S3.
    #[error("the body is neither a job nor a notice of S3")]
    Unknown,
    /// The message's id names no job.
    #[error("the id of the message is not a UUID")]
    UnknownId,
}

/// What tells the shapes apart. S3, SNS and EventBridge share no field name, so that one struct reads them all.
#[derive(Deserialize)]
struct Body<'a> {
    /// The version tag of our own jobs.
    v: Option<serde::de::IgnoredAny>,
    /// What SNS calls the kind of its message.
    #[serde(borrow, rename = "Type")]
    kind: Option<Cow<'a, str>>,
    /// What SNS carries.
    #[serde(borrow, rename = "Message")]
    message: Option<Cow<'a, str>>,
    /// What S3 tells.
    #[serde(borrow, rename = "Records")]
    records: Option<Vec<Record<'a>>>,
    /// Which test S3 makes of a new destination.
    #[serde(borrow, rename = "Event")]
    event: Option<Cow<'a, str>>,
    /// What EventBridge calls the kind of its event.
    #[serde(borrow, rename = "detail-type")]
    detail_type: Option<Cow<'a, str>>,
    /// What EventBridge tells.
    #[serde(borrow)]
    detail: Option<Entity<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    #[serde(borrow)]
    event_source: Option<Cow<'a, str>>,
    #[serde(borrow)]
    event_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    s3: Option<Entity<'a>>,
}

#[derive(Deserialize)]
struct Entity<'a> {
    #[serde(borrow)]
    object: Option<Object<'a>>,
}

#[derive(Deserialize)]
struct Object<'a> {
    #[serde(borrow)]
    key: Option<Cow<'a, str>>,
}

/// Reads the body of a message: the jobs in it, which are none for a notice of anything but a new original.
///
/// # Errors
/// The body is nothing that belongs on the queue.
///
/// ```
/// let body = r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"originals"}"#;
/// assert_eq!(halftone_aws::messages::parse(body), Ok(Vec::new()));
/// assert!(halftone_aws::messages::parse("Hello!").is_err());
/// ```
pub fn parse(body: &str) -> Result<Vec<Job>, MalformedMessage> {
    let shape = read(body)?;
    match (shape.kind.as_deref(), shape.message.as_deref()) {
        (None, _) => jobs_of(body, &shape),
        // Nobody wraps twice, so that there is no recursion to be exhausted.
        (Some("Notification"), Some(message)) => jobs_of(message, &read(message)?),
        _ => Err(MalformedMessage::NotANotification),
    }
}

fn read(body: &str) -> Result<Body<'_>, MalformedMessage> {
    // The reason is dropped because serde's sentences quote what they read.
    serde_json::from_str(body).map_err(|_| MalformedMessage::NotAMessage)
}

fn jobs_of(body: &str, shape: &Body<'_>) -> Result<Vec<Job>, MalformedMessage> {
    if shape.v.is_some() {
        return Job::from_message(body).map(|job| vec![job]).map_err(|_| MalformedMessage::UnknownJob);
    }
    if let Some(records) = &shape.records {
        return Ok(records
            .iter()
            .map(of_record)
            .collect::<Result<Vec<_>, _>>()?
            .into_iter()
            .flatten()
            .collect());
    }
    match (shape.detail_type.as_deref(), shape.event.as_deref()) {
        (Some("Object Created"), _) => {
            let key = shape.detail.as_ref().and_then(Entity::key).ok_or(MalformedMessage::NoObject)?;
            Ok(confirmation(key).into_iter().collect())
        }
        (Some(_), _) | (None, Some("s3:TestEvent")) => Ok(Vec::new()),
        (None, _) => Err(MalformedMessage::Unknown),
    }
}

fn of_record(record: &Record<'_>) -> Result<Option<Job>, MalformedMessage> {
    if record.event_source.as_deref() != Some("aws:s3") {
        return Err(MalformedMessage::Unknown);
    }
    if !record.event_name.as_deref().is_some_and(|name| name.starts_with("ObjectCreated:")) {
        return Ok(None);
    }
    let key = record.s3.as_ref().and_then(Entity::key).ok_or(MalformedMessage::NoObject)?;
    Ok(confirmation(&decoded(key)))
}

impl Entity<'_> {
    fn key(&self) -> Option<&str> {
        self.object.as_ref()?.key.as_deref()
    }
}

/// Undoes the encoding of a form, which S3 puts on the keys of its own notices (and not on those of EventBridge).
///
/// A `+` that was in the key arrives as `%2B`, which is why spaces come first. Bytes that are not UTF-8 are in no
/// key of ours, and replacing them makes none of it.
fn decoded(key: &str) -> String {
    let spaced = key.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

fn confirmation(key: &str) -> Option<Job> {
    match ObjectKey::parse(key) {
        Ok(ObjectKey::Original(OriginalKey { studio, photo, .. })) => {
            Some(Job::ConfirmUpload { studio, photo })
        }
        Ok(ObjectKey::Archive(ArchiveKey { studio, archive })) => {
            Some(Job::ExpandArchive { studio, archive })
        }
        // What we wrote ourselves, logos, and whatever else lies in the bucket.
        Ok(
            ObjectKey::Rendition(_)
            | ObjectKey::Base(_)
            | ObjectKey::Delivery(_)
            | ObjectKey::Print(_)
            | ObjectKey::PackDocument(_)
            | ObjectKey::PackArchive(_)
            | ObjectKey::Image(_),
        )
        | Err(_) => None,
    }
}

#[cfg(test)]
mod tests;
