//! What the conversions to the formats of others have in common.

mod answer;
mod data;
mod request;
mod unsupported;

#[cfg(feature = "anthropic")]
pub(crate) use self::answer::tier_word;
pub(crate) use self::answer::{chunk, extend, native_reason, unix_now};
pub(crate) use self::data::Data;
pub(crate) use self::request::{Format, HINTS, ToolChoice, arguments, set, stops, texts};
pub(crate) use self::unsupported::{Unsupported, nothing_else, says_nothing};
