//! The variables through which the tests find the peers.

use std::fmt::Write as _;
use std::path::Path;

/// Where the peers are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Addresses {
    /// The connection string of the MongoDB peer, with user and password.
    pub(crate) mongodb_uri: String,
    /// S3, SQS, SNS and Secrets Manager: LocalStack.
    pub(crate) aws: String,
    /// Cognito: moto.
    pub(crate) cognito: String,
    /// The mail server, with user and password.
    pub(crate) smtp_uri: String,
}

impl Addresses {
    /// The variables that tell the tests.
    pub(crate) fn environment(&self) -> Environment {
        Environment::default()
            .with("HALFTONE_TEST_MONGODB_URI", self.mongodb_uri.clone())
            .with("HALFTONE_TEST_AWS_ENDPOINT", self.aws.clone())
            .with("HALFTONE_TEST_COGNITO_ENDPOINT", self.cognito.clone())
            .with("HALFTONE_TEST_SMTP_URI", self.smtp_uri.clone())
    }
}

/// Names and values, in the order in which they are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Environment {
    variables: Vec<(&'static str, String)>,
}

impl Environment {
    fn with(mut self, name: &'static str, value: String) -> Self {
        self.variables.push((name, value));
        self
    }

    /// Names with their values.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.variables.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// Writes the variables such that a shell takes them over: `. target/peers/env`.
    pub(crate) fn in_shell_form(&self) -> String {
        self.variables().fold(String::new(), |mut text, (name, value)| {
            let quoted = value.replace('\'', r"'\''");
            writeln!(text, "export {name}='{quoted}'").expect("a string takes any text");
            text
        })
    }
}

/// Builds the connection string of a MongoDB server that asks for a password over TLS.
///
/// Retryable writes are off, as on Amazon DocumentDB.
pub(super) fn mongodb_uri(user: &str, password: &str, port: u16, authority: &Path) -> String {
    let authority = percent_encoded(&authority.to_string_lossy());
    format!(
        "mongodb://{user}:{password}@127.0.0.1:{port}/\
         ?tls=true&tlsCAFile={authority}&directConnection=true&retryWrites=false"
    )
}

/// Encodes what could be taken for a part of the address; slashes of a path cannot.
pub(super) fn percent_encoded(path: &str) -> String {
    path.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            write!(text, "%{byte:02X}").expect("a string takes any text");
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Environment, mongodb_uri};

    #[test]
    fn a_shell_reads_the_values_back() {
        let environment = Environment::default()
            .with("HALFTONE_TEST_PLAIN", "http://127.0.0.1:1".to_owned())
            .with("HALFTONE_TEST_HARD", "a'b $c&d".to_owned());
        let script =
            environment.in_shell_form() + "printf '%s|%s' \"$HALFTONE_TEST_PLAIN\" \"$HALFTONE_TEST_HARD\"";
        let output = std::process::Command::new("sh").arg("-c").arg(script).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "http://127.0.0.1:1|a'b $c&d");
    }

    #[test]
    fn the_certificate_of_a_checkout_in_a_strange_place_stays_one_option() {
        let uri = mongodb_uri("user", "password", 27017, Path::new("/home/a b&c=d/ca.pem"));
        assert_eq!(
            uri,
            "mongodb://user:password@127.0.0.1:27017/?tls=true&tlsCAFile=/home/a%20b%26c%3Dd/ca.pem\
             &directConnection=true&retryWrites=false"
        );
    }
}
