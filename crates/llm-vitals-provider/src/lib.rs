//! One trait for every LLM provider, with the types of a request and its answer.
//!
//! A [`Provider`] answers chats, streamed and whole, and embeddings. [`ProviderService`] makes any provider a tower
//! service, so that layers for timeouts, retries and metrics wrap it; [`ServiceProvider`] makes the stack a provider
//! again. The [`wire`] module reads usage, rate limits and streams of every provider's own format, without I/O.
//!
//! ```
//! use async_trait::async_trait;
//! use llm_vitals_provider::{
//!     ChatChunk, ChatRequest, ChatResponse, ChatStream, Message, Model, Provider, ProviderError, Usage,
//! };
//!
//! /// Answers with the last message.
//! struct Echo;
//!
//! #[async_trait]
//! impl Provider for Echo {
//!     fn name(&self) -> &str {
//!         "echo"
//!     }
//!
//!     async fn complete(&self, request: ChatRequest) -> Result<ChatResponse, ProviderError> {
//!         let text = request.messages.last().and_then(|message| message.content.as_ref());
//!         let text = text.map(|content| content.text()).unwrap_or_default();
//!         Ok(ChatResponse::new(request.model, text).with_usage(Usage::new(1, 1)))
//!     }
//!
//!     async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ProviderError> {
//!         let end = ChatChunk::finish(request.model, "stop");
//!         Ok(ChatStream::new(futures_util::stream::iter([Ok(end)])))
//!     }
//!
//!     async fn models(&self) -> Result<Vec<Model>, ProviderError> {
//!         Ok(vec![Model::new("echo-1")])
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let answer = Echo.complete(ChatRequest::new("echo-1", [Message::user("hello")])).await?;
//! assert_eq!(answer.text(), "hello");
//! # Ok(()) }
//! ```
//!
//! # Features
//!
//! `openai`, `anthropic` and `gemini` bring clients over HTTP, `simulated` a provider with scripted latencies, errors and
//! streams. None is on by default.

mod answers;
mod embed;
mod error;
mod finish;
mod json;
mod kind;
mod message;
mod model;
mod operation;
mod provider;
mod rate_limits;
mod request;
mod response;
mod secret;
mod service;
mod stream;
mod usage;
pub mod wire;

#[cfg(feature = "anthropic")]
pub mod anthropic;
#[cfg(feature = "gemini")]
pub mod gemini;
#[cfg(any(feature = "openai", feature = "anthropic", feature = "gemini"))]
mod http;
#[cfg(feature = "openai")]
pub mod openai;
#[cfg(feature = "simulated")]
pub mod simulated;

pub use self::answers::Answers;
pub use self::embed::{EmbedRequest, EmbedResponse};
pub use self::error::{BoxError, ProviderError};
#[cfg(any(feature = "openai", feature = "anthropic", feature = "gemini"))]
pub use self::http::HttpOptions;
pub use self::kind::ErrorKind;
pub use self::message::{
    Content, ContentPart, FunctionCall, FunctionDefinition, ImageUrl, InputAudio, Message, Tool,
    ToolCall,
};
pub use self::model::Model;
pub use self::operation::Operation;
pub use self::provider::Provider;
pub use self::rate_limits::{Limit, RateLimits};
pub use self::request::{ChatRequest, StreamOptions};
pub use self::response::{ChatChunk, ChatResponse, Choice, ChunkChoice, Delta, Head, UsageReport};
pub use self::secret::Secret;
pub use self::service::{ChatReply, ProviderFuture, ProviderService, ServiceProvider};
pub use self::stream::{ChatStream, StreamEnd, StreamObserver};
pub use self::usage::{ServiceTier, Usage};
