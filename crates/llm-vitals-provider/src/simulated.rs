//! A provider that answers by script, for load tests, for tests of layers, and for trying things without a key.
//!
//! Each [`SimulatedModel`] has its latencies, the lengths of its answers and its failures; the provider has a rate limit and
//! outages. Request number k draws everything from a generator that is seeded with the seed and k, so that the same seed
//! gives the same answers in whatever order requests run. Time is tokio's: under paused time a slow model takes no time, and
//! its latencies are exact to the millisecond of tokio's timers.
//!
//! ```
//! use std::time::Duration;
//!
//! use llm_vitals_provider::simulated::{Latency, Length, Simulated, SimulatedModel};
//! use llm_vitals_provider::{ChatRequest, ErrorKind, Message, Provider};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let provider = Simulated::builder("sim")
//!     .with_model(
//!         SimulatedModel::new("sim-slow")
//!             .with_head_latency(Latency::constant(Duration::from_millis(400)))
//!             .with_token_latency(Latency::log_normal(Duration::from_millis(20), 0.5))
//!             .with_length(Length::constant(5)),
//!     )
//!     .with_model(SimulatedModel::new("sim-bad").with_faults(1.0, [(ErrorKind::Overloaded, 1)]))
//!     .with_seed(7)
//!     .build();
//!
//! let request = ChatRequest::new("sim-slow", [Message::user("Hello, you!")]);
//! let answer = provider.complete(request).await?;
//! assert_eq!(answer.text(), "This is a simulated answer.");
//! assert_eq!(answer.usage().map(|usage| (usage.prompt_tokens, usage.completion_tokens)), Some((3, 5)));
//!
//! let request = ChatRequest::new("sim-bad", [Message::user("Hello?")]);
//! let error = provider.complete(request).await.unwrap_err();
//! assert_eq!((error.kind(), error.status()), (ErrorKind::Overloaded, Some(503)));
//! # Ok(()) }
//! ```
//!
//! # What it does not do
//!
//! It does not read `stop`, `response_format`, `logprobs` or sampling options, and counts no tokens of images and sound.

mod answer;
mod builder;
mod draw;
mod embed;
mod fault;

mod latency;
mod length;
mod model;
mod opened;
mod pace;
mod plan;
mod provider;
mod rate_limit;
mod script;
mod tool;
mod turn;
mod wait;
mod words;

#[cfg(test)]
mod tests;

pub use self::builder::SimulatedBuilder;
pub use self::fault::Fault;
pub use self::latency::Latency;
pub use self::length::Length;
pub use self::model::SimulatedModel;
pub use self::provider::Simulated;
pub use self::rate_limit::RateLimit;
pub use self::script::Script;
