//! Typed ids: one type per aggregate, so that mixing up two of them does not compile.
//!
//! Every id is a UUID, printed in lower case with hyphens. New ones are version 7 (RFC 9562), made from the
//! [`Clock`](crate::clock::Clock) and the [`Entropy`] port; ids that come from an
//! identity provider may be of another version, so any UUID parses.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use uuid::{Builder, Uuid};

use crate::entropy::Entropy;

/// The text is not a UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {kind} id")]
pub struct ParseIdError {
    kind: &'static str,
}

fn new_uuid(now: Timestamp, entropy: &dyn Entropy) -> Uuid {
    let mut random = [0_u8; 10];
    entropy.fill(&mut random);
    // Timestamps before 1970 do not come from a working clock; they are pinned to the epoch.
    let milliseconds = u64::try_from(now.as_millisecond()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid()
}

macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Uuid);

        impl $name {
            /// Makes a new id whose order follows `now` to the millisecond.
            pub fn generate(now: Timestamp, entropy: &dyn Entropy) -> Self {
                Self(new_uuid(now, entropy))
            }

            /// Wraps a UUID that another system made.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// When it was made, to the millisecond; the epoch for a UUID that another system made of other stuff.
            pub fn made_at(self) -> Timestamp {
                let (seconds, nanos) = self.0.get_timestamp().map_or((0, 0), |time| time.to_unix());
                // What does not fit into a timestamp was not made by a clock.
                let nanos = i32::try_from(nanos).unwrap_or(0);
                i64::try_from(seconds)
                    .ok()
                    .and_then(|seconds| Timestamp::new(seconds, nanos).ok())
                    .unwrap_or(Timestamp::UNIX_EPOCH)
            }

            /// The UUID inside, for backends that store it in binary.
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }

            /// Reads the hyphenated form, in either case.
            ///
            /// # Errors
            /// The text is not a UUID.
            pub fn parse(text: &str) -> Result<Self, ParseIdError> {
                // Only the canonical length: the parser would also take braces and URNs.
                if text.len() != 36 {
                    return Err(ParseIdError { kind: $kind });
                }
                Uuid::try_parse(text).map(Self).map_err(|_| ParseIdError { kind: $kind })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0.hyphenated(), formatter)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{}({})", stringify!($name), self.0.hyphenated())
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = ParseIdError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    };
}

typed_id!(
    /// Names a studio, the tenant that owns everything else.
    ///
    /// ```
    /// use halftone_core::id::StudioId;
    /// assert!(StudioId::parse("01890a5d-ac96-774b-bcce-b302099a8057").is_ok());
    /// assert!(StudioId::parse("studio-one").is_err());
    /// ```
    StudioId, "studio"
);
typed_id!(
    /// Names the person who logs in, as the identity provider knows them.
    UserId, "user"
);
typed_id!(
    /// Names a collection.
    CollectionId, "collection"
);
typed_id!(
    /// Names a gallery.
    GalleryId, "gallery"
);
typed_id!(
    /// Names a section of a gallery.
    SectionId, "section"
);
typed_id!(
    /// Names a photo.
    PhotoId, "photo"
);
typed_id!(
    /// Names a file that replaces a photo's original, from its ticket on.
    ReplacementId, "replacement"
);
typed_id!(
    /// Names a ZIP archive that is expanded into photos.
    ArchiveId, "archive"
);
typed_id!(
    /// Names a logo or another picture that belongs to the studio itself.
    ImageId, "image"
);
typed_id!(
    /// Names an upload ticket. It carries the UUID of the photo or image that the upload will become.
    UploadId, "upload"
);
typed_id!(
    /// Names a share.
    ShareId, "share"
);
typed_id!(
    /// Names a client of a share. It proves nothing by itself; the client key does.
    ClientId, "client"
);
typed_id!(
    /// Names a client's selection.
    SelectionId, "selection"
);
typed_id!(
    /// Names a price list.
    PriceListId, "price list"
);
typed_id!(
    /// Names a product of a price list.
    ProductId, "product"
);
typed_id!(
    /// Names an order.
    OrderId, "order"
);
typed_id!(
    /// Names a line of an order.
    OrderItemId, "order item"
);
typed_id!(
    /// Names a pack.
    PackId, "pack"
);
typed_id!(
    /// Names a job on the queue.
    JobId, "job"
);
typed_id!(
    /// Names an event in the outbox.
    EventId, "event"
);
typed_id!(
    /// Names a subscription to a studio's notices.
    SubscriptionId, "subscription"
);
typed_id!(
    /// Names one delivery of one notification to one recipient.
    DeliveryId, "delivery"
);
typed_id!(
    /// Names a browser or an app that shows notifications.
    DeviceId, "device"
);
typed_id!(
    /// Names a webhook.
    WebhookId, "webhook"
);
typed_id!(
    /// Names an API key. The key itself is a secret; this is not.
    ApiKeyId, "API key"
);

impl OrderId {
    /// A number to say on the phone: the last six digits of the id, in capitals. They are random, so they tell the orders of
    /// one studio apart, but name none for certain.
    ///
    /// ```
    /// use halftone_core::id::OrderId;
    /// let order = OrderId::parse("01890a5d-ac96-774b-bcce-b302099a8057")?;
    /// assert_eq!(order.number(), "9A8057");
    /// # Ok::<(), halftone_core::id::ParseIdError>(())
    /// ```
    pub fn number(self) -> String {
        let [.., first, second, third] = *self.0.as_bytes();
        format!("{first:02X}{second:02X}{third:02X}")
    }
}

impl UploadId {
    /// The upload of this photo's original.
    pub const fn of_photo(photo: PhotoId) -> Self {
        Self(photo.0)
    }

    /// The upload of this studio image.
    pub const fn of_image(image: ImageId) -> Self {
        Self(image.0)
    }

    /// The upload of this archive.
    pub const fn of_archive(archive: ArchiveId) -> Self {
        Self(archive.0)
    }

    /// The archive that this upload would be, if it is one.
    pub const fn as_archive(self) -> ArchiveId {
        ArchiveId(self.0)
    }

    /// The photo that this upload would belong to, if it is a photo's.
    pub const fn as_photo(self) -> PhotoId {
        PhotoId(self.0)
    }

    /// The studio image that this upload would belong to, if it is an image's.
    pub const fn as_image(self) -> ImageId {
        ImageId(self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_prints_parses_back(bytes in any::<[u8; 16]>()) {
            let id = PhotoId::from_uuid(Uuid::from_bytes(bytes));
            prop_assert_eq!(PhotoId::parse(&id.to_string()), Ok(id));
        }
    }

    #[test]
    fn debug_names_the_type() {
        let id = PhotoId::from_uuid(Uuid::nil());
        assert_eq!(format!("{id:?}"), "PhotoId(00000000-0000-0000-0000-000000000000)");
    }
}
