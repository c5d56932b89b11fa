//! A pretended user pool: its keys are real, its answers are what a test says.

use std::sync::Arc;

use halftone_aws::cognito::{ClientSecret, CognitoIdentity, CognitoSettings};
use halftone_aws::oidc::JwksUrl;
use halftone_core::clock::ManualClock;
use halftone_core::secret::Password;
use halftone_core::text::Email;
use serde_json::json;

use crate::config::sdk_config;
use crate::issuer::{CLIENT, FIRST, ISSUER, access_claims, id_claims, jwks, start, with};
use crate::server::{HttpServer, Reply, Request};

pub(crate) const POOL: &str = "us-east-1_Pool";
pub(crate) const SECRET: &str = "the app client's secret";

/// How the app client is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AppClient {
    Public,
    Confidential,
    Rotating,
}

#[derive(Debug)]
pub(crate) struct Pool {
    pub(crate) server: HttpServer,
    pub(crate) identity: CognitoIdentity,
}

impl Pool {
    pub(crate) async fn start(
        app_client: AppClient,
        answer: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let server = HttpServer::start(move |request| match request.path.as_str() {
            "/jwks.json" => Reply::new(200, jwks(&[FIRST])),
            _ => answer(request),
        });
        let server = server.await;
        let secret = (app_client != AppClient::Public).then(|| ClientSecret::new(SECRET));
        let settings = CognitoSettings {
            user_pool_id: POOL.to_owned(),
            client_id: CLIENT.to_owned(),
            client_secret: secret,
            refresh_rotation: app_client == AppClient::Rotating,
            issuer: ISSUER.to_owned(),
            jwks_url: JwksUrl::parse(&format!("{}/jwks.json", server.url())).unwrap(),
        };
        let clock = Arc::new(ManualClock::new(start()));
        let identity = CognitoIdentity::new(&sdk_config(&server.url()).await, settings, clock).unwrap();
        Self { server, identity }
    }

    /// What was asked of Cognito, without the keys.
    pub(crate) fn calls(&self) -> Vec<Request> {
        self.server.requests().into_iter().filter(|request| !request.operation.is_empty()).collect()
    }

    /// The names of the operations, in order.
    pub(crate) fn operations(&self) -> Vec<String> {
        self.calls().into_iter().map(|request| request.operation).collect()
    }
}

/// New tokens of a user.
pub(crate) fn tokens(sub: &str, refresh: Option<&str>) -> Reply {
    let mut result = json!({
        "AccessToken": FIRST.token(&with(access_claims(), "sub", json!(sub))),
        "IdToken": FIRST.token(&with(id_claims(), "sub", json!(sub))),
        "ExpiresIn": 900,
        "TokenType": "Bearer",
    });
    if let Some(refresh) = refresh {
        result["RefreshToken"] = json!(refresh);
    }
    Reply::json(200, &json!({ "AuthenticationResult": result, "ChallengeParameters": {} }))
}

/// An empty answer.
pub(crate) fn done() -> Reply {
    Reply::new(200, "{}")
}

pub(crate) fn ana() -> Email {
    Email::parse("ana@example.com").unwrap()
}

pub(crate) fn password() -> Password {
    Password::choose("Correct-horse-7").unwrap()
}
