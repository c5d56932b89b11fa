//! One directory.
