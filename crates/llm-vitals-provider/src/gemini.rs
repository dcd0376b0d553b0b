//! A client of the Gemini API.
//!
//! A [`ChatRequest`](crate::ChatRequest) in OpenAI's shape is converted, and the answer back. What the API cannot say is
//! refused with [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) before anything is sent, and the error names
//! the field: log probabilities, a bias, spoken answers, the detail of an image, serial tool calls. Left out are only
//! fields that never change an answer (`user`, `store`, `metadata`, cache keys) and the reasoning of earlier turns.
//!
//! - Schemas go out as `parametersJsonSchema` and `responseJsonSchema`: those take JSON Schema as it is, where
//!   `parameters` and `responseSchema` know a part of it only.
//! - `reasoning_effort` becomes `thinkingLevel`; for models before 3, a `thinkingBudget`.
//! - `safetySettings`, `cachedContent` and `thinkingConfig` pass as they are; `top_k` becomes `topK`.
//! - Thoughts come back as `reasoning_content`. The signature of a call stands in its
//!   `extra_content.google.thought_signature` and goes out again from there; models since 3 demand it.
//! - A prompt that was blocked is an error of kind [`ContentFilter`](crate::ErrorKind::ContentFilter).
//!
//! The key is sent in a header and never in an URL.
//!
//! ```
//! use llm_vitals_provider::gemini::Gemini;
//! use llm_vitals_provider::{Provider as _, Secret};
//!
//! let gemini = Gemini::builder().with_key(Secret::new("AIza-123")).build()?;
//! assert_eq!(gemini.name(), "gemini");
//! # Ok::<(), llm_vitals_provider::ProviderError>(())
//! ```

mod builder;
mod client;
mod config;
mod content;
mod embed;
mod message;
mod request;
mod response;
mod stream;
mod tool;

pub use self::builder::GeminiBuilder;
pub use self::client::Gemini;
