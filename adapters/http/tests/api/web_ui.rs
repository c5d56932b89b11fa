//! The web UI's files: which path is which, how they travel, what browsers are told.

use halftone_http::{HttpOptions, Origin, WebFile, WebUi};
use poem::http::Method;

use crate::harness::{Reply, Setup, TestApp};

const TOKEN: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAA";
const HTML: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

fn file(path: &'static str, media_type: &'static str) -> WebFile {
    WebFile {
        path: path.into(),
        media_type: media_type.into(),
        digest: "1a2b".into(),
        content: format!("the content of {path}").into(),
        brotli: None,
        gzip: None,
    }
}

fn options() -> HttpOptions {
    let script = WebFile {
        brotli: Some("by brotli".into()),
        gzip: Some("by gzip".into()),
        ..file("/assets/studio-1a2b.js", "text/javascript; charset=utf-8")
    };
    let ui = WebUi::new([
        file("/index.html", "text/html; charset=utf-8"),
        file("/share.html", "text/html; charset=utf-8"),
        file("/icon.svg", "image/svg+xml"),
        script,
    ]);
    HttpOptions { web_ui: Some(ui.unwrap()), ..HttpOptions::default() }
}

async fn app(http: HttpOptions) -> TestApp {
    TestApp::with(Setup { http, ..Setup::default() }).await
}

/// What a browser gets that opens an address.
async fn open(app: &TestApp, path: &str) -> Reply {
    app.call_root(Method::GET, path).header("Accept", HTML).send().await
}

#[tokio::test]
async fn paths_of_the_studio_are_answered_with_its_page() {
    let app = app(options()).await;
    for path in ["/", "/login", "/galleries/0190/photos", "/settings", "/docsology", "/?from=mail"] {
        let page = open(&app, path).await.expect(200);
        assert_eq!(page.text(), "the content of /index.html", "{path}");
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(page.header("cache-control"), Some("no-cache"));
    }
    let without_accept = app.call_root(Method::GET, "/").send().await.expect(200);
    assert_eq!(without_accept.text(), "the content of /index.html");
}

#[tokio::test]
async fn a_share_is_answered_with_the_clients_page() {
    let app = app(options()).await;
    for path in [format!("/s/{TOKEN}"), format!("/s/{TOKEN}/order")] {
        let page = open(&app, &path).await.expect(200);
        assert_eq!(page.text(), "the content of /share.html");
        assert_eq!(page.header("x-robots-tag"), Some("noindex, nofollow"));
    }
    let nobodys = open(&app, "/s/nonsense").await.expect(404);
    assert_eq!(nobodys.text(), "the content of /share.html");
}

#[tokio::test]
async fn what_is_no_page_is_never_answered_with_one() {
    let app = app(options()).await;
    let nothing =
        ["/api/v2/studio", "/api/v1/nothing", "/media/x", "/healthz/x", "/assets/gone.js", "/favicon.ico"];
    for path in nothing {
        open(&app, path).await.expect(404).problem("/problems/not-found", "");
    }
    let script = app.call_root(Method::GET, "/login").header("Accept", "application/json").send().await;
    script.expect(404).problem("/problems/not-found", "");
    let post = app.call_root(Method::POST, "/nothing").send().await;
    post.expect(404).problem("/problems/not-found", "");
    let post = app.call_root(Method::POST, "/").send().await;
    post.expect(405).problem("/problems/method-not-allowed", "");
}

#[tokio::test]
async fn everything_else_is_where_it_was() {
    let app = app(options()).await;
    open(&app, "/healthz").await.expect(200);
    open(&app, "/readyz").await.expect(200);
    assert!(open(&app, "/docs").await.expect(200).text().contains("\"openapi\""));
    app.photographer("ana").await;
}

