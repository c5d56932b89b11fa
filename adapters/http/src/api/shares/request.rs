//! What a studio sends to make or change a share.

use halftone_core::allowance::{Allowance, Included};
use halftone_core::secret::Pin;
use halftone_core::services::error::{FieldExt as _, InvalidField};
use halftone_core::services::sharing::{NewShare, PermissionsChange, ShareChange};
use halftone_core::share::{DownloadPermission, Limit, Limits, Permission, Permissions};
use halftone_core::text::{InvalidValue, Line};
use jiff::Timestamp;
use poem_openapi::Object;
use poem_openapi::types::MaybeUndefined;

use crate::api::nullable::change;

/// A share that is to be made; what is left out takes its default.
#[derive(Debug, Object)]
#[oai(rename = "NewShare")]
pub(crate) struct NewShareBody {
    /// What the studio calls it.
    label: Option<String>,
    /// When it ends; null for never.
    expires_at: Option<String>,
    /// What clients must know besides the link: 4 to 12 letters or digits.
    pin: Option<String>,
    /// What clients may do.
    permissions: Option<PermissionsBody>,
    /// How much each client may do.
    limits: Option<LimitsBody>,
    /// How much of it costs nothing, for all clients together.
    allowance: Option<AllowanceBody>,
}

/// What is to change in a share; what is left out stays.
#[derive(Debug, Object)]
pub(crate) struct SharePatch {
    /// What the studio calls it; null clears it.
    label: MaybeUndefined<String>,
    /// When it ends; null for never.
    expires_at: MaybeUndefined<String>,
    /// What clients must know besides the link; null for nothing.
    pin: MaybeUndefined<String>,
    /// What clients may do.
    permissions: Option<PermissionsBody>,
    /// How much each client may do; null lifts both limits.
    limits: MaybeUndefined<LimitsBody>,
    /// How much of it costs nothing, for all clients together; null ends the counting of both.
    allowance: MaybeUndefined<AllowanceBody>,
}

/// What clients may do. In a new share the first three default to true and the last to `none`.
#[derive(Debug, Default, Object)]
#[oai(rename = "PermissionsChange")]
pub(crate) struct PermissionsBody {
    /// Make selections.
    select: Option<bool>,
    /// Comment on picks.
    comment: Option<bool>,
    /// Place orders.
    order: Option<bool>,
    /// Download files: `none`, `proof`, `sized` or `original`, each with those before it.
    download: Option<String>,
}

/// How much each client may do; null for without limit.
#[derive(Debug, Default, Object)]
#[oai(rename = "LimitsChange")]
pub(crate) struct LimitsBody {
    /// Distinct photos picked over all selections.
    selections: MaybeUndefined<i64>,
    /// Files downloaded.
    downloads: MaybeUndefined<i64>,
}

/// What is included for all clients of a share together, 0 to 20,000; null is not counted, which is something else than 0.
#[derive(Debug, Default, Object)]
#[oai(rename = "AllowanceChange")]
pub(crate) struct AllowanceBody {
    /// Photos as files, each once: submitted in a selection, downloaded clean, or ordered as a file. Clean downloads beyond
    /// it are refused.
    files: MaybeUndefined<i64>,
    /// Prints that are ordered.
    prints: MaybeUndefined<i64>,
}

impl TryFrom<NewShareBody> for NewShare {
    type Error = InvalidField;

    fn try_from(body: NewShareBody) -> Result<Self, InvalidField> {
        let limits = body.limits.unwrap_or_default();
        let allowance = body.allowance.unwrap_or_default();
        let expires_at = body.expires_at.map(|text| parse_expiry(&text));
        Ok(Self {
            label: Line::parse(&body.label.unwrap_or_default()).field("label")?,
            expires_at: expires_at.transpose()?,
            pin: parse_pin(&body.pin.unwrap_or_default())?,
            permissions: body.permissions.unwrap_or_default().parse()?.apply_to(Permissions::default()),
            limits: Limits {
                selections: change(limits.selections, Limit::parse).field(SELECTIONS)?.flatten(),
                downloads: change(limits.downloads, Limit::parse).field(DOWNLOADS)?.flatten(),
            },
            allowance: Allowance {
                files: change(allowance.files, Included::parse).field(FILES)?.flatten(),
                prints: change(allowance.prints, Included::parse).field(PRINTS)?.flatten(),
            },
        })
    }
}

impl TryFrom<SharePatch> for ShareChange {
    type Error = InvalidField;

    fn try_from(patch: SharePatch) -> Result<Self, InvalidField> {
        let limits = match patch.limits {
            MaybeUndefined::Undefined => LimitsBody::default(),
            MaybeUndefined::Null => LimitsBody::lifted(),
            MaybeUndefined::Value(limits) => limits,
        };
        let allowance = match patch.allowance {
            MaybeUndefined::Undefined => AllowanceBody::default(),
            MaybeUndefined::Null => AllowanceBody::ended(),
            MaybeUndefined::Value(allowance) => allowance,
        };
        let label = change(patch.label, |text| Line::parse(&text)).field("label")?;
        let pin = change(patch.pin, |text| parse_pin(&text))?;
        Ok(Self {
            label: label.map(|label| label.unwrap_or_else(Line::empty)),
            expires_at: change(patch.expires_at, |text| parse_expiry(&text))?,
            pin: pin.map(Option::flatten),
            permissions: patch.permissions.unwrap_or_default().parse()?,
            selections: change(limits.selections, Limit::parse).field(SELECTIONS)?,
            downloads: change(limits.downloads, Limit::parse).field(DOWNLOADS)?,
            included_files: change(allowance.files, Included::parse).field(FILES)?,
            included_prints: change(allowance.prints, Included::parse).field(PRINTS)?,
        })
    }
}

const SELECTIONS: &str = "limits.selections";
const FILES: &str = "allowance.files";
const PRINTS: &str = "allowance.prints";
const DOWNLOADS: &str = "limits.downloads";

impl LimitsBody {
    const fn lifted() -> Self {
        Self { selections: MaybeUndefined::Null, downloads: MaybeUndefined::Null }
    }
}

impl AllowanceBody {
    const fn ended() -> Self {
        Self { files: MaybeUndefined::Null, prints: MaybeUndefined::Null }
    }
}

impl PermissionsBody {
    fn parse(&self) -> Result<PermissionsChange, InvalidField> {
        let download = self.download.as_deref().map(DownloadPermission::parse);
        Ok(PermissionsChange {
            select: self.select.map(Permission::from_bool),
            comment: self.comment.map(Permission::from_bool),
            order: self.order.map(Permission::from_bool),
            download: download.transpose().field("permissions.download")?,
        })
    }
}

fn parse_expiry(text: &str) -> Result<Timestamp, InvalidField> {
    let rule = || InvalidValue::new("expiry", "must be an RFC 3339 time such as 2026-05-14T19:02:11Z");
    text.parse().map_err(|_| InvalidField::new("expires_at", rule()))
}

/// A PIN that was left empty is none.
fn parse_pin(text: &str) -> Result<Option<Pin>, InvalidField> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    Pin::parse(text).map(Some).field("pin")
}
