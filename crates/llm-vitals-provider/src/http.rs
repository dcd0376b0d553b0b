//! The transport that the clients share: one request, one bounded answer, whole or event by event.

mod answer;
#[cfg(test)]
pub(crate) mod any;
mod chunks;
#[cfg(any(feature = "anthropic", feature = "gemini"))]
mod convert;
mod fault;
mod options;
mod peer;
mod settings;
mod sse;
mod transport;

#[cfg(feature = "anthropic")]
pub(crate) use self::answer::Answer;
pub(crate) use self::chunks::{Decode, Step};
#[cfg(feature = "anthropic")]
pub(crate) use self::convert::tier_word;
#[cfg(any(feature = "anthropic", feature = "gemini"))]
pub(crate) use self::convert::{
    Data, Format, HINTS, ToolChoice, Unsupported, arguments, chunk, extend, native_reason,
    nothing_else, says_nothing, set, stops, texts, unix_now,
};
pub(crate) use self::fault::Fault;
pub use self::options::HttpOptions;
pub(crate) use self::settings::{Settings, settings_methods};
pub(crate) use self::transport::{Auth, Transport};
