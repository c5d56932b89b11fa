//! Prints every setting with its variable and default, as JSON: the check of the infrastructure compares it with what the
//! task definitions and functions set.
//!
//! ```sh
//! cargo run -p halftone-home --example settings
//! ```
#![expect(clippy::print_stdout, reason = "the list is what this program is for")]

use halftone_home::config::Config;
use serde_json::{Value, json};

fn main() {
    let settings: Vec<Value> = Config::keys()
        .map(|key| json!({"path": key.path(), "variable": key.variable(), "default": key.default}))
        .collect();
    println!("{}", Value::Array(settings));
}
