//! Whole selections as lines of an order.

use super::{ItemRequest, OrderingError, OrderingService, Stock};
use crate::access::ClientPass;
use crate::id::{ProductId, SelectionId};
use crate::order::{OrderItem, Quantity};
use crate::services::error::{InvalidField, Resource};
use crate::text::{InvalidValue, Prose};

/// Every photo of a selection as the same product. What was picked and is no longer shown is left out.
#[derive(Debug, Clone)]
pub struct SelectionRequest {
    /// One of the client's own.
    pub selection: SelectionId,
    /// Which product.
    pub product: ProductId,
    /// How many of each photo.
    pub quantity: Quantity,
    /// What the client wishes for each line.
    pub note: Prose,
}

impl OrderingService {
    /// The lines that the selections stand for, each with the place of its selection in the request.
    pub(super) async fn picked(
        &self,
        pass: &ClientPass,
        selections: &[SelectionRequest],
    ) -> Result<Vec<(usize, ItemRequest)>, OrderingError> {
        if selections.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.world().metadata().selections.find_by_client(pass.studio(), pass.client()).await?;
        let mut lines = Vec::new();
        for (place, wanted) in selections.iter().enumerate() {
            let own = found.as_ref().and_then(|found| found.value.find(wanted.selection));
            let own = own.ok_or_else(|| {
                InvalidField::unknown(format!("{}.selection_id", at(place)), Resource::Selection)
            })?;
            lines.extend(own.picks.iter().map(|pick| {
                let SelectionRequest { product, quantity, note, .. } = wanted;
                let item = ItemRequest {
                    photo: pick.photo,
                    product: *product,
                    quantity: *quantity,
                    crop: None,
                    note: note.clone(),
                };
                (place, item)
            }));
        }
        Ok(lines)
    }

    /// Composes the lines of selections; each selection gives at least one.
    pub(super) fn picked_lines(
        &self,
        stock: &Stock,
        picked: &[(usize, ItemRequest)],
        selections: &[SelectionRequest],
    ) -> Result<Vec<OrderItem>, OrderingError> {
        let mut lines = Vec::with_capacity(picked.len());
        for place in 0..selections.len() {
            let before = lines.len();
            let shown = picked.iter().filter(|(of, item)| *of == place && stock.photo(item.photo).is_some());
            for (_, item) in shown {
                lines.push(self.line(stock, item, &at(place))?);
            }
            if lines.len() == before {
                let rule = InvalidValue::new("selection", "holds no photo that can be ordered");
                return Err(InvalidField::new(format!("{}.selection_id", at(place)), rule).into());
            }
        }
        Ok(lines)
    }
}

fn at(place: usize) -> String {
    format!("selections[{place}]")
}
