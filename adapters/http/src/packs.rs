//! Archives of several files on their way out, whoever asked for them.

use std::future::ready;

use halftone_core::services::packing::{PackingService, ServedPack};

use crate::download::{FileForm, FileReply, FileRequest, stream_object};
use crate::links::Links;
use crate::problem::Failure;

/// Sends the browser to where the archive lies, or streams it where it is made while it is sent.
pub(crate) async fn send(
    packing: &PackingService,
    pack: &ServedPack,
    request: &FileRequest,
    links: &Links,
) -> Result<FileReply, Failure> {
    if let Some(link) = packing.link(pack).await? {
        return Ok(FileReply::redirect(&links.absolute(&link)));
    }
    let form = FileForm {
        media_type: ServedPack::MEDIA_TYPE,
        save_as: Some(pack.filename()),
        cache: FileForm::REVALIDATE,
    };
    stream_object(request, pack.info(), form, |range| ready(packing.read(pack, range))).await
}
