//! Our API under axum, and requests.

use std::sync::{Arc, Mutex};

use axum::Router;
use llm_vitals_alert::notify::{AlertmanagerApi, Config, Dispatcher};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Starts the API on a free port.
pub(super) async fn start(config: &str) -> (u16, Arc<Mutex<Dispatcher>>) {
    let config = Config::parse("notify.yml", config).unwrap();
    let dispatcher = Arc::new(Mutex::new(Dispatcher::new(Arc::new(config))));
    let api = AlertmanagerApi::new(Arc::clone(&dispatcher));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        axum::serve(listener, Router::new().fallback_service(api))
            .await
            .unwrap();
    });
    (port, dispatcher)
}

/// Status, content type and body.
pub(super) async fn request(
    port: u16,
    method: &str,
    path: &str,
    content_type: Option<&str>,
    body: &[u8],
) -> (u16, String, String) {
    let content_type = content_type.map(|text| format!("Content-Type: {text}\r\n"));
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{}Content-Length: {}\r\n\r\n",
        content_type.unwrap_or_default(),
        body.len()
    );
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    // A server that has answered may not read the rest.
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or(0);
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        let found = lines.find(|(have, _)| have.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.to_owned()).unwrap_or_default()
    };
    let body = if header("transfer-encoding") == "chunked" {
        unchunked(body)
    } else {
        body.to_owned()
    };
    (status, header("content-type"), body)
}

fn unchunked(body: &str) -> String {
    let (mut rest, mut out) = (body, String::new());
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        if size == 0 {
            break;
        }
        out.push_str(&after[..size]);
        rest = &after[size + 2..];
    }
    out
}
