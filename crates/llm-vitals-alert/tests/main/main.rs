//! Tests over the public API.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

#[cfg(feature = "notify")]
mod alertmanager;
#[cfg(feature = "notify")]
mod amtool;
mod differential;
mod export;
mod fuzz;
#[cfg(feature = "notify")]
mod http;
mod hysteresis;
mod machine;
mod no_data;
#[cfg(feature = "api")]
mod notify_api;
#[cfg(feature = "notify")]
mod notify_config;
#[cfg(feature = "notify")]
mod notify_delivery;
#[cfg(feature = "notify")]
mod notify_differential;
#[cfg(feature = "notify")]
mod notify_dispatcher;
#[cfg(feature = "email")]
mod notify_email;
#[cfg(feature = "notify")]
mod notify_evidence;
#[cfg(all(
    feature = "alertmanager",
    feature = "email",
    feature = "heartbeat",
    feature = "msteams",
    feature = "pagerduty",
    feature = "slack",
    feature = "webhook"
))]
mod notify_faults;
#[cfg(feature = "notify")]
mod notify_fuzz;
#[cfg(feature = "notify")]
mod notify_properties;
#[cfg(all(
    feature = "alertmanager",
    feature = "msteams",
    feature = "pagerduty",
    feature = "slack",
    feature = "webhook"
))]
mod notify_receivers;
#[cfg(feature = "notify")]
mod notify_routes;
#[cfg(feature = "notify")]
mod notify_texts;
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
