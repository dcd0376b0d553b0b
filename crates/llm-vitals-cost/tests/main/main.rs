//! Prices against those who made the lists, and what an application sees.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[cfg(feature = "bundled")]
mod bundled;
#[cfg(feature = "bundled")]
mod bundled_data;
mod litellm;
#[cfg(feature = "bundled")]
mod lookups;
mod overrides;
mod prices;
