//! Painted pictures, always the same, whose files are small.

use halftone_processing::raster::Raster;

use crate::inputs::picture;

/// Numbers that look like chance: the generator of "Numerical Recipes".
pub(crate) struct Chance(pub(crate) u32);

impl Chance {
    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) % end
    }

    pub(crate) fn level(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }
}

struct Disc {
    centre: (u32, u32),
    radius: u32,
    colour: [u8; 3],
}

/// Discs of strong colours before a sky, over a striped ground: hard edges of colour show where chroma lies, and no two corners
/// are alike.
pub(crate) fn discs(width: u32, height: u32) -> Raster {
    let mut chance = Chance(7);
    let discs: Vec<Disc> = (0..14)
        .map(|_| Disc {
            centre: (chance.below(width), chance.below(height)),
            radius: height / 16 + chance.below(height / 6),
            colour: [(); 3].map(|()| chance.level()),
        })
        .collect();
    picture(width, height, |x, y| {
        let is_inside = |disc: &&Disc| {
            let (across, down) = (x.abs_diff(disc.centre.0), y.abs_diff(disc.centre.1));
            across * across + down * down < disc.radius * disc.radius
        };
        let level = |value: u32| u8::try_from(value.min(255)).unwrap();
        match discs.iter().rev().find(is_inside) {
            Some(disc) => disc.colour,
            None if y > height * 3 / 4 && (x / 12) % 2 == 0 => [40, 120, 60],
            None => [level(60 + x * 120 / width), level(90 + y * 120 / height), level(230 - y * 90 / height)],
        }
    })
}
