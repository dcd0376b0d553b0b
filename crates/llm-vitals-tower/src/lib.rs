//! Tower layers that measure every call to a language model: requests, latency, time to first token, tokens and cost.
//!
//! [`LlmMetrics`] holds what the layers of an application share: prices, admitted models, snapshots. Its layers write to the
//! `metrics` facade, so that any recorder takes what they measure.
//!
//! ```
//! use llm_vitals_provider::simulated::{Simulated, SimulatedModel};
//! use llm_vitals_provider::{ChatRequest, Message, ProviderService};
//! use llm_vitals_tower::LlmMetrics;
//! use tower::{ServiceBuilder, ServiceExt};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let metrics = LlmMetrics::new();
//! let provider = Simulated::builder("sim").with_model(SimulatedModel::new("sim-fast")).build();
//! let service = ServiceBuilder::new()
//!     .layer(metrics.layer("sim"))
//!     .service(ProviderService::new(provider));
//!
//! let request = ChatRequest::new("sim-fast", [Message::user("Is all well?")]);
//! service.oneshot(request).await?;
//! assert_eq!(metrics.snapshot().requests.successful_requests, 1);
//! # Ok(()) }
//! ```
//!
//! Customised, with prices of one's own and the attempts inside a retry layer:
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use llm_vitals_cost::Overrides;
//! use llm_vitals_tower::LlmMetrics;
//!
//! let prices = Overrides::from_json(r#"{"openai": {"gpt-x": {"prompt": 2.5, "completion": 10}}}"#)?;
//! let metrics = LlmMetrics::builder()
//!     .with_prices(Arc::new(prices))
//!     .with_label("team", "search")
//!     .with_window(Duration::from_secs(60))
//!     .build();
//! metrics.allow_models("openai", ["gpt-x"]);
//! let (whole_calls, attempts) = (metrics.layer("openai"), metrics.layer("openai").attempts());
//! # let _ = (whole_calls, attempts);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # When a request ends
//!
//! A request begins when the layer is called and ends, once, with one of three statuses:
//!
//! - `success`: a whole answer is there, or a stream has ended after every answer in it named why it stopped. A reader who
//!   stops after that, and before the stream's last bytes, saw a success too.
//! - `error`: the inner service failed, or the stream carried an error, or it broke off.
//! - `cancelled`: the future, or the stream, was dropped before. A timeout *outside* the layer drops the future and so looks
//!   like a caller who left; put timeouts inside.
//!
//! The duration runs from the call to the end of the answer, for a stream to its last byte. Waiting in `poll_ready` is not
//! part of it, and an error of `poll_ready` is not counted: there is no request yet.
//!
//! Time to first chunk and to first token are those of streams. A first token is the first content, reasoning, refusal, tool
//! call or audio; a chunk that only names the role is none. Time per output token is `(end - first token) / (n - 1)` with `n`
//! completion tokens, where `n > 1` and the answer was complete.
//!
//! # Tokens and cost
//!
//! The last usage report of an answer counts. Without one the answer is counted as `source="missing"` and its cost as
//! unknown; nothing is ever 0 because it is not known. A request that ended before an answer began (a refusal, a timeout, a
//! caller who left) has no answer that could report; a provider may bill it all the same. Cost is the application's own price, else what the provider says it
//! charged, else the price book's, for the model that answered.
//!
//! A successful request counts as truncated, once, when at least one choice of its answer ended at the limit of tokens or of the
//! context. Such an answer is a success: the provider did as it was asked.
//!
//! # Labels
//!
//! A model becomes a label when it was allowed ([`LlmMetrics::allow_models`]), is in the price book, or was answered with
//! success, at most 200 for each provider. Everything else is `other`, which `llm_label_overflow_total` counts.
//!
//! # What it does not do
//!
//! It never buffers, retries, delays or changes what passes. It spawns nothing and installs nothing. It does not see the
//! tokens of compressed bodies, and counts them as missing.

mod call;
mod classify;
mod clock;
mod ending;
mod future;
mod gauge_text;
mod http_layer;
mod layer;
mod llm_metrics;
mod metrics;
mod observe;
mod prices;
mod provider;
mod rate_limits;
mod series;
mod service;
mod snapshot;
mod stream_call;
mod window;

pub use self::call::Call;
pub use self::classify::{ClassifyError, DefaultClassifier};
pub use self::clock::Clock;
pub use self::future::ResponseFuture;
#[cfg(feature = "reqwest")]
pub use self::http_layer::{AnyRequestMetricsLayer, AnyRequestMetricsService};
pub use self::http_layer::{
    HttpResponseFuture, LlmHttpMetricsLayer, LlmHttpMetricsService, Tapped,
};
pub use self::layer::LlmMetricsLayer;
pub use self::llm_metrics::{LlmMetrics, LlmMetricsBuilder};
pub use self::metrics::{HISTOGRAMS, METRICS, Status, describe};
pub use self::observe::{LlmRequest, LlmResponse};
pub use self::service::LlmMetricsService;
pub use self::snapshot::{ProviderMetrics, RequestMetrics, Snapshot, TokenUsage};
pub use self::stream_call::StreamCall;
