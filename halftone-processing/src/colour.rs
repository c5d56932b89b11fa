//! Colours that look the same in every colour-managed viewer.
//!
//! A source's RGB profile is carried along and the pixels stay as they are: that costs nothing and loses nothing.
//! Pixels are converted to sRGB, at the small size, where the gallery asks for it, where the profile is too
//! large to ship with every thumb, or where it is not RGB. A broken profile counts as none.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use halftone_core::ports::renderer::RenderError;
use halftone_core::rendition::ColourPolicy;
use moxcms::{ColorProfile, DataColorSpace, Layout, ProfileClass, Transform8BitExecutor, TransformOptions};

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
    parsed: Option<Arc<Profile>>,
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
    ///
    /// # Errors
    /// As [`convert_in_place`].
    pub(crate) fn adopt(&self, srgb: [u8; 3]) -> Result<[u8; 3], RenderError> {
        let mut colour = srgb;
        self.adopt_all(&mut colour)?;
        Ok(colour)
    }

    /// Converts sRGB pixels in place; see [`RgbSpace::adopt`].
    ///
    /// # Errors
    /// As [`convert_in_place`].
    pub(crate) fn adopt_all(&self, pixels: &mut [u8]) -> Result<(), RenderError> {
        let Some(profile) = &self.parsed else { return Ok(()) };
        match transform(&ColorProfile::new_srgb(), Layout::Rgb, &profile.parsed) {
            Some(transform) => convert_in_place(&*transform, pixels),
            None => Ok(()),
        }
    }

    /// The picture in sRGB, for what has no profile to go with it.
    ///
    /// # Errors
    /// As [`convert_in_place`].
    pub(crate) fn to_srgb(&self, mut picture: Raster) -> Result<Raster, RenderError> {
        if let Some(profile) = &self.parsed {
            convert_in_place(&*profile.to_srgb, picture.data_mut())?;
        }
        Ok(picture)
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
    space_with(channels, source, parsed(source), policy)
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
    if let Some(space) = space_with(channels, source, profile.clone(), policy) {
        return Ok((expand(picture), space));
    }
    // Pixels that have to be converted without a profile of their kind are Adobe RGB's.
    let profile = profile
        .filter(|profile| profile.space() == DataColorSpace::Rgb || profile.space() == native_space(channels))
        .unwrap_or_else(adobe_rgb);
    if profile.space() == DataColorSpace::Rgb {
        let mut picture = expand(picture);
        convert_in_place(&*profile.to_srgb, picture.data_mut())?;
        return Ok((picture, RgbSpace::tagged_srgb()));
    }
    let converted = profile
        .to_srgb(picture.data())
        .and_then(|pixels| Raster::new(picture.width(), picture.height(), Channels::Rgb, pixels))
        .ok_or_else(lost_pixels)?;
    Ok((converted, RgbSpace::tagged_srgb()))
}

/// What a profile of such pixels describes.
const fn native_space(channels: Channels) -> DataColorSpace {
    match channels {
        Channels::Grey => DataColorSpace::Gray,
        Channels::Rgb => DataColorSpace::Rgb,
        Channels::Cmyk => DataColorSpace::Cmyk,
    }
}

fn parsed(source: SourceColour<'_>) -> Option<Arc<Profile>> {
    source.profile.and_then(parse)
}

fn space_with(
    channels: Channels,
    source: SourceColour<'_>,
    profile: Option<Arc<Profile>>,
    policy: ColourPolicy,
) -> Option<RgbSpace> {
    let carried = |bytes: &[u8], profile: Arc<Profile>| {
        (policy == ColourPolicy::Keep && bytes.len() <= MAX_CARRIED_PROFILE_BYTES)
            .then(|| RgbSpace { embedded: Some(bytes.to_vec()), parsed: Some(profile) })
    };
    match (channels, profile.map(|profile| (profile.space(), profile))) {
        (Channels::Cmyk, Some((DataColorSpace::Cmyk, _)))
        | (Channels::Grey, Some((DataColorSpace::Gray, _))) => None,
        (Channels::Grey | Channels::Rgb, Some((DataColorSpace::Rgb, profile))) => {
            carried(source.profile?, profile)
        }
        (Channels::Grey | Channels::Rgb, _) if source.is_adobe_rgb => {
            // As it is read from a file, so that a proof's profile says the same as its original.
            carried(adobe_rgb_profile(), adobe_rgb())
        }
        // Without a usable profile the numbers are sRGB; inks have no such default and are always tagged.
        _ if policy == ColourPolicy::Srgb || channels == Channels::Cmyk => Some(RgbSpace::tagged_srgb()),
        _ => Some(RgbSpace::default()),
    }
}

