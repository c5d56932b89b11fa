//! `/auth` and `/account`.

use halftone_core::ports::identity::Confirmation;
use halftone_storage::local_identity::LocalIdentitySpec;
use poem::http::Method;
use serde_json::{Value, json};

use crate::harness::{PASSWORD, Setup, TestApp};

fn registration(email: &str) -> Value {
    json!({"email": email, "password": PASSWORD, "studio_name": "Studio Ana"})
}

fn credentials(email: &str, password: &str) -> Value {
    json!({"email": email, "password": password})
}

#[tokio::test]
async fn who_registers_can_log_in() {
    let app = TestApp::new().await;
    let made = app.post("/auth/register", &registration("Ana@Example.com")).await.expect(201).json();
    assert!(made["user_id"].is_string() && made["studio_id"].is_string());
    assert_eq!(made["confirmation_required"], false);
    let session = app.post("/auth/login", &credentials("ana@example.com", PASSWORD)).await.expect(200);
    assert_eq!(session.header("cache-control"), Some("no-store"));
    let session = session.json();
    assert_eq!(session["token_type"], "Bearer");
    assert!(session["expires_in"].as_i64().unwrap() > 0);
    let studio = app.get(session["access_token"].as_str().unwrap(), "/studio").await.expect(200);
    assert_eq!(studio.text_at("/name"), "Studio Ana");
    assert_eq!(studio.text_at("/id"), made["studio_id"].as_str().unwrap());
}

#[tokio::test]
async fn an_address_registers_once() {
    let app = TestApp::new().await;
    app.post("/auth/register", &registration("ana@example.com")).await.expect(201);
    let again = app.post("/auth/register", &registration("ANA@example.com")).await.expect(409);
    again.problem("/problems/already-registered", "email");
}

#[tokio::test]
async fn a_registration_names_the_field_at_fault() {
    let app = TestApp::new().await;
    for (body, field) in [
        (json!({"email": "no", "password": PASSWORD, "studio_name": "S"}), "email"),
        (json!({"email": "a@example.com", "password": "short", "studio_name": "S"}), "password"),
        (json!({"email": "a@example.com", "password": PASSWORD, "studio_name": " "}), "studio_name"),
    ] {
        app.post("/auth/register", &body).await.expect(422).problem("/problems/invalid-value", field);
    }
}

#[tokio::test]
async fn a_login_answers_every_wrong_attempt_alike() {
    let app = TestApp::new().await;
    app.post("/auth/register", &registration("ana@example.com")).await.expect(201);
    let long = "x".repeat(5_000);
    for (email, password) in [
        ("ana@example.com", "wrong password"),
        ("ana@example.com", ""),
        ("ana@example.com", long.as_str()),
        ("ben@example.com", PASSWORD),
        ("not an address", PASSWORD),
    ] {
        let refused = app.post("/auth/login", &credentials(email, password)).await.expect(401);
        refused.problem("/problems/unauthorised", "");
        assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
        assert_eq!(refused.text_at("/detail"), "The credentials are not valid.");
    }
}

#[tokio::test]
async fn a_refresh_token_works_once() {
    let app = TestApp::new().await;
    app.post("/auth/register", &registration("ana@example.com")).await.expect(201);
    let first = app.post("/auth/login", &credentials("ana@example.com", PASSWORD)).await.expect(200);
    let refresh = |token: String| json!({"refresh_token": token});
    let second = app.post("/auth/refresh", &refresh(first.text_at("/refresh_token"))).await.expect(200);
    app.get(&second.text_at("/access_token"), "/studio").await.expect(200);
    app.post("/auth/refresh", &refresh(first.text_at("/refresh_token"))).await.expect(401);
    // The replay ended the family.
    app.post("/auth/refresh", &refresh(second.text_at("/refresh_token"))).await.expect(401);
}

#[tokio::test]
async fn a_refresh_whose_answer_was_lost_is_asked_for_again_with_its_key() {
    let app = TestApp::new().await;
    app.post("/auth/register", &registration("ana@example.com")).await.expect(201);
    let session = app.post("/auth/login", &credentials("ana@example.com", PASSWORD)).await.expect(200);
    let body = json!({"refresh_token": session.text_at("/refresh_token")});
    let ask = async |key: &str| {
        let call = app.call(Method::POST, "/auth/refresh").header("Idempotency-Key", key);
        call.json_if(Some(&body)).send().await
    };
    ask("guessable").await.expect(422).problem("/problems/invalid-value", "Idempotency-Key");
    let [lost, again] =
        [ask("drawn-by-this-browser-at-random").await, ask("drawn-by-this-browser-at-random").await]
            .map(|reply| reply.expect(200).text_at("/refresh_token"));
    assert_eq!(lost, again);
    ask("drawn-by-another-one-at-random").await.expect(401);
    app.post("/auth/refresh", &json!({"refresh_token": again})).await.expect(401);
}

