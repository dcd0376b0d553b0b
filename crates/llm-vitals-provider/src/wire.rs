//! What providers write: usage, streams, rate limits and errors, read without I/O.
//!
//! Everything here takes bytes that somebody else moves. Nothing panics on any input, and nothing grows with it.
//!
//! ```
//! use llm_vitals_provider::wire::SseTap;
//!
//! let mut tap = SseTap::default();
//! tap.push(b"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":null}]}\n\n");
//! assert!(tap.has_token());
//! // The same bytes may come cut anywhere.
//! tap.push(b"data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_t");
//! tap.push(b"okens\":3,\"completion_tokens\":5}}\n\ndata: [DONE]\n\n");
//! assert!(tap.is_complete());
//! assert_eq!(tap.usage().map(|usage| usage.total_tokens()), Some(8));
//! ```

mod body;
mod error;
mod event;
mod frames;
mod json;
mod lenient;
mod lines;
mod mend;
mod rate_limits;
mod redact;
mod request;
mod route;
mod shape;
mod sse;
mod state;
pub(crate) mod usage;

#[cfg(test)]
mod tests;

pub use self::body::BodyTap;
pub use self::error::{ErrorClass, classify};
pub use self::rate_limits::{rate_limits, retry_after};
pub use self::redact::redact;
pub use self::request::RequestTap;
pub use self::route::{Dialect, Route, route};
pub use self::sse::SseTap;
pub use self::state::EventState;
pub use self::usage::{usage_from_headers, usage_from_json};
