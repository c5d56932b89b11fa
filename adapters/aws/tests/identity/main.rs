//! Tokens, people and secrets: over raw HTTP replies always, and over moto and `LocalStack` when they are there.
//!
//! What the peers do not enforce is tested over raw HTTP: moto confirms a registration with any code, checks no policy
//! when a password is reset, checks the secret hash only on refreshing (and wants it made from whatever name the
//! login used), and knows neither `RevokeToken` nor `GetTokensFromRefreshToken` nor `ResendConfirmationCode`.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cognito_errors;
mod cognito_peer;
mod cognito_wire;
mod config;
mod issuer;
mod jwks;
mod pool;
mod secrets;
mod secrets_peer;
mod server;
mod silence;
mod tokens;
