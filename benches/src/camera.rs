//! Pictures saved as cameras and editors save them, by an encoder that is not the pipeline's.

use halftone_processing::raster::Raster;
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};

use crate::scene::photograph;

/// How a picture is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CameraJpeg {
    /// Width and height in pixels, before the orientation is applied.
    pub size: (u32, u32),
    /// Which picture: equal seeds give equal pictures.
    pub seed: u64,
    /// 1 to 100, on libjpeg's scale.
    pub quality: u8,
    /// Whether chroma has half of the picture's size.
    pub is_subsampled: bool,
    /// Whether it comes in several scans.
    pub is_progressive: bool,
    /// Minimum coded units between restart markers; `None` for no markers.
    pub restart_interval: Option<u16>,
    /// The number of the EXIF tag, 1 to 8.
    pub orientation: u16,
    /// The ICC profile that it carries.
    pub profile: Option<Profile>,
}

/// An ICC profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// sRGB, as most cameras and editors embed it.
    Srgb,
    /// Display P3, as phones embed it.
    DisplayP3,
}

impl Profile {
    fn encode(self) -> Vec<u8> {
        let profile = match self {
            Self::Srgb => moxcms::ColorProfile::new_srgb(),
            Self::DisplayP3 => moxcms::ColorProfile::new_display_p3(),
        };
        let mut bytes = profile.encode().expect("a profile of constants encodes");
        // The time of its making, ICC.1:2022, section 7.2.8: fixed, so that the file is always the same.
        bytes[24..36].copy_from_slice(&[0x07, 0xe8, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
        bytes
    }
}

impl CameraJpeg {
    /// What most cameras save: quality 92, 4:2:0, baseline, upright, with the profile of sRGB.
    pub const fn usual(size: (u32, u32), seed: u64) -> Self {
        Self {
            size,
            seed,
            quality: 92,
            is_subsampled: true,
            is_progressive: false,
            restart_interval: None,
            orientation: 1,
            profile: Some(Profile::Srgb),
        }
    }

    /// The file.
    ///
    /// # Panics
    /// A side is zero or over 65,535.
    pub fn file(&self) -> Vec<u8> {
        self.file_of(&photograph(self.size.0, self.size.1, self.seed))
    }

    /// The file of a picture that is at hand; its size counts and not that of the settings.
    ///
    /// # Panics
    /// A side is over 65,535, or the picture is not RGB.
    pub fn file_of(&self, picture: &Raster) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, self.quality);
        let sampling = if self.is_subsampled { SamplingFactor::F_2_2 } else { SamplingFactor::F_1_1 };
        encoder.set_sampling_factor(sampling);
        encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
        encoder.set_progressive(self.is_progressive);
        if let Some(interval) = self.restart_interval {
            encoder.set_restart_interval(interval);
        }
        encoder.add_exif_metadata(&exif(self.orientation)).expect("a few bytes fit");
        if let Some(profile) = self.profile {
            encoder.add_icc_profile(&profile.encode()).expect("half a kibibyte fits");
        }
        let side = |side: u32| u16::try_from(side).expect("at most 65,535 pixels");
        encoder
            .encode(picture.data(), side(picture.width()), side(picture.height()), ColorType::Rgb)
            .expect("a picture in memory encodes");
        file
    }
}

/// The picture as a PNG.
///
/// # Panics
/// The picture is not RGB.
pub fn png(picture: &Raster) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, picture.width(), picture.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().expect("memory takes everything");
    writer.write_image_data(picture.data()).expect("as many bytes as the header says");
    writer.finish().expect("memory takes everything");
    file
}

/// A TIFF block with the make of a camera and the orientation: EXIF 2.32.
fn exif(orientation: u16) -> Vec<u8> {
    let mut block = b"II*\0\x08\0\0\0\x02\0".to_vec();
    // Make, ASCII, four bytes inline; then orientation, SHORT.
    block.extend([0x0f, 0x01, 2, 0, 4, 0, 0, 0]);
    block.extend(b"Cam\0");
    block.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0]);
    block.extend(orientation.to_le_bytes());
    block.extend([0, 0, 0, 0, 0, 0]);
    block
}
