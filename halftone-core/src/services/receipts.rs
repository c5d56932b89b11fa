//! Receipts of orders, for both sides: a page of paper, and the same as signed JSON.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use ed25519_dalek::{Signer as _, SigningKey};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::access::{AccessDenied, Action, Principal};
use crate::id::{OrderId, StudioId};
use crate::money::Money;
use crate::order::{Order, OrderItem};
use crate::ports::documents::{DocumentError, Language, Receipt};
use crate::ports::error::StorageError;
use crate::secret::Purpose;
use crate::services::error::{Absent, Resource};
use crate::services::{Dependencies, Shared};
use crate::studio::Studio;
use crate::text::{Line, Prose};

/// Writes receipts.
#[derive(Debug, Clone)]
pub struct ReceiptService {
    world: Shared,
}

/// Why a receipt cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] AccessDenied),
    /// There is no such order, or it is somebody else's.
    #[error(transparent)]
    Absent(#[from] Absent),
    /// It could not be written.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// A receipt as a JSON Web Signature in the flattened serialisation (RFC 7515, section 7.2.2), signed with Ed25519
/// (RFC 8037).
///
/// The signature stands for `protected + "." + payload`. The payload is the JSON of the receipt, in base64url; its `version` is 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedReceipt {
    /// The header: algorithm, and which key it was.
    pub protected: String,
    /// The receipt.
    pub payload: String,
    /// The signature.
    pub signature: String,
}

/// The public key that verifies a studio's receipts: an OKP key of JSON Web Keys (RFC 8037, section 2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptKey {
    /// Its thumbprint (RFC 7638).
    pub id: String,
    /// The point on Ed25519, in base64url.
    pub x: String,
}

impl ReceiptService {
    pub(crate) const fn new(world: Shared) -> Self {
        Self { world }
    }

    fn world(&self) -> &Dependencies {
        &self.world
    }

    /// The receipt as PDF. `verification` tells the address of the key that verifies its signed form; an empty one is not
    /// printed.
    pub async fn pdf(
        &self,
        principal: &Principal,
        order: OrderId,
        language: Language,
        verification: impl Fn(StudioId) -> Line + Send,
    ) -> Result<Bytes, ReceiptError> {
        let (studio, order) = self.find(principal, order).await?;
        let verification = verification(studio.id);
        let receipt = Receipt {
            language,
            studio: studio.name,
            accent: Some(studio.branding.accent),
            order,
            verification,
        };
        Ok(self.world().documents.receipt(receipt).await?)
    }

    /// The receipt as signed JSON.
    pub async fn signed(&self, principal: &Principal, order: OrderId) -> Result<SignedReceipt, ReceiptError> {
        let (studio, order) = self.find(principal, order).await?;
        let key = self.signing_key(studio.id);
        let header = Header { alg: "EdDSA", typ: "JOSE+JSON", kid: receipt_key(&key).id };
        let protected = encode(&header);
        let payload = encode(&Payload::new(&studio, &order));
        let signature = key.sign(format!("{protected}.{payload}").as_bytes());
        Ok(SignedReceipt { protected, payload, signature: URL_SAFE_NO_PAD.encode(signature.to_bytes()) })
    }

    /// The key that verifies a studio's receipts. Whoever holds a receipt may have it.
    pub async fn key(&self, studio: StudioId) -> Result<ReceiptKey, ReceiptError> {
        let found = self.world().metadata().studios.find(studio).await?;
        let studio = found.ok_or(Absent::new(Resource::Studio))?.value;
        Ok(receipt_key(&self.signing_key(studio.id)))
    }

    /// An order with its studio, for either of its sides.
    async fn find(&self, principal: &Principal, order: OrderId) -> Result<(Studio, Order), ReceiptError> {
        let (studio, client) = match principal {
            Principal::Client(_) => {
                let pass = principal.visit(Action::View)?;
                (pass.studio(), Some(pass.client()))
            }
            Principal::Studio(_) | Principal::System => (principal.manage()?, None),
        };
        let found = self.world().metadata().orders.find(studio, order).await?.map(|found| found.value);
        let own = found.filter(|order| client.is_none_or(|client| order.client == client));
        let order = own.ok_or(Absent::new(Resource::Order))?;
        let studio = self.world().metadata().studios.find(studio).await?;
        Ok((studio.ok_or(Absent::new(Resource::Order))?.value, order))
    }

