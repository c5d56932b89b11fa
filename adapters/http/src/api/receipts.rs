//! Receipts of orders, for both sides, and the key that verifies them.

use halftone_core::access::Principal;
use halftone_core::id::{OrderId, StudioId};
use halftone_core::services::error::FieldExt as _;
use halftone_core::services::receipts::{ReceiptKey, ReceiptService, SignedReceipt};
use halftone_core::text::{Filename, Line};
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::{Binary, Json};
use poem_openapi::{ApiResponse, Object, OpenApi};

use crate::api::lab_packs::parse_language;
use crate::api::path_id::parse_id;
use crate::api::tag::Tag;
use crate::auth::{ClientAuth, StudioAuth};
use crate::links::Links;
use crate::problem::family::ReceiptFailure;

/// Hands out receipts.
#[derive(Debug)]
pub(crate) struct ReceiptsApi {
    pub(crate) receipts: ReceiptService,
}

#[OpenApi]
impl ReceiptsApi {
    /// The receipt of an order, as PDF
    #[oai(
        path = "/orders/:order_id/receipt.pdf",
        method = "get",
        operation_id = "getReceiptPdf",
        tag = "Tag::Orders"
    )]
    async fn pdf(
        &self,
        auth: StudioAuth,
        links: Links,
        /// Which order.
        order_id: Path<String>,
        /// Its language: `en` (the default) or `de`.
        language: Query<Option<String>>,
    ) -> Result<PdfFile, ReceiptFailure> {
        self.write(&auth.0, &links, &order_id, &language).await
    }

    /// The receipt of an order, as signed JSON
    ///
    /// A JSON Web Signature in the flattened serialisation (RFC 7515), Ed25519 (RFC 8037). Its payload is the receipt; the
    /// studio's key is at `/studios/{id}/receipt-keys`.
    #[oai(
        path = "/orders/:order_id/receipt.json",
        method = "get",
        operation_id = "getReceipt",
        tag = "Tag::Orders"
    )]
    async fn signed(
        &self,
        auth: StudioAuth,
        /// Which order.
        order_id: Path<String>,
    ) -> Result<Json<SignedReceiptObject>, ReceiptFailure> {
        self.sign(&auth.0, &order_id).await
    }

    /// The receipt of the client's own order, as PDF
    #[oai(
        path = "/client/orders/:order_id/receipt.pdf",
        method = "get",
        operation_id = "getClientReceiptPdf",
        tag = "Tag::Client"
    )]
    async fn client_pdf(
        &self,
        auth: ClientAuth,
        links: Links,
        /// Which order.
        order_id: Path<String>,
        /// Its language: `en` (the default) or `de`.
        language: Query<Option<String>>,
    ) -> Result<PdfFile, ReceiptFailure> {
        self.write(&auth.0, &links, &order_id, &language).await
    }

    /// The receipt of the client's own order, as signed JSON
    #[oai(
        path = "/client/orders/:order_id/receipt.json",
        method = "get",
        operation_id = "getClientReceipt",
        tag = "Tag::Client"
    )]
    async fn client_signed(
        &self,
        auth: ClientAuth,
        /// Which order.
        order_id: Path<String>,
    ) -> Result<Json<SignedReceiptObject>, ReceiptFailure> {
        self.sign(&auth.0, &order_id).await
    }

    /// The key that verifies a studio's receipts
    ///
    /// Public: a JSON Web Key Set (RFC 7517).
    #[oai(
        path = "/studios/:studio_id/receipt-keys",
        method = "get",
        operation_id = "getReceiptKeys",
        tag = "Tag::Orders"
    )]
    async fn keys(
        &self,
        /// Which studio; receipts name it.
        studio_id: Path<String>,
    ) -> Result<Json<ReceiptKeys>, ReceiptFailure> {
        let id: StudioId = parse_id(&studio_id)?;
        Ok(Json(ReceiptKeys { keys: vec![self.receipts.key(id).await?.into()] }))
    }
}

impl ReceiptsApi {
    async fn write(
        &self,
        principal: &Principal,
        links: &Links,
        order: &Path<String>,
        language: &Query<Option<String>>,
    ) -> Result<PdfFile, ReceiptFailure> {
        let id: OrderId = parse_id(order)?;
        let language = parse_language(language)?;
        let keys = |studio| links.api(&format!("/studios/{studio}/receipt-keys"));
        // An address that is too long to be printed is left out.
        let address = |studio| Line::parse(&keys(studio)).unwrap_or_else(|_| Line::empty());
        let pdf = self.receipts.pdf(principal, id, language, address).await?;
        let name = Filename::parse(&format!("receipt-{id}.pdf")).field("order_id")?;
        Ok(PdfFile::Written(Binary(pdf), name.attachment(), NOT_KEPT.to_owned()))
    }

    async fn sign(
        &self,
        principal: &Principal,
        order: &Path<String>,
    ) -> Result<Json<SignedReceiptObject>, ReceiptFailure> {
        let id: OrderId = parse_id(order)?;
        Ok(Json(self.receipts.signed(principal, id).await?.into()))
    }
}

/// Receipts change with their orders, and tell of people.
const NOT_KEPT: &str = "no-store";

/// A PDF.
#[derive(Debug, ApiResponse)]
enum PdfFile {
    /// The file.
    #[oai(status = 200, content_type = "application/pdf")]
    Written(
        Binary<bytes::Bytes>,
        /// The name under which it is saved.
        #[oai(header = "Content-Disposition")]
        String,
        /// It is not kept.
        #[oai(header = "Cache-Control")]
        String,
    ),
}

/// A receipt with its signature: RFC 7515, section 7.2.2.
#[derive(Debug, Object)]
#[oai(rename = "SignedReceipt")]
struct SignedReceiptObject {
    /// The receipt as JSON, in base64url.
    payload: String,
    /// Algorithm and key, in base64url.
    protected: String,
    /// The signature of `protected`, a point and `payload`, in base64url.
    signature: String,
}

/// Keys that verify receipts.
#[derive(Debug, Object)]
struct ReceiptKeys {
    /// One for now.
    keys: Vec<ReceiptKeyObject>,
}

/// A public key: RFC 8037, section 2.
#[derive(Debug, Object)]
#[oai(rename = "ReceiptKey")]
struct ReceiptKeyObject {
    /// `OKP`.
    kty: String,
    /// `Ed25519`.
    crv: String,
    /// The key, in base64url.
    x: String,
    /// Its thumbprint (RFC 7638), which receipts name.
    kid: String,
    /// `EdDSA`.
    alg: String,
    /// `sig`.
    #[oai(rename = "use")]
    usage: String,
}

impl From<SignedReceipt> for SignedReceiptObject {
    fn from(receipt: SignedReceipt) -> Self {
        Self { payload: receipt.payload, protected: receipt.protected, signature: receipt.signature }
    }
}

impl From<ReceiptKey> for ReceiptKeyObject {
    fn from(key: ReceiptKey) -> Self {
        let word = str::to_owned;
        Self {
            kty: word("OKP"),
            crv: word("Ed25519"),
            x: key.x,
            kid: key.id,
            alg: word("EdDSA"),
            usage: word("sig"),
        }
    }
}
