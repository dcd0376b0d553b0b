//! A recorder whose text the tests read, and providers that do as the test says.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use llm_vitals_provider::{
    ChatChunk, ChatReply, ChatRequest, ChatResponse, ChatStream, Message, ProviderError,
};
use llm_vitals_tower::{Clock, HISTOGRAMS, LlmMetrics, LlmMetricsBuilder};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::time::Instant;
use tower::Service;

/// A recorder of this thread, for as long as it lives.
pub(crate) struct Scrape {
    handle: PrometheusHandle,
    _guard: metrics::LocalRecorderGuard<'static>,
}

impl Scrape {
    pub(crate) fn install() -> Self {
        let mut builder = PrometheusBuilder::new();
        for (name, buckets) in HISTOGRAMS {
            builder = builder
                .set_buckets_for_metric(Matcher::Full((*name).to_owned()), buckets)
                .unwrap();
        }
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        // One recorder a test, in a process that ends with the tests.
        let recorder = Box::leak(Box::new(recorder));
        Self {
            handle,
            _guard: metrics::set_default_local_recorder(recorder),
        }
    }

    /// The samples, sorted, without comments, buckets and series at 0.
    pub(crate) fn samples(&self) -> Vec<String> {
        let text = self.handle.render();
        let mut lines: Vec<String> = text
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty() && !line.contains("_bucket{"))
            .filter(|line| !line.ends_with(" 0"))
            .map(str::to_owned)
            .collect();
        lines.sort();
        lines
    }

    /// The whole text.
    pub(crate) fn text(&self) -> String {
        self.handle.render()
    }

    /// The value of the sample that begins with `series`, if there is one.
    pub(crate) fn value(&self, series: &str) -> Option<f64> {
        let text = self.handle.render();
        let line = text.lines().find(|line| line.starts_with(series))?;
        line.rsplit(' ').next()?.parse().ok()
    }
}

/// How many calls of `provider` have not ended.
pub(crate) fn in_flight(metrics: &LlmMetrics, provider: &str) -> String {
    let mut text = String::new();
    metrics.render(&mut text);
    let series = format!("llm_requests_in_flight{{provider=\"{provider}\"}} ");
    let line = text.lines().find_map(|line| line.strip_prefix(&series));
    line.unwrap_or("no such series").to_owned()
}

/// Measurements on the runtime's paused clock.
pub(crate) fn paused() -> LlmMetricsBuilder {
    let start = Instant::now();
    LlmMetrics::builder().with_clock(Clock::custom(move || start.elapsed()))
}

/// What a stream yields, each after its delay.
pub(crate) type Items = Vec<(Duration, Result<ChatChunk, fn() -> ProviderError>)>;

pub(crate) type Reply = Result<ChatReply, ProviderError>;
type Script = dyn Fn(ChatRequest) -> Pin<Box<dyn Future<Output = Reply> + Send>> + Send + Sync;

/// A service that answers as its script says.
#[derive(Clone)]
pub(crate) struct Scripted(Arc<Script>);

impl Scripted {
    pub(crate) fn new<F: Future<Output = Reply> + Send + 'static>(
        script: impl Fn(ChatRequest) -> F + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(move |request| Box::pin(script(request))))
    }

    /// Answers with `response` after `delay`.
    pub(crate) fn full(delay: Duration, response: ChatResponse) -> Self {
        Self::new(move |_| {
            let response = response.clone();
            async move {
                tokio::time::sleep(delay).await;
                Ok(ChatReply::Full(response))
            }
        })
    }

    /// Answers with a stream that yields each item after its delay.
    pub(crate) fn stream(items: Items) -> Self {
        Self::new(move |_| {
            let items = items.clone();
            async move {
                let stream = futures_util::stream::unfold(items.into_iter(), |mut items| async {
                    let (delay, item) = items.next()?;
                    tokio::time::sleep(delay).await;
                    Some((item.map_err(|error| error()), items))
                });
                Ok(ChatReply::Stream(ChatStream::new(stream)))
            }
        })
    }
}

impl Service<ChatRequest> for Scripted {
    type Response = ChatReply;
    type Error = ProviderError;
    type Future = Pin<Box<dyn Future<Output = Reply> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: ChatRequest) -> Self::Future {
        (self.0)(request)
    }
}

pub(crate) fn chat(model: &str) -> ChatRequest {
    ChatRequest::new(model, [Message::user("hello")])
}

pub(crate) fn chunk(json: &str) -> ChatChunk {
    serde_json::from_str(json).unwrap()
}

pub(crate) const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
