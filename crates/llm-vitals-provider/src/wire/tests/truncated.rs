//! Which answers ended at the limit of tokens, in the words of every provider, whole and streamed.

use super::*;

const SSE: &str = "text/event-stream";
const AWS: &str = "application/vnd.amazon.eventstream";

/// Whether the answer was truncated, read at every size, and how it failed.
fn read_all(dialect: Dialect, media: &str, body: &[u8]) -> (bool, Option<ErrorKind>) {
    let read = |size: usize| {
        let mut tap = BodyTap::new(dialect, Some(media), None);
        for chunk in body.chunks(size) {
            tap.push(chunk);
        }
        tap.finish();
        (tap.state().is_truncated(), tap.failure())
    };
    let whole = read(body.len());
    for size in 1..body.len() {
        assert_eq!(read(size), whole, "{size} bytes at once");
    }
    whole
}

fn whole(body: &str) -> (bool, Option<ErrorKind>) {
    read_all(Dialect::Any, "application/json", body.as_bytes())
}

fn streamed(events: &[&str]) -> (bool, Option<ErrorKind>) {
    let text: String = events
        .iter()
        .map(|event| format!("data: {event}\n\n"))
        .collect();
    read_all(Dialect::Any, SSE, text.as_bytes())
}

/// Asserts that `read` sees a truncated answer where the reason is `limit`, and a complete one where it is `end`.
fn told_by(read: impl Fn(&str) -> (bool, Option<ErrorKind>), limits: &[&str], end: &str) {
    for limit in limits {
        assert_eq!(read(limit), (true, None), "{limit}");
    }
    assert_eq!(read(end), (false, None), "{end}");
}

#[test]
fn openai_chats() {
    let answer = |reason: &str| {
        whole(&format!(
            r#"{{"id":"c","model":"m","choices":[{{"index":0,"message":{{"role":"assistant","content":"\"finish_reason\":\"length\""}},"logprobs":null,"finish_reason":"{reason}"}}],"usage":{{"prompt_tokens":3,"completion_tokens":5}}}}"#
        ))
    };
    told_by(answer, &["length", "model_length"], "stop");
    let stream = |reason: &str| {
        streamed(&[
            r#"{"choices":[{"index":0,"delta":{"content":"length"},"finish_reason":null}]}"#,
            &format!(
                r#"{{"choices":[{{"index":0,"delta":{{}},"finish_reason":"{reason}"}}],"usage":null}}"#
            ),
            r#"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":5}}"#,
            "[DONE]",
        ])
    };
    told_by(stream, &["length", "model_length"], "stop");
}

