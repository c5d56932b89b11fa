//! Kinds of products inside documents.

use halftone_core::geometry::{MinDpi, PrintSize};
use halftone_core::print::PrintDpi;
use halftone_core::product::{BelowMinimum, PrintSpec, ProductKind};
use halftone_core::text::{InvalidValue, Line};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ProductKindDocument {
    Print {
        width_mm: f64,
        height_mm: f64,
        finish: String,
        min_dpi: u32,
        below_minimum: String,
        #[serde(default = "usual_dpi", skip_serializing_if = "is_usual_dpi")]
        print_dpi: u32,
    },
    Digital,
}

fn usual_dpi() -> u32 {
    PrintDpi::DEFAULT.get().into()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_usual_dpi(dpi: &u32) -> bool {
    *dpi == usual_dpi()
}

impl From<&ProductKind> for ProductKindDocument {
    fn from(kind: &ProductKind) -> Self {
        match kind {
            ProductKind::Print(spec) => Self::Print {
                width_mm: spec.size.width_mm(),
                height_mm: spec.size.height_mm(),
                finish: spec.finish.to_string(),
                min_dpi: spec.min_dpi.get(),
                below_minimum: spec.below_minimum.as_str().to_owned(),
                print_dpi: spec.print_dpi.get().into(),
            },
            ProductKind::Digital => Self::Digital,
        }
    }
}

impl TryFrom<ProductKindDocument> for ProductKind {
    type Error = InvalidValue;

    fn try_from(document: ProductKindDocument) -> Result<Self, InvalidValue> {
        Ok(match document {
            ProductKindDocument::Print { width_mm, height_mm, finish, min_dpi, below_minimum, print_dpi } => {
                Self::Print(PrintSpec {
                    size: PrintSize::parse(width_mm, height_mm)?,
                    finish: Line::parse(&finish)?,
                    min_dpi: MinDpi::parse(min_dpi)?,
                    print_dpi: PrintDpi::parse(print_dpi)?,
                    below_minimum: BelowMinimum::parse(&below_minimum)?,
                })
            }
            ProductKindDocument::Digital => Self::Digital,
        })
    }
}
