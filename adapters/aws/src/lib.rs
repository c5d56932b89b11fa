//! Halftone's ports on AWS services.
