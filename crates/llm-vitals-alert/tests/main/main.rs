//! Tests over the public API.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

mod differential;
mod export;
mod fuzz;
mod hysteresis;
mod machine;
mod no_data;
mod plan;
mod reload;
mod restart;
mod rule_files;
mod rule_tests;
#[cfg(feature = "runtime")]
mod runner;
mod signals;
mod slo;
mod steps;
mod templates;
