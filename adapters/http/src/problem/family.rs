//! The failures of each family of operations, with the statuses that they can answer.

use halftone_core::services::accounts::AccountError;
use halftone_core::services::catalogue::CatalogueError;
use halftone_core::services::delivering::DeliveryError;
use halftone_core::services::error::{Absent, InvalidField};
use halftone_core::services::expanding::ExpandingError;
use halftone_core::services::exporting::ExportingError;
use halftone_core::services::inbox::InboxError;
use halftone_core::services::listening::ListeningError;
use halftone_core::services::ordering::OrderingError;
use halftone_core::services::packing::LabPackError;
use halftone_core::services::receipts::ReceiptError;
use halftone_core::services::selecting::SelectingError;
use halftone_core::services::sharing::OpenError;
use halftone_core::services::subscribing::SubscribingError;
use halftone_core::services::uploads::UploadError;
use halftone_core::services::visiting::VisitingError;
use halftone_core::services::watching::WatchingError;
use poem::{IntoResponse, Response};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::Type as _;

use super::{Failure, Problem};

macro_rules! family {
    ($(#[$doc:meta])* $name:ident of $($error:ty),+; $($status:literal),+) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name(Failure);

        impl $name {
            const STATUSES: &'static [u16] = &[$($status),+];
        }

        impl poem_openapi::ApiResponse for $name {
            fn meta() -> MetaResponses {
                responses(Self::STATUSES)
            }

            fn register(registry: &mut Registry) {
                Problem::register(registry);
            }
        }

        impl From<Failure> for $name {
            fn from(failure: Failure) -> Self {
                debug_assert!(
                    Self::STATUSES.contains(&failure.status().as_u16()),
                    concat!(stringify!($name), " does not list the status {}"),
                    failure.status()
                );
                Self(failure)
            }
        }

        $(impl From<$error> for $name {
            fn from(error: $error) -> Self {
                Self::from(Failure::from(error))
            }
        })+

        impl From<$name> for poem::Error {
            fn from(failure: $name) -> Self {
                failure.0.into()
            }
        }

        impl IntoResponse for $name {
            fn into_response(self) -> Response {
                self.0.response(None)
            }
        }
    };
}

family!(
    /// A call on collections, galleries, photos, price lists or shares failed.
    CatalogueFailure of CatalogueError, Absent, InvalidField;
    400, 401, 403, 404, 409, 412, 413, 415, 422, 429, 500, 503
);
family!(
    /// A call on accounts or the studio failed.
    AccountFailure of AccountError, Absent, InvalidField;
    400, 401, 403, 404, 409, 412, 413, 415, 422, 429, 500, 503
);
family!(
    /// An export cannot begin.
    ExportFailure of ExportingError;
    401, 404, 500, 503
);
family!(
    /// A call on subscriptions failed.
    SubscribingFailure of SubscribingError, Absent, InvalidField;
    400, 401, 403, 404, 409, 413, 415, 422, 500, 503
);
family!(
    /// A call on the list of notifications failed.
    InboxFailure of InboxError, Absent, InvalidField;
    400, 401, 403, 404, 413, 415, 422, 500, 503
);
family!(
    /// A call on devices or webhooks failed.
    ListeningFailure of ListeningError, Absent, InvalidField;
    400, 401, 403, 404, 409, 413, 415, 422, 500, 503
);
family!(
    /// A call on uploads failed.
    UploadFailure of UploadError, ExpandingError, Absent, InvalidField;
    400, 401, 403, 404, 409, 413, 415, 422, 500, 503
);
family!(
    /// A share was not opened.
    OpenFailure of OpenError, VisitingError, Absent, InvalidField;
    400, 401, 403, 404, 409, 410, 413, 415, 422, 429, 500, 503
);
family!(
    /// A client's call on its gallery failed.
    VisitingFailure of VisitingError, Absent, InvalidField;
    400, 401, 403, 404, 409, 410, 413, 415, 422, 500, 503
);
family!(
    /// A call on selections failed.
    SelectingFailure of SelectingError, Absent, InvalidField;
    400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 500, 503
);
family!(
    /// A receipt was not written.
    ReceiptFailure of ReceiptError, Absent, InvalidField;
    400, 401, 403, 404, 422, 500, 503
);
family!(
    /// A call on lab packs failed.
    LabPackFailure of LabPackError, Absent, InvalidField;
    400, 401, 403, 404, 409, 416, 422, 500, 503
);
family!(
    /// A call on orders failed.
    OrderingFailure of OrderingError, Absent, InvalidField;
    400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 500, 503
);
family!(
    /// Events are not told.
    WatchingFailure of WatchingError;
    401, 403, 404, 429, 500, 501, 503
);
family!(
    /// A download failed.
    DeliveryFailure of DeliveryError, Absent, InvalidField;
    400, 401, 403, 404, 409, 410, 416, 422, 500, 503
);

fn responses(statuses: &[u16]) -> MetaResponses {
    let responses = statuses.iter().map(|&status| MetaResponse {
        description: describe(status),
        status: Some(status),
        status_range: None,
        content: vec![MetaMediaType { content_type: Problem::MEDIA_TYPE, schema: Problem::schema_ref() }],
        headers: Vec::new(),
    });
    MetaResponses { responses: responses.collect() }
}

const fn describe(status: u16) -> &'static str {
    match status {
        400 => "The request cannot be read.",
        401 => "No credentials, or none that are valid.",
        403 => "Not permitted.",
        404 => "Something that is named does not exist, or belongs to somebody else.",
        409 => "The state of things does not allow this.",
        410 => "The link has expired or was revoked, or the gallery is closed.",
        412 => "It was changed since the version in `If-Match`.",
        413 => "Too large.",
        415 => "The type is not supported.",
        416 => "The range lies outside the file.",
        422 => "A value is not valid; `field` names it.",
        429 => "Too many requests; `Retry-After` says when to try again.",
        501 => "This installation does not offer it.",
        503 => "Something that the server needs is out of reach; try again.",
        _ => "Something went wrong on the server.",
    }
}
