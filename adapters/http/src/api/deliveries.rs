//! Granted files on their way out, whoever asked for them.

use halftone_core::services::delivering::{Delivery, DeliveryService};

use crate::download::{FileForm, FileReply, FileRequest, stream_object};
use crate::links::Links;
use crate::problem::Failure;

/// Sends the browser to the file, or streams it where no object store can.
pub(crate) async fn serve(
    delivering: &DeliveryService,
    delivery: &Delivery,
    request: &FileRequest,
    links: &Links,
) -> Result<FileReply, Failure> {
    if let Some(link) = &delivery.link {
        return Ok(FileReply::redirect(&links.absolute(link)));
    }
    let grant = &delivery.grant;
    let form = FileForm {
        media_type: grant.media_type(),
        save_as: Some(grant.filename()),
        cache: FileForm::REVALIDATE,
    };
    stream_object(request, &delivery.info, form, |range| delivering.open(grant, range)).await
}
