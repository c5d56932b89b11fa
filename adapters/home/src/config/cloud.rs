//! The settings of homes other than the data directory: which there are, and how each is reached.

use std::path::PathBuf;

use jiff::SignedDuration;

use crate::config::Config;
use crate::config::choice::{
    Encryption, IdentityHome, MetadataHome, ObjectsHome, QueueHome, Replies, Switch,
};
use crate::config::reader::{Key, Reader};
use crate::config::sections::section;
use crate::config::value::{MasterKey, Optional, SecretText, SiteUrl, Word};

section! {
    /// Where documents, files, jobs and logins are kept.
    BackendsConfig ["backends"] {
        /// Documents: `embedded` or `mongodb`.
        metadata: MetadataHome = "embedded",
        /// Files: `embedded` or `s3`.
        objects: ObjectsHome = "embedded",
        /// Jobs: `embedded` or `sqs`.
        queue: QueueHome = "embedded",
        /// Logins: `local` or `cognito`.
        identity: IdentityHome = "local",
    }
}

section! {
    /// The installation's key, and where further settings are kept secret.
    SecretsConfig ["secrets"] {
        /// 32 bytes in base64url without padding; needed where no data directory holds `secret.key`.
        master_key: Optional<MasterKey> = "",
        /// The name or ARN of a secret in AWS Secrets Manager: a JSON object of further variables.
        manager: Optional<Word> = "",
        /// How often that secret is read again.
        refresh: SignedDuration = "5m",
    }
}

section! {
    /// AWS as a whole. Credentials come from where every AWS program has them: the task's role, variables, a profile.
    AwsConfig ["aws"] {
        /// The region; else the environment's own `AWS_REGION`.
        region: Optional<Word> = "",
        /// Another address for all services, for a stand-in on this computer.
        endpoint: Optional<SiteUrl> = "",
    }
}

section! {
    /// Documents in MongoDB or Amazon DocumentDB.
    MongodbConfig ["mongodb"] {
        /// The connection string, with user and password.
        uri: Optional<SecretText> = "",
        /// The database.
        database: Word = "halftone",
        /// Whether indexes that are missing are created at the start. Functions leave it to the server.
        create_indexes: Switch = "on",
        /// The certificates that vouch for the server; else those known to everybody.
        ca_file: Optional<PathBuf> = "",
    }
}

section! {
    /// Files in S3, or in a store that speaks its protocol.
    S3Config ["s3"] {
        /// The bucket.
        bucket: Optional<Word> = "",
        /// Another address, for a store that is not AWS's.
        endpoint: Optional<SiteUrl> = "",
        /// Whether the bucket's name is part of the path and not of the host.
        path_style: Switch = "off",
        /// How files are encrypted at rest: `bucket`, `aes256` or `kms:<key>`.
        encryption: Encryption = "bucket",
    }
}

section! {
    /// Jobs in SQS.
    SqsConfig ["sqs"] {
        /// The queue.
        queue_url: Optional<SiteUrl> = "",
        /// The queue of jobs that were given up.
        dead_letter_queue_url: Optional<SiteUrl> = "",
    }
}

section! {
    /// Notices of processing through SNS.
    SnsConfig ["sns"] {
        /// The topic; without one, nobody can subscribe.
        topic_arn: Optional<Word> = "",
    }
}

section! {
    /// Logins with Cognito.
    CognitoConfig ["cognito"] {
        /// The user pool.
        user_pool_id: Optional<Word> = "",
        /// The app client.
        client_id: Optional<Word> = "",
        /// The app client's secret, if it has one.
        client_secret: Optional<SecretText> = "",
        /// Whether the app client rotates refresh tokens.
        refresh_rotation: Switch = "on",
        /// Another address of the service, for a stand-in on this computer.
        endpoint: Optional<SiteUrl> = "",
        /// Who signs the tokens; else the pool's own address.
        issuer: Optional<SiteUrl> = "",
        /// Where the keys are; else under the issuer.
        jwks_url: Optional<SiteUrl> = "",
    }
}

section! {
    /// The functions on AWS Lambda.
    LambdaConfig ["lambda"] {
        /// How answers of the API leave the function: `buffered` or `streamed`.
        replies: Replies = "buffered",
        /// The path under which a custom domain maps to the API.
        base_path: Optional<Word> = "",
        /// What a proxy in front of the API proves itself with.
        proxy_secret: Optional<SecretText> = "",
    }
}

/// The rules between the choice of a home and its settings.
pub(super) fn check_together(config: &Config, reader: &mut Reader) {
    let mut need = |is_needed: bool, is_set: bool, path: &str, why: &str| {
        if is_needed && !is_set {
            reader.note(path, format!("must be set, because {why}"));
        }
    };
    let backends = &config.backends;
    let mongodb = backends.metadata == MetadataHome::Mongodb;
    need(mongodb, config.mongodb.uri.0.is_some(), "mongodb.uri", "backends.metadata is mongodb");
    let s3 = backends.objects == ObjectsHome::S3;
    need(s3, config.s3.bucket.0.is_some(), "s3.bucket", "backends.objects is s3");
    let sqs = backends.queue == QueueHome::Sqs;
    need(sqs, config.sqs.queue_url.0.is_some(), "sqs.queue_url", "backends.queue is sqs");
    let dead = config.sqs.dead_letter_queue_url.0.is_some();
    need(sqs, dead, "sqs.dead_letter_queue_url", "backends.queue is sqs");
    let cognito = backends.identity == IdentityHome::Cognito;
    need(
        cognito,
        config.cognito.user_pool_id.0.is_some(),
        "cognito.user_pool_id",
        "backends.identity is cognito",
    );
    need(cognito, config.cognito.client_id.0.is_some(), "cognito.client_id", "backends.identity is cognito");
    let no_directory = !config.needs_directory();
    let why = "no data directory holds the installation's key";
    need(no_directory, config.secrets.master_key.0.is_some(), "secrets.master_key", why);
    if mongodb && backends.identity == IdentityHome::Local {
        let rule = "must be cognito where backends.metadata is mongodb: the mails of local logins need a data directory";
        reader.note("backends.identity", rule);
    }
}

impl Config {
    /// Whether anything is kept in the data directory.
    pub fn needs_directory(&self) -> bool {
        self.backends.metadata == MetadataHome::Embedded
            || self.backends.objects == ObjectsHome::Embedded
            || self.backends.queue == QueueHome::Embedded
            || self.backends.identity == IdentityHome::Local
    }
}
