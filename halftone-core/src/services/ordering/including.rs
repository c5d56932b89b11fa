//! What an order takes of the allowance of its share.

use super::{OrderingError, OrderingService, total};
use crate::access::ClientPass;
use crate::meter::{Holder, Meter, Pieces, Placing};
use crate::order::{Order, OrderItem};
use crate::services::metering::{self, Reservation};

impl OrderingService {
    /// Says on each line how much of it would be included at this moment, if it were ordered as it is, or in the place of
    /// what an order has. Nothing is taken.
    pub(super) async fn include(
        &self,
        pass: &ClientPass,
        holder: Option<Holder>,
        lines: &mut [OrderItem],
    ) -> Result<(), OrderingError> {
        let share = pass.share();
        if !share.allowance.is_empty() || holder.is_some() {
            let meter = metering::look(self.world(), share).await?;
            meter.cover(share.allowance, holder).apply(lines);
        }
        Ok(())
    }

    /// Takes what a new order can have of the allowance, before the order is written. A repeated request finds what it
    /// took, and the id of the order that it was taken for.
    pub(super) async fn reserve_new(
        &self,
        pass: &ClientPass,
        order: &mut Order,
    ) -> Result<Option<Reservation>, OrderingError> {
        if pass.share().allowance.is_empty() {
            return Ok(None);
        }
        let placing = Placing { client: order.client, idempotency: order.idempotency.clone() };
        let allowance = pass.share().allowance;
        let (studio, share) = (order.studio, order.share);
        let reservation = metering::change(self.world(), studio, share, |meter| {
            let now = self.world().clock.now();
            let until = now + Meter::DOUBT;
            if let Some(hold) = meter.find_placing(placing.client, &placing.idempotency.key) {
                let doubt = hold.doubt.as_mut();
                let placed = doubt.as_ref().and_then(|doubt| doubt.placing.as_ref());
                if placed.is_some_and(|placed| placed.idempotency != placing.idempotency) {
                    return Err(OrderingError::KeyReused);
                }
                if let (Holder::Order(id), Some(doubt)) = (hold.holder, doubt) {
                    (order.id, doubt.until) = (id, until);
                }
                // No more than that: another call with the same key may be writing the order just now.
                hold.pieces.cover().apply(&mut order.items);
                let (holder, turn) = (hold.holder, hold.turn);
                return Ok(Some(Reservation { studio, share, holder, turn, until }));
            }
            let holder = Holder::Order(order.id);
            meter.cover(allowance, Some(holder)).apply(&mut order.items);
            let turn = meter.open(holder, Pieces::of(&order.items), now, Some(placing.clone()));
            Ok(turn.map(|turn| Reservation { studio, share, holder, turn, until }))
        });
        let reservation = reservation.await?;
        order.total = total(&order.items)?;
        Ok(reservation)
    }

    /// Takes what an amended order can have of the allowance, besides what it has as it was, before it is written.
    pub(super) async fn reserve_amended(
        &self,
        pass: &ClientPass,
        was: &Order,
        amended: &mut Order,
    ) -> Result<Option<Reservation>, OrderingError> {
        let allowance = pass.share().allowance;
        if amended.items == was.items || (allowance.is_empty() && !was.has_included()) {
            return Ok(None);
        }
        let (studio, share, holder) = (was.studio, was.share, Holder::Order(was.id));
        let reservation = metering::change(self.world(), studio, share, |meter| {
            let now = self.world().clock.now();
            meter.cover(allowance, Some(holder)).apply(&mut amended.items);
            let turn = meter.open(holder, Pieces::of(&amended.items), now, None);
            let until = now + Meter::DOUBT;
            Ok::<_, OrderingError>(turn.map(|turn| Reservation { studio, share, holder, turn, until }))
        });
        let reservation = reservation.await?;
        amended.total = total(&amended.items)?;
        Ok(reservation)
    }

    /// Settles what an order has, now that it is written, or found to have been written before.
    pub(super) async fn settle(&self, reservation: Option<Reservation>, order: &Order) {
        let is_its = reservation.is_some_and(|held| held.holder == Holder::Order(order.id));
        // What was taken for an order that came to be by another call is given back.
        let pieces = if is_its { Pieces::of(&order.items) } else { Pieces::default() };
        metering::settle(self.world(), reservation, pieces).await;
    }
}
