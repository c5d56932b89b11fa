//! Deliveries as documents.

use halftone_core::delivery::{Delivery, DeliveryState, DeliveryTarget};
use halftone_core::id::{DeliveryId, EventId, StudioId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{DamagedDocument, FirstFormat, Stored};

#[derive(Serialize, Deserialize)]
pub(crate) struct DeliveryDocument {
    format: FirstFormat,
    id: DeliveryId,
    studio: StudioId,
    notification: EventId,
    target: TargetDocument,
    state: StateDocument,
    attempts: u32,
    last_reason: Option<String>,
    give_up_at: Timestamp,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct TargetDocument {
    kind: String,
    id: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StateDocument {
    Waiting { due: Timestamp },
    Delivered { at: Timestamp },
    Failed { at: Timestamp },
    Dropped { at: Timestamp },
}

impl Stored for Delivery {
    type Document = DeliveryDocument;
}

impl From<&Delivery> for DeliveryDocument {
    fn from(delivery: &Delivery) -> Self {
        let target = TargetDocument {
            kind: delivery.target.word().to_owned(),
            id: delivery.target.id().hyphenated().to_string(),
        };
        let state = match delivery.state {
            DeliveryState::Waiting { due } => StateDocument::Waiting { due },
            DeliveryState::Delivered { at } => StateDocument::Delivered { at },
            DeliveryState::Failed { at } => StateDocument::Failed { at },
            DeliveryState::Dropped { at } => StateDocument::Dropped { at },
        };
        Self {
            format: FirstFormat,
            id: delivery.id,
            studio: delivery.studio,
            notification: delivery.notification,
            target,
            state,
            attempts: delivery.attempts,
            last_reason: delivery.last_reason.clone(),
            give_up_at: delivery.give_up_at,
            created_at: delivery.created_at,
            updated_at: delivery.updated_at,
        }
    }
}

impl TryFrom<DeliveryDocument> for Delivery {
    type Error = DamagedDocument;

    fn try_from(document: DeliveryDocument) -> Result<Self, DamagedDocument> {
        let target = Uuid::try_parse(&document.target.id)
            .map_err(|_| DamagedDocument::Encoding("a target is no UUID"))?;
        Ok(Self {
            id: document.id,
            studio: document.studio,
            notification: document.notification,
            target: DeliveryTarget::restore(&document.target.kind, target)?,
            state: match document.state {
                StateDocument::Waiting { due } => DeliveryState::Waiting { due },
                StateDocument::Delivered { at } => DeliveryState::Delivered { at },
                StateDocument::Failed { at } => DeliveryState::Failed { at },
                StateDocument::Dropped { at } => DeliveryState::Dropped { at },
            },
            attempts: document.attempts,
            last_reason: document.last_reason,
            give_up_at: document.give_up_at,
            created_at: document.created_at,
            updated_at: document.updated_at,
        })
    }
}
