//! What each error of the core means in HTTP.

use halftone_core::access::{AccessDenied, Action};
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::identity::IdentityError;
use halftone_core::ports::renderer::RenderError;
use halftone_core::selection::SelectionRefusal;
use halftone_core::services::accounts::AccountError;
use halftone_core::services::catalogue::CatalogueError;
use halftone_core::services::delivering::DeliveryError;
use halftone_core::services::error::{Absent, InvalidField, Resource};
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
use halftone_core::services::viewing::ViewingError;
use halftone_core::services::visiting::VisitingError;
use halftone_core::services::watching::WatchingError;
use poem::http::{HeaderValue, StatusCode, header};

use super::Failure;

impl From<Absent> for Failure {
    fn from(absent: Absent) -> Self {
        let slug = absent.resource.as_str().to_lowercase().replace(' ', "-");
        Self::new(StatusCode::NOT_FOUND, format!("{slug}-not-found"), title_of_absent(absent.resource))
            .detail(absent)
    }
}

const fn title_of_absent(resource: Resource) -> &'static str {
    match resource {
        Resource::Studio => "There is no such studio",
        Resource::Collection => "There is no such collection",
        Resource::Gallery => "There is no such gallery",
        Resource::Section => "There is no such section",
        Resource::Photo => "There is no such photo",
        Resource::Image => "There is no such image",
        Resource::Upload => "There is no such upload",
        Resource::Share => "There is no such share",
        Resource::Selection => "There is no such selection",
        Resource::PriceList => "There is no such price list",
        Resource::Product => "There is no such product",
        Resource::Order => "There is no such order",
        Resource::OrderItem => "There is no such line",
        Resource::Subscription => "There is no such subscription",
        Resource::Notification => "There is no such notification",
        Resource::Device => "There is no such device",
        Resource::Webhook => "There is no such webhook",
        Resource::Delivery => "There is no such delivery",
        Resource::ApiKey => "There is no such API key",
        Resource::Picture => "There is no such picture",
        Resource::Download => "There is no such download",
        Resource::LabPack => "Nobody asked for this lab pack yet",
        Resource::Archive => "There is no such archive",
    }
}

impl From<InvalidField> for Failure {
    fn from(invalid: InvalidField) -> Self {
        let detail = invalid.to_string();
        Self::invalid(invalid.field, detail)
    }
}

impl From<AccessDenied> for Failure {
    fn from(denied: AccessDenied) -> Self {
        match denied {
            // To this kind of caller, the thing does not exist.
            AccessDenied::WrongPrincipal => {
                Self::new(StatusCode::NOT_FOUND, "not-found", "There is no such thing")
            }
            AccessDenied::NotPermitted { action: Action::Download(_) } => Self::new(
                StatusCode::FORBIDDEN,
                "download-not-permitted",
                "The link does not permit this download",
            ),
            AccessDenied::NotPermitted { .. } => {
                Self::new(StatusCode::FORBIDDEN, "not-permitted", "The link does not permit this")
            }
        }
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        match error.kind() {
            kind if kind.is_transient() => Self::unavailable(error),
            StorageErrorKind::Conflict => changed(StatusCode::CONFLICT, "conflict"),
            _ => Self::internal(error),
        }
    }
}

fn changed(status: StatusCode, slug: &'static str) -> Failure {
    Failure::new(status, slug, "It was changed in between")
        .detail("it was changed in between; read it again and repeat the change")
}

fn precondition_failed() -> Failure {
    changed(StatusCode::PRECONDITION_FAILED, "precondition-failed")
}

fn closed() -> Failure {
    Failure::new(StatusCode::GONE, "gallery-closed", "This gallery is closed")
        .detail("this gallery is not open at the moment; ask the photographer")
}

fn conflict(slug: &'static str, title: &'static str) -> Failure {
    Failure::new(StatusCode::CONFLICT, slug, title)
}

