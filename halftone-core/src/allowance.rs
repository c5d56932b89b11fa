//! What a share includes: files and prints for which its clients do not pay.
//!
//! A limit forbids what is beyond it, and an allowance prices it. What was taken of it is kept by the
//! [`Meter`](crate::meter::Meter) of the share.

use std::collections::BTreeSet;

use crate::id::PhotoId;
use crate::order::OrderItem;
use crate::product::ProductKind;
use crate::text::InvalidValue;

/// What a share includes, for all its clients together. `None` is not counted at all, which is something else than a
/// number of zero: then everything is counted, and nothing is included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Allowance {
    /// How many photos may be taken as files: picked and submitted, downloaded clean, or ordered as files.
    pub files: Option<Included>,
    /// How many prints may be ordered.
    pub prints: Option<Included>,
}

impl Allowance {
    /// Whether nothing is counted.
    pub const fn is_empty(self) -> bool {
        self.files.is_none() && self.prints.is_none()
    }
}

/// How much is included: 0 to 20,000.
///
/// ```
/// use halftone_core::allowance::Included;
/// assert!(Included::parse(0).is_ok());
/// assert!(Included::parse(-1).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Included(u32);

impl Included {
    /// Checks the range.
    ///
    /// # Errors
    /// The number is not from 0 to 20,000.
    pub fn parse(number: i64) -> Result<Self, InvalidValue> {
        match u32::try_from(number) {
            Ok(number @ 0..=20_000) => Ok(Self(number)),
            _ => Err(InvalidValue::new("allowance", "must be from 0 to 20000")),
        }
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// How much of an allowance is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AllowanceLeft {
    /// Of the files, if they are counted.
    pub files: Option<Left>,
    /// Of the prints, if they are counted.
    pub prints: Option<Left>,
}

/// How much of one part of an allowance is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// How much there was.
    pub included: u32,
    /// How much of it nobody took yet; 0 also if more was taken before the studio lowered the allowance.
    pub left: u32,
}

/// What one order, or one selection, can still have of an allowance.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cover {
    /// Prints.
    pub prints: u32,
    /// Photos that nobody took yet.
    pub files: u32,
    /// Photos that were taken: once more costs nothing.
    pub taken: BTreeSet<PhotoId>,
}

impl Cover {
    /// Takes a photo as a file; tells whether it is covered.
    pub fn take_file(&mut self, photo: PhotoId) -> bool {
        if self.taken.contains(&photo) {
            return true;
        }
        if self.files == 0 {
            return false;
        }
        self.files -= 1;
        self.taken.insert(photo)
    }

    /// Takes as many prints as there are, and tells how many.
    pub fn take_prints(&mut self, wanted: u32) -> u32 {
        let taken = wanted.min(self.prints);
        self.prints -= taken;
        taken
    }

    /// Says on each line how many of its pieces are included, and what the others cost. Earlier lines come first.
    ///
    /// A photo's file is included once for each line: what a second copy of the same file is meant to be, the studio
    /// knows, and its price list says what it costs.
    pub fn apply(mut self, lines: &mut [OrderItem]) {
        for line in lines {
            let included = match line.product.kind {
                ProductKind::Print(_) => self.take_prints(line.quantity.get()),
                ProductKind::Digital => u32::from(self.take_file(line.photo)),
            };
            line.include(included);
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn photo(number: u128) -> PhotoId {
        PhotoId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn a_photo_is_taken_once() {
        let mut cover = Cover { files: 1, ..Cover::default() };
        assert!(cover.take_file(photo(1)));
        assert!(cover.take_file(photo(1)));
        assert!(!cover.take_file(photo(2)));
    }

    #[test]
    fn prints_are_taken_as_far_as_they_go() {
        let mut cover = Cover { prints: 5, ..Cover::default() };
        assert_eq!([cover.take_prints(3), cover.take_prints(3), cover.take_prints(3)], [3, 2, 0]);
    }
}
