//! Who may do what: the one place that decides.
//!
//! Every service call takes a [`Principal`] and asks [`authorise`] before it does anything. A client's principal
//! can only be made by the sharing service, after it has looked at the share as it is now. Whose a thing is
//! needs no decision here: repositories find things by studio, so a stranger's thing is absent.

use crate::id::{ClientId, PackId, PhotoId, ReplacementId, ShareId, StudioId, UserId};
use crate::object_key::{
    DeliveryKey, ObjectKey, OriginalKey, PackArchiveKey, PackDocumentKey, PrintKey, RenditionKey,
};
use crate::ports::shares::VisitTarget;
use crate::rendition::{ClientRendition, Fingerprint, RenditionFormat};
use crate::share::{DownloadPermission, Share};
use crate::text::Filename;

/// Who asks.
#[derive(Debug, Clone)]
pub enum Principal {
    /// A member of a studio, or a program with its API key.
    Studio(StudioMember),
    /// A client of a share.
    Client(Box<ClientPass>),
    /// Halftone's own background work.
    System,
}

/// A member of a studio. Whoever makes one says that the caller has proved to be that user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StudioMember {
    /// The user.
    pub user: UserId,
    /// The studio.
    pub studio: StudioId,
}

/// A client of a share that was open a moment ago, with what it opened then. Good for the request it was made for: the
/// next one asks [`SharingService::admit`](crate::services::sharing::SharingService::admit) again.
#[derive(Debug, Clone)]
pub struct ClientPass {
    share: Share,
    target: VisitTarget,
    client: ClientId,
}

impl ClientPass {
    /// Only the sharing service makes passes, after checking that the share is open.
    pub(crate) const fn new(share: Share, target: VisitTarget, client: ClientId) -> Self {
        Self { share, target, client }
    }

    /// What the share opens, as it was found.
    pub(crate) const fn target(&self) -> &VisitTarget {
        &self.target
    }

    /// The share as it was found.
    pub const fn share(&self) -> &Share {
        &self.share
    }

    /// Which client.
    pub const fn client(&self) -> ClientId {
        self.client
    }

    /// To whom the share belongs.
    pub const fn studio(&self) -> StudioId {
        self.share.studio
    }

    /// The share's id.
    pub const fn share_id(&self) -> ShareId {
        self.share.id
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Anything on the studio's side.
    ManageStudio,
    /// See galleries and proofs of the share.
    View,
    /// Make and change selections.
    Select,
    /// Comment on picks.
    Comment,
    /// See prices, ask for a quote, place orders.
    Order,
    /// Download files of this kind.
    Download(DownloadPermission),
    /// Background work.
    RunJobs,
}

/// The answer to [`authorise`] was no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccessDenied {
    /// This kind of principal never may; to it, the thing does not exist.
    #[error("not for this kind of caller")]
    WrongPrincipal,
    /// The share does not permit it.
    #[error("the share does not permit this")]
    NotPermitted {
        /// What was asked for.
        action: Action,
    },
}

/// Decides whether `principal` may do `action`. There is no other place that does.
///
/// # Errors
/// The answer is no.
pub fn authorise(principal: &Principal, action: Action) -> Result<(), AccessDenied> {
    match (principal, action) {
        (Principal::Studio(_), Action::ManageStudio) | (Principal::System, Action::RunJobs) => Ok(()),
        (Principal::Client(pass), action) => authorise_client(&pass.share, action),
        (Principal::Studio(_) | Principal::System, _) => Err(AccessDenied::WrongPrincipal),
    }
}

fn authorise_client(share: &Share, action: Action) -> Result<(), AccessDenied> {
    let permissions = &share.permissions;
    let permitted = match action {
        Action::View => true,
        Action::Select => permissions.select.is_granted(),
        // A comment is part of a pick.
        Action::Comment => permissions.select.is_granted() && permissions.comment.is_granted(),
        Action::Order => permissions.order.is_granted(),
        Action::Download(wanted) => wanted > DownloadPermission::None && permissions.download >= wanted,
        Action::ManageStudio | Action::RunJobs => return Err(AccessDenied::WrongPrincipal),
    };
    if permitted { Ok(()) } else { Err(AccessDenied::NotPermitted { action }) }
}

