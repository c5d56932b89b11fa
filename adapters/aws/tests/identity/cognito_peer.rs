//! The life of a user, in a user pool of moto.

use std::sync::Arc;

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::types::{
    AuthFlowType, ExplicitAuthFlowsType, PasswordPolicyType, UserPoolPolicyType, UsernameAttributeType,
    VerifiedAttributeType,
};
use halftone_aws::cognito::{ClientSecret, CognitoIdentity, CognitoSettings};
use halftone_aws::oidc::JwksUrl;
use halftone_core::clock::SystemClock;
use halftone_core::ports::identity::{Confirmation, IdentityError, IdentityProvider as _};
use halftone_core::secret::Password;
use halftone_core::text::Email;

use crate::config::{peer, sdk_config};
use crate::pool::{ana, password};

/// A user pool of its own.
#[derive(Debug)]
struct Moto {
    endpoint: String,
    client: Client,
    settings: CognitoSettings,
    identity: CognitoIdentity,
}

impl Moto {
    /// A pool with an app client, which has a secret or has none.
    async fn new(has_secret: bool) -> Self {
        let endpoint = peer("HALFTONE_TEST_COGNITO_ENDPOINT");
        let config = sdk_config(&endpoint).await;
        let client = Client::new(&config);
        let pool_id = create_pool(&client).await;
        let app_client = client.create_user_pool_client().user_pool_id(&pool_id).client_name("halftone");
        let app_client = app_client
            .generate_secret(has_secret)
            .explicit_auth_flows(ExplicitAuthFlowsType::AllowUserPasswordAuth)
            .explicit_auth_flows(ExplicitAuthFlowsType::AllowRefreshTokenAuth)
            .read_attributes("email");
        let app_client = app_client.send().await.unwrap().user_pool_client.unwrap();
        let mut settings = CognitoSettings::of_pool(&pool_id, app_client.client_id().unwrap()).unwrap();
        settings.jwks_url = JwksUrl::of_issuer(&format!("{endpoint}/{pool_id}")).unwrap();
        settings.client_secret = app_client.client_secret().map(ClientSecret::new);
        assert_eq!(settings.client_secret.is_some(), has_secret);
        let identity = CognitoIdentity::new(&config, settings.clone(), Arc::new(SystemClock)).unwrap();
        Self { endpoint, client, settings, identity }
    }

    async fn with_ana(has_secret: bool) -> Self {
        let moto = Self::new(has_secret).await;
        moto.identity.sign_up(&ana(), &password()).await.unwrap();
        moto.identity.confirm(&ana(), "123456").await.unwrap();
        moto
    }

    /// The code that Cognito would mail.
    async fn reset_code(&self) -> String {
        let body = format!(r#"{{"ClientId":"{}","Username":"{}"}}"#, self.settings.client_id, ana());
        let tls = rustls_config();
        let client = reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().build().unwrap();
        let request = client
            .post(&self.endpoint)
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", "AWSCognitoIdentityProviderService.ForgotPassword");
        let reply = request.body(body).send().await.unwrap();
        reply.headers()["x-moto-forgot-password-confirmation-code"].to_str().unwrap().to_owned()
    }
}

/// Nothing here is encrypted, but the client insists on knowing how it would be.
fn rustls_config() -> rustls::ClientConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth()
}

async fn create_pool(client: &Client) -> String {
    let policy =
        PasswordPolicyType::builder().minimum_length(10).require_uppercase(true).require_numbers(true);
    let policies = UserPoolPolicyType::builder().password_policy(policy.build()).build();
    let pool = client.create_user_pool().pool_name("halftone").policies(policies);
    let pool = pool
        .username_attributes(UsernameAttributeType::Email)
        .auto_verified_attributes(VerifiedAttributeType::Email);
    pool.send().await.unwrap().user_pool.unwrap().id.unwrap()
}

fn stranger() -> Email {
    Email::parse("nobody@example.com").unwrap()
}

fn new_password() -> Password {
    Password::choose("Another-horse-8").unwrap()
}

