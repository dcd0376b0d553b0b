//! The gateway as a process, the servers behind it, and what /metrics says.

mod gateway;
mod metrics;
mod redis;
mod upstream;

pub(crate) use self::gateway::{Gateway, refusal, run_to_its_end};
pub(crate) use self::metrics::{FAMILIES, Metrics};
pub(crate) use self::redis::Redis;
pub(crate) use self::upstream::{Part, Reply, Upstream};

use std::future::Future;
use std::process::Command;
use std::time::Duration;

/// Whether a program is there. In CI it must be.
pub(crate) fn is_there(program: &str) -> bool {
    if Command::new(program).arg("--version").output().is_ok() {
        return true;
    }
    assert!(
        std::env::var_os("CI").is_none_or(|ci| ci != "true"),
        "{program} is not installed"
    );
    println!("SKIPPED: {program} is not installed");
    false
}

/// Waits until `check` gives something; fails after 10 seconds.
pub(crate) async fn eventually<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut check: impl FnMut() -> F,
) -> T {
    for _ in 0..400 {
        if let Some(found) = check().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("in ten seconds: {what}");
}

/// An answer of OpenAI's chat API.
pub(crate) fn answer(model: &str) -> String {
    format!(
        r#"{{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"{model}","choices":[{{"index":0,"message":{{"role":"assistant","content":"Hello"}},"finish_reason":"stop"}}],"usage":{{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18}}}}"#
    )
}

/// An event of a streamed chat that adds `text`.
pub(crate) fn event(text: &str) -> String {
    format!(
        "data: {{\"id\":\"c\",\"model\":\"m\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}},\"finish_reason\":null}}]}}\n\n"
    )
}

/// The last events of a streamed chat, with its usage.
pub(crate) const END: &str = "data: {\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n\
data: {\"id\":\"c\",\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":7,\"total_tokens\":18}}\n\n\
data: [DONE]\n\n";

/// A chat request.
pub(crate) fn ask(model: &str) -> String {
    format!(r#"{{"model":"{model}","messages":[{{"role":"user","content":"Hi"}}]}}"#)
}

/// A streamed chat request.
pub(crate) fn ask_streamed(model: &str) -> String {
    format!(r#"{{"model":"{model}","stream":true,"messages":[{{"role":"user","content":"Hi"}}]}}"#)
}
