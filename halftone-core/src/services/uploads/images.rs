//! Uploading logos.

use crate::access::Principal;
use crate::id::{ImageId, StudioId, UploadId};
use crate::object_key::ImageKey;
use crate::page::Versioned;
use crate::photo::{FileSize, SourceType};
use crate::ports::error::StorageErrorKind;
use crate::ports::urls::UploadTerms;
use crate::services::catalogue::{ATTEMPTS, exhausted, is_lost_race};
use crate::services::error::{Absent, FieldExt as _, Resource};
use crate::services::uploads::{Completed, Ticket, UploadError, UploadService};
use crate::studio::{ImageState, Studio, StudioImage};

impl UploadService {
    /// Issues a ticket for a logo.
    pub async fn request_image(
        &self,
        principal: &Principal,
        size: u64,
    ) -> Result<(ImageId, Ticket), UploadError> {
        let studio = principal.manage()?;
        let most_bytes = self.world().settings.most_image_bytes;
        let size = FileSize::parse(size).field("size")?;
        if size.get() > most_bytes {
            return Err(UploadError::TooLarge { most_bytes });
        }
        let now = self.world().clock.now();
        let image = ImageId::generate(now, &*self.world().entropy);
        let expires_at = now + self.world().settings.ticket_lifetime;
        self.change_images(studio, |images| {
            let is_open = |image: &StudioImage| match image.state {
                ImageState::Pending { expires_at } => expires_at > now,
                ImageState::Ready { .. } => true,
            };
            images.retain(is_open);
            if images.len() >= Studio::MOST_IMAGES {
                return Err(UploadError::TooManyImages);
            }
            let state = ImageState::Pending { expires_at };
            images.push(StudioImage { id: image, bytes: size.get(), state, created_at: now });
            Ok(())
        })
        .await?;
        let terms = UploadTerms {
            upload: UploadId::of_image(image),
            studio,
            key: ImageKey { studio, image }.into(),
            size,
            content_type: SourceType::Png.as_str(),
            sha256: None,
            expires_at,
        };
        let link = self.world().urls.upload(&terms).await?;
        Ok((image, Ticket { upload: terms.upload, link, expires_at }))
    }

    pub(super) async fn complete_image(
        &self,
        studio: StudioId,
        id: ImageId,
    ) -> Result<Completed, UploadError> {
        let absent = || UploadError::from(Absent::new(Resource::Upload));
        let owner = self.world().metadata().studios.find(studio).await?.ok_or_else(absent)?.value;
        let image = owner.find_image(id).ok_or_else(absent)?.clone();
        if matches!(image.state, ImageState::Ready { .. }) {
            return Ok(Completed::Image(image));
        }
        let body =
            match self.world().backend.objects.store.get(ImageKey { studio, image: id }.into(), None).await {
                Err(error) if error.kind() == StorageErrorKind::NotFound => {
                    return Err(UploadError::Incomplete { reason: "no bytes have arrived".to_owned() });
                }
                body => body?,
            };
        let logo = body.read(self.world().settings.most_image_bytes).await?;
        let size = self.world().renderer.inspect_logo(logo).await.map_err(UploadError::Logo)?;
        let state = ImageState::Ready { size, at: self.world().clock.now() };
        self.change_images(studio, |images| {
            let image =
                images.iter_mut().find(|image| image.id == id).ok_or(Absent::new(Resource::Upload))?;
            image.state = state.clone();
            Ok(())
        })
        .await?;
        Ok(Completed::Image(StudioImage { state, ..image }))
    }

    async fn change_images(
        &self,
        studio: StudioId,
        mut change: impl FnMut(&mut Vec<StudioImage>) -> Result<(), UploadError> + Send,
    ) -> Result<(), UploadError> {
        for _ in 0..ATTEMPTS {
            let found = self.world().metadata().studios.find(studio).await?;
            let Versioned { mut value, version } = found.ok_or(Absent::new(Resource::Studio))?;
            change(&mut value.images)?;
            value.updated_at = self.world().clock.now();
            match self.world().metadata().studios.update(&value, version, &[]).await {
                Ok(_) => return Ok(()),
                Err(error) if is_lost_race(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(exhausted("change images of studio", studio).into())
    }
}
