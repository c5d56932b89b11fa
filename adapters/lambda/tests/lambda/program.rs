//! The stand-in for the platform, and the real programs over it.
