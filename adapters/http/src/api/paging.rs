//! Pages of lists.

use halftone_core::page::{Cursor, Page, PageLimit, PageRequest};
use halftone_core::services::error::{FieldExt as _, InvalidField};
use poem_openapi::Object;
use poem_openapi::param::Query;
use poem_openapi::types::{ParseFromJSON, ToJSON};

/// A part of a list.
#[derive(Debug, Object)]
#[oai(rename = "Page")]
pub(crate) struct PageObject<T: ParseFromJSON + ToJSON> {
    /// The entries.
    items: Vec<T>,
    /// To be sent as `cursor` for the next page; null at the end of the list.
    next_cursor: Option<String>,
}

impl<T: ParseFromJSON + ToJSON> PageObject<T> {
    /// Prints a page.
    pub(crate) fn new<U>(page: Page<U>, convert: impl FnMut(U) -> T) -> Self {
        let next_cursor = page.next.as_ref().map(ToString::to_string);
        Self { items: page.items.into_iter().map(convert).collect(), next_cursor }
    }
}

/// Reads `?limit=&cursor=`.
pub(crate) fn page_request(
    limit: &Query<Option<i64>>,
    cursor: &Query<Option<String>>,
) -> Result<PageRequest, InvalidField> {
    let limit = match limit.0 {
        // A number that is not one of the type is out of range as well.
        Some(limit) => PageLimit::parse(u32::try_from(limit).unwrap_or(0)).field("limit")?,
        None => PageLimit::DEFAULT,
    };
    let cursor = cursor.0.as_deref().filter(|cursor| !cursor.is_empty());
    let after = cursor.map(Cursor::parse).transpose().field("cursor")?;
    Ok(PageRequest::after(limit, after))
}
