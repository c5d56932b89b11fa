//! Programs that would hand a client something it has no right to, and must not compile.

#[test]
fn leaks_do_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/leaks/*.rs");
}