impl Principal {
    /// The studio on whose side the caller stands.
    ///
    /// # Errors
    /// The caller is not a member of a studio.
    pub fn manage(&self) -> Result<StudioId, AccessDenied> {
        authorise(self, Action::ManageStudio)?;
        match self {
            Self::Studio(member) => Ok(member.studio),
            Self::Client(_) | Self::System => Err(AccessDenied::WrongPrincipal),
        }
    }

    /// The pass of a client who may do `action`.
    ///
    /// # Errors
    /// The caller is not a client, or the share does not permit it.
    pub fn visit(&self, action: Action) -> Result<&ClientPass, AccessDenied> {
        authorise(self, action)?;
        match self {
            Self::Client(pass) => Ok(pass),
            Self::Studio(_) | Self::System => Err(AccessDenied::WrongPrincipal),
        }
    }
}

/// The right to fetch one file, clean or not. Nothing else leads from a photo to its original's bytes.
///
/// The fields are private and this module alone makes grants, so holding one proves that somebody was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DownloadGrant {
    file: GrantedFile,
    filename: Filename,
    media_type: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum GrantedFile {
    Original(OriginalKey),
    Delivery(DeliveryKey),
    Proof(RenditionKey),
    Print(PrintKey),
    Document(PackDocumentKey),
    Pack(PackArchiveKey),
}

/// Which file is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DownloadWish {
    /// The file.
    pub(crate) file: WishedFile,
    /// The name under which it is saved.
    pub(crate) filename: Filename,
    /// Its media type.
    pub(crate) media_type: String,
}

/// Which file is wanted. Whose it is, the grant decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WishedFile {
    /// The watermarked proof of a photo, made with these options.
    Proof(PhotoId, Fingerprint, RenditionFormat),
    /// A clean copy of a photo's original with this long edge in pixels.
    Sized(PhotoId, Option<ReplacementId>, u32),
    /// A photo's original: the file it was uploaded with, or the one that replaced it.
    Original(PhotoId, Option<ReplacementId>),
    /// A crop of a photo for a lab.
    Print(PhotoId, Fingerprint),
    /// What was written for a pack, by number.
    Document(PackId, u16),
}

/// Grants a download, or not. Clients get what their share permits; the studio gets everything of its own.
///
/// The caller has found the photo in the principal's own studio and, for a client, among the photos of the
/// share.
///
/// # Errors
/// The share does not permit it.
pub(crate) fn grant_download(
    principal: &Principal,
    wish: DownloadWish,
) -> Result<DownloadGrant, AccessDenied> {
    let action = match wish.file {
        WishedFile::Proof(..) => Action::Download(DownloadPermission::Proof),
        WishedFile::Sized(..) => Action::Download(DownloadPermission::Sized),
        WishedFile::Original(..) => Action::Download(DownloadPermission::Original),
        WishedFile::Print(..) | WishedFile::Document(..) => Action::ManageStudio,
    };
    let studio = match principal {
        Principal::Studio(_) => principal.manage()?,
        Principal::Client(_) => principal.visit(action)?.studio(),
        Principal::System => return Err(AccessDenied::WrongPrincipal),
    };
    let file = match wish.file {
        WishedFile::Proof(photo, fingerprint, format) => {
            let rendition = ClientRendition::Proof;
            GrantedFile::Proof(RenditionKey { studio, photo, rendition, fingerprint, format })
        }
        WishedFile::Sized(photo, replacement, long_edge_px) => {
            GrantedFile::Delivery(DeliveryKey { studio, photo, replacement, long_edge_px })
        }
        WishedFile::Original(photo, replacement) => {
            GrantedFile::Original(OriginalKey { studio, photo, replacement })
        }
        WishedFile::Print(photo, fingerprint) => GrantedFile::Print(PrintKey { studio, photo, fingerprint }),
        WishedFile::Document(pack, number) => GrantedFile::Document(PackDocumentKey { studio, pack, number }),
    };
    Ok(DownloadGrant { file, filename: wish.filename, media_type: wish.media_type })
}

