//! Limits and durations that an installation may choose.

use jiff::SignedDuration;

use crate::job::RetryPolicy;

/// Limits and durations of the services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// The largest file that may be uploaded as a photo, in bytes. Default 256 MiB: a 150-megapixel TIFF with
    /// 8 bits a channel is larger, a camera's JPEG never is.
    pub most_upload_bytes: u64,
    /// The largest logo, in bytes. Default 8 MiB, like the renderer's own limit.
    pub most_image_bytes: u64,
    /// How long an upload ticket lives. Default a day, so that a slow line can finish 500 files.
    pub ticket_lifetime: SignedDuration,
    /// How long a client's access token lives. Default 12 hours.
    pub client_session: SignedDuration,
    /// The longest side of a clean, downsized delivery, in pixels. Default 2560.
    pub delivery_long_edge_px: u32,
    /// How failing jobs are tried again.
    pub retry: RetryPolicy,
    /// For how long a worker has a job to itself before another may take it. Default 5 minutes; workers extend
    /// it while they live.
    pub job_lease: SignedDuration,
    /// After what time an uploaded photo without a result is put on the queue again. Default 15 minutes.
    pub stalled_after: SignedDuration,
    /// How archives of several files leave. Default [`ArchiveDelivery::Streamed`].
    pub archives: ArchiveDelivery,
    /// When bases of proofs are kept. Default [`BaseKeeping::Changed`].
    pub bases: BaseKeeping,
}

/// When a proof is also kept as it is before its mark, so that another mark takes a fraction of the time. It is a clean
/// picture of the proof's size beside the original, and takes as much room as the proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BaseKeeping {
    /// From the first proof on. For stores that charge nothing for a file.
    Always,
    /// From the first change of a gallery's options on: most marks stay as they are, and who changes one is about to change
    /// it again.
    #[default]
    Changed,
    /// Never: every mark is made from the original.
    Never,
}

impl BaseKeeping {
    /// Whether a rendering keeps one, which takes the place of renditions with other options or of none.
    pub const fn keeps(self, is_change: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Changed => is_change,
            Self::Never => false,
        }
    }
}

/// How archives of several files leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ArchiveDelivery {
    /// Made while they are sent: they take no room, and the first byte leaves at once. For servers, whose answers may be of
    /// any length.
    #[default]
    Streamed,
    /// Put into the object store by the job that makes them, and fetched from there. For functions, whose answers have a
    /// bound. Where the object store has no URLs of its own they are streamed all the same.
    Stored,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            most_upload_bytes: 256 << 20,
            most_image_bytes: 8 << 20,
            ticket_lifetime: SignedDuration::from_hours(24),
            client_session: SignedDuration::from_hours(12),
            delivery_long_edge_px: 2560,
            retry: RetryPolicy::default(),
            job_lease: SignedDuration::from_mins(5),
            stalled_after: SignedDuration::from_mins(15),
            archives: ArchiveDelivery::default(),
            bases: BaseKeeping::default(),
        }
    }
}
