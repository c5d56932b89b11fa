//! Orders as the studio manages them.

use super::{OrderingError, OrderingService};
use crate::access::Principal;
use crate::event::EventSubject;
use crate::id::OrderId;
use crate::invoice::InvoiceState;
use crate::meter::{Holder, Pieces};
use crate::order::{Actor, Order, OrderState};
use crate::page::{Page, PageRequest, Versioned};
use crate::ports::orders::OrderFilter;
use crate::services::catalogue::{ATTEMPTS, Precondition, exhausted, is_lost_race};
use crate::services::error::{Absent, Resource};
use crate::services::metering::{self, Reservation};
use crate::services::processing::event;
use crate::text::Prose;

impl OrderingService {
    /// One of the studio's orders.
    pub async fn get(
        &self,
        principal: &Principal,
        order: OrderId,
    ) -> Result<Versioned<Order>, OrderingError> {
        let studio = principal.manage()?;
        let found = self.world().metadata().orders.find(studio, order).await?;
        found.ok_or_else(|| Absent::new(Resource::Order).into())
    }

    /// The studio's orders, newest first.
    pub async fn list(
        &self,
        principal: &Principal,
        filter: &OrderFilter,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Order>>, OrderingError> {
        let studio = principal.manage()?;
        Ok(self.world().metadata().orders.list(studio, filter, page).await?)
    }

    /// Moves an order on.
    pub async fn transition(
        &self,
        principal: &Principal,
        order: OrderId,
        to: OrderState,
        reason: Option<Prose>,
    ) -> Result<Versioned<Order>, OrderingError> {
        principal.manage()?;
        for _ in 0..ATTEMPTS {
            let Versioned { mut value, version } = self.get(principal, order).await?;
            value.transition(to, Actor::Studio, reason.clone(), self.world().clock.now())?;
            let reservation = self.reserve_for_cancelling(&value).await?;
            let moved = EventSubject::OrderMoved { order };
            let events = [event(self.world(), value.studio, moved)];
            match self.world().metadata().orders.update(&value, version, &events).await {
                Ok(version) => {
                    metering::settle(self.world(), reservation, Pieces::default()).await;
                    return Ok(Versioned::new(value, version));
                }
                Err(error) if is_lost_race(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(exhausted("move order", order).into())
    }

    /// A cancelled order gives back what it has of the allowance. Until it is written that is in doubt, so that a crash in
    /// between neither keeps it for ever nor gives it to two orders.
    async fn reserve_for_cancelling(&self, order: &Order) -> Result<Option<Reservation>, OrderingError> {
        if order.state != OrderState::Cancelled || !order.has_included() {
            return Ok(None);
        }
        let holder = Holder::Order(order.id);
        Ok(metering::doubt(self.world(), order.studio, order.share, holder).await?)
    }

    /// Says how far the payment of an order is. Saying the same again records nothing.
    pub async fn set_invoice(
        &self,
        principal: &Principal,
        order: OrderId,
        to: InvoiceState,
        precondition: Precondition,
    ) -> Result<Versioned<Order>, OrderingError> {
        principal.manage()?;
        for _ in 0..ATTEMPTS {
            let Versioned { mut value, version } = self.get(principal, order).await?;
            precondition.check(version).map_err(|_| OrderingError::Changed)?;
            if value.invoice == to {
                return Ok(Versioned::new(value, version));
            }
            value.record_invoice(to, self.world().clock.now());
            match self.world().metadata().orders.update(&value, version, &[]).await {
                Ok(version) => return Ok(Versioned::new(value, version)),
                Err(error) if is_lost_race(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(exhausted("set invoice of order", order).into())
    }
}
