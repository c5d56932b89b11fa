//! Selections: a client's named lists of picked photos.
//!
//! All selections of one client are one aggregate, so that the limit over all of them holds even when two
//! tabs pick at the same time.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::id::{ClientId, PhotoId, SelectionId, ShareId, StudioId};
use crate::share::{Limit, ShareTarget};
use crate::text::{Name, Prose};

/// The selections of one client.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientSelections {
    /// Whose they are.
    pub client: ClientId,
    /// To whom the share belongs.
    pub studio: StudioId,
    /// Through which share the client came.
    pub share: ShareId,
    /// What the share opens.
    pub target: ShareTarget,
    /// The lists, oldest first.
    pub selections: Vec<Selection>,
}

/// A named list of picked photos.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    /// Its id.
    pub id: SelectionId,
    /// What the client calls it: "Album".
    pub name: Name,
    /// Whether it can be changed.
    pub state: SelectionState,
    /// The picks in the order in which they were made.
    pub picks: Vec<Pick>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Whether a selection can be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelectionState {
    /// The client is picking.
    Open,
    /// The client is done; locked until the studio reopens it.
    Submitted {
        /// Since when.
        at: Timestamp,
    },
    /// The studio gave it back.
    Reopened {
        /// Since when.
        at: Timestamp,
    },
}

impl SelectionState {
    /// Since when it has been submitted, if it is.
    pub const fn submitted_at(self) -> Option<Timestamp> {
        match self {
            Self::Submitted { at } => Some(at),
            Self::Open | Self::Reopened { .. } => None,
        }
    }

    /// The word of the API: `open`, `submitted` or `reopened`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Submitted { .. } => "submitted",
            Self::Reopened { .. } => "reopened",
        }
    }
}

/// One picked photo.
#[derive(Debug, Clone, PartialEq)]
pub struct Pick {
    /// Which photo.
    pub photo: PhotoId,
    /// What the client says about it; may be empty.
    pub comment: Prose,
    /// When it was picked.
    pub at: Timestamp,
}

/// A change that a selection refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SelectionRefusal {
    /// The client has no such selection.
    #[error("there is no such selection")]
    NotFound,
    /// It was submitted.
    #[error("the selection is locked")]
    Locked,
    /// The client has picked as many photos as the share allows.
    #[error("the limit of {} photos is reached", limit.get())]
    LimitReached {
        /// How many.
        limit: Limit,
    },
    /// The client has as many selections, picks or comments as anybody may have.
    #[error("there are too many selections or comments")]
    TooMany,
    /// A selection without photos cannot be submitted.
    #[error("the selection is empty")]
    Empty,
    /// It is not submitted, so there is nothing to reopen.
    #[error("the selection is not submitted")]
    NotSubmitted,
}

impl ClientSelections {
    /// The most lists that one client has.
    pub const MOST: usize = 100;
    /// The most picks over all lists, a photo in two lists counting twice, whatever the share allows.
    pub const MOST_PICKS: usize = 20_000;
    /// The most bytes of comments over all lists.
    pub const MOST_COMMENT_BYTES: usize = 1 << 20;

    /// The list with this id.
    pub fn find(&self, selection: SelectionId) -> Option<&Selection> {
        self.selections.iter().find(|candidate| candidate.id == selection)
    }

    /// When the last of the lists that are submitted now was submitted.
    pub fn latest_submission(&self) -> Option<Timestamp> {
        self.selections.iter().filter_map(|selection| selection.state.submitted_at()).max()
    }

    /// How many different photos are picked over all lists.
    pub fn distinct_photos(&self) -> usize {
        let mut photos: Vec<PhotoId> = self
            .selections
            .iter()
            .flat_map(|selection| selection.picks.iter().map(|pick| pick.photo))
            .collect();
        photos.sort_unstable();
        photos.dedup();
        photos.len()
    }

    fn picks(&self) -> impl Iterator<Item = &Pick> {
        self.selections.iter().flat_map(|selection| &selection.picks)
    }

    /// Whether one more comment of this size fits.
    fn has_room_for(&self, comment: Option<&Prose>) -> bool {
        let written: usize = self.picks().map(|pick| pick.comment.as_str().len()).sum();
        comment.is_none_or(|comment| written + comment.as_str().len() <= Self::MOST_COMMENT_BYTES)
    }

    fn contains(&self, photo: PhotoId) -> bool {
        self.selections.iter().any(|selection| selection.contains(photo))
    }

