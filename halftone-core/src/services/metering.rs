//! Changing meters: with optimistic locking, and with a look at what has been in doubt for too long.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::allowance::AllowanceLeft;
use crate::id::{OrderId, PhotoId, ShareId, StudioId};
use crate::meter::{Holder, Meter, Pieces};
use crate::order::OrderState;
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::services::Dependencies;
use crate::services::catalogue::{exhausted, is_lost_race};
use crate::share::Share;

/// How often a change of a meter is tried that lost a race. All clients of a share change one meter, so it is more than
/// elsewhere; of any number of changes at the same instant, one succeeds.
const ATTEMPTS: usize = 32;

/// How much of the time that a hold may be in doubt must be left when its holder is written.
const MARGIN: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

/// A hold in doubt, to be settled when its holder is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) struct Reservation {
    pub(crate) studio: StudioId,
    pub(crate) share: ShareId,
    pub(crate) holder: Holder,
    pub(crate) turn: u32,
    pub(crate) until: Timestamp,
}

impl Reservation {
    /// Checks that the holder will be written before anybody else may look for it.
    ///
    /// # Errors
    /// `Unavailable`: the machine stood still in between. The request may be repeated.
    pub(crate) fn check(&self, now: Timestamp) -> Result<(), StorageError> {
        if now + MARGIN < self.until {
            return Ok(());
        }
        Err(StorageError::new(StorageErrorKind::Unavailable, "keep a reservation of share", self.share))
    }
}

/// The meter of a share as it is; what has been in doubt for too long is decided, and nothing is stored.
pub(crate) async fn look(world: &Dependencies, share: &Share) -> Result<Meter, StorageError> {
    let found = world.metadata().meters.find(share.studio, share.id).await?;
    let mut meter = found.map_or_else(|| Meter::new(share.studio, share.id), |found| found.value);
    decide(world, &mut meter).await?;
    Ok(meter)
}

/// How much of a share's allowance is left.
pub(crate) async fn left(world: &Dependencies, share: &Share) -> Result<AllowanceLeft, StorageError> {
    if share.allowance.is_empty() {
        return Ok(AllowanceLeft::default());
    }
    Ok(look(world, share).await?.left(share.allowance))
}

/// Changes the meter of a share, which its first change creates.
pub(crate) async fn change<T, E: From<StorageError>>(
    world: &Dependencies,
    studio: StudioId,
    share: ShareId,
    mut change: impl FnMut(&mut Meter) -> Result<T, E> + Send,
) -> Result<T, E> {
    let meters = &world.metadata().meters;
    for _ in 0..ATTEMPTS {
        let found = meters.find(studio, share).await?;
        let before = found.as_ref().map_or_else(|| Meter::new(studio, share), |found| found.value.clone());
        let mut meter = before.clone();
        decide(world, &mut meter).await?;
        let outcome = change(&mut meter)?;
        if meter == before {
            return Ok(outcome);
        }
        let written = match found {
            Some(found) => meters.update(&meter, found.version).await,
            None => meters.create(&meter).await,
        };
        match written {
            Ok(_) => return Ok(outcome),
            Err(error) if is_lost_race(&error) || error.kind() == StorageErrorKind::AlreadyExists => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(exhausted("change meter of share", share).into())
}

/// Asks the orders and selections that have been in doubt for too long.
async fn decide(world: &Dependencies, meter: &mut Meter) -> Result<(), StorageError> {
    for holder in meter.doubtful(world.clock.now()) {
        let pieces = match holder {
            Holder::Order(order) => of_order(world, meter.studio, order).await?,
            Holder::Selection { .. } => of_selection(world, meter, holder).await?,
        };
        meter.decide(holder, pieces);
    }
    Ok(())
}

async fn of_order(world: &Dependencies, studio: StudioId, order: OrderId) -> Result<Pieces, StorageError> {
    let found = world.metadata().orders.find(studio, order).await?.map(|found| found.value);
    let alive = found.filter(|order| order.state != OrderState::Cancelled);
    Ok(alive.map(|order| Pieces::of(&order.items)).unwrap_or_default())
}

async fn of_selection(world: &Dependencies, meter: &Meter, holder: Holder) -> Result<Pieces, StorageError> {
    let (Holder::Selection { selection, client }, Some(hold)) = (holder, meter.find(holder)) else {
        return Ok(Pieces::default());
    };
    let found = world.metadata().selections.find_by_client(meter.studio, client).await?;
    let selection = found.as_ref().and_then(|found| found.value.find(selection));
    let submitted = selection.filter(|selection| selection.state.submitted_at().is_some());
    let picked = |photo: &&PhotoId| submitted.is_some_and(|selection| selection.contains(**photo));
    Ok(Pieces { prints: 0, files: hold.pieces.files.iter().filter(picked).copied().collect() })
}

/// Puts what a holder has in doubt, before the holder is changed in a way that gives it back. `None` if it has nothing.
pub(crate) async fn doubt(
    world: &Dependencies,
    studio: StudioId,
    share: ShareId,
    holder: Holder,
) -> Result<Option<Reservation>, StorageError> {
    change(world, studio, share, |meter| {
        let now = world.clock.now();
        if meter.find(holder).is_none() {
            return Ok(None);
        }
        let turn = meter.open(holder, Pieces::default(), now, None);
        Ok(turn.map(|turn| Reservation { studio, share, holder, turn, until: now + Meter::DOUBT }))
    })
    .await
}

/// Settles what a holder has, now that it is written. If that fails, whoever looks at the meter after a while does it.
pub(crate) async fn settle(world: &Dependencies, reservation: Option<Reservation>, pieces: Pieces) {
    let Some(Reservation { studio, share, holder, turn, .. }) = reservation else { return };
    let settled = change(world, studio, share, |meter| {
        meter.settle(holder, turn, pieces.clone(), world.clock.now());
        Ok::<(), StorageError>(())
    });
    if let Err(error) = settled.await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            share.id = %share,
            "a hold on an allowance was not settled; it will be looked at later"
        );
    }
}

/// Gives back photos that were deleted and that were only picked.
pub(crate) async fn forget(
    world: &Dependencies,
    studio: StudioId,
    share: ShareId,
    photos: &BTreeSet<PhotoId>,
) -> Result<(), StorageError> {
    change(world, studio, share, |meter| {
        meter.forget(photos);
        Ok(())
    })
    .await
}
