//! Traffic that `--demo` sends to the gateway itself: plain and streamed chats, some slow, failing or given up.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use llm_vitals_provider::Secret;
use reqwest::Client;
use serde_json::{Value, json};

use crate::simulated::ROUTE;

/// How long the slowest answers take, and more.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends traffic until the process ends.
pub(crate) async fn run(listen: SocketAddr, key: Option<Secret>) {
    let mut address = listen;
    if address.ip().is_unspecified() {
        address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    let Ok(http) = Client::builder().no_proxy().timeout(PATIENCE).build() else {
        return;
    };
    let visitor = Visitor {
        http,
        base: format!("http://{address}/v1"),
        key,
    };
    for number in 0_u64.. {
        let visitor = visitor.clone();
        // One that fails is part of the show: the gateway counts and logs it.
        tokio::spawn(async move { visitor.visit(number).await });
        let pause = [180, 320, 90, 450, 260][usize::try_from(number % 5).unwrap_or(0)];
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
}

#[derive(Clone)]
struct Visitor {
    http: Client,
    base: String,
    key: Option<Secret>,
}

impl Visitor {
    async fn visit(&self, number: u64) -> Result<(), reqwest::Error> {
        match number % 16 {
            0 => self.chat("sim-fast", number).await,
            5 | 9 => self.ask_again(number).await,
            1 | 6 | 11 => self.stream("sim-fast", None).await,
            2 => self.stream("sim-smart", None).await,
            3 => {
                self.post(
                    "embeddings",
                    json!({"model": "sim-embed", "input": ["a text", "another one"]}),
                )
                .await
            }
            4 | 12 => self.chat(ROUTE, number).await,
            7 => self.chat("sim-shaky/sim-flaky", number).await,
            8 => self.stream("sim-shaky/sim-flaky", None).await,
            10 => self.chat("sim-shaky/sim-slow", number).await,
            13 => {
                self.stream("sim-smart", Some(Duration::from_millis(600)))
                    .await
            }
            14 => {
                self.post(
                    "completions",
                    json!({"model": "sim-fast", "prompt": "Once upon a time"}),
                )
                .await
            }
            _ => self.chat("sim-gone", number).await,
        }
    }

    async fn chat(&self, model: &str, number: u64) -> Result<(), reqwest::Error> {
        let text = format!("Tell me something about the number {number}.");
        self.post(
            "chat/completions",
            json!({"model": model, "messages": [{"role": "user", "content": text}]}),
        )
        .await
    }

    /// One of a few questions without chance in the answer, so that the cache has something to do.
    async fn ask_again(&self, number: u64) -> Result<(), reqwest::Error> {
        let text = format!("What is the square of {}?", number / 16 % 7);
        self.post(
            "chat/completions",
            json!({"model": "sim-fast", "temperature": 0, "messages": [{"role": "user", "content": text}]}),
        )
        .await
    }

    async fn stream(
        &self,
        model: &str,
        gives_up_after: Option<Duration>,
    ) -> Result<(), reqwest::Error> {
        let body = json!({"model": model, "stream": true, "messages": [{"role": "user", "content": "Hello there"}]});
        let answer = self.post("chat/completions", body);
        match gives_up_after {
            None => answer.await,
            Some(time) => tokio::time::timeout(time, answer).await.unwrap_or(Ok(())),
        }
    }

    async fn post(&self, path: &str, body: Value) -> Result<(), reqwest::Error> {
        let mut request = self.http.post(format!("{}/{path}", self.base));
        request = request
            .header("content-type", "application/json")
            .body(body.to_string());
        if let Some(key) = &self.key {
            request = request.bearer_auth(key.expose());
        }
        request.send().await?.bytes().await.map(drop)
    }
}
