//! What this process is, and whom it tells.

use std::sync::Arc;

use serde_json::json;

use super::access::DispatcherAccess;
use super::alerts::Name;
use super::answer::Answer;
use super::time::format;

pub(super) fn status(dispatcher: &impl DispatcherAccess, started_at: i64) -> Answer {
    let config = dispatcher.look(|dispatcher| Arc::clone(dispatcher.config()));
    Answer::json(&json!({
        "cluster": {"peers": [], "status": "disabled"},
        "config": {"original": config.shown()},
        "uptime": format(started_at),
        "versionInfo": {
            "branch": "",
            "buildDate": "",
            "buildUser": "",
            "goVersion": "",
            "revision": "",
            "version": concat!("llm-vitals ", env!("CARGO_PKG_VERSION")),
        },
    }))
}

pub(super) fn receivers(dispatcher: &impl DispatcherAccess) -> Answer {
    let config = dispatcher.look(|dispatcher| Arc::clone(dispatcher.config()));
    let receivers = config.receivers().iter();
    let names: Vec<Name<'_>> = receivers
        .map(|receiver| Name {
            name: receiver.name(),
        })
        .collect();
    Answer::json(&names)
}
