//! Walking through lists.

use std::future::Future;

use halftone_core::page::{Cursor, Page, PageLimit, PageRequest};
use halftone_core::ports::error::StorageError;

/// The first page of this length.
pub(crate) fn first(limit: u32) -> PageRequest {
    PageRequest::first(PageLimit::parse(limit).unwrap())
}

/// The page of this length after `cursor`, sent through its text as an HTTP client would.
pub(crate) fn after(limit: u32, cursor: &Cursor) -> PageRequest {
    let cursor = Cursor::parse(&cursor.to_string()).unwrap();
    PageRequest::after(PageLimit::parse(limit).unwrap(), Some(cursor))
}

/// All entries of a list, read in pages of this length; the length of every page on the way is checked.
pub(crate) async fn walk<T, Reply>(limit: u32, list: impl Fn(PageRequest) -> Reply + Send + Sync) -> Vec<T>
where
    T: Send,
    Reply: Future<Output = Result<Page<T>, StorageError>> + Send,
{
    let mut entries = Vec::new();
    let mut request = first(limit);
    loop {
        let Page { items, next } = list(request).await.unwrap();
        assert!(items.len() <= limit as usize, "a page is longer than its limit");
        entries.extend(items);
        assert!(entries.len() < 100_000, "the list never ends");
        let Some(cursor) = next else { return entries };
        request = after(limit, &cursor);
    }
}

/// Checks that a list holds exactly `expected`, in that order, whatever the length of the pages: one by one, in
/// pages that end exactly with the list, in one page.
pub(crate) async fn assert_walks<T, Reply>(expected: &[T], list: impl Fn(PageRequest) -> Reply + Send + Sync)
where
    T: PartialEq + std::fmt::Debug + Send + Sync,
    Reply: Future<Output = Result<Page<T>, StorageError>> + Send,
{
    let whole = u32::try_from(expected.len()).unwrap().max(1);
    for limit in [1, 2, 3, whole, whole + 1] {
        assert_eq!(walk(limit, &list).await, expected, "in pages of {limit}");
    }
    let full = list(first(whole)).await.unwrap();
    assert_eq!(full.next, None, "a full last page has no successor");
}
