//! Where the peers are.

/// The addresses that `cargo xtask services` tells.
#[derive(Debug, Clone)]
pub(crate) struct Peers {
    /// The MongoDB-compatible server, with user, password and certificate.
    pub(crate) mongodb_uri: String,
    /// S3, SQS, SNS and Secrets Manager.
    pub(crate) aws: String,
    /// Cognito.
    pub(crate) cognito: String,
}

impl Peers {
    pub(crate) fn find() -> Self {
        Self {
            mongodb_uri: variable("HALFTONE_TEST_MONGODB_URI"),
            aws: variable("HALFTONE_TEST_AWS_ENDPOINT"),
            cognito: variable("HALFTONE_TEST_COGNITO_ENDPOINT"),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the addresses of peers are no settings of the program")]
fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set; run `cargo xtask services`"))
}
