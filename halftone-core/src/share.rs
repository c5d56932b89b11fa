//! Shares: links to a gallery or a collection, and the clients who opened them.

use jiff::Timestamp;

use crate::allowance::Allowance;
use crate::id::{ClientId, CollectionId, GalleryId, ShareId, StudioId};
use crate::secret::TokenHash;
use crate::text::{Email, InvalidValue, Line};

/// A link to one gallery or to a collection.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// Its id.
    pub id: ShareId,
    /// Who owns it.
    pub studio: StudioId,
    /// What it opens.
    pub target: ShareTarget,
    /// What the studio calls it: "Family link".
    pub label: Line,
    /// The hash of its token.
    pub token_hash: TokenHash,
    /// What its token is derived from, together with its id and the keyring.
    pub token_salt: [u8; 16],
    /// The hash of its PIN, if it has one.
    pub pin_hash: Option<TokenHash>,
    /// When it ends, if ever.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// What its clients may do.
    pub permissions: Permissions,
    /// How much its clients may do.
    pub limits: Limits,
    /// How much of it costs nothing.
    pub allowance: Allowance,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Share {
    /// Whether it can be used at `now`.
    pub fn standing(&self, now: Timestamp) -> ShareStanding {
        if self.revoked_at.is_some() {
            ShareStanding::Revoked
        } else if self.expires_at.is_some_and(|expires_at| expires_at <= now) {
            ShareStanding::Expired
        } else {
            ShareStanding::Open
        }
    }
}

/// Whether a share can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareStanding {
    /// It can.
    Open,
    /// Its time is over.
    Expired,
    /// The studio took it back.
    Revoked,
}

/// What a share opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ShareTarget {
    /// One gallery.
    Gallery(GalleryId),
    /// All galleries of a collection, also those added later.
    Collection(CollectionId),
}

/// What the clients of a share may do besides looking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permissions {
    /// Make selections.
    pub select: Permission,
    /// Comment on picks.
    pub comment: Permission,
    /// Place orders.
    pub order: Permission,
    /// Download files, up to this kind.
    pub download: DownloadPermission,
}

impl Default for Permissions {
    fn default() -> Self {
        Self {
            select: Permission::Granted,
            comment: Permission::Granted,
            order: Permission::Granted,
            download: DownloadPermission::None,
        }
    }
}

/// Whether something is permitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// It is.
    Granted,
    /// It is not.
    Denied,
}

impl Permission {
    /// From the API's `true` and `false`.
    pub const fn from_bool(granted: bool) -> Self {
        if granted { Self::Granted } else { Self::Denied }
    }

    /// As the API's `true` and `false`.
    pub const fn is_granted(self) -> bool {
        matches!(self, Self::Granted)
    }
}

/// Which files a client may download. Each kind includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DownloadPermission {
    /// Nothing.
    None,
    /// The watermarked proof.
    Proof,
    /// A clean, downsized copy.
    Sized,
    /// The original itself.
    Original,
}

impl DownloadPermission {
    const ALL: [Self; 4] = [Self::None, Self::Proof, Self::Sized, Self::Original];

    /// The studio's word in the API: `none`, `proof`, `sized` or `original`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Proof => "proof",
            Self::Sized => "sized",
            Self::Original => "original",
        }
    }

    /// The client's word in the API, where the last one is `full`.
    pub const fn as_client_str(self) -> &'static str {
        match self {
            Self::None | Self::Proof | Self::Sized => self.as_str(),
            Self::Original => "full",
        }
    }

    /// Reads the studio's word of the API.
    ///
    /// # Errors
    /// The word names no permission.
    pub fn parse(word: &str) -> Result<Self, InvalidValue> {
        Self::ALL
            .into_iter()
            .find(|permission| permission.as_str() == word)
            .ok_or_else(|| InvalidValue::new("download permission", "must be none, proof, sized or original"))
    }
}

/// How much each client of a share may do; `None` is without limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Distinct photos picked over all selections.
    pub selections: Option<Limit>,
    /// Files downloaded.
    pub downloads: Option<Limit>,
}

/// A number of photos or files: 1 to 100,000.
///
/// ```
/// use halftone_core::share::Limit;
/// assert!(Limit::parse(30).is_ok());
/// assert!(Limit::parse(-1).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Limit(u32);

impl Limit {
    /// Checks the range.
    ///
    /// # Errors
    /// The number is not from 1 to 100,000.
    pub fn parse(number: i64) -> Result<Self, InvalidValue> {
        match u32::try_from(number) {
            Ok(number @ 1..=100_000) => Ok(Self(number)),
            _ => Err(InvalidValue::new("limit", "must be from 1 to 100000")),
        }
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// What happened on a share, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ShareStatistics {
    /// How often a client opened it.
    pub visits: u64,
    /// How many clients there are.
    pub clients: u64,
    /// How many files were downloaded.
    pub downloads: u64,
    /// When it was last opened.
    pub last_visit_at: Option<Timestamp>,
}

/// One thing that a client did.
#[derive(Debug, Clone, PartialEq)]
pub struct Activity {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub client: ClientId,
    /// What.
    pub kind: ActivityKind,
}

/// What a client did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActivityKind {
    /// Opened the share for the first time.
    Joined,
    /// Opened the share again.
    Visited,
    /// Submitted a selection.
    SubmittedSelection,
    /// Placed an order.
    PlacedOrder,
    /// Downloaded a file.
    Downloaded,
}

impl ActivityKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Joined, Self::Visited, Self::SubmittedSelection, Self::PlacedOrder, Self::Downloaded];

    /// The word of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Joined => "joined",
            Self::Visited => "visited",
            Self::SubmittedSelection => "submitted_selection",
            Self::PlacedOrder => "placed_order",
            Self::Downloaded => "downloaded",
        }
    }
}

/// Whoever opened a share. Name and e-mail are for display and prove nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Client {
    /// Its id.
    pub id: ClientId,
    /// To whom the share belongs.
    pub studio: StudioId,
    /// Which share it opened.
    pub share: ShareId,
    /// The hash of its client key.
    pub key_hash: TokenHash,
    /// What it calls itself; may be empty.
    pub name: Line,
    /// Where it says it can be reached.
    pub email: Option<Email>,
    /// How many files it downloaded.
    pub downloads: u32,
    /// When it first came.
    pub created_at: Timestamp,
}
