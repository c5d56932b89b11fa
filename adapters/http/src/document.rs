//! The API's document, put in order before it is printed.
//!
//! `poem-openapi` prints a path once for every API struct that has operations on it, and a status once for every
//! variant of an answer, which makes keys appear twice. And the families of failures list what any of their
//! operations can answer; what follows from an operation's own form is decided here.

use poem_openapi::registry::{MetaApi, MetaOperation, MetaParamIn, MetaPath, MetaResponse};

/// All operations under one API, each path once, each status once, and no status that cannot occur.
pub(crate) fn tidy(apis: Vec<MetaApi>) -> Vec<MetaApi> {
    let mut paths: Vec<MetaPath> = Vec::new();
    for path in apis.into_iter().flat_map(|api| api.paths) {
        match paths.iter_mut().find(|known| known.path == path.path) {
            Some(known) => known.operations.extend(path.operations),
            None => paths.push(path),
        }
    }
    for path in &mut paths {
        for operation in &mut path.operations {
            tidy_operation(&path.path, operation);
        }
    }
    vec![MetaApi { paths }]
}

fn tidy_operation(path: &str, operation: &mut MetaOperation) {
    let mut kept: Vec<MetaResponse> = Vec::new();
    for response in std::mem::take(&mut operation.responses.responses) {
        if response.status.is_some_and(|status| !can_answer(path, operation, status)) {
            continue;
        }
        match kept.iter_mut().find(|known| known.status == response.status) {
            Some(known) => known.content.extend(response.content),
            None => kept.push(response),
        }
    }
    operation.responses.responses = kept;
}

fn can_answer(path: &str, operation: &MetaOperation, status: u16) -> bool {
    let is_public = operation.security.is_empty();
    match status {
        // A body that cannot be read, is too large, or of another type.
        400 | 413 | 415 => operation.request.is_some(),
        // Where nothing is named, nothing can be absent; a client's own link can.
        404 => path.contains('{') || path.starts_with("/client"),
        412 => operation
            .params
            .iter()
            .any(|param| param.in_type == MetaParamIn::Header && param.name == "If-Match"),
        // Guessing is limited: of passwords, codes, links and PINs.
        // And so are open streams.
        429 => is_public || path == "/account" || path == "/events",
        _ => true,
    }
}
