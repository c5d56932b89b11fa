//! Colours that look the same in every colour-managed viewer.
//!
//! A source's RGB profile is carried along and the pixels stay as they are: that costs nothing and loses nothing.
//! Pixels are converted to sRGB, at the small size, where the gallery asks for it, where the profile is too
//! large to ship with every thumb, or where it is not RGB. A broken profile counts as none.

use std::fmt;
use std::sync::OnceLock;

use halftone_core::ports::renderer::RenderError;
use halftone_core::rendition::ColourPolicy;
use moxcms::{ColorProfile, DataColorSpace, Layout, ProfileClass, TransformOptions};

use crate::error::internal;
use crate::raster::{Channels, Raster};

/// Profiles over this are converted away instead of carried: 64 KiB. Display P3 has 0.5 KiB, Adobe RGB 0.6 KiB,
/// and the profiles of scanners and presses, which come with tables, hundreds.
pub const MAX_CARRIED_PROFILE_BYTES: usize = 64 * 1024;

/// The colour space of an RGB picture.
#[derive(Clone, Default)]
pub struct RgbSpace {
    /// What goes into the file; `None` is sRGB without a profile.
    embedded: Option<Vec<u8>>,
    /// The profile, parsed, unless the space is sRGB.
    parsed: Option<Box<ColorProfile>>,
}

impl RgbSpace {
    /// sRGB with its profile, so that no viewer has to guess.
    pub fn tagged_srgb() -> Self {
        Self { embedded: Some(srgb_profile().to_vec()), parsed: None }
    }

    /// The ICC profile to embed.
    pub fn profile(&self) -> Option<&[u8]> {
        self.embedded.as_deref()
    }

    /// Converts one sRGB colour into this space, so that a mark looks as chosen. A space that can only be left
    /// keeps the numbers.
    pub(crate) fn adopt(&self, srgb: [u8; 3]) -> [u8; 3] {
        let mut colour = srgb;
        self.adopt_all(&mut colour);
        colour
    }

    /// Converts sRGB pixels in place; see [`RgbSpace::adopt`].
    pub(crate) fn adopt_all(&self, pixels: &mut [u8]) {
        if let Some(profile) = &self.parsed
            && let Some(converted) = convert(&ColorProfile::new_srgb(), Layout::Rgb, profile, pixels)
        {
            pixels.copy_from_slice(&converted);
        }
    }

    /// The picture in sRGB, for what has no profile to go with it.
    pub(crate) fn to_srgb(&self, picture: Raster) -> Raster {
        let converted = self
            .parsed
            .as_ref()
            .and_then(|profile| convert(profile, Layout::Rgb, &ColorProfile::new_srgb(), picture.data()))
            .and_then(|pixels| Raster::new(picture.width(), picture.height(), Channels::Rgb, pixels));
        converted.unwrap_or(picture)
    }
}

impl fmt::Debug for RgbSpace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RgbSpace")
            .field("embedded_bytes", &self.embedded.as_ref().map(Vec::len))
            .field("is_srgb", &self.parsed.is_none())
            .finish()
    }
}

/// What a file says of its colours.
#[derive(Debug, Clone, Copy, Default)]
pub struct SourceColour<'a> {
    /// The embedded ICC profile, unchecked.
    pub profile: Option<&'a [u8]>,
    /// Whether EXIF says Adobe RGB; counts only without a usable profile.
    pub is_adobe_rgb: bool,
}

/// The space of a picture whose numbers can stay as they are; `None` if its pixels have to be converted.
pub(crate) fn space_of(
    channels: Channels,
    source: SourceColour<'_>,
    policy: ColourPolicy,
) -> Option<RgbSpace> {
    space_with(channels, source, parsed(source).as_ref(), policy)
}

/// The space that a proof of ours is in, by the profile in its file; what [`space_of`] said when it was made. `None` if it is none of ours.
pub(crate) fn space_of_proof(profile: Option<&[u8]>, policy: ColourPolicy) -> Option<RgbSpace> {
    let source = SourceColour { profile, is_adobe_rgb: false };
    // Nothing is carried where sRGB is asked for: the profile in the file is ours.
    let source = if policy == ColourPolicy::Srgb { SourceColour::default() } else { source };
    space_of(Channels::Rgb, source, policy)
}

/// Makes an RGB picture of any channels and tells its space.
///
/// # Errors
/// `Internal` if a conversion loses pixels, which it has no reason to.
pub fn to_rgb(
    picture: Raster,
    source: SourceColour<'_>,
    policy: ColourPolicy,
) -> Result<(Raster, RgbSpace), RenderError> {
    let profile = parsed(source);
    let channels = picture.channels();
    if let Some(space) = space_with(channels, source, profile.as_ref(), policy) {
        return Ok((expand(picture), space));
    }
    let (from, layout) = match (channels, profile) {
        (Channels::Cmyk, Some(profile)) => (profile, Layout::Rgba),
        (Channels::Grey, Some(profile)) if profile.color_space == DataColorSpace::Gray => {
            (profile, Layout::Gray)
        }
        (_, Some(profile)) if profile.color_space == DataColorSpace::Rgb => (profile, Layout::Rgb),
        // Pixels that have to be converted without a profile of their kind are Adobe RGB's.
        _ => (ColorProfile::new_adobe_rgb(), Layout::Rgb),
    };
    let picture = if layout == Layout::Rgb { expand(picture) } else { picture };
    let converted = match convert_picture(&picture, &from, layout) {
        Some(converted) => converted?,
        None => expand(picture),
    };
    Ok((converted, RgbSpace::tagged_srgb()))
}

