//! The distribution of keys, by samples that leave hits and misses alone.
//!
//! SCAN and MEMORY USAGE change neither hits nor misses. TYPE and PTTL count as lookups in every server family; they are off
//! unless asked for, and what they cause is counted, taken off the rates, and shown.

mod distribution;
mod groups;
mod probe;
mod sampler;
mod settings;
mod sweep;

pub(crate) use self::distribution::{Distribution, Shown};
pub(crate) use self::sampler::Sampler;
pub use self::settings::KeySampling;
