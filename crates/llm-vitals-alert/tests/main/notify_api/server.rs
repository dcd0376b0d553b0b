//! Our API under axum, and requests.

use std::sync::{Arc, Mutex};

use axum::Router;
use llm_vitals_alert::notify::{AlertmanagerApi, Config, Dispatcher};
use tokio::net::TcpListener;

use crate::http;

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
    let answer = http::request(port, method, path, content_type, body);
    answer.await.unwrap()
}
