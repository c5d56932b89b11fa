//! The examples run as they are printed.

#[path = "../../examples/embed.rs"]
mod embed;
#[path = "../../examples/nest.rs"]
mod nest;

#[test]
fn the_example_of_embedding_runs() {
    embed::main().unwrap();
}

#[test]
fn the_example_of_nesting_runs() {
    nest::main().unwrap();
}