#[tokio::test]
async fn assets_are_kept_for_ever_and_other_files_are_asked_about() {
    let app = app(options()).await;
    let asset = open(&app, "/assets/studio-1a2b.js").await.expect(200);
    assert_eq!(asset.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(asset.header("content-type"), Some("text/javascript; charset=utf-8"));
    let icon = open(&app, "/icon.svg").await.expect(200);
    assert_eq!(icon.header("cache-control"), Some("no-cache"));
    assert_eq!(icon.header("content-type"), Some("image/svg+xml"));
}

#[tokio::test]
async fn a_file_that_the_browser_has_is_not_sent_again() {
    let app = app(options()).await;
    let tag = open(&app, "/").await.header("etag").unwrap().to_owned();
    for known in [tag.clone(), format!("\"0\", {tag}"), "\"1a2b\"".to_owned(), "*".to_owned()] {
        let reply = app.call_root(Method::GET, "/").header("If-None-Match", &known).send().await.expect(304);
        assert!(reply.bytes().is_empty());
        assert_eq!(reply.header("etag"), Some(tag.as_str()));
        assert!(reply.header("content-security-policy").is_some());
    }
    app.call_root(Method::GET, "/").header("If-None-Match", "W/\"other\"").send().await.expect(200);
}

#[tokio::test]
async fn files_travel_compressed_where_the_browser_understands_it() {
    let app = app(options()).await;
    let fetch = async |accepted| {
        let call = app.call_root(Method::GET, "/assets/studio-1a2b.js").header("Accept-Encoding", accepted);
        let reply = call.send().await.expect(200);
        assert_eq!(reply.header("vary"), Some("Accept-Encoding"));
        (reply.header("content-encoding").map(str::to_owned), reply.text())
    };
    assert_eq!(fetch("gzip, deflate, br").await, (Some("br".to_owned()), "by brotli".to_owned()));
    assert_eq!(fetch("gzip, br;q=0").await, (Some("gzip".to_owned()), "by gzip".to_owned()));
    assert_eq!(fetch("deflate").await, (None, "the content of /assets/studio-1a2b.js".to_owned()));
}

#[tokio::test]
async fn head_tells_what_get_would_send() {
    let app = app(options()).await;
    let call = app.call_root(Method::HEAD, "/assets/studio-1a2b.js").header("Accept-Encoding", "br");
    let head = call.send().await.expect(200);
    assert!(head.bytes().is_empty());
    assert_eq!(head.header("content-length"), Some("9"));
    assert_eq!(head.header("content-encoding"), Some("br"));
}

#[tokio::test]
async fn pages_obey_no_script_of_anybody_else() {
    let objects = vec![Origin::parse("https://proofs.s3.eu-central-1.amazonaws.com").unwrap()];
    let app = app(HttpOptions { object_origins: objects, ..options() }).await;
    for path in ["/", "/login", "/icon.svg", &format!("/s/{TOKEN}"), "/s/nonsense"] {
        let page = open(&app, path).await;
        assert_eq!(
            page.header("content-security-policy"),
            Some(
                "default-src 'none'; script-src 'self'; style-src 'self'; \
                 img-src 'self' data: blob: https://proofs.s3.eu-central-1.amazonaws.com; \
                 connect-src 'self' https://proofs.s3.eu-central-1.amazonaws.com; font-src 'self'; \
                 manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; \
                 frame-ancestors 'none'; object-src 'none'"
            ),
            "{path}"
        );
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(page.header("cross-origin-opener-policy"), Some("same-origin"));
        assert!(page.header("permissions-policy").unwrap().contains("geolocation=()"));
        assert_eq!(page.header("strict-transport-security"), None);
    }
}

#[tokio::test]
async fn pages_obey_the_scripts_that_were_built_into_them() {
    let page = |path, content: &'static str| WebFile {
        content: content.into(),
        ..file(path, "text/html; charset=utf-8")
    };
    let ui = WebUi::new([
        page("/index.html", "<script src=\"/assets/studio.js\"></script>"),
        page("/share.html", "<script>early()</script><script src=\"/assets/client.js\"></script>"),
    ]);
    let app = app(HttpOptions { web_ui: Some(ui.unwrap()), ..HttpOptions::default() }).await;
    let page = open(&app, &format!("/s/{TOKEN}")).await.expect(200);
    let policy = page.header("content-security-policy").unwrap();
    // `printf 'early()' | openssl dgst -sha256 -binary | base64`
    let allowed = "script-src 'self' 'sha256-G2Y/0fpEoq/QMzbid/byF0KE5sX9e6ar19Om2+xoMnU=';";
    assert!(policy.contains(allowed) && !policy.contains("unsafe"), "{policy}");
}

#[tokio::test]
async fn browsers_are_told_to_stay_with_tls_where_the_public_address_has_it() {
    let public_url = Some("https://proofs.example".to_owned());
    let app = app(HttpOptions { public_url, ..options() }).await;
    let page = open(&app, "/").await.expect(200);
    assert_eq!(page.header("strict-transport-security"), Some("max-age=31536000"));
}
