//! The settings, one struct for each section. `docs/configuration.md` says more about each; a test compares.

use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroU64};
use std::path::PathBuf;

use jiff::SignedDuration;

use crate::config::choice::LogFormat;
use crate::config::reader::{Key, Reader};
use crate::config::value::{
    Auto, BaseChoice, ByteSize, LogFilter, OptionalAddress, Origin, SiteUrl, WorkerCount,
};

/// Declares a section: its struct, the list of its keys, and how it is read. The name of a field is the name of
/// the setting; the variable is `HALFTONE_<SECTION>_<NAME>`.
macro_rules! section {
    ($(#[$doc:meta])* $struct:ident [$section:literal] {
        $($(#[$about:meta])+ $field:ident: $kind:ty = $default:literal,)+
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $struct {
            $($(#[$about])+ pub $field: $kind,)+
        }

        impl $struct {
            /// The table of the file.
            pub const SECTION: &'static str = $section;

            /// Every setting of the section.
            pub const KEYS: &'static [Key] =
                &[$(Key { section: $section, name: stringify!($field), default: $default }),+];

            /// Takes the section out of the sources.
            pub(crate) fn read(reader: &mut Reader) -> Self {
                Self {
                    $($field: reader.take(&Key {
                        section: $section,
                        name: stringify!($field),
                        default: $default,
                    }),)+
                }
            }
        }
    };
}
pub(super) use section;

section! {
    /// Where the server keeps its data, and where it is reached.
    ServerConfig ["server"] {
        /// The directory that holds everything: documents, files, jobs, the key. One process at a time has it open.
        data_dir: PathBuf = "./halftone-data",
        /// The address of the studio and its API. Port 0 takes a free one.
        listen: SocketAddr = "127.0.0.1:8080",
        /// The address of the mailbox page and the metrics, or `off`. Whoever reaches it reads all mail.
        admin_listen: OptionalAddress = "127.0.0.1:8081",
        /// The address under which browsers reach the server, for links; `auto` is what each request says.
        public_url: Auto<SiteUrl> = "auto",
        /// How many proxies stand in front; with 0 their headers are not believed.
        trusted_proxies: u32 = "0",
        /// Other sites whose pages may use the API.
        cors_origins: Vec<Origin> = "",
        /// How long requests and jobs may take to end after the server was asked to stop.
        drain_time: SignedDuration = "25s",
    }
}

section! {
    /// What may be uploaded.
    UploadsConfig ["uploads"] {
        /// The largest photo file.
        largest_photo: ByteSize = "256MiB",
        /// The largest logo file.
        largest_logo: ByteSize = "8MiB",
        /// The most pixels of a photo, in millions.
        most_megapixels: NonZeroU64 = "150",
        /// The longest side of a photo, in pixels.
        longest_side: NonZeroU32 = "30000",
        /// How long an upload may be completed after it was announced.
        ticket_lifetime: SignedDuration = "24h",
    }
}

section! {
    /// What clients get.
    ClientsConfig ["clients"] {
        /// How long a client's access token lives.
        session_lifetime: SignedDuration = "12h",
        /// The longest side of a clean, downsized download, in pixels.
        delivery_long_edge: NonZeroU32 = "2560",
    }
}

section! {
    /// How many pictures are rendered at once, and in how much memory.
    WorkersConfig ["workers"] {
        /// How many jobs run at once; `auto` is the number of cores, `off` leaves them to workers elsewhere.
        count: WorkerCount = "auto",
        /// What the pictures being rendered may take together; `auto` is 250 MiB for each worker.
        memory_budget: Auto<ByteSize> = "auto",
        /// When proofs are also kept without their mark, so that another mark takes a fraction of the time; `auto` is `always`
        /// in a data directory, and `changed` in a store that charges for each file.
        bases: BaseChoice = "auto",
    }
}

section! {
    /// How background jobs are kept from getting lost and from running for ever.
    JobsConfig ["jobs"] {
        /// How often a failing job is tried before it is given up.
        most_deliveries: NonZeroU32 = "5",
        /// How often a job is tried that fails because a service does not answer, such as the database.
        most_outage_deliveries: NonZeroU32 = "12",
        /// The wait after the first failure; it doubles with each further one.
        first_delay: SignedDuration = "2s",
        /// How often notifications are made of what happened, and tried to be delivered.
        notice_interval: SignedDuration = "5s",
        /// The longest wait between two tries.
        longest_delay: SignedDuration = "10m",
        /// For how long a worker has a job to itself; it is extended while the worker lives.
        lease: SignedDuration = "5m",
        /// After what time an uploaded photo without a result is put on the queue again.
        stalled_after: SignedDuration = "15m",
        /// How often the server looks for such photos and for unused upload tickets.
        sweep_interval: SignedDuration = "5m",
        /// How often the server looks for deletions that were not finished.
        purge_sweep_interval: SignedDuration = "1h",
    }
}

section! {
    /// How often callers may try before they are asked to wait. Each number is the burst and what comes back in a
    /// minute, unless its name says otherwise.
    LimitsConfig ["limits"] {
        /// Logins, registrations and codes of one mail address from one network address.
        credentials_per_subject: NonZeroU32 = "20",
        /// The same for all mail addresses together from one network address.
        credentials_per_address: NonZeroU32 = "120",
        /// Openings of shares from one network address.
        sessions_per_address: NonZeroU32 = "600",
        /// Openings with a PIN of one share from one network address.
        pins_per_address: NonZeroU32 = "20",
        /// Wrong PINs of one share from anywhere, as a burst.
        wrong_pins_per_share: NonZeroU32 = "60",
        /// How many of these come back in an hour.
        wrong_pins_back_per_hour: NonZeroU32 = "30",
        /// Unknown share tokens from one network address.
        unknown_tokens_per_address: NonZeroU32 = "120",
    }
}

section! {
    /// What is logged. The log goes to the standard error stream.
    LogConfig ["log"] {
        /// `text` for people, `json` for collectors.
        format: LogFormat = "text",
        /// A level, or levels for parts of the program.
        filter: LogFilter = "info",
    }
}
