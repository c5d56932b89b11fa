//! What the demonstration consists of. The pictures are in the public domain or CC0; `assets/demo/SOURCES.md` says
//! where each one comes from.

/// With what to log in. These are published, so nothing of value must ever be kept behind them.
pub(super) const EMAIL: &str = "demo@halftone.example";
pub(super) const PASSWORD: &str = "halftone-demo";

/// The PIN of the second share.
pub(super) const PIN: &str = "4711";

/// Names that are looked up again.
pub(super) const STUDIO: &str = "Lakeside Photography";
pub(super) const SPRING: &str = "Spring at the lake";
pub(super) const ARCHIVE: &str = "From the archive";

/// A picture with its camera filename.
#[derive(Debug, Clone, Copy)]
pub(super) struct Picture {
    pub(super) filename: &'static str,
    pub(super) bytes: &'static [u8],
}

macro_rules! pictures {
    ($($filename:literal from $file:literal),+ $(,)?) => {
        &[$(Picture {
            filename: $filename,
            bytes: include_bytes!(concat!("../../../assets/demo/", $file)),
        }),+]
    };
}

/// What the first gallery shows.
pub(super) const SPRING_PICTURES: &[Picture] = pictures![
    "IMG_0412.JPG" from "IMG_0412_dandelions.jpg",
    "IMG_0415.JPG" from "IMG_0415_pink_tulips.jpg",
    "IMG_0419.JPG" from "IMG_0419_plum_blossom.jpg",
    "IMG_0423.JPG" from "IMG_0423_rocks_by_the_lake.jpg",
    "IMG_0427.JPG" from "IMG_0427_moose.jpg",
    "IMG_0431.JPG" from "IMG_0431_chelsea_the_cat.jpg",
    "IMG_0434.JPG" from "IMG_0434_espresso.jpg",
];

/// What the second gallery shows.
pub(super) const ARCHIVE_PICTURES: &[Picture] = pictures![
    "DSC_1001.JPG" from "DSC_1001_astronaut.jpg",
    "DSC_1004.JPG" from "DSC_1004_rocket_at_dusk.jpg",
    "DSC_1007.JPG" from "DSC_1007_deep_field.jpg",
    "DSC_1012.JPG" from "DSC_1012_cameraman.jpg",
];
