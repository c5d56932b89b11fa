//! MongoDB, S3, SQS, SNS, Cognito and Secrets Manager, as far as the configuration names them.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use async_trait::async_trait;
use aws_config::{Region, SdkConfig};
use aws_sdk_s3::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};
use halftone_aws::clients::{self, SdkSettings};
use halftone_aws::cognito::{ClientSecret, CognitoIdentity, CognitoSettings};
use halftone_aws::oidc::JwksUrl;
use halftone_aws::secrets::{RefreshingSecret, SecretId, SecretsManagerSource};
use halftone_aws::sns::SnsTopic;
use halftone_aws::sqs::{SqsDeadLetterQueue, SqsJobQueue, SqsSpec};
use halftone_core::ports::Queue;
use halftone_core::ports::error::StorageError;
use halftone_core::ports::queue::JobQueue;
use halftone_http::Origin;
use halftone_storage::mongo::{MongoBackend, MongoSpec};
use halftone_storage::s3::{S3Backend, S3Spec, ServerSideEncryption};
use jiff::SignedDuration;

use crate::config::Config;
use crate::config::choice::{Encryption, IdentityHome, MetadataHome, ObjectsHome, QueueHome};
use crate::config::cloud::AwsConfig;
use crate::config::secret::{SecretOrigin, SecretReading};
use crate::config::value::SiteUrl;
use crate::home::{Check, Parts, Place, Tools};

/// Opens what the configuration keeps in a cloud, and nothing where it keeps nothing there.
///
/// # Errors
/// The database cannot be reached, or a setting cannot be used.
pub(crate) async fn open(config: &Config, tools: &Tools) -> anyhow::Result<Parts> {
    let homes = &config.backends;
    let mut parts = Parts::default();
    if homes.metadata == MetadataHome::Mongodb {
        open_documents(config, tools, &mut parts).await?;
    }
    let uses_aws = homes.objects == ObjectsHome::S3
        || homes.queue == QueueHome::Sqs
        || homes.identity == IdentityHome::Cognito
        || config.sns.topic_arn.0.is_some();
    if uses_aws {
        open_aws(config, tools, &sdk_of(config).await, &mut parts).await?;
    }
    Ok(parts)
}

/// The SDK's configuration: the one with which the secret was read, unless what the secret says leads elsewhere.
async fn sdk_of(config: &Config) -> SdkConfig {
    match &config.secret {
        Some(origin) if origin.aws == config.aws => origin.sdk.clone(),
        _ => sdk(&config.aws).await,
    }
}

async fn sdk(aws: &AwsConfig) -> SdkConfig {
    let region = aws.region.0.as_ref().map(|region| region.as_str().to_owned());
    let endpoint = aws.endpoint.0.as_ref().map(|url| url.as_str().to_owned());
    clients::load(&SdkSettings { region, endpoint }).await
}

/// The shared configuration with another address, if there is one.
fn at(sdk: &SdkConfig, endpoint: Option<&str>) -> SdkConfig {
    match endpoint {
        Some(endpoint) => sdk.to_builder().endpoint_url(endpoint).build(),
        None => sdk.clone(),
    }
}

async fn open_documents(config: &Config, tools: &Tools, parts: &mut Parts) -> anyhow::Result<()> {
    let settings = &config.mongodb;
    let uri = settings.uri.0.as_ref().context("mongodb.uri is not set")?;
    let mut spec = MongoSpec::new(uri.reveal(), settings.database.as_str());
    spec.ca_file.clone_from(&settings.ca_file.0);
    let database = MongoBackend::connect(spec, Arc::clone(&tools.clock)).await?;
    if settings.create_indexes.is_on() {
        // Uniqueness rests on the indexes, so nothing is served without them.
        database.ensure_indexes().await.context("cannot prepare the database")?;
    }
    parts.metadata = Some(database.metadata());
    parts.places.push(place("Documents", format!("MongoDB, database {}", settings.database.as_str())));
    parts.checks.push(Arc::new(DocumentsCheck { database }));
    Ok(())
}

async fn open_aws(config: &Config, tools: &Tools, sdk: &SdkConfig, parts: &mut Parts) -> anyhow::Result<()> {
    if config.backends.objects == ObjectsHome::S3 {
        open_files(config, tools, sdk, parts).await?;
    }
    if config.backends.queue == QueueHome::Sqs {
        open_jobs(config, tools, sdk, parts)?;
    }
    if config.backends.identity == IdentityHome::Cognito {
        open_logins(config, tools, sdk, parts)?;
    }
    if let Some(topic) = &config.sns.topic_arn.0 {
        let mut topic = SnsTopic::new(sdk, topic.as_str());
        if let Some(site) = &config.server.public_url.0 {
            topic = topic.with_site(site.as_str());
        } else {
            tracing::warn!("notices have no links, because server.public_url is not set");
        }
        let topic = Arc::new(topic);
        parts.notifiers.push(Arc::<SnsTopic>::clone(&topic));
        parts.subscriptions = Some(topic);
    }
    Ok(())
}