/// The right to fetch a pack: a grant for each of its files, in their order. Nobody gets a pack of which one file is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PackGrant {
    files: Vec<DownloadGrant>,
    archive: DownloadGrant,
}

impl PackGrant {
    /// The media type of archives.
    pub(crate) const MEDIA_TYPE: &'static str = "application/zip";

    /// The files.
    pub(crate) fn files(&self) -> &[DownloadGrant] {
        &self.files
    }

    /// The whole, where it was put into the object store.
    pub(crate) const fn archive(&self) -> &DownloadGrant {
        &self.archive
    }
}

/// Grants a pack of these files, saved under this name, if every one of them is granted.
///
/// # Errors
/// The share does not permit one of the files.
pub(crate) fn grant_pack(
    principal: &Principal,
    pack: PackId,
    filename: &Filename,
    files: impl Iterator<Item = WishedFile>,
) -> Result<PackGrant, AccessDenied> {
    let studio = match principal {
        Principal::Studio(_) => principal.manage()?,
        Principal::Client(_) => principal.visit(Action::View)?.studio(),
        Principal::System => return Err(AccessDenied::WrongPrincipal),
    };
    let grant = |file| {
        let media_type = String::new();
        grant_download(principal, DownloadWish { file, filename: filename.clone(), media_type })
    };
    let files = files.map(grant).collect::<Result<_, _>>()?;
    let archive = DownloadGrant {
        file: GrantedFile::Pack(PackArchiveKey { studio, pack }),
        filename: filename.clone(),
        media_type: PackGrant::MEDIA_TYPE.to_owned(),
    };
    Ok(PackGrant { files, archive })
}

impl DownloadGrant {
    /// Where the file lies.
    pub fn key(&self) -> ObjectKey {
        match self.file {
            GrantedFile::Original(key) => key.into(),
            GrantedFile::Delivery(key) => key.into(),
            GrantedFile::Proof(key) => key.into(),
            GrantedFile::Print(key) => key.into(),
            GrantedFile::Document(key) => key.into(),
            GrantedFile::Pack(key) => key.into(),
        }
    }

    /// The clean copy to be made first if it is not there yet.
    pub const fn delivery(&self) -> Option<DeliveryKey> {
        match self.file {
            GrantedFile::Delivery(key) => Some(key),
            GrantedFile::Original(_)
            | GrantedFile::Proof(_)
            | GrantedFile::Print(_)
            | GrantedFile::Document(_)
            | GrantedFile::Pack(_) => None,
        }
    }

    /// The name under which the file is saved.
    pub const fn filename(&self) -> &Filename {
        &self.filename
    }