macro_rules! assert_refused {
    ($result:expr, $variant:ident) => {
        match $result {
            Err(IdentityError::$variant { .. }) => {}
            other => panic!("expected {}, got {other:?}", stringify!($variant)),
        }
    };
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn an_address_registers_once_with_a_good_password_and_must_be_confirmed() {
    let moto = Moto::new(true).await;
    let weak = Password::choose("all lower case").unwrap();
    assert_refused!(moto.identity.sign_up(&ana(), &weak).await, WeakPassword);
    let signed_up = moto.identity.sign_up(&ana(), &password()).await.unwrap();
    assert_eq!(signed_up.confirmation, Confirmation::Required);
    assert_refused!(moto.identity.sign_up(&ana(), &password()).await, AlreadyRegistered);
    assert_refused!(moto.identity.log_in(&ana(), &password()).await, NotConfirmed);
    moto.identity.confirm(&ana(), "123456").await.unwrap();
    let session = moto.identity.log_in(&ana(), &password()).await.unwrap();
    assert_eq!((session.user.id, session.user.email), (signed_up.user, ana()));
    assert_eq!(moto.identity.verify(&session.access_token).await.unwrap(), signed_up.user);
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn wrong_passwords_and_unknown_addresses_are_answered_alike() {
    let moto = Moto::with_ana(true).await;
    assert_refused!(moto.identity.log_in(&ana(), &new_password()).await, InvalidCredentials);
    assert_refused!(moto.identity.log_in(&stranger(), &password()).await, InvalidCredentials);
    assert_refused!(moto.identity.confirm(&stranger(), "123456").await, InvalidCode);
    moto.identity.forgot_password(&stranger()).await.unwrap();
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn a_token_of_another_pool_is_refused() {
    let moto = Moto::with_ana(true).await;
    let other = Moto::with_ana(true).await;
    let session = other.identity.log_in(&ana(), &password()).await.unwrap();
    assert_refused!(moto.identity.verify(&session.access_token).await, InvalidCredentials);
    // Not even of the right issuer, for it is of another kind: nothing but an access token is one.
    assert_refused!(other.identity.verify(&session.refresh_token).await, InvalidCredentials);
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn a_session_is_refreshed_until_all_are_ended() {
    let moto = Moto::with_ana(false).await;
    let first = moto.identity.log_in(&ana(), &password()).await.unwrap();
    let second = moto.identity.refresh(&first.refresh_token, None).await.unwrap();
    assert_eq!(second.user, first.user);
    assert_eq!(moto.identity.verify(&second.access_token).await.unwrap(), first.user.id);
    let code = moto.reset_code().await;
    moto.identity.reset_password(&ana(), &code, &new_password()).await.unwrap();
    assert_refused!(moto.identity.refresh(&second.refresh_token, None).await, InvalidCredentials);
}

/// Moto makes the secret hash from the name that the login used, and Cognito from the real one; so this login uses it.
#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn a_refresh_carries_the_secret_hash_of_the_users_real_name() {
    let moto = Moto::with_ana(true).await;
    let session = moto.identity.log_in(&ana(), &password()).await.unwrap();
    let log_in = moto.client.initiate_auth().client_id(&moto.settings.client_id);
    let log_in = log_in
        .auth_flow(AuthFlowType::UserPasswordAuth)
        .auth_parameters("USERNAME", session.user.id.to_string())
        .auth_parameters("PASSWORD", password().reveal());
    let tokens = log_in.send().await.unwrap().authentication_result.unwrap();
    let token = format!("{}.{}", session.user.id, tokens.refresh_token().unwrap());
    let refreshed = moto.identity.refresh(&token, None).await.unwrap();
    assert_eq!(refreshed.user, session.user);
    // And moto does check it: the token of a login by address has another hash there.
    assert_refused!(moto.identity.refresh(&session.refresh_token, None).await, InvalidCredentials);
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn a_password_is_reset_with_the_mailed_code() {
    let moto = Moto::with_ana(true).await;
    moto.identity.forgot_password(&ana()).await.unwrap();
    let code = moto.reset_code().await;
    let wrong = "moto-confirmation-code:000000";
    assert_refused!(moto.identity.reset_password(&ana(), wrong, &new_password()).await, InvalidCode);
    moto.identity.reset_password(&ana(), &code, &new_password()).await.unwrap();
    assert_refused!(moto.identity.log_in(&ana(), &password()).await, InvalidCredentials);
    moto.identity.log_in(&ana(), &new_password()).await.unwrap();
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn a_password_is_checked_again_before_the_user_is_deleted() {
    let moto = Moto::with_ana(true).await;
    let user = moto.identity.log_in(&ana(), &password()).await.unwrap().user;
    assert_refused!(moto.identity.check_password(&user, &new_password()).await, InvalidCredentials);
    moto.identity.check_password(&user, &password()).await.unwrap();
    for _ in 0..2 {
        moto.identity.delete(user.id).await.unwrap();
        assert_refused!(moto.identity.log_in(&ana(), &password()).await, InvalidCredentials);
    }
    moto.identity.sign_up(&ana(), &password()).await.unwrap();
}