async fn open_files(
    config: &Config,
    tools: &Tools,
    sdk: &SdkConfig,
    parts: &mut Parts,
) -> anyhow::Result<()> {
    let settings = &config.s3;
    let bucket = settings.bucket.0.as_ref().context("s3.bucket is not set")?.as_str();
    let mut spec = S3Spec::new(bucket);
    spec.server_side_encryption = match &settings.encryption {
        Encryption::Bucket => ServerSideEncryption::None,
        Encryption::Aes256 => ServerSideEncryption::Aes256,
        Encryption::Kms(key) => ServerSideEncryption::Kms { key: key.as_str().to_owned() },
    };
    let sdk = at(sdk, settings.endpoint.0.as_ref().map(SiteUrl::as_str));
    let client =
        aws_sdk_s3::config::Builder::from(&sdk).force_path_style(settings.path_style.is_on()).build();
    let files = S3Backend::new(&aws_sdk_s3::Client::from_conf(client), spec, Arc::clone(&tools.clock));
    parts.objects = Some(files.objects());
    parts.urls = Some(files.urls());
    parts.object_origins.push(origin_of_bucket(bucket, &sdk, settings.path_style.is_on()).await?);
    parts.checks.push(Arc::new(FilesCheck { files }));
    parts.places.push(place("Files", format!("S3, bucket {bucket}")));
    Ok(())
}

/// Where presigned URLs of the bucket lead to. The SDK's own rules say so: names of buckets are part of the host or of
/// the path, as the region, the endpoint and the name itself want it. Nothing is sent.
async fn origin_of_bucket(bucket: &str, sdk: &SdkConfig, path_style: bool) -> anyhow::Result<Origin> {
    let params = Params::builder()
        .bucket(bucket)
        .set_region(sdk.region().map(ToString::to_string))
        .set_endpoint(sdk.endpoint_url().map(str::to_owned))
        .force_path_style(path_style)
        .use_fips(sdk.use_fips().unwrap_or_default())
        .use_dual_stack(sdk.use_dual_stack().unwrap_or_default())
        .build()
        .context("cannot find out the address of the bucket")?;
    let endpoint = DefaultResolver::new().resolve_endpoint(&params).await;
    let endpoint =
        endpoint.map_err(|error| anyhow!(error)).context("cannot find out the address of the bucket")?;
    Origin::parse(endpoint.url()).with_context(|| format!("{} is no address of a bucket", endpoint.url()))
}

fn open_jobs(config: &Config, tools: &Tools, sdk: &SdkConfig, parts: &mut Parts) -> anyhow::Result<()> {
    let settings = &config.sqs;
    let queue_url = settings.queue_url.0.as_ref().context("sqs.queue_url is not set")?;
    let dead = settings.dead_letter_queue_url.0.as_ref().map(|url| url.as_str().to_owned());
    let mut spec = SqsSpec::new(queue_url.as_str());
    spec.dead_letter_queue_url.clone_from(&dead);
    spec.wait_seconds = longest_wait(config.server.drain_time);
    let jobs: Arc<dyn JobQueue> = Arc::new(SqsJobQueue::new(sdk, spec, Arc::clone(&tools.clock)));
    let dead = dead.context("sqs.dead_letter_queue_url is not set")?;
    let dead_letters = Arc::new(SqsDeadLetterQueue::new(sdk, queue_url.as_str(), dead));
    let check: Arc<dyn Check> = Arc::new(JobsCheck { jobs: Arc::clone(&jobs) });
    parts.queue = Some(Queue { jobs, dead_letters });
    parts.checks.push(check);
    parts.places.push(place("Jobs", format!("SQS, {}", queue_url.as_str())));
    Ok(())
}

/// How long a worker waits for jobs: half of the time that it has to end in, so that one that comes last is given back.
fn longest_wait(drain_time: SignedDuration) -> u8 {
    u8::try_from(drain_time.as_secs() / 2).unwrap_or(u8::MAX)
}