fn parsed(source: SourceColour<'_>) -> Option<ColorProfile> {
    source.profile.and_then(parse)
}

fn space_with(
    channels: Channels,
    source: SourceColour<'_>,
    profile: Option<&ColorProfile>,
    policy: ColourPolicy,
) -> Option<RgbSpace> {
    let carried = |bytes: &[u8], profile: ColorProfile| {
        (policy == ColourPolicy::Keep && bytes.len() <= MAX_CARRIED_PROFILE_BYTES)
            .then(|| RgbSpace { embedded: Some(bytes.to_vec()), parsed: Some(Box::new(profile)) })
    };
    match (channels, profile.map(|profile| (profile, profile.color_space))) {
        (Channels::Cmyk, Some((_, DataColorSpace::Cmyk)))
        | (Channels::Grey, Some((_, DataColorSpace::Gray))) => None,
        (Channels::Grey | Channels::Rgb, Some((profile, DataColorSpace::Rgb))) => {
            carried(source.profile?, profile.clone())
        }
        (Channels::Grey | Channels::Rgb, _) if source.is_adobe_rgb => {
            // As it is read from a file, so that a proof's profile says the same as its original.
            carried(adobe_rgb_profile(), parse(adobe_rgb_profile())?)
        }
        // Without a usable profile the numbers are sRGB; inks have no such default and are always tagged.
        _ if policy == ColourPolicy::Srgb || channels == Channels::Cmyk => Some(RgbSpace::tagged_srgb()),
        _ => Some(RgbSpace::default()),
    }
}

/// Parses a profile and proves that it converts, so that whoever relies on it later can.
fn parse(bytes: &[u8]) -> Option<ColorProfile> {
    let profile = ColorProfile::new_from_slice(bytes).ok()?;
    let is_device = matches!(
        profile.profile_class,
        ProfileClass::InputDevice
            | ProfileClass::DisplayDevice
            | ProfileClass::OutputDevice
            | ProfileClass::ColorSpace
    );
    let layout = match profile.color_space {
        DataColorSpace::Rgb => Layout::Rgb,
        DataColorSpace::Gray => Layout::Gray,
        DataColorSpace::Cmyk => Layout::Rgba,
        _ => return None,
    };
    let sample = [128_u8; 4];
    let sample = &sample[..layout.channels()];
    (is_device && convert(&profile, layout, &ColorProfile::new_srgb(), sample).is_some()).then_some(profile)
}

fn convert_picture(
    picture: &Raster,
    from: &ColorProfile,
    layout: Layout,
) -> Option<Result<Raster, RenderError>> {
    let pixels = convert(from, layout, &ColorProfile::new_srgb(), picture.data())?;
    Some(
        Raster::new(picture.width(), picture.height(), Channels::Rgb, pixels)
            .ok_or_else(|| internal("the colour conversion lost pixels")),
    )
}

fn convert(from: &ColorProfile, layout: Layout, to: &ColorProfile, pixels: &[u8]) -> Option<Vec<u8>> {
    // Fails for profiles that lack a table for this direction; each caller has its own answer to that.
    let transform = from.create_transform_8bit(layout, to, Layout::Rgb, TransformOptions::default()).ok()?;
    let mut converted = vec![0; pixels.len() / layout.channels() * 3];
    transform.transform(pixels, &mut converted).ok()?;
    Some(converted)
}

/// Grey to three equal channels, inks by the simplest model of paper.
fn expand(picture: Raster) -> Raster {
    match picture.channels() {
        Channels::Rgb => picture,
        Channels::Grey => picture.map(Channels::Rgb, |[grey]: [u8; 1]| [grey; 3]),
        Channels::Cmyk => picture.map(Channels::Rgb, |[cyan, magenta, yellow, black]: [u8; 4]| {
            let light = |ink: u8| {
                let product = (255 - u32::from(ink)) * (255 - u32::from(black));
                u8::try_from((product + 127) / 255).unwrap_or(u8::MAX)
            };
            [light(cyan), light(magenta), light(yellow)]
        }),
    }
}

fn srgb_profile() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| encode(&ColorProfile::new_srgb()))
}

/// A profile of the Adobe RGB (1998) colour space.
fn adobe_rgb_profile() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| encode(&ColorProfile::new_adobe_rgb()))
}

fn encode(profile: &ColorProfile) -> Vec<u8> {
    /// Header bytes 24 to 35, "date and time": ICC.1:2022, section 7.2.8. Fixed, or equal pictures would give
    /// unequal files.
    const CREATED: [u8; 12] = [0x07, 0xe8, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0];
    let mut bytes = profile.encode().expect("a profile made of constants encodes");
    bytes[24..36].copy_from_slice(&CREATED);
    bytes
}