#[test]
fn openai_text_completions() {
    let answer = |reason: &str| {
        whole(&format!(
            r#"{{"object":"text_completion","choices":[{{"text":"Hi","index":0,"finish_reason":"{reason}"}}]}}"#
        ))
    };
    told_by(answer, &["length"], "stop");
    let stream = |reason: &str| {
        streamed(&[
            r#"{"choices":[{"text":"Hi","index":0,"finish_reason":null}]}"#,
            &format!(r#"{{"choices":[{{"text":" you","index":0,"finish_reason":"{reason}"}}]}}"#),
            "[DONE]",
        ])
    };
    told_by(stream, &["length"], "stop");
}

#[test]
fn one_of_several_choices_is_enough() {
    for (first, second, truncated) in [
        ("stop", "length", true),
        ("length", "stop", true),
        ("length", "length", true),
        ("stop", "stop", false),
    ] {
        let body = format!(
            r#"{{"choices":[{{"index":0,"message":{{}},"finish_reason":"{first}"}},{{"finish_reason":"{second}","index":1,"message":{{}}}}]}}"#
        );
        assert_eq!(whole(&body), (truncated, None), "{first} {second}");
        let end = |index: u32, reason: &str| {
            format!(
                r#"{{"choices":[{{"index":{index},"delta":{{"content":"a"}},"finish_reason":"{reason}"}}]}}"#
            )
        };
        let text = |index: u32| {
            format!(
                r#"{{"choices":[{{"index":{index},"delta":{{"content":"a"}},"finish_reason":null}}]}}"#
            )
        };
        let events = [
            text(0),
            text(1),
            text(0),
            text(1),
            end(0, first),
            text(1),
            end(1, second),
        ];
        let events: Vec<&str> = events.iter().map(String::as_str).collect();
        assert_eq!(streamed(&events), (truncated, None), "{first} {second}");
    }
}

#[test]
fn openai_responses() {
    let response = |status: &str, details: &str| {
        format!(
            r#"{{"id":"r","object":"response","status":"{status}","error":null,"incomplete_details":{details},"model":"m","output":[{{"type":"message","status":"{status}","content":[]}}],"usage":{{"input_tokens":3,"output_tokens":5}}}}"#
        )
    };
    let stream = |kind: &str, response: &str| {
        streamed(&[
            r#"{"type":"response.created","response":{"status":"in_progress","incomplete_details":null}}"#,
            r#"{"type":"response.output_text.delta","delta":"Hi"}"#,
            &format!(r#"{{"type":"response.{kind}","response":{response}}}"#),
        ])
    };
    for (status, details, truncated) in [
        ("incomplete", r#"{"reason":"max_output_tokens"}"#, true),
        ("incomplete", r#"{"reason":"content_filter"}"#, false),
        ("incomplete", r#"{"reason":null}"#, false),
        ("completed", "null", false),
    ] {
        let response = response(status, details);
        assert_eq!(whole(&response), (truncated, None), "{response}");
        assert_eq!(stream(status, &response), (truncated, None), "{response}");
    }
}

#[test]
fn anthropic_messages() {
    let limits = ["max_tokens", "model_context_window_exceeded"];
    let answer = |reason: &str| {
        whole(&format!(
            r#"{{"id":"m","type":"message","role":"assistant","model":"c","content":[{{"type":"text","text":"Hi"}}],"stop_reason":"{reason}","stop_sequence":null,"usage":{{"input_tokens":3,"output_tokens":5}}}}"#
        ))
    };
    told_by(answer, &limits, "end_turn");
    let events = |reason: &str| {
        [
            r#"{"type":"message_start","message":{"model":"c","content":[],"stop_reason":null,"usage":{"input_tokens":3,"output_tokens":1}}}"#.to_owned(),
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"max_tokens"}}"#.to_owned(),
            format!(r#"{{"type":"message_delta","delta":{{"stop_reason":"{reason}","stop_sequence":null}},"usage":{{"output_tokens":5}}}}"#),
            r#"{"type":"message_stop"}"#.to_owned(),
        ]
    };
    told_by(
        |reason| streamed(&events(reason).each_ref().map(String::as_str)),
        &limits,
        "end_turn",
    );
    // The same events in Bedrock's frames.
    let frames = |reason: &str| {
        let chunk = |json: String| {
            let payload = format!(r#"{{"bytes":"{}"}}"#, STANDARD.encode(json));
            frame(&[(":event-type", "chunk")], payload.as_bytes())
        };
        read_all(Dialect::Any, AWS, &events(reason).map(chunk).concat())
    };
    told_by(frames, &limits, "end_turn");
}

#[test]
fn gemini_candidates() {
    let answer = |reason: &str| {
        format!(
            r#"{{"candidates":[{{"content":{{"parts":[{{"text":"Hi"}}]}},"finishReason":"{reason}","index":0}}],"usageMetadata":{{"promptTokenCount":4,"candidatesTokenCount":6}},"modelVersion":"g"}}"#
        )
    };
    let begin = r#"{"candidates":[{"content":{"parts":[{"text":"MAX_TOKENS"}]},"index":0}]}"#;
    told_by(|reason| whole(&answer(reason)), &["MAX_TOKENS"], "STOP");
    told_by(
        |reason| streamed(&[begin, &answer(reason)]),
        &["MAX_TOKENS"],
        "STOP",
    );
    let array = |reason: &str| {
        let body = format!("[{begin},\n{}]", answer(reason));
        read_all(Dialect::GeminiArray, "application/json", body.as_bytes())
    };
    told_by(array, &["MAX_TOKENS"], "STOP");
    // Code Assist puts the same into `response`.
    let inside = |reason: &str| streamed(&[&format!(r#"{{"response":{}}}"#, answer(reason))]);
    told_by(inside, &["MAX_TOKENS"], "STOP");
    let second = answer("STOP").replace(
        r#""index":0}]"#,
        r#""index":0},{"index":1,"finishReason":"MAX_TOKENS"}]"#,
    );
    assert_eq!(whole(&second), (true, None));
    assert_eq!(streamed(&[begin, &second]), (true, None));
}

#[test]
fn bedrock_conversations() {
    let limits = ["max_tokens", "model_context_window_exceeded"];
    let answer = |reason: &str| {
        whole(&format!(
            r#"{{"output":{{"message":{{"role":"assistant","content":[{{"text":"Hi"}}]}}}},"stopReason":"{reason}","usage":{{"inputTokens":3,"outputTokens":5}}}}"#
        ))
    };
    told_by(answer, &limits, "end_turn");
    let stream = |reason: &str| {
        let end = format!(r#"{{"stopReason":"{reason}"}}"#);
        let body = [
            frame(
                &[(":event-type", "contentBlockDelta")],
                br#"{"contentBlockIndex":0,"delta":{"text":"Hi"}}"#,
            ),
            frame(&[(":event-type", "messageStop")], end.as_bytes()),
            frame(
                &[(":event-type", "metadata")],
                br#"{"usage":{"inputTokens":3,"outputTokens":5}}"#,
            ),
        ];
        read_all(Dialect::Any, AWS, &body.concat())
    };
    told_by(stream, &limits, "end_turn");
}

#[test]
fn ollama_answers() {
    let last = |reason: &str| {
        format!(
            r#"{{"model":"l","message":{{"role":"assistant","content":"Hi"}},"done":true,"done_reason":"{reason}","prompt_eval_count":3,"eval_count":5}}"#
        )
    };
    told_by(|reason| whole(&last(reason)), &["length"], "stop");
    let lines = |reason: &str| {
        let first = r#"{"model":"l","message":{"content":"length"},"done":false}"#;
        let body = format!("{first}\n{}\n", last(reason));
        read_all(Dialect::Any, "application/x-ndjson", body.as_bytes())
    };
    told_by(lines, &["length"], "stop");
}

#[test]
fn a_stream_that_breaks_off_or_fails_says_so_all_the_same() {
    let cut = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}"#;
    let other = r#"{"choices":[{"index":1,"delta":{"content":"a"},"finish_reason":null}]}"#;
    let error = r#"{"error":{"message":"no","code":503}}"#;
    assert_eq!(
        streamed(&[other, cut]).1,
        Some(ErrorKind::StreamInterrupted)
    );
    assert_eq!(streamed(&[cut, error]).1, Some(ErrorKind::Overloaded));
    assert_eq!(
        whole(r#"{"choices":[{"finish_reason":"length"}"#),
        (false, Some(ErrorKind::StreamInterrupted))
    );
}

#[test]
fn what_is_no_reason_truncates_nothing() {
    for reason in [
        "null",
        "7",
        "true",
        "{}",
        r#"["length"]"#,
        r#"{"length":1}"#,
        r#""Length""#,
    ] {
        let choice = format!(r#"{{"choices":[{{"message":{{}},"finish_reason":{reason}}}]}}"#);
        assert_eq!(whole(&choice), (false, None), "{reason}");
        let message = format!(r#"{{"stop_reason":{reason},"incomplete_details":{reason}}}"#);
        assert_eq!(whole(&message), (false, None), "{reason}");
        assert!(!streamed(&[&choice, &message, "[DONE]"]).0, "{reason}");
    }
    for body in [
        r#"{"choices":{"0":{"finish_reason":"length"}}}"#,
        r#"{"choices":[[{"finish_reason":"length"}]]}"#,
        r#"{"choices":[{"message":{"finish_reason":"length","stop_reason":"max_tokens"}}]}"#,
        r#"{"x":[{"finish_reason":"length"}],"finish_reason":"length"}"#,
    ] {
        assert_eq!(whole(body), (false, None), "{body}");
    }
}
