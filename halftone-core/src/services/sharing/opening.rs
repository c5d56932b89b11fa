//! Letting clients in.

use jiff::Timestamp;

use crate::access::{ClientPass, Principal};
use crate::event::EventSubject;
use crate::id::{ClientId, ShareId};
use crate::page::Versioned;
use crate::ports::error::StorageError;
use crate::ports::shares::{Visit, VisitTarget};
use crate::secret::{ClientKey, Pin, Purpose, ShareToken};
use crate::services::catalogue::is_lost_race;
use crate::services::error::{Absent, Resource};
use crate::services::processing::event;
use crate::services::sharing::{OpenError, Opened, SharingService, Visitor};
use crate::services::visiting::is_open_to_clients;
use crate::share::{Activity, ActivityKind, Client, Share, ShareStanding};
use crate::text::{Email, Line};

impl SharingService {
    /// Opens a share with its token and PIN. A known client key resumes that client; otherwise a new client
    /// begins, whatever name is given.
    pub async fn open(&self, token: &str, visitor: Visitor) -> Result<Opened, OpenError> {
        let absent = || OpenError::from(Absent::new(Resource::Share));
        // Why `map_err`: a malformed token is as unknown as any other.
        let token = ShareToken::parse(token).map_err(|_| absent())?;
        let found = self.world().metadata().shares.find_by_token(&token.hash()).await?;
        let share = found.ok_or_else(absent)?.value;
        let target = self.find_target(&share).await?;
        self.check_pin(&share, visitor.pin.as_deref())?;
        let (client, client_key) = self.welcome(&share, visitor).await?;
        let now = self.world().clock.now();
        let lifetime = self.world().settings.client_session;
        let mark = self.pin_mark(&share);
        let payload = format!("{}|{client}|{}|{mark}", share.id, (now + lifetime).as_second());
        let access_token = format!("ht_{}", self.world().keyring.sign(Purpose::ClientSession, &payload));
        let principal = Principal::Client(Box::new(ClientPass::new(share, target, client)));
        Ok(Opened { access_token, expires_in: lifetime, client_key, principal })
    }

    /// The client behind an access token. The share is looked up at every call, so a revoked one stops at
    /// once.
    pub async fn admit(&self, access_token: &str) -> Result<Principal, OpenError> {
        let (share, client, expires_at, mark) =
            self.read_token(access_token).ok_or(OpenError::InvalidSession)?;
        if self.world().clock.now() >= expires_at {
            return Err(OpenError::InvalidSession);
        }
        let found = self.world().metadata().shares.find_visit(share).await?;
        let Visit { share, target } = found.ok_or(OpenError::InvalidSession)?;
        // A PIN that was set or changed since then shuts out whoever came in before.
        if self.pin_mark(&share) != mark {
            return Err(OpenError::InvalidSession);
        }
        self.check_standing(&share)?;
        let target = check_target(target.ok_or(OpenError::InvalidSession)?)?;
        Ok(Principal::Client(Box::new(ClientPass::new(share, target, client))))
    }

    /// A client whom another proof than an access token names, as the share is now; `None` if it is not open.
    pub(crate) async fn admit_again(
        &self,
        share: ShareId,
        client: ClientId,
    ) -> Result<Option<Principal>, StorageError> {
        let Some(Visit { share, target: Some(target) }) =
            self.world().metadata().shares.find_visit(share).await?
        else {
            return Ok(None);
        };
        let (Ok(()), Ok(target)) = (self.check_standing(&share), check_target(target)) else {
            return Ok(None);
        };
        Ok(Some(Principal::Client(Box::new(ClientPass::new(share, target, client)))))
    }

    /// Changes with the share's PIN, and tells nothing about it.
    fn pin_mark(&self, share: &Share) -> String {
        let pin = share.pin_hash.as_ref().map_or(&[][..], |hash| hash.as_bytes());
        let code = self.world().keyring.authenticate(Purpose::Pin, &[b"session", pin]);
        code[..8].iter().fold(String::new(), |mark, byte| format!("{mark}{byte:02x}"))
    }

    fn read_token(&self, access_token: &str) -> Option<(ShareId, ClientId, Timestamp, String)> {
        let signed = access_token.strip_prefix("ht_")?;
        let payload = self.world().keyring.verify(Purpose::ClientSession, signed)?;
        let mut parts = payload.split('|');
        // Why `ok`: what was signed here parses here.
        let share = ShareId::parse(parts.next()?).ok()?;
        let client = ClientId::parse(parts.next()?).ok()?;
        let expires_at = Timestamp::from_second(parts.next()?.parse().ok()?).ok()?;
        Some((share, client, expires_at, parts.next()?.to_owned()))
    }

