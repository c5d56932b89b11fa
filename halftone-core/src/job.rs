//! Jobs: background work, as messages on a queue.
//!
//! Messages are the only entities with a wire format, because every queue carries them as text. They have a
//! version tag; messages of released versions are kept as golden files and must still load.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::id::{ArchiveId, CollectionId, GalleryId, PackId, PhotoId, ReplacementId, StudioId, UserId};
use crate::page::Cursor;
use crate::text::InvalidValue;

/// Work to be done in the background. Every job is idempotent: it can be delivered twice and out of order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case")]
pub enum Job {
    /// Take an upload whose bytes lie in the object store, whether or not its browser lives to say so, and make the
    /// renditions. An object store's own notices become this job.
    ConfirmUpload {
        /// Who owns it.
        studio: StudioId,
        /// Which photo.
        photo: PhotoId,
    },
    /// Make the renditions of a photo.
    ProcessPhoto {
        /// Who owns it.
        studio: StudioId,
        /// Which photo.
        photo: PhotoId,
    },
    /// Make the renditions of all photos of a gallery again, a page at a time.
    ReprocessGallery {
        /// Who owns it.
        studio: StudioId,
        /// Which gallery.
        gallery: GalleryId,
        /// Where the last page ended.
        after: Option<CursorText>,
        /// When it was asked for: photos that failed later have had their new try.
        asked_at: Timestamp,
    },
    /// See to it that the files of a pack are there, some at a time.
    BuildPack {
        /// Who owns it.
        studio: StudioId,
        /// Which pack.
        pack: PackId,
    },
    /// Expand an archive into photos, some entries at a time. An object store's own notice of one becomes this job too.
    ExpandArchive {
        /// Who owns it.
        studio: StudioId,
        /// Which archive.
        archive: ArchiveId,
    },
    /// Remove what was deleted.
    Purge {
        /// What.
        target: PurgeTarget,
    },
}

/// What a purge removes, with everything under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PurgeTarget {
    /// A photo.
    Photo {
        /// Who owns it.
        studio: StudioId,
        /// In which gallery it was, where that is still known: its picks are forgotten then.
        gallery: Option<GalleryId>,
        /// Which one.
        photo: PhotoId,
    },
    /// What lies under a photo and is not its own any more: originals that were replaced, replacements that never came to
    /// be, and what was made of either.
    Replaced {
        /// Who owns it.
        studio: StudioId,
        /// Which photo; it stays.
        photo: PhotoId,
        /// The replacement that is the reason to look.
        replacement: ReplacementId,
    },
    /// A gallery with its photos and shares.
    Gallery {
        /// Who owns it.
        studio: StudioId,
        /// In which collection it was, where that is still known: picks through its shares are forgotten then.
        collection: Option<CollectionId>,
        /// Which one.
        gallery: GalleryId,
    },
    /// A collection with its galleries and shares.
    Collection {
        /// Who owns it.
        studio: StudioId,
        /// Which one.
        collection: CollectionId,
    },
    /// A studio with everything it owns.
    Studio {
        /// Which one.
        studio: StudioId,
        /// Who logged in to it, where that is known: the login goes too.
        owner: Option<UserId>,
    },
}

/// A [`Cursor`] inside a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CursorText(pub Cursor);

impl TryFrom<String> for CursorText {
    type Error = InvalidValue;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Cursor::parse(&text).map(Self)
    }
}

impl From<CursorText> for String {
    fn from(text: CursorText) -> Self {
        text.0.to_string()
    }
}

/// The text of a message is not a job of a version that this program knows.
#[derive(Debug, thiserror::Error)]
#[error("not a job message of a known version")]
pub struct ParseJobError(#[from] serde_json::Error);

#[derive(Serialize, Deserialize)]
#[serde(tag = "v")]
enum Envelope {
    #[serde(rename = "1")]
    First(Job),
}

impl Job {
    /// The message's text: JSON with the version tag `v`.
    ///
    /// ```
    /// use halftone_core::job::Job;
    /// let text = r#"{"v":"1","job":"purge","target":{"kind":"studio","studio":"01890a5d-ac96-774b-bcce-b302099a8057","owner":null}}"#;
    /// let job = Job::from_message(text)?;
    /// assert_eq!(job.to_message(), text);
    /// # Ok::<(), halftone_core::job::ParseJobError>(())
    /// ```
    pub fn to_message(&self) -> String {
        serde_json::to_string(&Envelope::First(self.clone())).expect("jobs are made of ids and texts")
    }

    /// Reads a message.
    ///
    /// # Errors
    /// The text is something else, or of a version that this program does not know.
    pub fn from_message(text: &str) -> Result<Self, ParseJobError> {
        let Envelope::First(job) = serde_json::from_str(text)?;
        Ok(job)
    }
}

/// What a failure is put down to; that decides how much patience there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureCause {
    /// The job itself: it fails in the same way, whatever the time of day.
    Job,
    /// A service that all jobs need and that does not answer, or refuses us. That passes, and no photo shall be given
    /// up for it.
    Outage,
}

/// How often a failing job is tried, and how long it waits in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How many deliveries a job gets that fails by itself before it is a dead letter.
    pub most_deliveries: u32,
    /// How many deliveries a job gets whose last failure was an outage, or that never came to any end; never fewer than
    /// `most_deliveries`.
    pub most_outage_deliveries: u32,
    /// The wait after the first failure; it doubles with each further one.
    pub first_delay: SignedDuration,
    /// The longest wait.
    pub longest_delay: SignedDuration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            most_deliveries: 5,
            // With the waits below, half an hour: a database elects a new primary in one or two minutes.
            most_outage_deliveries: 12,
            first_delay: SignedDuration::from_secs(2),
            longest_delay: SignedDuration::from_mins(10),
        }
    }
}

impl RetryPolicy {
    /// What to do after delivery number `receive_count` has failed: the wait, or `None` if it was the last.
    pub fn delay_after(self, receive_count: u32, cause: FailureCause) -> Option<SignedDuration> {
        let most = match cause {
            FailureCause::Job => self.most_deliveries,
            FailureCause::Outage => self.most_ever(),
        };
        if receive_count >= most {
            return None;
        }
        let doublings = receive_count.saturating_sub(1).min(20);
        Some(self.first_delay.saturating_mul(1 << doublings).min(self.longest_delay))
    }

    /// How many deliveries any job gets.
    pub fn most_ever(self) -> u32 {
        self.most_deliveries.max(self.most_outage_deliveries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_then_end() {
        let policy = RetryPolicy { most_deliveries: 12, ..RetryPolicy::default() };
        let delay = |count| policy.delay_after(count, FailureCause::Job);
        assert_eq!(delay(1), Some(SignedDuration::from_secs(2)));
        assert_eq!(delay(3), Some(SignedDuration::from_secs(8)));
        assert_eq!(delay(11), Some(SignedDuration::from_mins(10)));
        assert_eq!(delay(12), None);
    }

    #[test]
    fn outages_are_waited_out_for_half_an_hour() {
        let policy = RetryPolicy::default();
        assert_eq!(policy.delay_after(5, FailureCause::Job), None);
        let waits = (1..).map_while(|count| policy.delay_after(count, FailureCause::Outage));
        let total: SignedDuration = waits.sum();
        assert!(total > SignedDuration::from_mins(30), "{total}");
    }

    #[test]
    fn a_message_of_an_unknown_version_is_refused() {
        assert!(Job::from_message(r#"{"v":"99","job":"purge"}"#).is_err());
        assert!(Job::from_message("not json").is_err());
    }
}
