//! A server that takes Alertmanager's webhooks.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use serde_json::Value;
use tokio::net::TcpListener;

/// A message as it came.
#[derive(Debug, Clone)]
pub(super) struct Received {
    /// In milliseconds since 1970.
    pub(super) at: i64,
    /// `/run/receiver/index`
    pub(super) path: String,
    pub(super) body: Value,
    pub(super) is_taken: bool,
}

#[derive(Debug, Default)]
pub(super) struct Webhooks {
    pub(super) received: Vec<Received>,
    pub(super) broken: HashSet<String>,
}

pub(super) type Shared = Arc<Mutex<Webhooks>>;

/// Serves on a free port, until the runtime ends.
pub(super) async fn serve() -> (u16, Shared) {
    let shared = Shared::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = axum::Router::new()
        .fallback(receive)
        .with_state(Arc::clone(&shared));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (port, shared)
}

async fn receive(State(shared): State<Shared>, uri: Uri, body: Bytes) -> StatusCode {
    let mut webhooks = shared.lock().unwrap();
    let path = uri.path().to_owned();
    let is_taken = !webhooks.broken.contains(&path);
    webhooks.received.push(Received {
        at: super::now(),
        path,
        body: serde_json::from_slice(&body).unwrap(),
        is_taken,
    });
    if is_taken {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    }
}
