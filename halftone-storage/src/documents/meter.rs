//! Meters as documents.

use halftone_core::id::{ClientId, OrderId, PhotoId, SelectionId, ShareId, StudioId};
use halftone_core::meter::{Doubt, Hold, Holder, Meter, Pieces, Placing};
use halftone_core::order::{Idempotency, IdempotencyKey};
use halftone_core::photo::Sha256Hash;
use halftone_core::text::InvalidValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{DamagedDocument, FirstFormat, Stored};

#[derive(Serialize, Deserialize)]
pub(crate) struct MeterDocument {
    format: FirstFormat,
    share: ShareId,
    studio: StudioId,
    downloaded: Vec<PhotoId>,
    holds: Vec<HoldDocument>,
}

#[derive(Serialize, Deserialize)]
struct HoldDocument {
    holder: HolderDocument,
    prints: u32,
    files: Vec<PhotoId>,
    turn: u32,
    doubt: Option<DoubtDocument>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum HolderDocument {
    Order(OrderId),
    Selection { id: SelectionId, client: ClientId },
}

#[derive(Serialize, Deserialize)]
struct DoubtDocument {
    until: Timestamp,
    placing: Option<PlacingDocument>,
}

#[derive(Serialize, Deserialize)]
struct PlacingDocument {
    client: ClientId,
    idempotency_key: String,
    request_sha256: String,
}

impl Stored for Meter {
    type Document = MeterDocument;
}

impl From<&Meter> for MeterDocument {
    fn from(meter: &Meter) -> Self {
        Self {
            format: FirstFormat,
            share: meter.share,
            studio: meter.studio,
            downloaded: meter.downloaded.iter().copied().collect(),
            holds: meter.holds.iter().map(HoldDocument::from).collect(),
        }
    }
}

impl TryFrom<MeterDocument> for Meter {
    type Error = DamagedDocument;

    fn try_from(document: MeterDocument) -> Result<Self, DamagedDocument> {
        let holds: Result<Vec<Hold>, InvalidValue> = document.holds.into_iter().map(Hold::try_from).collect();
        Ok(Self {
            share: document.share,
            studio: document.studio,
            downloaded: document.downloaded.into_iter().collect(),
            holds: holds?,
        })
    }
}

impl From<&Hold> for HoldDocument {
    fn from(hold: &Hold) -> Self {
        Self {
            holder: match hold.holder {
                Holder::Order(order) => HolderDocument::Order(order),
                Holder::Selection { selection, client } => {
                    HolderDocument::Selection { id: selection, client }
                }
            },
            prints: hold.pieces.prints,
            files: hold.pieces.files.iter().copied().collect(),
            turn: hold.turn,
            doubt: hold.doubt.as_ref().map(DoubtDocument::from),
        }
    }
}

impl TryFrom<HoldDocument> for Hold {
    type Error = InvalidValue;

    fn try_from(document: HoldDocument) -> Result<Self, InvalidValue> {
        Ok(Self {
            holder: match document.holder {
                HolderDocument::Order(order) => Holder::Order(order),
                HolderDocument::Selection { id, client } => Holder::Selection { selection: id, client },
            },
            pieces: Pieces { prints: document.prints, files: document.files.into_iter().collect() },
            turn: document.turn,
            doubt: document.doubt.map(Doubt::try_from).transpose()?,
        })
    }
}

impl From<&Doubt> for DoubtDocument {
    fn from(doubt: &Doubt) -> Self {
        let placing = doubt.placing.as_ref().map(|placing| PlacingDocument {
            client: placing.client,
            idempotency_key: placing.idempotency.key.as_str().to_owned(),
            request_sha256: placing.idempotency.request.to_string(),
        });
        Self { until: doubt.until, placing }
    }
}

impl TryFrom<DoubtDocument> for Doubt {
    type Error = InvalidValue;

    fn try_from(document: DoubtDocument) -> Result<Self, InvalidValue> {
        let placing = document.placing.map(|placing| {
            Ok::<_, InvalidValue>(Placing {
                client: placing.client,
                idempotency: Idempotency {
                    key: IdempotencyKey::parse(&placing.idempotency_key)?,
                    request: Sha256Hash::parse(&placing.request_sha256)?,
                },
            })
        });
        Ok(Self { until: document.until, placing: placing.transpose()? })
    }
}