impl From<RenderError> for Failure {
    fn from(error: RenderError) -> Self {
        match &error {
            RenderError::Watermark { .. } => Self::invalid("processing.watermark", error),
            RenderError::Malformed { .. }
            | RenderError::TooLarge { .. }
            | RenderError::Unsupported { .. } => {
                let title = "The picture cannot be read";
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "unreadable-picture", title).detail(error)
            }
            _ => Self::internal(error),
        }
    }
}

impl From<CatalogueError> for Failure {
    fn from(error: CatalogueError) -> Self {
        match error {
            CatalogueError::Denied(denied) => denied.into(),
            CatalogueError::Absent(absent) => absent.into(),
            CatalogueError::Invalid(invalid) => invalid.into(),
            CatalogueError::Changed => precondition_failed(),
            CatalogueError::WrongState { .. } => {
                conflict("wrong-state", "Its state does not allow this").detail(error)
            }
            CatalogueError::NothingToPreview => {
                conflict("nothing-to-preview", "No photo is ready yet").detail(error)
            }
            CatalogueError::Render(error) => error.into(),
            CatalogueError::Storage(error) => error.into(),
        }
    }
}

impl From<AccountError> for Failure {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Denied(denied) => denied.into(),
            AccountError::Absent(absent) => absent.into(),
            AccountError::Invalid(invalid) => invalid.into(),
            AccountError::Changed => precondition_failed(),
            AccountError::Identity(error) => error.into(),
            AccountError::Storage(error) => error.into(),
        }
    }
}

impl From<SubscribingError> for Failure {
    fn from(error: SubscribingError) -> Self {
        match error {
            SubscribingError::Denied(denied) => denied.into(),
            SubscribingError::Absent(absent) => absent.into(),
            SubscribingError::NotOffered => {
                conflict("subscriptions-not-offered", "Nobody can subscribe here").detail(error)
            }
            SubscribingError::TakenElsewhere => {
                conflict("subscribed-elsewhere", "The address hears of another studio").detail(error)
            }
            SubscribingError::TooMany => {
                conflict("too-many-subscriptions", "There are too many subscriptions").detail(error)
            }
            SubscribingError::Storage(error) => error.into(),
        }
    }
}

impl From<InboxError> for Failure {
    fn from(error: InboxError) -> Self {
        match error {
            InboxError::Denied(denied) => denied.into(),
            InboxError::Absent(absent) => absent.into(),
            InboxError::Storage(error) => error.into(),
        }
    }
}

impl From<ExportingError> for Failure {
    fn from(error: ExportingError) -> Self {
        match error {
            ExportingError::Denied(denied) => denied.into(),
            ExportingError::Absent(absent) => absent.into(),
            ExportingError::Storage(error) => error.into(),
        }
    }
}

impl From<ExpandingError> for Failure {
    fn from(error: ExpandingError) -> Self {
        match error {
            ExpandingError::Denied(denied) => denied.into(),
            ExpandingError::Absent(absent) => absent.into(),
            ExpandingError::Storage(error) => error.into(),
        }
    }
}

impl From<ListeningError> for Failure {
    fn from(error: ListeningError) -> Self {
        match error {
            ListeningError::Denied(denied) => denied.into(),
            ListeningError::Absent(absent) => absent.into(),
            ListeningError::Invalid(invalid) => invalid.into(),
            ListeningError::NotOffered { .. } => {
                conflict("channel-not-offered", "This installation does not send so").detail(error)
            }
            ListeningError::TooMany { .. } => {
                conflict("too-many-listeners", "There are as many as there may be").detail(error)
            }
            ListeningError::StillWaiting => {
                conflict("delivery-waiting", "The delivery is being made").detail(error)
            }
            ListeningError::Storage(error) => error.into(),
        }
    }
}

