//! How ids, instants and hashes are written into the fields of an envelope.

use jiff::Timestamp;
use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{Binary, Bson};
use uuid::Uuid;

/// An id as a binary UUID. All are of one length and subtype, so the server orders them by their bytes, which is
/// the order of ids.
pub(super) fn id(uuid: Uuid) -> Bson {
    Bson::Binary(Binary { subtype: BinarySubtype::Uuid, bytes: uuid.as_bytes().to_vec() })
}

/// An optional id. `null` is stored too: DocumentDB finds it in an index as it finds any other value.
pub(super) fn optional_id(uuid: Option<Uuid>) -> Bson {
    uuid.map_or(Bson::Null, id)
}

/// The hash of a secret.
pub(super) fn bytes(bytes: &[u8]) -> Bson {
    Bson::Binary(Binary { subtype: BinarySubtype::Generic, bytes: bytes.to_vec() })
}

/// Nanoseconds since 1970, because a BSON date ends at milliseconds. Instants before 1678 and after 2262 do not
/// fit and are pinned to the ends; they only serve as "never" and "long ago".
pub(super) fn nanoseconds(instant: Timestamp) -> i64 {
    let end = if instant < Timestamp::UNIX_EPOCH { i64::MIN } else { i64::MAX };
    i64::try_from(instant.as_nanosecond()).unwrap_or(end)
}

/// The instant that [`nanoseconds`] wrote.
pub(super) fn instant(nanoseconds: i64) -> Timestamp {
    Timestamp::from_nanosecond(i128::from(nanoseconds))
        .expect("64 bits of nanoseconds lie between 1677 and 2262")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_round_trip_to_the_nanosecond() {
        let exact: Timestamp = "2026-05-14T12:00:00.123456789Z".parse().unwrap();
        assert_eq!(instant(nanoseconds(exact)), exact);
        assert_eq!(nanoseconds(Timestamp::MAX), i64::MAX);
        assert_eq!(nanoseconds(Timestamp::MIN), i64::MIN);
    }
}
