//! The meter of a share: what was taken of its allowance, and by what.
//!
//! One document for all clients of the share, changed with an expected version, so that two tabs cannot take the same
//! last print. Orders and selections are documents of their own, and what they hold of the allowance is written here
//! *before* they are, in doubt, and settled after. Whoever finds a doubt that has lasted too long looks at the order
//! or the selection itself, which knows: so a crash between the writes leaks nothing, and an order whose included pieces
//! nobody holds cannot come to be.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::allowance::{Allowance, AllowanceLeft, Cover, Included, Left};
use crate::id::{ClientId, OrderId, PhotoId, SelectionId, ShareId, StudioId};
use crate::order::{Idempotency, IdempotencyKey, OrderItem};
use crate::product::ProductKind;

/// What was taken of the allowance of one share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meter {
    /// Of which share.
    pub share: ShareId,
    /// To whom the share belongs.
    pub studio: StudioId,
    /// The photos that were downloaded clean. They are never given back.
    pub downloaded: BTreeSet<PhotoId>,
    /// What orders and selections hold, oldest first.
    pub holds: Vec<Hold>,
}

/// What one order or selection holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Which one.
    pub holder: Holder,
    /// How much.
    pub pieces: Pieces,
    /// How often it came into doubt. Whoever settles it names the turn, and only the last one is heard.
    pub turn: u32,
    /// Set while the holder is being written.
    pub doubt: Option<Doubt>,
}

/// What holds a part of an allowance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// An order.
    Order(OrderId),
    /// A submitted selection.
    Selection {
        /// Which one.
        selection: SelectionId,
        /// Whose it is.
        client: ClientId,
    },
}

/// Whether a holder really has what it holds is not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// From when on anybody may look at the holder and decide.
    pub until: Timestamp,
    /// The request, if the order is being placed: its repetition finds this hold.
    pub placing: Option<Placing>,
}

/// The request that places an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placing {
    /// Whose it is.
    pub client: ClientId,
    /// Its key and hash.
    pub idempotency: Idempotency,
}

/// A part of an allowance.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pieces {
    /// How many prints.
    pub prints: u32,
    /// Which photos, as files.
    pub files: BTreeSet<PhotoId>,
}

impl Pieces {
    /// The included pieces of these lines.
    pub fn of(lines: &[OrderItem]) -> Self {
        let mut pieces = Self::default();
        for line in lines.iter().filter(|line| line.included > 0) {
            match line.product.kind {
                ProductKind::Print(_) => pieces.prints = pieces.prints.saturating_add(line.included),
                ProductKind::Digital => {
                    pieces.files.insert(line.photo);
                }
            }
        }
        pieces
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.prints == 0 && self.files.is_empty()
    }

    /// As much as either of the two has.
    fn widen(&mut self, other: Self) {
        self.prints = self.prints.max(other.prints);
        self.files.extend(other.files);
    }

    /// These pieces and no others.
    pub fn cover(&self) -> Cover {
        Cover { prints: self.prints, files: 0, taken: self.files.clone() }
    }
}

impl Meter {
    /// The most holds. Beyond them nothing more is included, so that one document stays one.
    pub const MOST_HOLDS: usize = 2_000;
    /// The most files over all holds, one that two of them hold counting twice.
    pub const MOST_HELD_FILES: usize = 100_000;
    /// How long a hold may be in doubt: far more than the two writes take that come between.
    pub const DOUBT: SignedDuration = SignedDuration::from_mins(10);

    /// A meter of which nothing was taken.
    pub const fn new(studio: StudioId, share: ShareId) -> Self {
        Self { share, studio, downloaded: BTreeSet::new(), holds: Vec::new() }
    }

    /// What a holder holds.
    pub fn find(&self, holder: Holder) -> Option<&Hold> {
        self.holds.iter().find(|hold| hold.holder == holder)
    }

    fn find_mut(&mut self, holder: Holder) -> Option<&mut Hold> {
        self.holds.iter_mut().find(|hold| hold.holder == holder)
    }

    /// What an order holds that this client is placing with this key.
    pub fn find_placing(&mut self, client: ClientId, key: &IdempotencyKey) -> Option<&mut Hold> {
        self.holds.iter_mut().find(|hold| {
            let placing = hold.doubt.as_ref().and_then(|doubt| doubt.placing.as_ref());
            placing.is_some_and(|placing| placing.client == client && placing.idempotency.key == *key)
        })
    }

