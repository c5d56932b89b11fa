//! Configuration and wiring that Halftone's programs share.
