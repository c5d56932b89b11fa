//! What a proof is marked with, and where.

use std::fmt;

use crate::id::ImageId;
use crate::text::{InvalidValue, WatermarkText};

/// The mark of a gallery's proofs. [`Watermark::None`] is the photographer's explicit choice; nothing else
/// leads to an unmarked proof.
#[derive(Debug, Clone, PartialEq)]
pub enum Watermark {
    /// Proofs carry no mark.
    None,
    /// A text in the bundled font.
    Text {
        /// What it says.
        text: WatermarkText,
        /// Its colour.
        colour: Colour,
        /// Where and how it is placed.
        placement: Placement,
    },
    /// A logo with alpha, uploaded by the studio.
    Image {
        /// Which of the studio's images.
        image: ImageId,
        /// Where and how it is placed.
        placement: Placement,
    },
}

/// Where and how a mark is placed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placement {
    /// Tiled over the picture, or once.
    pub layout: Layout,
    /// How much of the picture the mark covers up: 0 is invisible, 1 opaque.
    pub opacity: Opacity,
    /// Height of the text or logo relative to the proof's short edge.
    pub scale: Scale,
    /// Turn of the mark in degrees, positive clockwise as seen on the screen.
    pub angle: Angle,
}

impl Default for Placement {
    fn default() -> Self {
        Self {
            layout: Layout::Tiled,
            opacity: Opacity::DEFAULT,
            scale: Scale::DEFAULT,
            angle: Angle::DEFAULT,
        }
    }
}

/// Where the mark goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layout {
    /// Repeated so that it reaches every part of the picture.
    Tiled,
    /// Once, in the middle.
    Centre,
    /// Once, at the top left.
    TopLeft,
    /// Once, at the top right.
    TopRight,
    /// Once, at the bottom left.
    BottomLeft,
    /// Once, at the bottom right.
    BottomRight,
}

impl Layout {
    const ALL: [Self; 6] =
        [Self::Tiled, Self::Centre, Self::TopLeft, Self::TopRight, Self::BottomLeft, Self::BottomRight];

    /// The word of the API, for example `bottom_right`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tiled => "tiled",
            Self::Centre => "centre",
            Self::TopLeft => "top_left",
            Self::TopRight => "top_right",
            Self::BottomLeft => "bottom_left",
            Self::BottomRight => "bottom_right",
        }
    }

    /// Reads the word of the API.
    ///
    /// # Errors
    /// The word names no layout.
    ///
    /// ```
    /// use halftone_core::watermark::Layout;
    /// assert_eq!(Layout::parse("tiled"), Ok(Layout::Tiled));
    /// assert!(Layout::parse("everywhere").is_err());
    /// ```
    pub fn parse(word: &str) -> Result<Self, InvalidValue> {
        Self::ALL.into_iter().find(|layout| layout.as_str() == word).ok_or_else(|| {
            InvalidValue::new(
                "layout",
                "must be tiled, centre, top_left, top_right, bottom_left or bottom_right",
            )
        })
    }
}

macro_rules! bounded_number {
    ($(#[$doc:meta])* $name:ident, $what:literal, $range:expr, $rule:literal, default $default:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
        pub struct $name(f64);

        impl $name {
            /// What is used when nothing is said.
            pub const DEFAULT: Self = Self($default);

            /// Checks the range.
            ///
            /// # Errors
            /// The number is outside the range of this type, or not finite.
            pub fn parse(value: f64) -> Result<Self, InvalidValue> {
                if $range.contains(&value) { Ok(Self(value)) } else { Err(InvalidValue::new($what, $rule)) }
            }

            /// The number.
            pub const fn get(self) -> f64 {
                self.0
            }
        }
    };
}

bounded_number!(
    /// How much of the picture a mark covers up: 0.05 to 1. A mark weaker than 0.05 cannot be seen, and
    /// would be a clean proof by accident.
    ///
    /// ```
    /// use halftone_core::watermark::Opacity;
    /// assert!(Opacity::parse(0.35).is_ok());
    /// assert!(Opacity::parse(0.0).is_err());
    /// ```
    Opacity, "opacity", (0.05..=1.0), "must be from 0.05 to 1", default 0.35
);
bounded_number!(
    /// Height of a mark relative to the proof's short edge: 0.02 to 1.
    ///
    /// ```
    /// use halftone_core::watermark::Scale;
    /// assert!(Scale::parse(0.12).is_ok());
    /// assert!(Scale::parse(3.0).is_err());
    /// ```
    Scale, "scale", (0.02..=1.0), "must be from 0.02 to 1", default 0.12
);
bounded_number!(
    /// Turn of a mark in degrees, positive clockwise as seen on the screen: -180 to 180.
    ///
    /// ```
    /// use halftone_core::watermark::Angle;
    /// assert!(Angle::parse(-30.0).is_ok());
    /// assert!(Angle::parse(f64::NAN).is_err());
    /// ```
    Angle, "angle", (-180.0..=180.0), "must be from -180 to 180 degrees", default -30.0
);

/// An opaque sRGB colour.
///
/// ```
/// use halftone_core::watermark::Colour;
/// assert_eq!(Colour::parse("#FFffff"), Ok(Colour::WHITE));
/// assert!(Colour::parse("white").is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Colour {
    /// Red, green and blue, gamma-encoded sRGB.
    pub rgb: [u8; 3],
}

impl Colour {
    /// `#ffffff`.
    pub const WHITE: Self = Self { rgb: [255; 3] };

    /// Reads `#rrggbb`.
    ///
    /// # Errors
    /// The text is not of that form.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let invalid = || InvalidValue::new("colour", "must have the form #rrggbb");
        let digits = text.strip_prefix('#').ok_or_else(invalid)?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(invalid());
        }
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).map_err(|_| invalid())?.to_be_bytes();
        Ok(Self { rgb: [red, green, blue] })
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.rgb;
        write!(formatter, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn colours_round_trip(rgb in any::<[u8; 3]>()) {
            let colour = Colour { rgb };
            prop_assert_eq!(Colour::parse(&colour.to_string()), Ok(colour));
        }
    }

    #[test]
    fn layouts_round_trip() {
        for layout in Layout::ALL {
            assert_eq!(Layout::parse(layout.as_str()), Ok(layout));
        }
    }
}
