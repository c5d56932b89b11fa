//! `/api-keys`: keys by which programs act for the studio.

use halftone_core::id::ApiKeyId;
use halftone_core::services::accounts::AccountService;
use halftone_core::services::error::FieldExt as _;
use halftone_core::studio::ApiKey;
use halftone_core::text::Name;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::api::json_body::JsonBody;
use crate::api::paging::{PageObject, page_request};
use crate::api::path_id::parse_id;
use crate::api::reply::{Done, Made};
use crate::api::tag::Tag;
use crate::api::time::Time;
use crate::auth::StudioAuth;
use crate::problem::family::AccountFailure;

/// Serves API keys.
#[derive(Debug)]
pub(crate) struct ApiKeysApi {
    pub(crate) accounts: AccountService,
}

/// An API key, without the secret.
#[derive(Debug, Object)]
#[oai(rename = "ApiKey")]
pub(crate) struct ApiKeyObject {
    /// Its id.
    id: String,
    /// What it is for.
    name: String,
    /// When it was made.
    created_at: Time,
}

/// An API key that was just made.
#[derive(Object)]
pub(crate) struct NewApiKey {
    /// Its id.
    id: String,
    /// What it is for.
    name: String,
    /// The key, to be sent as a bearer token. It is shown this once.
    key: String,
    /// When it was made.
    created_at: Time,
}

/// An API key that is to be made.
#[derive(Debug, Object)]
pub(crate) struct ApiKeyRequest {
    /// What it is for.
    name: String,
}

impl From<ApiKey> for ApiKeyObject {
    fn from(key: ApiKey) -> Self {
        Self { id: key.id.to_string(), name: key.name.to_string(), created_at: key.created_at.into() }
    }
}

#[OpenApi(tag = "Tag::Studio")]
impl ApiKeysApi {
    /// Lists the API keys, newest first
    #[oai(path = "/api-keys", method = "get", operation_id = "listApiKeys")]
    async fn list(
        &self,
        auth: StudioAuth,
        /// The most entries, 1 to 500; 50 if left out.
        limit: Query<Option<i64>>,
        /// Where the last page ended.
        cursor: Query<Option<String>>,
    ) -> Result<Json<PageObject<ApiKeyObject>>, AccountFailure> {
        let page = page_request(&limit, &cursor)?;
        let found = self.accounts.list_api_keys(&auth.0, &page).await?;
        Ok(Json(PageObject::new(found, ApiKeyObject::from)))
    }

    /// Makes an API key, which is shown this once
    #[oai(path = "/api-keys", method = "post", operation_id = "createApiKey")]
    async fn create(
        &self,
        auth: StudioAuth,
        body: JsonBody<ApiKeyRequest>,
    ) -> Result<Made<NewApiKey>, AccountFailure> {
        let name = Name::parse(&body.0.name).field("name")?;
        let (key, token) = self.accounts.create_api_key(&auth.0, name).await?;
        let ApiKeyObject { id, name, created_at } = key.into();
        let key = token.reveal().to_owned();
        Ok(Made::Made(Json(NewApiKey { id, name, key, created_at })))
    }

    /// Ends an API key
    ///
    /// Whatever uses it is out at once.
    #[oai(path = "/api-keys/:api_key_id", method = "delete", operation_id = "deleteApiKey")]
    async fn delete(
        &self,
        auth: StudioAuth,
        /// Which key.
        api_key_id: Path<String>,
    ) -> Result<Done, AccountFailure> {
        let id: ApiKeyId = parse_id(&api_key_id)?;
        self.accounts.delete_api_key(&auth.0, id).await?;
        Ok(Done::Done)
    }
}