fn open_logins(config: &Config, tools: &Tools, sdk: &SdkConfig, parts: &mut Parts) -> anyhow::Result<()> {
    let settings = &config.cognito;
    let pool = settings.user_pool_id.0.as_ref().context("cognito.user_pool_id is not set")?.as_str();
    let client = settings.client_id.0.as_ref().context("cognito.client_id is not set")?.as_str();
    let mut cognito = CognitoSettings::of_pool(pool, client).context("cognito.user_pool_id")?;
    cognito.client_secret =
        settings.client_secret.0.as_ref().map(|secret| ClientSecret::new(secret.reveal()));
    cognito.refresh_rotation = settings.refresh_rotation.is_on();
    if let Some(issuer) = &settings.issuer.0 {
        issuer.as_str().clone_into(&mut cognito.issuer);
        cognito.jwks_url = JwksUrl::of_issuer(issuer.as_str()).context("cognito.issuer")?;
    }
    if let Some(url) = &settings.jwks_url.0 {
        cognito.jwks_url = JwksUrl::parse(url.as_str()).context("cognito.jwks_url")?;
    }
    let sdk = at(sdk, settings.endpoint.0.as_ref().map(SiteUrl::as_str));
    // The pool's own region, whatever the other services are in.
    let region = pool.split_once('_').map(|(region, _)| Region::new(region.to_owned()));
    let sdk = sdk.to_builder().region(region).build();
    let identity = CognitoIdentity::new(&sdk, cognito, Arc::clone(&tools.clock)).context("[cognito]")?;
    parts.identity = Some(Arc::new(identity));
    parts.places.push(place("Logins", format!("Cognito, user pool {pool}")));
    Ok(())
}

fn place(what: &'static str, place: String) -> Place {
    Place { what, place }
}

/// Reads the variables of a secret.
///
/// # Errors
/// It cannot be read, or is no JSON object of texts.
pub(crate) async fn read_secret(aws: AwsConfig, name: &str) -> anyhow::Result<SecretReading> {
    let sdk = sdk(&aws).await;
    let version = source(&sdk, name)?.fetch().await?;
    let variables =
        version.variables.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Ok(SecretReading { variables, origin: SecretOrigin { version: version.id, aws, sdk } })
}

fn source(sdk: &SdkConfig, name: &str) -> anyhow::Result<SecretsManagerSource> {
    let id = SecretId::parse(name).ok_or_else(|| anyhow!("secrets.manager is no name of a secret"))?;
    Ok(SecretsManagerSource::new(sdk, id))
}

/// Waits until the secret of the configuration has another value than the configuration was read from; for ever if the
/// configuration names none. While the secret cannot be read, the present value holds.
///
/// # Errors
/// The name or the interval cannot be used.
pub async fn secret_changed(config: &Config) -> anyhow::Result<()> {
    let Some(name) = &config.secrets.manager.0 else {
        return std::future::pending().await;
    };
    let sdk = match &config.secret {
        Some(origin) => origin.sdk.clone(),
        None => sdk(&config.aws).await,
    };
    let source = source(&sdk, name.as_str())?;
    let period = Duration::try_from(config.secrets.refresh).context("the interval is positive")?;
    let secret = loop {
        match RefreshingSecret::open(source.clone()).await {
            Ok(secret) => break secret,
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn Error,
                    "the secret cannot be read; what was read before holds"
                );
                tokio::time::sleep(period).await;
            }
        }
    };
    let is_what_was_read = |origin: &SecretOrigin| origin.version == secret.current().current.id;
    if config.secret.as_ref().is_some_and(|origin| !is_what_was_read(origin)) {
        return Ok(());
    }
    let mut changes = secret.changes();
    tokio::select! {
        () = secret.keep_fresh(period) => Ok(()),
        ended = changes.changed() => ended.context("the secret is not watched any more"),
    }
}

/// The database answers.
#[derive(Debug)]
struct DocumentsCheck {
    database: MongoBackend,
}

#[async_trait]
impl Check for DocumentsCheck {
    async fn check(&self) -> Result<(), StorageError> {
        self.database.ping().await
    }
}

/// The bucket is there and may be used.
#[derive(Debug)]
struct FilesCheck {
    files: S3Backend,
}

#[async_trait]
impl Check for FilesCheck {
    async fn check(&self) -> Result<(), StorageError> {
        self.files.check().await
    }
}

/// The queue answers.
#[derive(Debug)]
struct JobsCheck {
    jobs: Arc<dyn JobQueue>,
}

#[async_trait]
impl Check for JobsCheck {
    async fn check(&self) -> Result<(), StorageError> {
        self.jobs.depth().await.map(drop)
    }
}

#[cfg(test)]
mod tests;