    fn open_mut(&mut self, selection: SelectionId) -> Result<&mut Selection, SelectionRefusal> {
        let found = self
            .selections
            .iter_mut()
            .find(|candidate| candidate.id == selection)
            .ok_or(SelectionRefusal::NotFound)?;
        match found.state {
            SelectionState::Submitted { .. } => Err(SelectionRefusal::Locked),
            SelectionState::Open | SelectionState::Reopened { .. } => Ok(found),
        }
    }

    /// Adds an empty list.
    ///
    /// # Errors
    /// [`SelectionRefusal::TooMany`].
    pub fn add(&mut self, id: SelectionId, name: Name, now: Timestamp) -> Result<(), SelectionRefusal> {
        if self.selections.len() >= Self::MOST {
            return Err(SelectionRefusal::TooMany);
        }
        self.selections.push(Selection {
            id,
            name,
            state: SelectionState::Open,
            picks: Vec::new(),
            created_at: now,
            updated_at: now,
        });
        Ok(())
    }

    /// Gives a list another name.
    ///
    /// # Errors
    /// There is no such list, or it is locked.
    pub fn rename(&mut self, id: SelectionId, name: Name, now: Timestamp) -> Result<(), SelectionRefusal> {
        let selection = self.open_mut(id)?;
        selection.name = name;
        selection.updated_at = now;
        Ok(())
    }

    /// Removes a list.
    ///
    /// # Errors
    /// There is no such list, or it is locked.
    pub fn remove(&mut self, id: SelectionId) -> Result<(), SelectionRefusal> {
        self.open_mut(id)?;
        self.selections.retain(|selection| selection.id != id);
        Ok(())
    }

    /// Picks a photo, or picks it again: then only the comment changes, if one is given.
    ///
    /// # Errors
    /// There is no such list, it is locked, or the limit is reached.
    pub fn pick(
        &mut self,
        id: SelectionId,
        photo: PhotoId,
        comment: Option<Prose>,
        most: PickLimit,
    ) -> Result<(), SelectionRefusal> {
        let is_known = self.contains(photo);
        let picked = self.distinct_photos();
        let is_full = self.picks().count() >= Self::MOST_PICKS;
        if !self.has_room_for(comment.as_ref()) {
            return Err(SelectionRefusal::TooMany);
        }
        let selection = self.open_mut(id)?;
        if let Some(pick) = selection.picks.iter_mut().find(|pick| pick.photo == photo) {
            if let Some(comment) = comment {
                pick.comment = comment;
                selection.updated_at = most.now;
            }
            return Ok(());
        }
        if !is_known {
            let limit = most.limit.filter(|limit| picked >= limit.get() as usize);
            if let Some(limit) = limit {
                return Err(SelectionRefusal::LimitReached { limit });
            }
        }
        if is_full {
            return Err(SelectionRefusal::TooMany);
        }
        let comment = comment.unwrap_or_else(Prose::empty);
        selection.picks.push(Pick { photo, comment, at: most.now });
        selection.updated_at = most.now;
        Ok(())
    }

    /// Takes a photo out of a list; one that is not in it is no error.
    ///
    /// # Errors
    /// There is no such list, or it is locked.
    pub fn unpick(
        &mut self,
        id: SelectionId,
        photo: PhotoId,
        now: Timestamp,
    ) -> Result<(), SelectionRefusal> {
        let selection = self.open_mut(id)?;
        selection.picks.retain(|pick| pick.photo != photo);
        selection.updated_at = now;
        Ok(())
    }

    /// Submits a list, which locks it. One that is submitted already stays as it is.
    ///
    /// # Errors
    /// There is no such list, or it is empty.
    pub fn submit(&mut self, id: SelectionId, now: Timestamp) -> Result<Submission, SelectionRefusal> {
        let selection = match self.open_mut(id) {
            Ok(selection) => selection,
            Err(SelectionRefusal::Locked) => return Ok(Submission::Repeated),
            Err(refusal) => return Err(refusal),
        };
        if selection.picks.is_empty() {
            return Err(SelectionRefusal::Empty);
        }
        selection.state = SelectionState::Submitted { at: now };
        selection.updated_at = now;
        Ok(Submission::First)
    }

