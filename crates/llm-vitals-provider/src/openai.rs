//! A client of OpenAI, and of every server that speaks its format.
//!
//! A request goes out as it came in, unknown fields included. [`Flavor`] names the server; where a server differs from
//! OpenAI, the difference stands in the one table behind it.
//!
//! ```
//! use llm_vitals_provider::openai::{Flavor, OpenAi};
//! use llm_vitals_provider::{Provider as _, Secret};
//!
//! let groq = OpenAi::builder(Flavor::Groq).with_key(Secret::new("gsk_123")).build()?;
//! assert_eq!(groq.name(), "groq");
//!
//! let ours = OpenAi::builder(Flavor::Vllm).with_name("gpu-1").with_base_url("http://10.0.0.7:8000/v1").build()?;
//! assert_eq!(ours.name(), "gpu-1");
//! # Ok::<(), llm_vitals_provider::ProviderError>(())
//! ```

mod builder;
mod client;
mod flavor;
mod request;
mod response;
mod stream;
mod text;

pub use self::builder::OpenAiBuilder;
pub use self::client::OpenAi;
pub use self::flavor::Flavor;
