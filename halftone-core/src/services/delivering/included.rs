//! Clean downloads against the files that a share includes.

use std::collections::BTreeSet;

use super::DeliveryError;
use crate::access::ClientPass;
use crate::allowance::Included;
use crate::id::PhotoId;
use crate::meter::Meter;
use crate::order::{Order, OrderState};
use crate::page::{PageLimit, PageRequest};
use crate::ports::error::StorageError;
use crate::ports::orders::OrderFilter;
use crate::product::ProductKind;
use crate::services::{Dependencies, metering};

/// Whether the share's allowance covers these photos as clean files, at this moment.
///
/// # Errors
/// `AllowanceSpent`
pub(crate) async fn check_files(
    world: &Dependencies,
    pass: &ClientPass,
    photos: &[PhotoId],
) -> Result<(), DeliveryError> {
    let Some(included) = included(pass, photos) else { return Ok(()) };
    let (mut meter, bought) = find(world, pass, photos).await?;
    take(&mut meter, pass, included, photos, &bought)
}

/// Takes these photos from the share's allowance, all of them or none. One that was taken before costs nothing more, and one
/// that the client bought costs nothing at all. None of them is ever given back.
///
/// # Errors
/// `AllowanceSpent`
pub(crate) async fn take_files(
    world: &Dependencies,
    pass: &ClientPass,
    photos: &[PhotoId],
) -> Result<(), DeliveryError> {
    let Some(included) = included(pass, photos) else { return Ok(()) };
    let (_, bought) = find(world, pass, photos).await?;
    let take = |meter: &mut Meter| take(meter, pass, included, photos, &bought);
    metering::change(world, pass.studio(), pass.share_id(), take).await
}

/// The meter as it is, and which of the photos the client bought.
async fn find(
    world: &Dependencies,
    pass: &ClientPass,
    photos: &[PhotoId],
) -> Result<(Meter, BTreeSet<PhotoId>), StorageError> {
    let meter = metering::look(world, pass.share()).await?;
    let bought = bought(world, pass, photos, &meter).await?;
    Ok((meter, bought))
}

/// How many files the share includes, if they are counted and any is asked for.
fn included(pass: &ClientPass, photos: &[PhotoId]) -> Option<Included> {
    pass.share().allowance.files.filter(|_| !photos.is_empty())
}

fn take(
    meter: &mut Meter,
    pass: &ClientPass,
    included: Included,
    photos: &[PhotoId],
    bought: &BTreeSet<PhotoId>,
) -> Result<(), DeliveryError> {
    let taken = meter.taken();
    let counted: BTreeSet<PhotoId> =
        photos.iter().copied().filter(|photo| taken.contains(photo) || !bought.contains(photo)).collect();
    let wanted = counted.difference(&taken).count();
    let left = meter.left(pass.share().allowance).files.map_or(0, |files| files.left);
    let wanted = u32::try_from(wanted).unwrap_or(u32::MAX);
    if wanted > left {
        return Err(DeliveryError::AllowanceSpent { included: included.get(), left, wanted });
    }
    meter.downloaded.extend(counted);
    Ok(())
}

/// Which of the photos that nobody took the client bought as files, in orders that the studio has accepted.
async fn bought(
    world: &Dependencies,
    pass: &ClientPass,
    photos: &[PhotoId],
    meter: &Meter,
) -> Result<BTreeSet<PhotoId>, StorageError> {
    let taken = meter.taken();
    let mut asked: BTreeSet<PhotoId> =
        photos.iter().copied().filter(|photo| !taken.contains(photo)).collect();
    let filter = OrderFilter { client: Some(pass.client()), ..OrderFilter::default() };
    let (mut bought, mut after) = (BTreeSet::new(), None);
    while !asked.is_empty() {
        let page = PageRequest::after(PageLimit::MOST, after);
        let found = world.metadata().orders.list(pass.studio(), &filter, &page).await?;
        for order in found.items.iter().filter(|order| is_sold(order.value.state)) {
            bought.extend(files_of(&order.value).filter(|photo| asked.remove(photo)));
        }
        after = found.next;
        if after.is_none() {
            break;
        }
    }
    Ok(bought)
}

const fn is_sold(state: OrderState) -> bool {
    match state {
        OrderState::Accepted | OrderState::InProduction | OrderState::Ready | OrderState::Completed => true,
        OrderState::Submitted | OrderState::Cancelled => false,
    }
}

fn files_of(order: &Order) -> impl Iterator<Item = PhotoId> {
    let digital = order.items.iter().filter(|line| matches!(line.product.kind, ProductKind::Digital));
    digital.map(|line| line.photo)
}
