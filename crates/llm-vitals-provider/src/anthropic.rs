//! A client of Anthropic's Messages API.
//!
//! A [`ChatRequest`](crate::ChatRequest) in OpenAI's shape is converted, and the answer back. What the Messages API cannot
//! say is refused with [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) before anything is sent, and the error
//! names the field: `n` above 1, audio, log probabilities, a seed, penalties, a bias, `json_object`, a temperature above 1.
//! Left out are only fields that never change an answer (`store`, `metadata`, cache keys) and the reasoning of earlier
//! turns, unless it comes with its signature.
//!
//! - System messages are hoisted to the front, as the API has one place for them.
//! - `max_tokens` is required there; [`DEFAULT_MAX_TOKENS`] is sent when the request has none.
//! - `reasoning_effort` becomes adaptive thinking with that effort; for models before 4.6, a budget of tokens.
//! - `response_format` with a schema becomes `output_config.format`.
//! - `thinking`, `output_config`, `top_k`, `cache_control` and `context_management` pass as they are.
//! - Reasoning comes back as `reasoning_content`, its signatures as `thinking_blocks`; sent again in a message of the
//!   assistant, those become thinking blocks, which the API demands when tools are used while thinking.
//!
//! ```
//! use llm_vitals_provider::anthropic::Anthropic;
//! use llm_vitals_provider::{Provider as _, Secret};
//!
//! let claude = Anthropic::builder().with_key(Secret::new("sk-ant-123")).build()?;
//! assert_eq!(claude.name(), "anthropic");
//! # Ok::<(), llm_vitals_provider::ProviderError>(())
//! ```

mod builder;
mod client;
mod content;
mod message;
mod request;
mod response;
mod stream;
mod thinking;
mod tool;
mod usage;

pub use self::builder::{AnthropicBuilder, DEFAULT_MAX_TOKENS};
pub use self::client::Anthropic;