    /// The file's media type.
    pub fn media_type(&self) -> &str {
        &self.media_type
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::allowance::Allowance;
    use crate::collection::Collection;
    use crate::id::{CollectionId, GalleryId};
    use crate::secret::TokenHash;
    use crate::share::{Limits, Permission, Permissions, ShareTarget};
    use crate::text::{Line, Name, Tags};

    fn client(permissions: Permissions) -> Principal {
        let share = Share {
            id: ShareId::from_uuid(Uuid::nil()),
            studio: StudioId::from_uuid(Uuid::nil()),
            target: ShareTarget::Gallery(GalleryId::from_uuid(Uuid::nil())),
            label: Line::parse("").unwrap(),
            token_hash: TokenHash::restore([0; 32]),
            token_salt: [0; 16],
            pin_hash: None,
            expires_at: None,
            revoked_at: None,
            permissions,
            limits: Limits::default(),
            allowance: Allowance::default(),
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
        };
        let collection = VisitTarget::Collection(Collection {
            id: CollectionId::from_uuid(Uuid::nil()),
            studio: StudioId::from_uuid(Uuid::nil()),
            name: Name::parse("Wedding").unwrap(),
            client_name: Line::empty(),
            event_date: None,
            tags: Tags::default(),
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
        });
        Principal::Client(Box::new(ClientPass::new(share, collection, ClientId::from_uuid(Uuid::nil()))))
    }

    const PHOTO: PhotoId = PhotoId::from_uuid(Uuid::nil());

    fn wish(file: WishedFile) -> DownloadWish {
        DownloadWish {
            file,
            filename: Filename::parse("IMG_0412.JPG").unwrap(),
            media_type: "image/jpeg".to_owned(),
        }
    }

    #[test]
    fn a_client_never_manages_and_never_runs_jobs() {
        let client = client(Permissions { download: DownloadPermission::Original, ..Permissions::default() });
        assert_eq!(client.manage(), Err(AccessDenied::WrongPrincipal));
        assert_eq!(authorise(&client, Action::RunJobs), Err(AccessDenied::WrongPrincipal));
    }

    #[test]
    fn the_system_gets_no_download() {
        assert!(grant_download(&Principal::System, wish(WishedFile::Original(PHOTO, None))).is_err());
    }

    #[test]
    fn each_download_permission_includes_the_ones_before() {
        let with = |download| client(Permissions { download, ..Permissions::default() });
        for (permission, sized, original) in [
            (DownloadPermission::None, false, false),
            (DownloadPermission::Proof, false, false),
            (DownloadPermission::Sized, true, false),
            (DownloadPermission::Original, true, true),
        ] {
            assert_eq!(
                grant_download(&with(permission), wish(WishedFile::Sized(PHOTO, None, 2048))).is_ok(),
                sized
            );
            assert_eq!(
                grant_download(&with(permission), wish(WishedFile::Original(PHOTO, None))).is_ok(),
                original
            );
        }
    }

    #[test]
    fn what_is_made_for_a_lab_is_for_the_studio_alone() {
        let client = client(Permissions { download: DownloadPermission::Original, ..Permissions::default() });
        let fingerprint = Fingerprint::parse("00ff00ff00ff00ff").unwrap();
        let member =
            StudioMember { user: UserId::from_uuid(Uuid::nil()), studio: StudioId::from_uuid(Uuid::nil()) };
        for file in
            [WishedFile::Print(PHOTO, fingerprint), WishedFile::Document(PackId::from_uuid(Uuid::nil()), 0)]
        {
            assert_eq!(grant_download(&client, wish(file)), Err(AccessDenied::WrongPrincipal));
            assert!(grant_download(&Principal::Studio(member), wish(file)).is_ok());
        }
    }

    #[test]
    fn a_pack_is_granted_with_all_its_files_or_not_at_all() {
        let pack = PackId::from_uuid(Uuid::nil());
        let filename = Filename::parse("Wedding.zip").unwrap();
        let (sized, original) = (WishedFile::Sized(PHOTO, None, 2048), WishedFile::Original(PHOTO, None));
        let asking = |permission, files: &[WishedFile]| {
            let client = client(Permissions { download: permission, ..Permissions::default() });
            grant_pack(&client, pack, &filename, files.iter().copied())
        };
        let granted = asking(DownloadPermission::Sized, &[sized, sized]).unwrap();
        assert_eq!(granted.files().len(), 2);
        let key = PackArchiveKey { studio: StudioId::from_uuid(Uuid::nil()), pack };
        assert_eq!(granted.archive().key(), key.into());
        for files in [[sized, original], [original, sized]] {
            assert!(asking(DownloadPermission::Sized, &files).is_err());
        }
        assert!(asking(DownloadPermission::Original, &[WishedFile::Document(pack, 0)]).is_err());
        assert!(grant_pack(&Principal::System, pack, &filename, [sized].into_iter()).is_err());
    }

    #[test]
    fn a_comment_needs_selecting_too() {
        let denied = Permissions { select: Permission::Denied, ..Permissions::default() };
        assert!(authorise(&client(denied), Action::Comment).is_err());
        assert!(authorise(&client(Permissions::default()), Action::Comment).is_ok());
    }
}