    /// The photos that were taken, each once.
    pub fn taken(&self) -> BTreeSet<PhotoId> {
        let held = self.holds.iter().flat_map(|hold| &hold.pieces.files);
        self.downloaded.iter().chain(held).copied().collect()
    }

    fn prints(&self) -> u32 {
        self.holds.iter().fold(0, |sum: u32, hold| sum.saturating_add(hold.pieces.prints))
    }

    /// How much of the allowance is left.
    pub fn left(&self, allowance: Allowance) -> AllowanceLeft {
        let left = |included: Included, taken: u32| {
            let included = included.get();
            Left { included, left: included.saturating_sub(taken) }
        };
        let files = || u32::try_from(self.taken().len()).unwrap_or(u32::MAX);
        AllowanceLeft {
            files: allowance.files.map(|included| left(included, files())),
            prints: allowance.prints.map(|included| left(included, self.prints())),
        }
    }

    /// What a holder can have: what is left, and what it holds already, also after the allowance was lowered.
    pub fn cover(&self, allowance: Allowance, holder: Option<Holder>) -> Cover {
        let own = holder.and_then(|holder| self.find(holder)).map(|hold| hold.pieces.clone());
        let is_full = own.is_none() && holder.is_some() && self.is_full();
        let mut cover = own.unwrap_or_default().cover();
        if is_full {
            return cover;
        }
        let left = self.left(allowance);
        cover.prints = cover.prints.saturating_add(left.prints.map_or(0, |prints| prints.left));
        if let Some(files) = left.files {
            cover.files = files.left;
            cover.taken.extend(self.taken());
        }
        cover
    }

    fn is_full(&self) -> bool {
        let files: usize = self.holds.iter().map(|hold| hold.pieces.files.len()).sum();
        self.holds.len() >= Self::MOST_HOLDS || files >= Self::MOST_HELD_FILES
    }

    /// Lets a holder have these pieces, besides those that it has, and puts them in doubt until it is written. Tells
    /// the turn in which to settle; `None` if there is nothing to hold.
    pub fn open(
        &mut self,
        holder: Holder,
        pieces: Pieces,
        now: Timestamp,
        placing: Option<Placing>,
    ) -> Option<u32> {
        let doubt = Some(Doubt { until: now + Self::DOUBT, placing });
        if let Some(hold) = self.find_mut(holder) {
            hold.pieces.widen(pieces);
            hold.turn = hold.turn.wrapping_add(1);
            hold.doubt = doubt;
            return Some(hold.turn);
        }
        if pieces.is_empty() {
            return None;
        }
        self.holds.push(Hold { holder, pieces, turn: 1, doubt });
        Some(1)
    }

    /// Settles what a holder really has, if nobody put it in doubt again since that turn.
    ///
    /// A hold that is gone was looked at when the doubt had lasted too long, or was given back: the holder is in
    /// doubt once more, for the next one to look.
    pub fn settle(&mut self, holder: Holder, turn: u32, pieces: Pieces, now: Timestamp) {
        let Some(hold) = self.find_mut(holder) else {
            if !pieces.is_empty() {
                let doubt = Some(Doubt { until: now, placing: None });
                self.holds.push(Hold { holder, pieces, turn, doubt });
            }
            return;
        };
        if hold.turn == turn {
            self.decide(holder, pieces);
        }
    }

    /// Ends the doubt over a holder.
    pub fn decide(&mut self, holder: Holder, pieces: Pieces) {
        if pieces.is_empty() {
            self.holds.retain(|hold| hold.holder != holder);
        } else if let Some(hold) = self.find_mut(holder) {
            hold.pieces = pieces;
            hold.doubt = None;
        }
    }

    /// The holders that have been in doubt for too long.
    pub fn doubtful(&self, now: Timestamp) -> Vec<Holder> {
        let is_due = |hold: &&Hold| hold.doubt.as_ref().is_some_and(|doubt| doubt.until <= now);
        self.holds.iter().filter(is_due).map(|hold| hold.holder).collect()
    }

    /// Gives back photos that no longer exist and that were only picked.
    pub fn forget(&mut self, photos: &BTreeSet<PhotoId>) {
        for hold in &mut self.holds {
            if matches!(hold.holder, Holder::Selection { .. }) {
                hold.pieces.files.retain(|photo| !photos.contains(photo));
            }
        }
        self.holds.retain(|hold| !hold.pieces.is_empty());
    }
}

#[cfg(test)]
mod tests;
