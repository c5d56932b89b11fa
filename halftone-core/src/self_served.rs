//! Signed URLs that Halftone's own server answers, for installations without presigned URLs.
//!
//! A URL is a path on the server: `/media/` with `pictures`, `logos`, `uploads` or `packs`, and `<signed>`. What is signed says
//! who may do what until when; for a client's picture it names the share, which the server looks up again at
//! every request.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::access::DownloadGrant;
use crate::clock::Clock;
use crate::id::{ImageId, PackId, PhotoId, ShareId, StudioId, UploadId};
use crate::object_key::{ObjectKey, RenditionKey};
use crate::pack::PackOwner;
use crate::photo::{FileSize, Sha256Hash};
use crate::ports::error::StorageError;
use crate::ports::objects::{MultipartId, PartNumber};
use crate::ports::urls::{LinkTarget, UploadLink, UploadTerms, UrlSigner, Viewer};
use crate::rendition::ClientRendition;
use crate::secret::{Keyring, Purpose};

/// Makes and reads signed paths.
#[derive(Debug, Clone)]
pub struct SelfServedUrls {
    keyring: Arc<Keyring>,
    clock: Arc<dyn Clock>,
}

/// What a picture's URL says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureClaim {
    /// Who looks.
    pub viewer: Viewer,
    /// Who owns the picture.
    pub studio: StudioId,
    /// Which photo.
    pub photo: PhotoId,
    /// Thumb or proof.
    pub rendition: ClientRendition,
}

/// What a logo's URL says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogoClaim {
    /// Who looks.
    pub viewer: Viewer,
    /// Whose logo it is.
    pub studio: StudioId,
    /// Which image of the studio.
    pub image: ImageId,
}

/// What a pack's URL says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackClaim {
    /// For whom it was made.
    pub owner: PackOwner,
    /// Who owns the files.
    pub studio: StudioId,
    /// Which pack.
    pub pack: PackId,
}

/// What an upload's URL says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadClaim {
    /// Which ticket.
    pub upload: UploadId,
    /// Whose it is.
    pub studio: StudioId,
    /// Where the bytes go.
    pub key: ObjectKey,
    /// Size of the whole file.
    pub size: FileSize,
    /// The content, if it was announced.
    pub sha256: Option<Sha256Hash>,
    /// Which part, if the file comes in parts.
    pub part: Option<(MultipartId, PartNumber)>,
}

impl SelfServedUrls {
    /// The path under which the server answers for pictures.
    pub const PICTURES: &'static str = "/media/pictures/";
    /// The path under which the server answers for logos.
    pub const LOGOS: &'static str = "/media/logos/";
    /// The path under which the server takes uploads.
    pub const UPLOADS: &'static str = "/media/uploads/";

    /// The path under which the server sends packs.
    pub const PACKS: &'static str = "/media/packs/";

    /// URLs end at a multiple of this, one to two of them ahead: a page that is loaded again within it gets
    /// the same URLs, and the browser its own copies of the pictures.
    const WINDOW: SignedDuration = SignedDuration::from_hours(6);

    /// Signs with this keyring.
    pub const fn new(keyring: Arc<Keyring>, clock: Arc<dyn Clock>) -> Self {
        Self { keyring, clock }
    }

    fn window_end(&self) -> i64 {
        let window = Self::WINDOW.as_secs();
        (self.clock.now().as_second().div_euclid(window) + 2) * window
    }

    fn is_over(&self, expires_at: i64) -> bool {
        self.clock.now().as_second() >= expires_at
    }

    /// Reads a picture's URL, or `None` if it was not made here or has ended.
    pub fn read_picture(&self, signed: &str) -> Option<PictureClaim> {
        let payload = self.keyring.verify(Purpose::PictureUrl, signed)?;
        let mut parts = payload.split('|');
        let viewer = (parts.next()?, parts.next()?);
        let expires_at: i64 = parse(parts.next()?)?;
        let ObjectKey::Rendition(key) = parse_key(parts.next()?)? else {
            return None;
        };
        if self.is_over(expires_at) {
            return None;
        }
        let viewer = parse_viewer(viewer)?;
        Some(PictureClaim { viewer, studio: key.studio, photo: key.photo, rendition: key.rendition })
    }

    /// Makes a logo's URL. It ends as those of pictures do.
    pub fn logo(&self, claim: &LogoClaim) -> LinkTarget {
        let (kind, id) = print_viewer(claim.viewer);
        let payload = format!("{kind}|{id}|{}|{}|{}", self.window_end(), claim.studio, claim.image);
        LinkTarget(format!("{}{}", Self::LOGOS, self.keyring.sign(Purpose::LogoUrl, &payload)))
    }

    /// Reads a logo's URL, or `None` if it was not made here or has ended.
    pub fn read_logo(&self, signed: &str) -> Option<LogoClaim> {
        let payload = self.keyring.verify(Purpose::LogoUrl, signed)?;
        let parts: Vec<&str> = payload.split('|').collect();
        let [kind, id, expires_at, studio, image] = *parts else { return None };
        if self.is_over(parse(expires_at)?) {
            return None;
        }
        Some(LogoClaim { viewer: parse_viewer((kind, id))?, studio: parse(studio)?, image: parse(image)? })
    }

