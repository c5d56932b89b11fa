//! A photo in a `multipart/form-data` request, read while it is stored.

use halftone_core::ports::objects::ObjectStream;
use poem::web::{Field, Multipart};
use poem::{Body, FromRequest as _, Request, RequestBody};
use poem_openapi::impl_apirequest_for_payload;
use poem_openapi::payload::{ParsePayload, Payload};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};

use crate::incoming::{Remains, incoming};

/// The `file` of a form. Its bytes are still on the way.
#[derive(Debug)]
pub(crate) struct FormFile {
    field: Option<Field>,
}

/// The file that was sent, ready to be stored.
pub(crate) struct SentFile {
    /// The name that the form gave it; may be empty.
    pub(crate) filename: String,
    /// Its announced media type.
    pub(crate) content_type: Option<String>,
    /// Its bytes.
    pub(crate) content: ObjectStream,
    /// What stays of the bytes while they are stored.
    pub(crate) remains: Remains,
}

impl FormFile {
    /// The field's name.
    pub(crate) const FIELD: &'static str = "file";

    /// Opens the file, or `None` if the form has no such field.
    pub(crate) fn open(self) -> Option<SentFile> {
        let field = self.field?;
        let filename = field.file_name().unwrap_or_default().to_owned();
        let content_type = field.content_type().map(str::to_owned);
        let (content, remains) = incoming(Body::from_async_read(field.into_async_read()).into_bytes_stream());
        Some(SentFile { filename, content_type, content, remains })
    }
}

impl Payload for FormFile {
    const CONTENT_TYPE: &'static str = "multipart/form-data";

    fn check_content_type(content_type: &str) -> bool {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case(Self::CONTENT_TYPE)
    }

    fn schema_ref() -> MetaSchemaRef {
        let file = MetaSchema {
            description: Some("The photo; its filename is kept for ever."),
            ..MetaSchema::new_with_format("string", "binary")
        };
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            required: vec![Self::FIELD],
            properties: vec![(Self::FIELD, MetaSchemaRef::Inline(Box::new(file)))],
            ..MetaSchema::new("object")
        }))
    }
}

impl ParsePayload for FormFile {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> poem::Result<Self> {
        let mut form = Multipart::from_request(request, body).await?;
        while let Some(field) = form.next_field().await? {
            if field.name() == Some(Self::FIELD) {
                return Ok(Self { field: Some(field) });
            }
        }
        Ok(Self { field: None })
    }
}

impl_apirequest_for_payload!(FormFile);
