//! The page and where it is mounted.

use std::collections::BTreeMap;

use axum::Router;
use http::{Request, header};
use http_body_util::Full;
use tower::ServiceExt as _;

use crate::support::{dashboard, get, send};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[tokio::test]
async fn its_files_are_packed_and_may_load_nothing_else() {
    let mut sum = 0;
    for (path, content_type) in [
        ("/", "text/html; charset=utf-8"),
        ("/app.js", "text/javascript; charset=utf-8"),
        ("/app.css", "text/css; charset=utf-8"),
        ("/icon.svg", "image/svg+xml"),
    ] {
        let said = get(&dashboard(), path).await;
        assert_eq!(said.status, 200);
        let headers: BTreeMap<_, _> = [
            "content-type",
            "content-encoding",
            "content-security-policy",
            "x-content-type-options",
            "x-frame-options",
            "referrer-policy",
            "cache-control",
        ]
        .map(|name| (name, said.header(name)))
        .into();
        assert_eq!(
            headers,
            BTreeMap::from([
                ("content-type", content_type),
                ("content-encoding", "gzip"),
                ("content-security-policy", POLICY),
                ("x-content-type-options", "nosniff"),
                ("x-frame-options", "DENY"),
                ("referrer-policy", "no-referrer"),
                ("cache-control", "no-cache"),
            ])
        );
        assert_eq!(said.body[..2], [0x1f, 0x8b], "{path} is not packed");
        sum += said.body.len();
    }
    assert!(sum < 100_000, "the page has {sum} bytes");
}

#[tokio::test]
async fn a_browser_that_has_a_file_is_told_so() {
    let first = get(&dashboard(), "/app.js").await;
    let tag = first.header("etag");
    assert_eq!((tag.len(), tag.as_bytes()[0]), (18, b'"'));
    for (asked, status) in [(tag, 304), ("\"other\"", 200), ("*", 304)] {
        let request = Request::get("/app.js").header(header::IF_NONE_MATCH, asked);
        let said = send(&dashboard(), request.body(Full::default()).unwrap()).await;
        assert_eq!(
            (said.status, said.body.is_empty()),
            (status, status == 304),
            "{asked}"
        );
        assert_eq!(said.header("etag"), tag);
    }
    let request = Request::head("/app.js").body(Full::default()).unwrap();
    let said = send(&dashboard(), request).await;
    assert_eq!((said.status, said.body.len()), (200, 0));
    assert_eq!(said.header("content-length"), first.body.len().to_string());
}

/// Status, and where to or what.
async fn ask(app: &Router, path: &str) -> (u16, String) {
    let request = Request::get(path).body(axum::body::Body::empty()).unwrap();
    let response = app.clone().oneshot(request).await.unwrap();
    let header = |name| {
        response
            .headers()
            .get(name)
            .map(|value: &http::HeaderValue| value.to_str().unwrap().to_owned())
    };
    let what = header(header::LOCATION).or_else(|| header(header::CONTENT_TYPE));
    (response.status().as_u16(), what.unwrap_or_default())
}

#[tokio::test]
async fn it_is_mounted_anywhere() {
    let fallback = Router::new().fallback_service(dashboard());
    let nested = Router::new().nest_service("/vitals", dashboard());
    let deep = Router::new().nest("/a", Router::new().nest_service("/b", dashboard()));
    let prefixed = Router::new().fallback_service(dashboard().with_prefix("/vitals/"));
    let (html, json) = ("text/html; charset=utf-8", "application/json");
    for (app, base) in [
        (&fallback, ""),
        (&nested, "/vitals"),
        (&prefixed, "/vitals"),
        (&deep, "/a/b"),
    ] {
        for (path, status, what) in [
            ("/", 200, html),
            ("/app.css", 200, "text/css; charset=utf-8"),
            ("/api/v1/query?query=1", 200, json),
            ("/api/dashboard", 200, json),
            ("/other", 404, json),
            ("/other/", 404, json),
        ] {
            let path = format!("{base}{path}");
            assert_eq!(ask(app, &path).await, (status, what.to_owned()), "{path}");
        }
    }
    // Relative addresses need the slash.
    assert_eq!(
        ask(&prefixed, "/vitals?range=1h").await,
        (307, "./vitals/?range=1h".to_owned())
    );
    // Where links to a Prometheus lead.
    assert_eq!(
        ask(
            &prefixed,
            "/vitals/graph?g0.tab=1&g0.expr=up%7Ba%3D%22b%22%7D&g0.x=1"
        )
        .await,
        (307, "./?view=query&expr=up%7Ba%3D%22b%22%7D".to_owned())
    );
    assert_eq!(
        ask(&fallback, "/graph").await,
        (307, "./?view=query".to_owned())
    );
    assert_eq!(ask(&prefixed, "/vitalsx").await.0, 404);
    assert_eq!(ask(&prefixed, "/").await.0, 404);
    #[cfg(feature = "axum")]
    {
        assert_eq!(
            ask(&nested, "/vitals?range=1h").await,
            (307, "./vitals/?range=1h".to_owned())
        );
        assert_eq!(ask(&deep, "/a/b").await, (307, "./b/".to_owned()));
    }
}

#[tokio::test]
async fn the_api_may_stand_alone() {
    let dashboard = dashboard().without_page();
    assert_eq!(get(&dashboard, "/").await.status, 404);
    assert_eq!(get(&dashboard, "/api/v1/query?query=1").await.status, 200);
}