    /// It is derived and not stored, so a stolen database signs nothing.
    fn signing_key(&self, studio: StudioId) -> SigningKey {
        let seed = self.world().keyring.authenticate(Purpose::Receipt, &[studio.as_uuid().as_bytes()]);
        SigningKey::from_bytes(&seed)
    }
}

fn receipt_key(key: &SigningKey) -> ReceiptKey {
    let x = URL_SAFE_NO_PAD.encode(key.verifying_key().to_bytes());
    // The required members in the order of their names, without spaces: RFC 7638, section 3.
    let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    ReceiptKey { id: URL_SAFE_NO_PAD.encode(Sha256::digest(members)), x }
}

fn encode(value: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(value).expect("texts and finite numbers are JSON"))
}

#[derive(Serialize)]
struct Header {
    alg: &'static str,
    typ: &'static str,
    kid: String,
}

#[derive(Serialize)]
struct Payload<'a> {
    version: u32,
    studio: Party<'a>,
    order_id: String,
    state: &'static str,
    invoice_state: &'static str,
    placed_at: String,
    /// When the order was last changed: the receipt tells the order as it was from then on.
    as_of: String,
    contact: Contact<'a>,
    items: Vec<Item<'a>>,
    total: Amount,
    special_request: &'a str,
    events: Vec<Event<'a>>,
}

#[derive(Serialize)]
struct Party<'a> {
    id: String,
    name: &'a str,
}

#[derive(Serialize)]
struct Contact<'a> {
    name: &'a str,
    email: &'a str,
    phone: Option<&'a str>,
}

#[derive(Serialize)]
struct Item<'a> {
    photo_id: String,
    filename: &'a str,
    product: &'a str,
    quantity: u32,
    /// How many of them cost nothing.
    included: u32,
    unit_price: Amount,
    total: Amount,
    note: &'a str,
}

#[derive(Serialize)]
struct Amount {
    amount: i64,
    currency: String,
}

#[derive(Serialize)]
struct Event<'a> {
    at: String,
    actor: &'static str,
    kind: &'static str,
    reason: Option<&'a str>,
}

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Self { amount: money.amount(), currency: money.currency().to_string() }
    }
}

impl<'a> Payload<'a> {
    fn new(studio: &'a Studio, order: &'a Order) -> Self {
        Self {
            version: 1,
            studio: Party { id: studio.id.to_string(), name: studio.name.as_str() },
            order_id: order.id.to_string(),
            state: order.state.as_str(),
            invoice_state: order.invoice.as_str(),
            placed_at: order.created_at.to_string(),
            as_of: order.updated_at.to_string(),
            contact: Contact {
                name: order.contact.name.as_str(),
                email: order.contact.email.as_str(),
                phone: order.contact.phone.as_ref().map(AsRef::as_ref),
            },
            items: order.items.iter().map(Item::from).collect(),
            total: order.total.into(),
            special_request: order.special_request.as_str(),
            events: order
                .events
                .iter()
                .map(|event| Event {
                    at: event.at.to_string(),
                    actor: event.actor.as_str(),
                    kind: event.kind.as_str(),
                    reason: event.reason.as_ref().map(Prose::as_str),
                })
                .collect(),
        }
    }
}

impl<'a> From<&'a OrderItem> for Item<'a> {
    fn from(item: &'a OrderItem) -> Self {
        Self {
            photo_id: item.photo.to_string(),
            filename: item.filename.as_str(),
            product: item.product.name.as_str(),
            quantity: item.quantity.get(),
            included: item.included,
            unit_price: item.product.unit_price.into(),
            total: item.total.into(),
            note: item.note.as_str(),
        }
    }
}
