//! The step `gateway`: it starts without any configuration, answers, and counts what it answered.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};

use crate::tool;

use super::Context;
use super::build::binary;
use super::http::{self, Response};
use super::process::{Process, Start};
use super::report::{Outcome, Report};

const GATEWAY: &str = "llm-vitals-gateway";
const LIMIT: Duration = Duration::from_secs(30);

pub(super) fn run(context: &mut Context, report: &mut Report) {
    report.step("gateway", || {
        let Some(gateway) = binary(context.built.as_deref().unwrap_or_default(), GATEWAY) else {
            return Outcome::failed(vec![format!("the build made no binary {GATEWAY}")]);
        };
        let mut command = tool::command(&gateway.path);
        command
            .args(["--listen", "127.0.0.1:0"])
            .current_dir(&context.workspace.root);
        let mut process = match Process::start(&mut command) {
            Ok(process) => process,
            Err(problem) => return Outcome::failed(vec![problem]),
        };
        let result = match process.first_sign(LIMIT) {
            Start::Listens(address) => ask(address),
            Start::Ended(status) => Err(format!("it ended with {status}")),
            Start::Neither => Err(format!(
                "after {} s it did not say `listening on http://...`",
                LIMIT.as_secs()
            )),
        };
        match result.and_then(|()| still_up(&mut process)) {
            Ok(()) => Outcome::passed("a plain chat, a streamed chat, both counted"),
            Err(problem) => Outcome::failed(process.complaint(problem)),
        }
    });
}

fn still_up(process: &mut Process) -> Result<(), String> {
    let ended = process.ends_within(Duration::from_millis(200));
    ended.map_or(Ok(()), |status| {
        Err(format!("after the questions it ended with {status}"))
    })
}

fn ask(gateway: SocketAddr) -> Result<(), String> {
    let models: Value = parse(&ok(http::get(gateway, "/v1/models")?, "/v1/models")?)?;
    let model = models["data"][0]["id"]
        .as_str()
        .ok_or_else(|| format!("/v1/models names no model: {models}"))?;
    let mut chat = json!({"model": model, "messages": [{"role": "user", "content": "Say hello."}]});

    let plain = ok(
        http::post(gateway, "/v1/chat/completions", &chat.to_string())?,
        "the plain chat",
    )?;
    let answer = parse(&plain)?;
    if answer["choices"][0]["message"]["content"]
        .as_str()
        .is_none_or(str::is_empty)
    {
        return Err(format!("the plain chat has no content: {answer}"));
    }
    chat["stream"] = true.into();
    let stream = ok(
        http::post(gateway, "/v1/chat/completions", &chat.to_string())?,
        "the streamed chat",
    )?;
    streamed_content(&stream)?;

    let metrics = ok(http::get(gateway, "/metrics")?, "/metrics")?;
    match successes(&metrics) {
        2 => Ok(()),
        other => Err(format!(
            "/metrics counts {other} successful calls instead of 2:\n{metrics}"
        )),
    }
}

fn ok(response: Response, what: &str) -> Result<String, String> {
    match response.status {
        200 => Ok(response.body),
        status => Err(format!(
            "{what} was answered with {status}: {}",
            response.body
        )),
    }
}

fn parse(body: &str) -> Result<Value, String> {
    serde_json::from_str(body).map_err(|error| format!("an answer is not JSON, {error}: {body}"))
}

/// The text of a stream that came to its end.
fn streamed_content(body: &str) -> Result<String, String> {
    let mut events = body.lines().filter_map(|line| line.strip_prefix("data: "));
    let mut content = String::new();
    for event in events.by_ref().take_while(|event| *event != "[DONE]") {
        content.push_str(
            parse(event)?["choices"][0]["delta"]["content"]
                .as_str()
                .unwrap_or_default(),
        );
    }
    let ended = body.trim_end().ends_with("data: [DONE]");
    if ended && !content.is_empty() {
        Ok(content)
    } else {
        Err(format!(
            "the streamed chat has no content or no end: {body}"
        ))
    }
}

/// The sum of the successful calls over all providers and models.
fn successes(metrics: &str) -> u64 {
    let samples = metrics
        .lines()
        .filter(|line| line.starts_with("llm_requests_total{"));
    let successes = samples.filter(|line| line.contains("status=\"success\""));
    successes
        .filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_needs_content_and_an_end() {
        let event = |text: &str| {
            format!(
                "data: {}\n\n",
                json!({"choices": [{"delta": {"content": text}}]})
            )
        };
        let body = event("Hel") + &event("lo") + "data: {\"choices\":[]}\n\ndata: [DONE]\n\n";
        assert_eq!(streamed_content(&body), Ok("Hello".to_owned()));
        assert!(streamed_content(&event("Hel")).is_err());
        assert!(streamed_content("data: [DONE]\n\n").is_err());
    }

    #[test]
    fn successes_are_summed_over_the_series() {
        let metrics = "# TYPE llm_requests_total counter\n\
            llm_requests_total{provider=\"a\",status=\"success\"} 1\n\
            llm_requests_total{provider=\"a\",status=\"error\"} 5\n\
            llm_requests_total{provider=\"b\",status=\"success\"} 2\n";
        assert_eq!(successes(metrics), 3);
    }
}