/// A profile that was tried, so that whoever relies on it later can.
struct Profile {
    parsed: ColorProfile,
    /// Made when it is tried, because its tables take long to fill.
    to_srgb: Arc<Transform8BitExecutor>,
    layout: Layout,
}

impl Profile {
    fn new(bytes: &[u8]) -> Option<Self> {
        let parsed = ColorProfile::new_from_slice(bytes).ok()?;
        let is_device = matches!(
            parsed.profile_class,
            ProfileClass::InputDevice
                | ProfileClass::DisplayDevice
                | ProfileClass::OutputDevice
                | ProfileClass::ColorSpace
        );
        let layout = match parsed.color_space {
            DataColorSpace::Rgb => Layout::Rgb,
            DataColorSpace::Gray => Layout::Gray,
            DataColorSpace::Cmyk => Layout::Rgba,
            _ => return None,
        };
        // Fails for profiles that lack a table for this direction.
        let to_srgb = transform(&parsed, layout, &ColorProfile::new_srgb())?;
        let profile = Self { parsed, to_srgb, layout };
        let is_usable = is_device && profile.to_srgb(&[128; 4][..layout.channels()]).is_some();
        is_usable.then_some(profile)
    }

    const fn space(&self) -> DataColorSpace {
        self.parsed.color_space
    }

    /// Pixels of this profile's layout in sRGB. Has no reason to fail.
    fn to_srgb(&self, pixels: &[u8]) -> Option<Vec<u8>> {
        let mut converted = vec![0; pixels.len() / self.layout.channels() * 3];
        self.to_srgb.transform(pixels, &mut converted).ok()?;
        Some(converted)
    }
}

fn transform(from: &ColorProfile, layout: Layout, to: &ColorProfile) -> Option<Arc<Transform8BitExecutor>> {
    from.create_transform_8bit(layout, to, Layout::Rgb, TransformOptions::default()).ok()
}

/// Converts RGB to RGB, a part at a time: a second picture would cost more than the copies.
///
/// # Errors
/// `Internal` if the transform refuses, which it has no reason to; what pixels are then is undefined.
fn convert_in_place(transform: &Transform8BitExecutor, pixels: &mut [u8]) -> Result<(), RenderError> {
    const PART: usize = 3 * 4096;
    let mut source = [0; PART];
    for part in pixels.chunks_mut(PART) {
        let source = &mut source[..part.len()];
        source.copy_from_slice(part);
        transform.transform(source, part).map_err(|_| lost_pixels())?;
    }
    Ok(())
}

fn lost_pixels() -> RenderError {
    internal("the colour conversion lost pixels")
}

/// Profiles that are remembered: a gallery's photos have one, or one for each camera.
const REMEMBERED: usize = 4;

/// Parses a profile and tries it, unless that was done a while ago.
fn parse(bytes: &[u8]) -> Option<Arc<Profile>> {
    /// The most recently used is the last.
    static RECENT: Mutex<Vec<(Vec<u8>, Arc<Profile>)>> = Mutex::new(Vec::new());
    if bytes.len() > MAX_CARRIED_PROFILE_BYTES {
        return Profile::new(bytes).map(Arc::new);
    }
    // Every change under the lock is complete, so a poisoned lock guards a sound list.
    let recent = || RECENT.lock().unwrap_or_else(PoisonError::into_inner);
    let find = |profiles: &mut Vec<(Vec<u8>, Arc<Profile>)>| {
        let at = profiles.iter().position(|(known, _)| known == bytes)?;
        profiles[at..].rotate_left(1);
        profiles.last().map(|(_, profile)| Arc::clone(profile))
    };
    if let Some(profile) = find(&mut recent()) {
        return Some(profile);
    }
    // Parsed without the lock: two threads may do the same work once, and none waits for another.
    let profile = Arc::new(Profile::new(bytes)?);
    let mut profiles = recent();
    if let Some(others) = find(&mut profiles) {
        return Some(others);
    }
    if profiles.len() >= REMEMBERED {
        profiles.remove(0);
    }
    profiles.push((bytes.to_vec(), Arc::clone(&profile)));
    Some(profile)
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

fn adobe_rgb() -> Arc<Profile> {
    parse(adobe_rgb_profile()).expect("a profile made of constants converts")
}

fn encode(profile: &ColorProfile) -> Vec<u8> {
    /// Header bytes 24 to 35, "date and time": ICC.1:2022, section 7.2.8. Fixed, or equal pictures would give
    /// unequal files.
    const CREATED: [u8; 12] = [0x07, 0xe8, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0];
    let mut bytes = profile.encode().expect("a profile made of constants encodes");
    bytes[24..36].copy_from_slice(&CREATED);
    bytes
}
