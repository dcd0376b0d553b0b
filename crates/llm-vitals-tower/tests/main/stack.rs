//! The layer among tower's own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use llm_vitals_provider::{
    BoxError, ChatReply, ChatRequest, ChatResponse, ErrorKind, ProviderError, Usage,
};
use tower::retry::Policy;
use tower::{Service, ServiceBuilder, ServiceExt as _};

use crate::support::{Scrape, Scripted, chat, millis, paused};

const CHAT: &str = r#"provider="openai",model="gpt-x",operation="chat""#;

fn requests(scrape: &Scrape, status: &str) -> f64 {
    scrape
        .value(&format!(
            r#"llm_requests_total{{{CHAT},status="{status}"}}"#
        ))
        .unwrap_or(f64::NAN)
}

fn errors(scrape: &Scrape, kind: &str) -> Option<f64> {
    scrape.value(&format!(
        r#"llm_errors_total{{provider="openai",model="gpt-x",error_type="{kind}"}}"#
    ))
}

fn answer() -> ChatResponse {
    ChatResponse::new("gpt-x", "hi").with_usage(Usage::new(1, 2))
}

#[tokio::test(start_paused = true)]
async fn a_timeout_inside_the_layer_is_an_error() {
    let scrape = Scrape::install();
    let metrics = paused().build();
    metrics.allow_models("openai", ["gpt-x"]);
    let service = ServiceBuilder::new()
        .layer(metrics.layer("openai"))
        .timeout(millis(100))
        .service(Scripted::full(millis(250), answer()));
    let error: BoxError = service.oneshot(chat("gpt-x")).await.unwrap_err();
    assert!(error.is::<tower::timeout::error::Elapsed>());
    assert_eq!(
        (requests(&scrape, "error"), requests(&scrape, "cancelled")),
        (1.0, 0.0)
    );
    assert_eq!(errors(&scrape, "timeout"), Some(1.0));
}

#[tokio::test(start_paused = true)]
async fn a_timeout_outside_the_layer_only_drops_the_request() {
    let scrape = Scrape::install();
    let metrics = paused().build();
    metrics.allow_models("openai", ["gpt-x"]);
    let service = ServiceBuilder::new()
        .timeout(millis(100))
        .layer(metrics.layer("openai"))
        .service(Scripted::full(millis(250), answer()));
    service.oneshot(chat("gpt-x")).await.unwrap_err();
    assert_eq!(
        (requests(&scrape, "error"), requests(&scrape, "cancelled")),
        (0.0, 1.0)
    );
    let duration = format!(r#"llm_request_duration_seconds_sum{{{CHAT},status="cancelled"}}"#);
    assert_eq!(scrape.value(&duration), Some(0.1));
}

#[tokio::test(start_paused = true)]
async fn load_that_is_shed_inside_is_overloaded() {
    let scrape = Scrape::install();
    let metrics = paused().build();
    metrics.allow_models("openai", ["gpt-x"]);
    let service = ServiceBuilder::new()
        .layer(metrics.layer("openai"))
        .load_shed()
        .concurrency_limit(1)
        .service(Scripted::full(millis(250), answer()));
    let (first, second) = tokio::join!(
        service.clone().oneshot(chat("gpt-x")),
        service.oneshot(chat("gpt-x"))
    );
    assert!(first.is_ok() && second.is_err());
    assert_eq!(
        (requests(&scrape, "success"), requests(&scrape, "error")),
        (1.0, 1.0)
    );
    assert_eq!(errors(&scrape, "overloaded"), Some(1.0));
}

#[tokio::test(start_paused = true)]
async fn waiting_for_readiness_is_outside_of_the_duration() {
    let scrape = Scrape::install();
    let metrics = paused().build();
    let service = ServiceBuilder::new()
        .layer(metrics.layer("openai"))
        .concurrency_limit(1)
        .service(Scripted::full(millis(100), answer()));
    let (first, second) = tokio::join!(
        service.clone().oneshot(chat("gpt-x")),
        service.oneshot(chat("gpt-x"))
    );
    assert!(first.is_ok() && second.is_ok());
    let duration = format!(r#"llm_request_duration_seconds_sum{{{CHAT},status="success"}}"#);
    assert_eq!(scrape.value(&duration), Some(0.2));
}

/// Tries again at once, so many times.
#[derive(Clone)]
struct Again(u32);

impl Policy<ChatRequest, ChatReply, ProviderError> for Again {
    type Future = std::future::Ready<()>;

    fn retry(
        &mut self,
        _: &mut ChatRequest,
        result: &mut Result<ChatReply, ProviderError>,
    ) -> Option<Self::Future> {
        if result.is_ok() || self.0 == 0 {
            return None;
        }
        self.0 -= 1;
        Some(std::future::ready(()))
    }

    fn clone_request(&mut self, request: &ChatRequest) -> Option<ChatRequest> {
        Some(request.clone())
    }
}

/// Fails twice with `kind`, then answers.
fn third_time(kind: ErrorKind) -> Scripted {
    let calls = Arc::new(AtomicU32::new(0));
    Scripted::new(move |_| {
        let call = calls.fetch_add(1, Ordering::Relaxed);
        async move {
            tokio::time::sleep(Duration::from_millis(10)).await;
            if call < 2 {
                Err(ProviderError::new(kind, "not yet"))
            } else {
                Ok(ChatReply::Full(answer()))
            }
        }
    })
}

#[tokio::test(start_paused = true)]
async fn retries_inside_are_one_call_of_several_attempts() {
    let scrape = Scrape::install();
    let metrics = paused().build();
    metrics.allow_models("openai", ["gpt-x"]);
    let mut service = ServiceBuilder::new()
        .layer(metrics.layer("openai"))
        .retry(Again(2))
        .layer(metrics.layer("openai").attempts())
        .service(third_time(ErrorKind::Server));
    service
        .ready()
        .await
        .unwrap()
        .call(chat("gpt-x"))
        .await
        .unwrap();
    assert_eq!(
        (requests(&scrape, "success"), requests(&scrape, "error")),
        (1.0, 0.0)
    );
    let duration = format!(r#"llm_request_duration_seconds_sum{{{CHAT},status="success"}}"#);
    assert_eq!(scrape.value(&duration), Some(0.03));
    let attempts = |status: &str| {
        scrape.value(&format!(
            r#"llm_attempts_total{{provider="openai",model="gpt-x",status="{status}"}}"#
        ))
    };
    assert_eq!(
        (attempts("success"), attempts("error")),
        (Some(1.0), Some(2.0))
    );
    // A call that was rescued is no error, and its tokens count once.
    assert_eq!(errors(&scrape, "server"), None);
    let completion = r#"llm_tokens_total{provider="openai",model="gpt-x",type="completion"}"#;
    assert_eq!(scrape.value(completion), Some(2.0));
}

#[tokio::test(start_paused = true)]
async fn retries_outside_are_several_calls() {
    let scrape = Scrape::install();
    let metrics = paused().build();
    metrics.allow_models("openai", ["gpt-x"]);
    let mut service = ServiceBuilder::new()
        .retry(Again(2))
        .layer(metrics.layer("openai"))
        .service(third_time(ErrorKind::RateLimited));
    service
        .ready()
        .await
        .unwrap()
        .call(chat("gpt-x"))
        .await
        .unwrap();
    assert_eq!(
        (requests(&scrape, "success"), requests(&scrape, "error")),
        (1.0, 2.0)
    );
    assert_eq!(errors(&scrape, "rate_limited"), Some(2.0));
}
