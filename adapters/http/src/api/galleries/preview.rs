//! `/galleries/{id}/preview`: one proof as it would look with other options.

use halftone_core::id::GalleryId;
use halftone_core::rendition::RenditionFormat;
use halftone_core::services::galleries::GalleryService;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Binary;
use poem_openapi::{ApiResponse, OpenApi};

use crate::api::galleries::processing::{ProcessingBody, WatermarkBody};
use crate::api::path_id::parse_id;
use crate::api::tag::Tag;
use crate::auth::StudioAuth;
use crate::problem::family::CatalogueFailure;

/// Serves previews.
#[derive(Debug)]
pub(crate) struct PreviewApi {
    pub(crate) galleries: GalleryService,
}

/// A picture.
#[derive(Debug, ApiResponse)]
pub(crate) enum PreviewReply {
    /// The proof.
    #[oai(status = 200, content_type = "image/jpeg")]
    Jpeg(Binary<bytes::Bytes>),
    /// The proof.
    #[oai(status = 200, content_type = "image/webp")]
    WebP(Binary<bytes::Bytes>),
}

#[OpenApi(tag = "Tag::Galleries")]
impl PreviewApi {
    /// Renders one sample proof
    ///
    /// The sample is the gallery's cover or its first photo that is ready. The parameters are the fields of the
    /// gallery's `processing`, those of the watermark behind `watermark_`; what is left out is as the gallery has it.
    /// Nothing is stored.
    #[oai(path = "/galleries/:gallery_id/preview", method = "get", operation_id = "previewGallery")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the query")]
    async fn preview(
        &self,
        auth: StudioAuth,
        /// Which gallery.
        gallery_id: Path<String>,
        /// Longest side of the proof in pixels.
        proof_long_edge: Query<Option<i64>>,
        /// Quality of the proof.
        proof_quality: Query<Option<i64>>,
        /// `jpeg` or `webp`.
        format: Query<Option<String>>,
        /// `keep` or `srgb`.
        colour_space: Query<Option<String>>,
        /// `none`, `text` or `image`.
        watermark_kind: Query<Option<String>>,
        /// What a text says.
        watermark_text: Query<Option<String>>,
        /// The logo.
        watermark_image_id: Query<Option<String>>,
        /// `tiled`, `centre` or a corner.
        watermark_layout: Query<Option<String>>,
        /// 0.05 to 1.
        watermark_opacity: Query<Option<f64>>,
        /// 0.02 to 1.
        watermark_scale: Query<Option<f64>>,
        /// Degrees, positive clockwise.
        watermark_angle: Query<Option<f64>>,
        /// Colour of a text.
        watermark_colour: Query<Option<String>>,
    ) -> Result<PreviewReply, CatalogueFailure> {
        let id: GalleryId = parse_id(&gallery_id)?;
        let options = ProcessingBody {
            proof_long_edge: proof_long_edge.0,
            proof_quality: proof_quality.0,
            thumb_long_edge: None,
            format: format.0,
            colour_space: colour_space.0,
            watermark: Some(WatermarkBody {
                kind: watermark_kind.0,
                text: watermark_text.0,
                image_id: watermark_image_id.0,
                layout: watermark_layout.0,
                opacity: watermark_opacity.0,
                scale: watermark_scale.0,
                angle: watermark_angle.0,
                colour: watermark_colour.0,
            }),
        };
        let picture = self.galleries.preview(&auth.0, id, options.try_into()?).await?;
        Ok(match picture.format {
            RenditionFormat::Jpeg => PreviewReply::Jpeg(Binary(picture.bytes)),
            RenditionFormat::WebP => PreviewReply::WebP(Binary(picture.bytes)),
        })
    }
}
