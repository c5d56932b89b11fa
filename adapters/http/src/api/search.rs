//! `/search`: everything of the studio by a few words.

use halftone_core::search::{SearchKind, SearchText};
use halftone_core::services::error::FieldExt as _;
use halftone_core::services::searching::SearchingService;
use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;

use crate::api::paging::{PageObject, page_request};
use crate::api::search::body::SearchHitObject;
use crate::api::tag::Tag;
use crate::auth::StudioAuth;
use crate::links::Links;
use crate::problem::family::CatalogueFailure;

mod body;

/// Serves searches.
#[derive(Debug)]
pub(crate) struct SearchApi {
    pub(crate) searching: SearchingService,
}

#[OpenApi(tag = "Tag::Search")]
impl SearchApi {
    /// Finds collections, galleries, clients, orders and photos
    ///
    /// Every word must be the beginning of a word of what is found; case and accents make no difference. Results come in
    /// the order collections, galleries, clients, orders, photos, and the newest of each kind first. A page may hold
    /// fewer entries than asked for, or none, although `next_cursor` leads on: a page looks at no more than 2,000 things.
    #[oai(path = "/search", method = "get", operation_id = "search")]
    async fn search(
        &self,
        auth: StudioAuth,
        links: Links,
        /// 1 to 10 words in at most 200 characters. A day, `2026-05-14`, a month or a year finds what was taken then.
        q: Query<Option<String>>,
        /// Only things of this kind: `collection`, `gallery`, `client`, `order` or `photo`.
        kind: Query<Option<String>>,
        /// The most entries, 1 to 500; 50 if left out.
        limit: Query<Option<i64>>,
        /// Where the last page ended.
        cursor: Query<Option<String>>,
    ) -> Result<Json<PageObject<SearchHitObject>>, CatalogueFailure> {
        let page = page_request(&limit, &cursor)?;
        let text = SearchText::parse(q.0.as_deref().unwrap_or_default()).field("q")?;
        let kind = kind.0.as_deref().map(SearchKind::parse).transpose().field("kind")?;
        let found = self.searching.search(&auth.0, &text, kind, &page).await?;
        Ok(Json(PageObject::new(found, |hit| SearchHitObject::new(&hit, &links))))
    }
}

/// Reads the `q` of a list. One that is left out or blank asks for nothing.
pub(crate) fn list_text(
    q: Option<&str>,
) -> Result<Option<SearchText>, halftone_core::services::error::InvalidField> {
    q.filter(|text| !text.trim().is_empty()).map(SearchText::parse).transpose().field("q")
}
