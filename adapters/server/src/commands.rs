//! The subcommands, a file each.

pub(crate) mod admin;
pub(crate) mod demo;
pub(crate) mod health;
pub(crate) mod process;
pub(crate) mod serve;