#[tokio::test]
async fn who_logs_out_cannot_refresh() {
    let app = TestApp::new().await;
    app.post("/auth/register", &registration("ana@example.com")).await.expect(201);
    let session = app.post("/auth/login", &credentials("ana@example.com", PASSWORD)).await.expect(200);
    let token = json!({"refresh_token": session.text_at("/refresh_token")});
    app.post("/auth/logout", &token).await.expect(204);
    app.post("/auth/refresh", &token).await.expect(401);
    app.post("/auth/logout", &json!({"refresh_token": "whatever"})).await.expect(204);
}

#[tokio::test]
async fn an_access_token_ends() {
    let app = TestApp::new().await;
    let token = app.photographer("ana").await;
    app.advance_seconds(24 * 60 * 60);
    app.get(&token, "/studio").await.expect(401).problem("/problems/unauthorised", "");
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_with_the_mailed_code() {
    let app = TestApp::new().await;
    app.post("/auth/register", &registration("ana@example.com")).await.expect(201);
    for email in ["ana@example.com", "nobody@example.com", "no address"] {
        app.post("/auth/password/forgot", &json!({"email": email})).await.expect(202);
    }
    let code = app.mailed_code("ana@example.com");
    let reset =
        |code: &str, password: &str| json!({"email": "ana@example.com", "code": code, "password": password});
    let wrong = app.post("/auth/password/reset", &reset("wrong", "another password")).await.expect(422);
    wrong.problem("/problems/invalid-code", "code");
    let short = app.post("/auth/password/reset", &reset(&code, "short")).await.expect(422);
    short.problem("/problems/invalid-value", "password");
    app.post("/auth/password/reset", &reset(&code, "another password")).await.expect(204);
    app.post("/auth/login", &credentials("ana@example.com", PASSWORD)).await.expect(401);
    app.post("/auth/login", &credentials("ana@example.com", "another password")).await.expect(200);
}

#[tokio::test]
async fn where_addresses_are_confirmed_a_login_waits_for_it() {
    let identity = LocalIdentitySpec { confirmation: Confirmation::Required, ..LocalIdentitySpec::default() };
    let app = TestApp::with(Setup { identity, ..Setup::default() }).await;
    let made = app.post("/auth/register", &registration("ana@example.com")).await.expect(201).json();
    assert_eq!(made["confirmation_required"], true);
    let login = credentials("ana@example.com", PASSWORD);
    app.post("/auth/login", &login).await.expect(403).problem("/problems/not-confirmed", "");
    app.advance_seconds(120);
    app.post("/auth/confirm/resend", &json!({"email": "ana@example.com"})).await.expect(202);
    app.post("/auth/confirm/resend", &json!({"email": "nobody@example.com"})).await.expect(202);
    let wrong = json!({"email": "ana@example.com", "code": "none"});
    app.post("/auth/confirm", &wrong).await.expect(422).problem("/problems/invalid-code", "code");
    let code = app.mailed_code("ana@example.com");
    app.post("/auth/confirm", &json!({"email": "ana@example.com", "code": code})).await.expect(204);
    app.post("/auth/login", &login).await.expect(200);
}

#[tokio::test]
async fn a_deleted_account_is_gone_at_once() {
    let app = TestApp::new().await;
    let token = app.photographer("ana").await;
    let delete = |password: &str| {
        let body = json!({"password": password});
        app.call(Method::DELETE, "/account").bearer(&token).json_if(Some(&body)).send()
    };
    delete("wrong password").await.expect(401);
    app.get(&token, "/studio").await.expect(200);
    delete(PASSWORD).await.expect(202);
    app.get(&token, "/studio").await.expect(401);
    app.post("/auth/login", &credentials("ana@example.com", PASSWORD)).await.expect(401);
    app.run_jobs().await;
    // The address is free again.
    app.post("/auth/register", &registration("ana@example.com")).await.expect(201);
}