impl From<IdentityError> for Failure {
    fn from(error: IdentityError) -> Self {
        match error {
            IdentityError::AlreadyRegistered => {
                conflict("already-registered", "The address is registered already").field("email")
            }
            IdentityError::UnusableAddress { .. } => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "unusable-address", "The address is refused")
                    .field("email")
                    .detail(error)
            }
            IdentityError::InvalidCredentials => Self::unauthorised(error),
            IdentityError::NotConfirmed => {
                Self::new(StatusCode::FORBIDDEN, "not-confirmed", "The address is not confirmed yet")
            }
            IdentityError::InvalidCode => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid-code",
                "The code is wrong or has expired",
            )
            .field("code"),
            IdentityError::WeakPassword { .. } => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "weak-password", "The password is refused")
                    .field("password")
                    .detail(error)
            }
            IdentityError::ChallengeRequired { .. } => Self::new(
                StatusCode::FORBIDDEN,
                "challenge-required",
                "The identity provider asks for a further step",
            )
            .detail(error),
            IdentityError::Storage(error) => error.into(),
            _ => Self::internal(error),
        }
    }
}

impl From<UploadError> for Failure {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::Denied(denied) => denied.into(),
            UploadError::Absent(absent) => absent.into(),
            UploadError::Invalid(invalid) => invalid.into(),
            UploadError::UnsupportedType(_) => Self::unsupported(error).field("content_type"),
            UploadError::TooLarge { .. } => Self::too_large(error).field("size"),
            UploadError::Incomplete { .. } => {
                conflict("upload-incomplete", "The bytes are not there").detail(error)
            }
            UploadError::AlreadyCompleted => conflict("upload-completed", "The upload was completed already"),
            UploadError::Busy => conflict("upload-busy", "Another request is sending this file"),
            UploadError::Mismatch => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "upload-mismatch",
                "The content is not what was announced",
            )
            .detail(error),
            // Our own fault stays our own: only what is wrong with the file is the caller's.
            UploadError::Logo(error) if error.is_transient() => error.into(),
            UploadError::Logo(error) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "unusable-logo",
                "The file cannot serve as a logo",
            )
            .detail(error),
            UploadError::TooManyImages => {
                conflict("too-many-images", "The studio has too many images").detail(error)
            }
            UploadError::NothingToReplace => {
                conflict("nothing-to-replace", "The photo has not been uploaded yet").detail(error)
            }
            UploadError::Storage(error) => error.into(),
        }
    }
}

impl From<LabPackError> for Failure {
    fn from(error: LabPackError) -> Self {
        match error {
            LabPackError::Denied(denied) => denied.into(),
            LabPackError::Absent(absent) => absent.into(),
            LabPackError::Cancelled => conflict("order-cancelled", "The order was cancelled").detail(error),
            LabPackError::NothingToPrint => {
                conflict("nothing-to-print", "The order has no prints").detail(error)
            }
            LabPackError::NotReady { .. } => {
                // About as long as a few prints take.
                let soon = HeaderValue::from_static("3");
                let failure = conflict("lab-pack-not-ready", "The lab pack is being made").detail(error);
                failure.header(header::RETRY_AFTER, soon)
            }
            LabPackError::Failed { .. } => {
                conflict("lab-pack-failed", "The lab pack cannot be made").detail(error)
            }
            LabPackError::Storage(error) => error.into(),
        }
    }
}

