//! A server that writes down what it is sent and answers as it is told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri};
use llm_vitals_alert::notify::Secret;
use serde_json::Value;

#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// Status, headers, body.
#[derive(Debug, Clone)]
pub(crate) struct Answer(u16, Vec<(&'static str, String)>, String);

impl Answer {
    pub(crate) fn new(status: u16, body: impl Into<String>) -> Self {
        Self(status, Vec::new(), body.into())
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, body.to_string()).with("content-type", "application/json; charset=utf-8")
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.1.push((name, value.to_owned()));
        self
    }
}

#[derive(Default)]
struct Seen {
    requests: Vec<Request>,
    answers: VecDeque<Answer>,
}

/// Answers 200 `ok` unless it is told otherwise.
#[derive(Clone)]
pub(crate) struct Server {
    address: String,
    seen: Arc<Mutex<Seen>>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Seen::default()));
        let shared = Arc::clone(&seen);
        let handler = move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
            let answer = shared.lock().unwrap().take(Request {
                method: method.to_string(),
                path: uri.to_string(),
                headers,
                body: String::from_utf8(body.to_vec()).unwrap(),
            });
            async move {
                let Answer(status, headers, body) = answer;
                let mut response =
                    Response::builder().status(StatusCode::from_u16(status).unwrap());
                for (name, value) in headers {
                    response = response.header(name, value);
                }
                response.body(Body::from(body)).unwrap()
            }
        };
        let app = Router::new().fallback(handler);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { address, seen }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    pub(crate) fn secret(&self, path: &str) -> Secret {
        Secret::new(self.url(path))
    }

    /// What the next requests are answered with, in order.
    pub(crate) fn answer(&self, answers: impl IntoIterator<Item = Answer>) -> &Self {
        self.seen.lock().unwrap().answers.extend(answers);
        self
    }

    /// The only request since the last call.
    pub(crate) fn only(&self) -> Request {
        let mut requests = self.take();
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests.remove(0)
    }

    pub(crate) fn take(&self) -> Vec<Request> {
        std::mem::take(&mut self.seen.lock().unwrap().requests)
    }
}

impl Seen {
    fn take(&mut self, request: Request) -> Answer {
        self.requests.push(request);
        self.answers
            .pop_front()
            .unwrap_or_else(|| Answer::new(200, "ok"))
    }
}
