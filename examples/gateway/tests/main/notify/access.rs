//! Who may see and change what is told.

use reqwest::Method;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use super::{shown, silences};
use crate::support::Gateway;

const DATA: [&str; 12] = [
    "/api/dashboard",
    "/api/v1/alerts",
    "/api/v1/rules",
    "/api/v1/query?query=1",
    "/api/v1/labels",
    "/api/v1/status/buildinfo",
    "/api/v2/status",
    "/api/v2/receivers",
    "/api/v2/alerts",
    "/api/v2/alerts/groups",
    "/api/v2/silences",
    "/metrics",
];

const PAGE: [&str; 4] = ["/", "/app.js", "/app.css", "/icon.svg"];

fn request(gateway: &Gateway, method: Method, path: &str) -> RequestBuilder {
    let url = format!("{}{path}", gateway.base);
    gateway.http.request(method, url)
}

async fn status(request: RequestBuilder) -> u16 {
    request.send().await.unwrap().status().as_u16()
}

fn query(gateway: &Gateway) -> RequestBuilder {
    request(gateway, Method::POST, "/api/v1/query")
        .header("content-type", "application/x-www-form-urlencoded")
        .body("query=40%2B2")
}

/// What changes something: a post of an alert, of a silence, and the end of one.
fn changes(gateway: &Gateway, silence: &str) -> [RequestBuilder; 3] {
    [
        gateway.post("/api/v2/alerts", r#"[{"labels":{"alertname":"Planted"}}]"#),
        gateway.post("/api/v2/silences", "{}"),
        request(
            gateway,
            Method::DELETE,
            &format!("/api/v2/silence/{silence}"),
        ),
    ]
}

#[tokio::test]
async fn the_management_token_guards_the_data_and_not_the_page() {
    let gateway = Gateway::start("management_token: m-token\nclient_keys: [c-key]\n");
    let silence = "5947eba9-c472-42c4-88fe-ad9b8cd781b0";
    for path in DATA {
        let get = || gateway.get(path);
        assert_eq!(status(get()).await, 401, "{path}");
        assert_eq!(status(get().bearer_auth("wrong")).await, 401, "{path}");
        // Whoever may ask the models may not see the measurements.
        assert_eq!(status(get().bearer_auth("c-key")).await, 401, "{path}");
        assert_eq!(status(get().bearer_auth("m-token")).await, 200, "{path}");
    }
    for change in changes(&gateway, silence) {
        assert_eq!(status(change).await, 401);
    }
    assert_eq!(status(query(&gateway)).await, 401);
    let alerts = gateway.get("/api/v2/alerts").bearer_auth("m-token");
    assert_eq!(alerts.send().await.unwrap().text().await.unwrap(), "[]");
    let [alert, ..] = changes(&gateway, silence);
    assert_eq!(status(alert.bearer_auth("m-token")).await, 200);
    for path in PAGE {
        let request = gateway.get(path).header("accept", "text/html");
        assert_eq!(status(request).await, 200, "{path}");
    }
    let page = gateway.get("/").header("accept", "text/html");
    let page = page.send().await.unwrap();
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    let index = gateway.get("/").send().await.unwrap();
    assert!(
        index
            .text()
            .await
            .unwrap()
            .starts_with("llm-vitals gateway\n")
    );
}

#[tokio::test]
async fn pages_of_other_hosts_neither_see_nor_change_anything() {
    let gateway = Gateway::start("");
    let silence = silences::silence(&gateway, "Known").await;
    let foreign = [
        ("host", "evil.example"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
    ];
    for (name, value) in foreign {
        for path in DATA {
            let request = gateway.get(path).header(name, value);
            assert_eq!(status(request).await, 403, "{path} {name}: {value}");
        }
        for change in changes(&gateway, &silence) {
            assert_eq!(
                status(change.header(name, value)).await,
                403,
                "{name}: {value}"
            );
        }
        assert_eq!(status(query(&gateway).header(name, value)).await, 403);
        let asks = request(&gateway, Method::OPTIONS, "/api/v2/silences");
        assert_eq!(status(asks.header(name, value)).await, 403);
    }
    assert_eq!(shown(&gateway, "/api/v2/alerts").await, json!([]));
    let silences = shown(&gateway, "/api/v2/silences").await;
    assert_eq!(silences[0]["status"]["state"], "active");
}

#[tokio::test]
async fn what_changes_something_must_be_json_and_a_query_may_be_a_form() {
    for file in ["", "management_token: m-token\n"] {
        let gateway = Gateway::start(file);
        let with = |request: RequestBuilder| request.bearer_auth("m-token");
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
        ] {
            for path in ["/api/v2/alerts", "/api/v2/silences"] {
                let post = request(&gateway, Method::POST, path).header("content-type", kind);
                let post = post.body(r#"[{"labels":{"alertname":"Planted"}}]"#);
                assert_eq!(status(with(post)).await, 415, "{path} {kind}");
            }
        }
        let none = request(&gateway, Method::POST, "/api/v2/alerts").body("[]");
        assert_eq!(status(with(none)).await, 415);
        let alerts = with(gateway.get("/api/v2/alerts")).send().await.unwrap();
        assert_eq!(alerts.text().await.unwrap(), "[]");

        let answer = with(query(&gateway)).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let answer: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert_eq!(answer["data"]["result"][1], "42");
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let gateway = Gateway::start("timeouts: {body: 300ms}\n");
    let body = futures_util::stream::pending::<Result<String, std::io::Error>>();
    let post = gateway.post("/api/v2/alerts", "");
    let post = post.body(reqwest::Body::wrap_stream(body));
    assert_eq!(status(post).await, 408);
}
