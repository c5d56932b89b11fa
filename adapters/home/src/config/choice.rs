//! Settings that are a choice between words: where things are kept, and what is on or off.

use crate::config::value::{Setting, Word};

/// Declares a choice between words.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $variant:ident = $word:literal,)+ } $rule:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $($(#[$about])* $variant,)+
        }

        impl Setting for $name {
            fn parse_setting(text: &str) -> Result<Self, String> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($rule.to_owned()),
                }
            }
        }
    };
}

words! {
    /// Whether something is done.
    Switch {
        /// It is.
        On = "on",
        /// It is not.
        Off = "off",
    }
    "must be on or off"
}

words! {
    /// How the connection to the mail server is protected.
    MailProtection {
        /// With TLS after STARTTLS.
        Starttls = "starttls",
        /// With TLS from the beginning.
        Tls = "tls",
        /// Not at all.
        None = "none",
    }
    "must be starttls, tls or none"
}

impl Switch {
    /// Whether it is on.
    pub const fn is_on(self) -> bool {
        matches!(self, Self::On)
    }
}

words! {
    /// Where documents are kept.
    MetadataHome {
        /// In the data directory.
        Embedded = "embedded",
        /// In MongoDB or DocumentDB.
        Mongodb = "mongodb",
    }
    "must be embedded or mongodb"
}

words! {
    /// Where files are kept.
    ObjectsHome {
        /// In the data directory.
        Embedded = "embedded",
        /// In S3.
        S3 = "s3",
    }
    "must be embedded or s3"
}

words! {
    /// Where jobs wait.
    QueueHome {
        /// In the data directory.
        Embedded = "embedded",
        /// In SQS.
        Sqs = "sqs",
    }
    "must be embedded or sqs"
}

words! {
    /// How answers leave a function on AWS Lambda.
    Replies {
        /// Whole.
        Buffered = "buffered",
        /// As they are made.
        Streamed = "streamed",
    }
    "must be buffered or streamed"
}

words! {
    /// Who keeps the logins.
    IdentityHome {
        /// Halftone itself.
        Local = "local",
        /// Amazon Cognito.
        Cognito = "cognito",
    }
    "must be local or cognito"
}

/// How S3 encrypts files at rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Encryption {
    /// As the bucket says.
    Bucket,
    /// With S3's own keys.
    Aes256,
    /// With this key of the key management service.
    Kms(Word),
}

impl Setting for Encryption {
    fn parse_setting(text: &str) -> Result<Self, String> {
        match (text, text.strip_prefix("kms:")) {
            ("bucket", _) => Ok(Self::Bucket),
            ("aes256", _) => Ok(Self::Aes256),
            (_, Some(key)) => Word::parse_setting(key).map(Self::Kms),
            (_, None) => Err("must be bucket, aes256 or kms: with the key's name".to_owned()),
        }
    }
}

words! {
    /// How log lines look.
    LogFormat {
        /// For people.
        Text = "text",
        /// One JSON object a line, for collectors.
        Json = "json",
    }
    "must be text or json"
}