impl From<ReceiptError> for Failure {
    fn from(error: ReceiptError) -> Self {
        match error {
            ReceiptError::Denied(denied) => denied.into(),
            ReceiptError::Absent(absent) => absent.into(),
            ReceiptError::Document(error) => Self::internal(error),
            ReceiptError::Storage(error) => error.into(),
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        let pin = |slug, title| Self::new(StatusCode::UNAUTHORIZED, slug, title).field("pin");
        match error {
            OpenError::Absent(absent) => absent.into(),
            OpenError::InvalidSession => Self::unauthorised(error),
            OpenError::PinRequired => pin("pin-required", "This link asks for a PIN"),
            OpenError::PinWrong => pin("pin-wrong", "The PIN is wrong"),
            OpenError::Expired => Self::new(StatusCode::GONE, "share-expired", "This link has expired"),
            OpenError::Revoked => Self::new(StatusCode::GONE, "share-revoked", "This link was revoked"),
            OpenError::Closed => closed(),
            OpenError::Storage(error) => error.into(),
        }
    }
}

impl From<VisitingError> for Failure {
    fn from(error: VisitingError) -> Self {
        match error {
            VisitingError::Denied(denied) => denied.into(),
            VisitingError::Absent(absent) => absent.into(),
            VisitingError::Closed => closed(),
            VisitingError::Storage(error) => error.into(),
        }
    }
}

impl From<ViewingError> for Failure {
    fn from(error: ViewingError) -> Self {
        match error {
            ViewingError::Absent(absent) => absent.into(),
            ViewingError::Storage(error) => error.into(),
        }
    }
}

impl From<SelectingError> for Failure {
    fn from(error: SelectingError) -> Self {
        match error {
            SelectingError::Denied(denied) => denied.into(),
            SelectingError::Absent(absent) => absent.into(),
            SelectingError::Refused(refusal) => refusal.into(),
            SelectingError::Closed => closed(),
            SelectingError::Storage(error) => error.into(),
        }
    }
}

impl From<OrderingError> for Failure {
    fn from(error: OrderingError) -> Self {
        match error {
            OrderingError::Denied(denied) => denied.into(),
            OrderingError::Absent(absent) => absent.into(),
            OrderingError::Invalid(invalid) => invalid.into(),
            OrderingError::KeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency-key-reused",
                "The idempotency key was used for another request",
            ),
            OrderingError::NotAmendable(error) => {
                conflict("order-not-amendable", "The order cannot be amended any more").detail(error)
            }
            OrderingError::Changed => precondition_failed(),
            OrderingError::Transition(error) => {
                conflict("invalid-transition", "The order cannot go there").detail(error)
            }
            OrderingError::Closed => closed(),
            OrderingError::Storage(error) => error.into(),
        }
    }
}

impl From<DeliveryError> for Failure {
    fn from(error: DeliveryError) -> Self {
        match error {
            DeliveryError::Denied(denied) => denied.into(),
            DeliveryError::Absent(absent) => absent.into(),
            DeliveryError::Invalid(invalid) => invalid.into(),
            DeliveryError::LimitReached => {
                Self::new(StatusCode::FORBIDDEN, "download-limit", "The limit of downloads is reached")
            }
            DeliveryError::AllowanceSpent { .. } => {
                conflict("allowance-spent", "Not so many included files are left").detail(&error)
            }
            DeliveryError::NotUploaded => conflict("upload-incomplete", "The file has not been uploaded yet"),
            DeliveryError::Closed => closed(),
            DeliveryError::Render(error) => error.into(),
            DeliveryError::Storage(error) => error.into(),
        }
    }
}

impl From<WatchingError> for Failure {
    fn from(error: WatchingError) -> Self {
        match error {
            WatchingError::Denied(denied) => denied.into(),
            WatchingError::Storage(error) => error.into(),
        }
    }
}

impl From<SelectionRefusal> for Failure {
    fn from(refusal: SelectionRefusal) -> Self {
        match refusal {
            SelectionRefusal::NotFound => Absent::new(Resource::Selection).into(),
            SelectionRefusal::Locked => conflict("selection-locked", "The selection is locked")
                .detail("the selection was submitted; the photographer can reopen it"),
            SelectionRefusal::LimitReached { .. } => {
                conflict("selection-limit", "The limit of photos is reached").detail(refusal)
            }
            SelectionRefusal::TooMany => conflict("too-many-selections", "There are too many selections"),
            SelectionRefusal::Empty => conflict("selection-empty", "The selection is empty"),
            SelectionRefusal::NotSubmitted => {
                conflict("selection-not-submitted", "The selection is not submitted")
            }
        }
    }
}
