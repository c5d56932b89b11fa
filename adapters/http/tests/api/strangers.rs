//! Nobody reaches what belongs to somebody else. These tests walk over all operations of the document, so that
//! a new one cannot be forgotten.

use serde_json::json;

use crate::harness::Reply;
use crate::routes::{Audience, Estate, Operation, Sent, operations, path_with};

/// What answers without a token, and nothing else does.
const PUBLIC: [&str; 10] = [
    "register",
    "confirmAddress",
    "resendConfirmation",
    "logIn",
    "refreshSession",
    "logOut",
    "forgotPassword",
    "resetPassword",
    "openShare",
    "getReceiptKeys",
];

const FORM: &str = "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"A.JPG\"\r\n\
     Content-Type: image/jpeg\r\n\r\nx\r\n--X--\r\n";

/// Calls an operation with a body that it takes.
async fn call(estate: &Estate, token: Option<&str>, operation: &Operation, path: &str) -> Reply {
    let json;
    let body = if operation.takes_json() {
        json = estate.body(operation);
        Some(Sent::json(&json))
    } else if operation.body.is_some() {
        Some(Sent { kind: "multipart/form-data; boundary=X", bytes: FORM.as_bytes().to_vec() })
    } else {
        None
    };
    estate.call_as(token, operation, path, body).await
}

#[tokio::test]
async fn another_studio_finds_nothing_of_mine() {
    let estate = Estate::new().await;
    let other = estate.scene.app.photographer("studio-two").await;
    let mut walked = 0;
    for operation in operations(&estate.scene.app).await {
        if operation.audience == Audience::Studio && operation.has_ids() {
            let reply = call(&estate, Some(&other), &operation, &estate.path(&operation)).await;
            assert_eq!(reply.status(), 404, "{} answered {}", operation.id, reply.text());
            assert!(reply.text_at("/type").ends_with("-not-found"), "{}: {}", operation.id, reply.text());
            walked += 1;
        }
    }
    assert!(walked > 30, "only {walked} operations were walked");
}

#[tokio::test]
async fn after_a_strangers_walk_everything_is_still_there() {
    let estate = Estate::new().await;
    let other = estate.scene.app.photographer("studio-two").await;
    let operations = operations(&estate.scene.app).await;
    for operation in &operations {
        if operation.audience == Audience::Studio && operation.has_ids() {
            call(&estate, Some(&other), operation, &estate.path(operation)).await.expect(404);
        }
    }
    let reads = operations.iter().filter(|operation| operation.method == poem::http::Method::GET);
    for operation in reads.filter(|operation| operation.audience == Audience::Studio) {
        call(&estate, Some(&estate.scene.token), operation, &estate.path(operation)).await.expect(200);
    }
}

#[tokio::test]
async fn another_links_client_finds_nothing_of_this_ones() {
    let estate = Estate::new().await;
    let gallery = estate.scene.make_gallery(&json!({"name": "Other"})).await;
    let terms = json!({"permissions": {"download": "original"}});
    let link = estate.scene.share_at(&format!("/galleries/{gallery}/shares"), &terms).await;
    let other = estate.scene.open(&link).await;
    for operation in operations(&estate.scene.app).await {
        if operation.audience == Audience::Client && operation.has_ids() {
            let reply = call(&estate, Some(&other.token), &operation, &estate.path(&operation)).await;
            assert_eq!(reply.status(), 404, "{} answered {}", operation.id, reply.text());
        }
    }
}

#[tokio::test]
async fn unknown_and_malformed_ids_are_not_found() {
    let estate = Estate::new().await;
    for operation in operations(&estate.scene.app).await.iter().filter(|operation| operation.has_ids()) {
        let token = match operation.audience {
            Audience::Client => &estate.client.token,
            Audience::Studio | Audience::Everybody => &estate.scene.token,
        };
        let long = "x".repeat(3_000);
        for id in ["01890a5d-ac96-774b-bcce-b302099a8057", "none", "%00", "%FF", "-1", "..%2f..", &long] {
            let path = path_with(operation, id);
            let reply = call(&estate, Some(token), operation, &path).await;
            assert_eq!(reply.status(), 404, "{} with the id {id} answered {}", operation.id, reply.text());
            assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{}", operation.id);
        }
    }
}

#[tokio::test]
async fn without_a_valid_token_nothing_answers_but_what_is_public() {
    let estate = Estate::new().await;
    let mut public = Vec::new();
    for operation in operations(&estate.scene.app).await {
        if operation.audience == Audience::Everybody {
            public.push(operation.id);
            continue;
        }
        for token in [None, Some("nonsense"), Some("hk_AAAAAAAAAAAAAAAAAAAAAAAAAAA"), Some("ht_x.y")] {
            let refused = call(&estate, token, &operation, &estate.path(&operation)).await;
            assert_eq!(refused.status(), 401, "{} with {token:?} answered {}", operation.id, refused.text());
            assert_eq!(refused.header("www-authenticate"), Some("Bearer"), "{}", operation.id);
            refused.problem("/problems/unauthorised", "");
        }
    }
    public.sort();
    let mut expected = PUBLIC.map(str::to_owned).to_vec();
    expected.sort();
    assert_eq!(public, expected);
}

#[tokio::test]
async fn each_side_refuses_the_tokens_of_the_other() {
    let estate = Estate::new().await;
    for operation in operations(&estate.scene.app).await {
        let token = match operation.audience {
            Audience::Everybody => continue,
            Audience::Studio => &estate.client.token,
            Audience::Client => &estate.scene.token,
        };
        let refused = call(&estate, Some(token), &operation, &estate.path(&operation)).await;
        assert_eq!(refused.status(), 401, "{} answered {}", operation.id, refused.text());
    }
}