    /// Reads an upload's URL, or `None` if it was not made here or has ended.
    pub fn read_upload(&self, signed: &str) -> Option<UploadClaim> {
        let payload = self.keyring.verify(Purpose::UploadUrl, signed)?;
        let parts: Vec<&str> = payload.split('|').collect();
        let [upload, studio, key, size, _content_type, sha256, expires_at, multipart, number] = *parts else {
            return None;
        };
        if self.is_over(parse(expires_at)?) {
            return None;
        }
        let part = if multipart.is_empty() {
            None
        } else {
            // Why `ok`: what was signed here parses here.
            Some((MultipartId(multipart.to_owned()), PartNumber::parse(parse(number)?).ok()?))
        };
        let sha256 = if sha256.is_empty() { None } else { Some(Sha256Hash::parse(sha256).ok()?) };
        Some(UploadClaim {
            upload: parse(upload)?,
            studio: parse(studio)?,
            key: parse_key(key)?,
            size: FileSize::parse(parse(size)?).ok()?,
            sha256,
            part,
        })
    }

    /// Makes a pack's URL, which is good until `expires_at`.
    pub fn pack(&self, claim: &PackClaim, expires_at: Timestamp) -> LinkTarget {
        let owner = match claim.owner {
            PackOwner::Studio => "studio||".to_owned(),
            PackOwner::Client { share, client } => format!("client|{share}|{client}"),
            PackOwner::Order(order) => format!("order|{order}|"),
        };
        let payload = format!("{owner}|{}|{}|{}", claim.studio, claim.pack, expires_at.as_second());
        LinkTarget(format!("{}{}", Self::PACKS, self.keyring.sign(Purpose::PackUrl, &payload)))
    }

    /// Reads a pack's URL, or `None` if it was not made here or has ended.
    pub fn read_pack(&self, signed: &str) -> Option<PackClaim> {
        let payload = self.keyring.verify(Purpose::PackUrl, signed)?;
        let parts: Vec<&str> = payload.split('|').collect();
        let [kind, first, second, studio, pack, expires_at] = *parts else { return None };
        if self.is_over(parse(expires_at)?) {
            return None;
        }
        let owner = match kind {
            "studio" => PackOwner::Studio,
            "client" => PackOwner::Client { share: parse(first)?, client: parse(second)? },
            "order" => PackOwner::Order(parse(first)?),
            _ => return None,
        };
        Some(PackClaim { owner, studio: parse(studio)?, pack: parse(pack)? })
    }

    fn upload_link(&self, terms: &UploadTerms, part: Option<(&MultipartId, PartNumber)>) -> UploadLink {
        let sha256 = terms.sha256.map(|hash| hash.to_string()).unwrap_or_default();
        let (multipart, number) = part.map_or_else(
            || (String::new(), String::new()),
            |(id, number)| (id.0.clone(), number.get().to_string()),
        );
        let payload = [
            terms.upload.to_string(),
            terms.studio.to_string(),
            terms.key.to_string(),
            terms.size.get().to_string(),
            terms.content_type.to_owned(),
            sha256,
            terms.expires_at.as_second().to_string(),
            multipart,
            number,
        ]
        .join("|");
        let headers = if part.is_some() {
            Vec::new()
        } else {
            vec![("Content-Type".to_owned(), terms.content_type.to_owned())]
        };
        UploadLink {
            url: LinkTarget(format!("{}{}", Self::UPLOADS, self.keyring.sign(Purpose::UploadUrl, &payload))),
            headers,
        }
    }
}

fn print_viewer(viewer: Viewer) -> (&'static str, String) {
    match viewer {
        Viewer::Studio(studio) => ("studio", studio.to_string()),
        Viewer::Share(share) => ("share", share.to_string()),
    }
}

fn parse_viewer(printed: (&str, &str)) -> Option<Viewer> {
    match printed {
        ("studio", id) => Some(Viewer::Studio(parse(id)?)),
        ("share", id) => Some(Viewer::Share(parse::<ShareId>(id)?)),
        _ => None,
    }
}

fn parse<T: std::str::FromStr>(text: &str) -> Option<T> {
    // Why `ok`: a text that does not parse was not signed by this version.
    text.parse().ok()
}

fn parse_key(text: &str) -> Option<ObjectKey> {
    // Why `ok`: as above.
    ObjectKey::parse(text).ok()
}

#[async_trait]
impl UrlSigner for SelfServedUrls {
    async fn picture(&self, viewer: Viewer, key: &RenditionKey) -> Result<LinkTarget, StorageError> {
        let (kind, id) = print_viewer(viewer);
        let payload = format!("{kind}|{id}|{}|{}", self.window_end(), ObjectKey::from(*key));
        let signed = self.keyring.sign(Purpose::PictureUrl, &payload);
        Ok(LinkTarget(format!("{}{signed}", Self::PICTURES)))
    }

    async fn upload(&self, terms: &UploadTerms) -> Result<UploadLink, StorageError> {
        Ok(self.upload_link(terms, None))
    }

    async fn upload_part(
        &self,
        terms: &UploadTerms,
        multipart: &MultipartId,
        number: PartNumber,
    ) -> Result<UploadLink, StorageError> {
        Ok(self.upload_link(terms, Some((multipart, number))))
    }

    async fn download(&self, _grant: &DownloadGrant) -> Result<Option<LinkTarget>, StorageError> {
        Ok(None)
    }
}