    fn check_standing(&self, share: &Share) -> Result<(), OpenError> {
        match share.standing(self.world().clock.now()) {
            ShareStanding::Open => Ok(()),
            ShareStanding::Expired => Err(OpenError::Expired),
            ShareStanding::Revoked => Err(OpenError::Revoked),
        }
    }

    /// What a share opens, if it opens anything now.
    async fn find_target(&self, share: &Share) -> Result<VisitTarget, OpenError> {
        self.check_standing(share)?;
        let found = self.world().metadata().shares.find_visit(share.id).await?;
        let target = found.and_then(|visit| visit.target);
        check_target(target.ok_or(Absent::new(Resource::Share))?)
    }

    fn check_pin(&self, share: &Share, typed: Option<&str>) -> Result<(), OpenError> {
        let Some(expected) = &share.pin_hash else {
            return Ok(());
        };
        let typed = typed.filter(|typed| !typed.trim().is_empty()).ok_or(OpenError::PinRequired)?;
        // Why `map_err`: what cannot be a PIN is a wrong one.
        let pin = Pin::parse(typed).map_err(|_| OpenError::PinWrong)?;
        if self.world().keyring.pin_hash(share.id, &pin).matches(expected) {
            Ok(())
        } else {
            Err(OpenError::PinWrong)
        }
    }

    async fn welcome(
        &self,
        share: &Share,
        visitor: Visitor,
    ) -> Result<(ClientId, Option<ClientKey>), OpenError> {
        // Why `ok`: a key that cannot be one is forgotten, and a new client begins.
        let key = visitor.client_key.as_deref().and_then(|key| ClientKey::parse(key).ok());
        if let Some(key) = key
            && let Some(client) = self.world().metadata().clients.find_by_key(share.id, &key.hash()).await?
        {
            let client = self.rename(client, visitor.name, visitor.email).await?;
            self.record(share, client, ActivityKind::Visited, &[]).await?;
            return Ok((client, None));
        }
        let now = self.world().clock.now();
        let key = ClientKey::generate(&*self.world().entropy);
        let client = Client {
            id: ClientId::generate(now, &*self.world().entropy),
            studio: share.studio,
            share: share.id,
            key_hash: key.hash(),
            name: visitor.name.unwrap_or_else(Line::empty),
            email: visitor.email,
            downloads: 0,
            created_at: now,
        };
        self.world().metadata().clients.create(&client).await?;
        let is_first = self.world().metadata().shares.statistics(share.studio, share.id).await?.visits == 0;
        let opened = event(self.world(), share.studio, EventSubject::ShareOpened { share: share.id });
        let events = if is_first { vec![opened] } else { Vec::new() };
        self.record(share, client.id, ActivityKind::Joined, &events).await?;
        Ok((client.id, Some(key)))
    }

    /// A client who comes back may have told a name meanwhile. Losing a race over it does not matter.
    async fn rename(
        &self,
        client: Versioned<Client>,
        name: Option<Line>,
        email: Option<Email>,
    ) -> Result<ClientId, OpenError> {
        let Versioned { mut value, version } = client;
        let before = value.clone();
        value.name = name.filter(|name| !name.as_str().is_empty()).unwrap_or(value.name);
        value.email = email.or(value.email);
        if value != before {
            match self.world().metadata().clients.update(&value, version).await {
                Ok(_) => {}
                Err(error) if is_lost_race(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(value.id)
    }

    async fn record(
        &self,
        share: &Share,
        client: ClientId,
        kind: ActivityKind,
        events: &[crate::event::Event],
    ) -> Result<(), StorageError> {
        let activity = Activity { at: self.world().clock.now(), client, kind };
        self.world().metadata().shares.record(share.studio, share.id, &activity, events).await
    }
}

/// Drafts and archived galleries are closed. Of a collection, each gallery is looked at by itself.
fn check_target(target: VisitTarget) -> Result<VisitTarget, OpenError> {
    match &target {
        VisitTarget::Gallery(gallery) if !is_open_to_clients(gallery) => Err(OpenError::Closed),
        VisitTarget::Gallery(_) | VisitTarget::Collection(_) => Ok(target),
    }
}
