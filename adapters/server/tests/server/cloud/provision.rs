//! What a team's Terraform makes: bucket, queues, topic, user pool. Each test has its own.

use std::sync::atomic::{AtomicU32, Ordering};

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_sdk_cognitoidentityprovider::types::{
    ExplicitAuthFlowsType, UsernameAttributeType, VerifiedAttributeType,
};
use aws_sdk_s3::types::{Event, NotificationConfiguration, QueueConfiguration};
use aws_sdk_sqs::types::QueueAttributeName;

use super::peers::Peers;

/// The names of what was made.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    pub(crate) bucket: String,
    pub(crate) queue_url: String,
    pub(crate) dead_letter_queue_url: String,
    pub(crate) topic_arn: String,
    pub(crate) pool: String,
    pub(crate) client: String,
}

/// The clients, for the test's own looks at the services.
#[derive(Debug, Clone)]
pub(crate) struct Services {
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) sqs: aws_sdk_sqs::Client,
    pub(crate) sns: aws_sdk_sns::Client,
    cognito: aws_sdk_cognitoidentityprovider::Client,
}

/// A name that no other test has, nor this one a minute ago.
pub(crate) fn unique(stem: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{stem}-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

fn settings(endpoint: &str) -> SdkConfig {
    let http = aws_smithy_http_client::Builder::new().build_http();
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(aws_config::Region::new("us-east-1"))
        .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(
            Credentials::from_keys("test", "test", None),
        ))
        .endpoint_url(endpoint)
        .http_client(http)
        .build()
}

impl Services {
    pub(crate) fn at(peers: &Peers) -> Self {
        let aws = settings(&peers.aws);
        let s3 = aws_sdk_s3::config::Builder::from(&aws).force_path_style(true).build();
        Self {
            s3: aws_sdk_s3::Client::from_conf(s3),
            sqs: aws_sdk_sqs::Client::new(&aws),
            sns: aws_sdk_sns::Client::new(&aws),
            cognito: aws_sdk_cognitoidentityprovider::Client::new(&settings(&peers.cognito)),
        }
    }

    /// Makes everything. A received message comes again after `visibility_seconds`.
    pub(crate) async fn provision(&self, visibility_seconds: u32) -> Names {
        let bucket = unique("photos");
        self.s3.create_bucket().bucket(&bucket).send().await.unwrap();
        let dead = self.queue(&unique("dead"), "30", None).await;
        let dead_arn = self.arn(&dead).await;
        let redrive = format!(r#"{{"deadLetterTargetArn":"{dead_arn}","maxReceiveCount":"20"}}"#);
        let queue = self.queue(&unique("jobs"), &visibility_seconds.to_string(), Some(redrive)).await;
        self.send_notices(&bucket, &self.arn(&queue).await).await;
        let topic = self.sns.create_topic().name(unique("notices")).send().await.unwrap();
        let (pool, client) = self.pool().await;
        Names {
            bucket,
            queue_url: queue,
            dead_letter_queue_url: dead,
            topic_arn: topic.topic_arn.unwrap(),
            pool,
            client,
        }
    }

    async fn queue(&self, name: &str, visibility: &str, redrive: Option<String>) -> String {
        let mut request = self
            .sqs
            .create_queue()
            .queue_name(name)
            .attributes(QueueAttributeName::VisibilityTimeout, visibility);
        if let Some(redrive) = redrive {
            request = request.attributes(QueueAttributeName::RedrivePolicy, redrive);
        }
        request.send().await.unwrap().queue_url.unwrap()
    }

    pub(crate) async fn arn(&self, queue: &str) -> String {
        let request = self.sqs.get_queue_attributes().queue_url(queue);
        let found = request.attribute_names(QueueAttributeName::QueueArn).send().await.unwrap();
        found.attributes.unwrap()[&QueueAttributeName::QueueArn].clone()
    }

    /// A queue that hears what the topic says, in the place of a person's mailbox.
    pub(crate) async fn mailbox_of(&self, topic: &str) -> String {
        let queue = self.queue(&unique("mailbox"), "30", None).await;
        let arn = self.arn(&queue).await;
        self.sns.subscribe().topic_arn(topic).protocol("sqs").endpoint(arn).send().await.unwrap();
        queue
    }

    /// Object notices of the bucket go to the queue.
    async fn send_notices(&self, bucket: &str, queue_arn: &str) {
        let notices = QueueConfiguration::builder()
            .queue_arn(queue_arn)
            .events(Event::from("s3:ObjectCreated:*"))
            .build()
            .unwrap();
        let notices = NotificationConfiguration::builder().queue_configurations(notices).build();
        let request = self.s3.put_bucket_notification_configuration().bucket(bucket);
        request.notification_configuration(notices).send().await.unwrap();
    }

    /// The app client has no secret: of a refresh, the peer checks its hash against another name than Cognito does.
    async fn pool(&self) -> (String, String) {
        let request = self.cognito.create_user_pool().pool_name(unique("studios"));
        let request = request.username_attributes(UsernameAttributeType::Email);
        let pool = request.auto_verified_attributes(VerifiedAttributeType::Email).send().await.unwrap();
        let pool = pool.user_pool.unwrap().id.unwrap();
        let request = self.cognito.create_user_pool_client().user_pool_id(&pool).client_name("halftone");
        let request = request
            .explicit_auth_flows(ExplicitAuthFlowsType::AllowUserPasswordAuth)
            .explicit_auth_flows(ExplicitAuthFlowsType::AllowRefreshTokenAuth);
        let client = request.send().await.unwrap().user_pool_client.unwrap();
        (pool, client.client_id.unwrap())
    }
}