    /// Gives a submitted list back to the client.
    ///
    /// # Errors
    /// There is no such list, or it is not submitted.
    pub fn reopen(&mut self, id: SelectionId, now: Timestamp) -> Result<(), SelectionRefusal> {
        let selection = self
            .selections
            .iter_mut()
            .find(|candidate| candidate.id == id)
            .ok_or(SelectionRefusal::NotFound)?;
        match selection.state {
            SelectionState::Submitted { .. } => {
                selection.state = SelectionState::Reopened { at: now };
                selection.updated_at = now;
                Ok(())
            }
            SelectionState::Open | SelectionState::Reopened { .. } => Err(SelectionRefusal::NotSubmitted),
        }
    }

    /// Takes photos that no longer exist out of every list, locked or not.
    pub fn forget(&mut self, photos: &BTreeSet<PhotoId>) {
        for selection in &mut self.selections {
            selection.picks.retain(|pick| !photos.contains(&pick.photo));
        }
    }
}

impl Selection {
    /// Whether the photo is in this list.
    pub fn contains(&self, photo: PhotoId) -> bool {
        self.picks.iter().any(|pick| pick.photo == photo)
    }
}

/// How much a client may pick, and when that was asked.
#[derive(Debug, Clone, Copy)]
pub struct PickLimit {
    /// The share's limit.
    pub limit: Option<Limit>,
    /// The present instant.
    pub now: Timestamp,
}

/// Whether a submission changed anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Submission {
    /// It locked the list.
    First,
    /// The list was locked before.
    Repeated,
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::id::GalleryId;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn photo(number: u128) -> PhotoId {
        PhotoId::from_uuid(Uuid::from_u128(number))
    }

    fn two_lists() -> (ClientSelections, SelectionId, SelectionId) {
        let mut selections = ClientSelections {
            client: ClientId::from_uuid(Uuid::nil()),
            studio: StudioId::from_uuid(Uuid::nil()),
            share: ShareId::from_uuid(Uuid::nil()),
            target: ShareTarget::Gallery(GalleryId::from_uuid(Uuid::nil())),
            selections: Vec::new(),
        };
        let (album, wall) =
            (SelectionId::from_uuid(Uuid::from_u128(1)), SelectionId::from_uuid(Uuid::from_u128(2)));
        selections.add(album, Name::parse("Album").unwrap(), NOW).unwrap();
        selections.add(wall, Name::parse("Wall").unwrap(), NOW).unwrap();
        (selections, album, wall)
    }

    fn limit(number: i64) -> PickLimit {
        PickLimit { limit: Some(Limit::parse(number).unwrap()), now: NOW }
    }

    #[test]
    fn the_limit_counts_distinct_photos_over_all_lists() {
        let (mut selections, album, wall) = two_lists();
        selections.pick(album, photo(1), None, limit(2)).unwrap();
        selections.pick(wall, photo(1), None, limit(2)).unwrap();
        selections.pick(wall, photo(2), None, limit(2)).unwrap();
        let refused = selections.pick(album, photo(3), None, limit(2));
        assert!(matches!(refused, Err(SelectionRefusal::LimitReached { .. })));
        assert_eq!(selections.distinct_photos(), 2);
    }

    #[test]
    fn picking_twice_is_fine_and_keeps_the_comment() {
        let (mut selections, album, _) = two_lists();
        let comment = Prose::parse("crop the hand").unwrap();
        selections.pick(album, photo(1), Some(comment.clone()), limit(1)).unwrap();
        selections.pick(album, photo(1), None, limit(1)).unwrap();
        assert_eq!(selections.find(album).unwrap().picks[0].comment, comment);
    }

    #[test]
    fn a_submitted_list_is_locked_until_it_is_reopened() {
        let (mut selections, album, _) = two_lists();
        selections.pick(album, photo(1), None, limit(5)).unwrap();
        assert_eq!(selections.submit(album, NOW), Ok(Submission::First));
        assert_eq!(selections.submit(album, NOW), Ok(Submission::Repeated));
        assert_eq!(selections.unpick(album, photo(1), NOW), Err(SelectionRefusal::Locked));
        assert_eq!(selections.remove(album), Err(SelectionRefusal::Locked));
        selections.reopen(album, NOW).unwrap();
        assert_eq!(selections.unpick(album, photo(1), NOW), Ok(()));
    }

    #[test]
    fn an_empty_list_cannot_be_submitted() {
        let (mut selections, album, _) = two_lists();
        assert_eq!(selections.submit(album, NOW), Err(SelectionRefusal::Empty));
    }
}
