//! Which databases are in use, also by other processes: the runner may give every case one of its own.

use std::env::temp_dir;
use std::fs::{File, OpenOptions};

/// The right to use the database of this number. The system takes it back when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Lease {
    number: u32,
    _file: File,
}

impl Lease {
    /// Takes the first number that is free.
    pub(crate) fn take() -> Self {
        let lease = |number| {
            let path = temp_dir().join(format!("halftone-conformance-mongodb-{number}.lock"));
            let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).unwrap();
            file.try_lock().is_ok().then_some(Self { number, _file: file })
        };
        (0..).find_map(lease).expect("there are more numbers than processes")
    }

    pub(crate) const fn number(&self) -> u32 {
        self.number
    }
}
