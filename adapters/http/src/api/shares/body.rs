//! A share as its studio sees it.

use halftone_core::allowance::{Allowance, AllowanceLeft, Included, Left};
use halftone_core::secret::ShareToken;
use halftone_core::services::sharing::ShareView;
use halftone_core::share::{Activity, Client, Limit, Limits, Permissions, ShareTarget};
use poem_openapi::Object;

use crate::api::time::Time;

/// A share.
#[derive(Debug, Object)]
#[oai(rename = "Share")]
pub(crate) struct ShareObject {
    /// Its id.
    id: String,
    /// The gallery that it opens, if it opens one.
    gallery_id: Option<String>,
    /// The collection that it opens, if it opens one.
    collection_id: Option<String>,
    /// What the studio calls it.
    label: String,
    /// Whether clients must know a PIN.
    has_pin: bool,
    /// When it ends; null for never.
    expires_at: Option<Time>,
    /// When it was revoked.
    revoked_at: Option<Time>,
    /// What clients may do.
    permissions: PermissionsObject,
    /// How much each client may do.
    limits: LimitsObject,
    /// How much of it costs nothing.
    allowance: AllowanceObject,
    /// How much of that is left.
    allowance_left: AllowanceLeftObject,
    /// What happened on it.
    statistics: StatisticsObject,
    /// When it was made.
    created_at: Time,
    /// When it was last changed.
    updated_at: Time,
}

/// A share that was just made, with its link, which is shown this once.
#[derive(Debug, Object)]
pub(crate) struct ShareWithLink {
    /// The share.
    #[oai(flatten)]
    share: ShareObject,
    /// The secret of the link.
    token: String,
    /// The link to send to clients.
    url: String,
}

/// What clients may do.
#[derive(Debug, Object)]
#[oai(rename = "Permissions")]
pub(crate) struct PermissionsObject {
    /// Make selections.
    select: bool,
    /// Comment on picks.
    comment: bool,
    /// Place orders.
    order: bool,
    /// Which files can be downloaded; each word includes those before it.
    download: String,
}

/// How much each client may do; null for without limit.
#[derive(Debug, Object)]
#[oai(rename = "Limits")]
pub(crate) struct LimitsObject {
    /// Distinct photos picked over all selections.
    selections: Option<u32>,
    /// Files downloaded.
    downloads: Option<u32>,
}

/// What is included for all clients of a share together; null where nothing is counted.
#[derive(Debug, Object)]
#[oai(rename = "Allowance")]
pub(crate) struct AllowanceObject {
    /// Photos as files, each once: submitted in a selection, downloaded clean, or ordered as a file.
    files: Option<u32>,
    /// Prints that are ordered.
    prints: Option<u32>,
}

/// How much is left of what a share includes; null where nothing is counted.
#[derive(Debug, Object)]
#[oai(rename = "AllowanceLeft")]
pub(crate) struct AllowanceLeftObject {
    /// Photos as files.
    files: Option<IncludedObject>,
    /// Prints.
    prints: Option<IncludedObject>,
}

/// How much is included, and how much of it is left.
#[derive(Debug, Object)]
#[oai(rename = "Included")]
pub(crate) struct IncludedObject {
    /// How much there was.
    included: u32,
    /// How much of it nobody took yet.
    left: u32,
}

/// What happened on a share, in numbers.
#[derive(Debug, Object)]
#[oai(rename = "ShareStatistics")]
pub(crate) struct StatisticsObject {
    /// How often a client opened it.
    visits: u64,
    /// How many clients there are.
    clients: u64,
    /// How many files were downloaded.
    downloads: u64,
    /// When it was last opened.
    last_visit_at: Option<Time>,
}

/// One thing that a client did.
#[derive(Debug, Object)]
#[oai(rename = "ShareActivity")]
pub(crate) struct ActivityObject {
    /// When.
    at: Time,
    /// What: `joined`, `visited`, `submitted_selection`, `placed_order` or `downloaded`.
    kind: String,
    /// Who.
    client_id: String,
    /// What the client calls itself; it proves nothing.
    client_name: String,
    /// Where the client says that it can be reached.
    client_email: Option<String>,
}

impl From<&ShareView> for ShareObject {
    fn from(view: &ShareView) -> Self {
        let share = &view.share.value;
        let (gallery, collection) = match share.target {
            ShareTarget::Gallery(gallery) => (Some(gallery.to_string()), None),
            ShareTarget::Collection(collection) => (None, Some(collection.to_string())),
        };
        let statistics = view.statistics;
        Self {
            id: share.id.to_string(),
            gallery_id: gallery,
            collection_id: collection,
            label: share.label.to_string(),
            has_pin: share.pin_hash.is_some(),
            expires_at: share.expires_at.map(Into::into),
            revoked_at: share.revoked_at.map(Into::into),
            permissions: PermissionsObject::for_studio(share.permissions),
            limits: share.limits.into(),
            allowance: share.allowance.into(),
            allowance_left: view.left.into(),
            statistics: StatisticsObject {
                visits: statistics.visits,
                clients: statistics.clients,
                downloads: statistics.downloads,
                last_visit_at: statistics.last_visit_at.map(Into::into),
            },
            created_at: share.created_at.into(),
            updated_at: share.updated_at.into(),
        }
    }
}

impl ShareWithLink {
    /// Shows a new share with its secret.
    pub(crate) fn new(view: &ShareView, token: &ShareToken, url: String) -> Self {
        Self { share: view.into(), token: token.reveal().to_owned(), url }
    }
}

impl PermissionsObject {
    /// In the studio's words.
    pub(crate) fn for_studio(permissions: Permissions) -> Self {
        Self::new(permissions, permissions.download.as_str())
    }

    /// In the client's words.
    pub(crate) fn for_client(permissions: Permissions) -> Self {
        Self::new(permissions, permissions.download.as_client_str())
    }

    fn new(permissions: Permissions, download: &str) -> Self {
        Self {
            select: permissions.select.is_granted(),
            comment: permissions.comment.is_granted(),
            order: permissions.order.is_granted(),
            download: download.to_owned(),
        }
    }
}

impl From<Limits> for LimitsObject {
    fn from(limits: Limits) -> Self {
        Self { selections: limits.selections.map(Limit::get), downloads: limits.downloads.map(Limit::get) }
    }
}

impl From<Allowance> for AllowanceObject {
    fn from(allowance: Allowance) -> Self {
        Self { files: allowance.files.map(Included::get), prints: allowance.prints.map(Included::get) }
    }
}

impl From<AllowanceLeft> for AllowanceLeftObject {
    fn from(left: AllowanceLeft) -> Self {
        let part = |left: Left| IncludedObject { included: left.included, left: left.left };
        Self { files: left.files.map(part), prints: left.prints.map(part) }
    }
}

impl From<(Activity, Option<Client>)> for ActivityObject {
    fn from((activity, client): (Activity, Option<Client>)) -> Self {
        Self {
            at: activity.at.into(),
            kind: activity.kind.as_str().to_owned(),
            client_id: activity.client.to_string(),
            client_name: client.as_ref().map(|client| client.name.to_string()).unwrap_or_default(),
            client_email: client.and_then(|client| client.email).map(|email| email.to_string()),
        }
    }
}
