//! Short ways to say whose fault it is. The public type is the core's [`RenderError`].

use halftone_core::ports::renderer::RenderError;

/// The file is damaged or incomplete.
pub(crate) fn malformed(detail: impl Into<String>) -> RenderError {
    RenderError::Malformed { detail: detail.into() }
}

/// The file is over a limit.
pub(crate) fn too_large(detail: impl Into<String>) -> RenderError {
    RenderError::TooLarge { detail: detail.into() }
}

/// The file is of a kind that is not read.
pub(crate) fn unsupported(detail: impl Into<String>) -> RenderError {
    RenderError::Unsupported { detail: detail.into() }
}

/// The mark cannot be applied.
pub(crate) fn watermark(detail: impl Into<String>) -> RenderError {
    RenderError::Watermark { detail: detail.into() }
}

/// Our own fault.
pub(crate) fn internal(detail: impl Into<String>) -> RenderError {
    RenderError::Internal { detail: detail.into() }
}
