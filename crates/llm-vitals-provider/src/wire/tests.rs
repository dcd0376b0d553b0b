//! Streams of every provider, cut at every byte.

mod arbitrary;
mod odd;
mod truncated;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::{BodyTap, Dialect, SseTap};
use crate::kind::ErrorKind;

/// What a stream came to.
#[derive(Debug, PartialEq)]
struct Seen {
    usage: Option<(u64, u64)>,
    partial: bool,
    model: Option<String>,
    token: bool,
    failure: Option<ErrorKind>,
}

fn tap(content_type: &str, bytes: &[u8], size: usize) -> BodyTap {
    let dialect = if content_type == "application/json" {
        Dialect::GeminiArray
    } else {
        Dialect::Any
    };
    let mut tap = BodyTap::new(dialect, Some(content_type), None);
    for chunk in bytes.chunks(size.max(1)) {
        tap.push(chunk);
    }
    tap.finish();
    tap
}

fn seen(tap: &BodyTap) -> Seen {
    let usage = tap.usage();
    Seen {
        usage: usage.map(|usage| (usage.prompt_tokens, usage.completion_tokens)),
        partial: usage.is_some_and(|usage| usage.partial),
        model: tap.state().model().map(str::to_owned),
        token: tap.state().has_token(),
        failure: tap.failure(),
    }
}

/// Reads `text` cut at every size, with every kind of line end.
fn read(text: &str) -> Seen {
    let whole = seen(&tap("text/event-stream", text.as_bytes(), text.len()));
    for ends in ["\n", "\r\n", "\r"] {
        let text = text.replace('\n', ends);
        for size in 1..text.len().min(300) {
            let cut = seen(&tap("text/event-stream", text.as_bytes(), size));
            assert_eq!(cut, whole, "{size} bytes at once, lines ended by {ends:?}");
        }
    }
    whole
}

fn complete(usage: Option<(u64, u64)>, model: &str) -> Seen {
    Seen {
        usage,
        partial: false,
        model: Some(model.to_owned()),
        token: true,
        failure: None,
    }
}

const ROLE: &str = r#"data: {"id":"c","object":"chat.completion.chunk","model":"gpt-x","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}],"usage":null}

"#;
const TEXT: &str = r#"data: {"id":"c","object":"chat.completion.chunk","model":"gpt-x","choices":[{"index":0,"delta":{"content":"Hi \"usage\":{\"x\":1} [DONE]"},"logprobs":null,"finish_reason":null}],"usage":null}

"#;
const STOP: &str = r#"data: {"id":"c","object":"chat.completion.chunk","model":"gpt-x","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null}

"#;
const USAGE: &str = r#"data: {"id":"c","object":"chat.completion.chunk","model":"gpt-x","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":5,"total_tokens":8}}

"#;
const DONE: &str = "data: [DONE]\n\n";

#[test]
fn openai_chat() {
    let all = [ROLE, TEXT, TEXT, STOP, USAGE, DONE].concat();
    assert_eq!(read(&all), complete(Some((3, 5)), "gpt-x"));
    assert_eq!(
        read(&[ROLE, TEXT, STOP, DONE].concat()),
        complete(None, "gpt-x")
    );
    // Some servers leave the last marker out, and some the last blank line.
    assert_eq!(
        read(&[ROLE, TEXT, STOP, USAGE].concat()),
        complete(Some((3, 5)), "gpt-x")
    );
    assert_eq!(read(all.trim_end()), complete(Some((3, 5)), "gpt-x"));
}

#[test]
fn the_last_report_counts() {
    let first = USAGE.replace(":5,", ":1,");
    let all = [ROLE, TEXT, &first, STOP, USAGE, DONE].concat();
    assert_eq!(read(&all).usage, Some((3, 5)));
}

#[test]
fn a_stream_that_breaks_off() {
    let mut broken = complete(None, "gpt-x");
    broken.failure = Some(ErrorKind::StreamInterrupted);
    assert_eq!(read(&[ROLE, TEXT, TEXT].concat()), broken);
    broken.token = false;
    assert_eq!(read(ROLE), broken);
    // A token that is cut in its middle is JSON that never came.
    assert_eq!(
        read(&[ROLE, &TEXT[..60]].concat()).failure,
        Some(ErrorKind::Decode)
    );
}

#[test]
fn an_error_in_the_stream() {
    let error = "data: {\"error\":{\"message\":\"Rate limited upstream\",\"code\":429}}\n\n";
    assert_eq!(
        read(&[ROLE, TEXT, error].concat()).failure,
        Some(ErrorKind::RateLimited)
    );
    let long = format!(
        "data: {{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"provider\":\"x\",\"model\":\"gpt-x\",\"choices\":[],\"error\":{{\"code\":502,\"message\":\"{}\"}}}}\n\n",
        "gone ".repeat(30)
    );
    assert_eq!(
        read(&[ROLE, TEXT, &long, DONE].concat()).failure,
        Some(ErrorKind::Server)
    );
    let named = "event: error\ndata: {\"message\":\"it broke\"}\n\n";
    assert_eq!(
        read(&[ROLE, TEXT, named].concat()).failure,
        Some(ErrorKind::Server)
    );
}

#[test]
fn several_answers_all_have_to_end() {
    let other = |text: &str| text.replace("\"index\":0", "\"index\":1");
    let ended = [ROLE, &other(ROLE), TEXT, &other(TEXT), STOP, &other(STOP)].concat();
    assert_eq!(read(&ended).failure, None);
    let half = [ROLE, &other(ROLE), TEXT, STOP, &other(TEXT)].concat();
    assert_eq!(read(&half).failure, Some(ErrorKind::StreamInterrupted));
    // The second answer begins after the first has ended.
    let late = [ROLE, TEXT, STOP, &other(TEXT)].concat();
    assert_eq!(read(&late).failure, Some(ErrorKind::StreamInterrupted));
}

#[test]
fn tool_calls_and_reasoning_are_tokens_and_filter_results_are_none() {
    let tool = TEXT.replace(
        r#""content":"Hi \"usage\":{\"x\":1} [DONE]""#,
        r#""tool_calls":[{"index":0,"id":"t","function":{"name":"f","arguments":""}}]"#,
    );
    assert!(read(&[ROLE, &tool].concat()).token);
    let thought = TEXT.replace("\"content\":", "\"reasoning_content\":");
    assert!(read(&[ROLE, &thought].concat()).token);
    let filter = "data: {\"choices\":[],\"prompt_filter_results\":[{\"prompt_index\":0}]}\n\n: OPENROUTER PROCESSING\n\n";
    assert!(!read(&[filter, ROLE].concat()).token);
}

#[test]
fn json_over_several_lines_is_one_event() {
    let text = [
        ROLE,
        TEXT,
        "data: {\"choices\":[],\ndata: \"usage\":{\"prompt_tokens\":3,\ndata: \"completion_tokens\":5}}\n\n",
        STOP,
        DONE,
    ]
    .concat();
    assert_eq!(read(&text), complete(Some((3, 5)), "gpt-x"));
}

#[test]
fn anthropic_messages() {
    let start = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"model\":\"claude-x\",\"content\":[],\"stop_reason\":null,\"usage\":{\"input_tokens\":25,\"cache_read_input_tokens\":10,\"cache_creation_input_tokens\":0,\"output_tokens\":1}}}\n\n";
    let block = "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\nevent: ping\ndata: {\"type\":\"ping\"}\n\n";
    let text = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Hello\"}}\n\n";
    let stop = "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"input_tokens\":0,\"output_tokens\":15}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
    let begun = read(&[start, block].concat());
    assert_eq!(
        (begun.token, begun.partial, begun.usage),
        (false, true, Some((35, 1)))
    );
    assert_eq!(begun.failure, Some(ErrorKind::StreamInterrupted));
    assert_eq!(
        read(&[start, block, text, stop].concat()),
        complete(Some((35, 15)), "claude-x")
    );
    let error = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n";
    assert_eq!(
        read(&[start, block, text, error].concat()).failure,
        Some(ErrorKind::Overloaded)
    );
}

#[test]
fn openai_responses() {
    let created = "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\":\"r\",\"model\":\"gpt-x\",\"error\":null,\"usage\":null}}\n\n";
    let delta = "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"item_id\":\"i\",\"output_index\":0,\"content_index\":0,\"delta\":\"Hi\"}\n\n";
    let end = "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"id\":\"r\",\"model\":\"gpt-x\",\"error\":null,\"usage\":{\"input_tokens\":36,\"output_tokens\":87,\"total_tokens\":123}}}\n\n";
    assert!(!read(created).token);
    assert_eq!(
        read(&[created, delta, end].concat()),
        complete(Some((36, 87)), "gpt-x")
    );
    let failed = "event: response.failed\ndata: {\"type\":\"response.failed\",\"response\":{\"id\":\"r\",\"status\":\"failed\",\"error\":{\"code\":\"server_error\",\"message\":\"x\"}}}\n\n";
    assert_eq!(
        read(&[created, delta, failed].concat()).failure,
        Some(ErrorKind::Server)
    );
}

const GEMINI: [&str; 2] = [
    r#"{"candidates":[{"content":{"parts":[{"text":"Hi"}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":4,"totalTokenCount":4},"modelVersion":"gemini-x"}"#,
    r#"{"candidates":[{"content":{"parts":[{"text":" \"]}"}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":4,"candidatesTokenCount":6,"totalTokenCount":10},"modelVersion":"gemini-x"}"#,
];

#[test]
fn gemini_as_events_and_as_an_array() {
    let events: String = GEMINI
        .iter()
        .map(|json| format!("data: {json}\n\n"))
        .collect();
    assert_eq!(read(&events), complete(Some((4, 6)), "gemini-x"));
    let array = format!("[{}\n,\r\n{}]", GEMINI[0], GEMINI[1]);
    for size in 1..array.len() {
        let tap = tap("application/json", array.as_bytes(), size);
        assert_eq!(seen(&tap), complete(Some((4, 6)), "gemini-x"), "{size}");
    }
}

#[test]
fn ollama_lines() {
    let lines = "{\"model\":\"llama\",\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"},\"done\":false}\n\
                 {\"model\":\"llama\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":26,\"eval_count\":2}\n";
    for size in 1..lines.len() {
        let tap = tap("application/x-ndjson", lines.as_bytes(), size);
        assert_eq!(seen(&tap), complete(Some((26, 2)), "llama"), "{size}");
    }
}

/// A frame of AWS' event stream; its checksums are not looked at.
fn frame(headers: &[(&str, &str)], payload: &[u8]) -> Vec<u8> {
    let mut head = Vec::new();
    for (name, value) in headers {
        head.push(u8::try_from(name.len()).unwrap());
        head.extend_from_slice(name.as_bytes());
        head.push(7);
        head.extend_from_slice(&u16::try_from(value.len()).unwrap().to_be_bytes());
        head.extend_from_slice(value.as_bytes());
    }
    let length = u32::try_from(12 + head.len() + payload.len() + 4).unwrap();
    let mut frame = length.to_be_bytes().to_vec();
    frame.extend_from_slice(&u32::try_from(head.len()).unwrap().to_be_bytes());
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(&head);
    frame.extend_from_slice(payload);
    frame.extend_from_slice(&[0; 4]);
    frame
}

#[test]
fn bedrock_frames() {
    let chunk = |json: &str| {
        let payload = format!("{{\"bytes\":\"{}\",\"p\":\"ab\"}}", STANDARD.encode(json));
        frame(
            &[(":event-type", "chunk"), (":message-type", "event")],
            payload.as_bytes(),
        )
    };
    let invoke = [
        chunk(r#"{"type":"message_start","message":{"model":"claude-x","usage":{"input_tokens":9,"output_tokens":1}}}"#),
        chunk(r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}"#),
        chunk(r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":4}}"#),
        chunk(r#"{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":9,"outputTokenCount":4}}"#),
    ]
    .concat();
    let converse = [
        frame(&[(":event-type", "contentBlockDelta")], br#"{"contentBlockIndex":0,"delta":{"text":"Hi"}}"#),
        frame(&[(":event-type", "messageStop")], br#"{"stopReason":"end_turn"}"#),
        frame(&[(":event-type", "metadata")], br#"{"usage":{"inputTokens":9,"outputTokens":4,"totalTokens":13},"metrics":{"latencyMs":500}}"#),
    ]
    .concat();
    for size in 1..200 {
        let media = "application/vnd.amazon.eventstream";
        assert_eq!(
            seen(&tap(media, &invoke, size)),
            complete(Some((9, 4)), "claude-x"),
            "{size}"
        );
        let converse = seen(&tap(media, &converse, size));
        assert_eq!(
            (converse.usage, converse.token, converse.failure),
            (Some((9, 4)), true, None),
            "{size}"
        );
    }
    let exception = frame(
        &[
            (":exception-type", "throttlingException"),
            (":message-type", "exception"),
        ],
        b"{}",
    );
    let tap = tap("application/vnd.amazon.eventstream", &exception, 7);
    assert_eq!(tap.failure(), Some(ErrorKind::RateLimited));
}

#[test]
fn a_whole_answer_of_any_size_is_not_kept() {
    let filler = "x".repeat(10_000_000);
    let json = format!(
        r#"{{"id":"c","model":"gpt-x","choices":[{{"message":{{"content":"{filler}"}}}}],"usage":{{"prompt_tokens":3,"completion_tokens":5}}}}"#
    );
    let mut tap = BodyTap::new(Dialect::Any, Some("application/json; charset=utf-8"), None);
    for chunk in json.as_bytes().chunks(16_384) {
        tap.push(chunk);
    }
    tap.finish();
    assert_eq!(tap.usage().map(|usage| usage.total_tokens()), Some(8));
    assert_eq!((tap.state().model(), tap.failure()), (Some("gpt-x"), None));
}

#[test]
fn garbage_and_cut_answers_fail_and_opaque_ones_do_not() {
    let whole = |encoding: Option<&str>, body: &[u8]| {
        let mut tap = BodyTap::new(Dialect::Any, Some("application/json"), encoding);
        tap.push(body);
        tap.finish();
        tap.failure()
    };
    assert_eq!(whole(None, b"<html>"), Some(ErrorKind::Decode));
    assert_eq!(
        whole(None, b"{\"choices\":["),
        Some(ErrorKind::StreamInterrupted)
    );
    assert_eq!(
        whole(None, b"{\"error\":{\"code\":503,\"message\":\"x\"}}"),
        Some(ErrorKind::Overloaded)
    );
    assert_eq!(whole(Some("gzip"), b"\x1f\x8b"), None);
}

#[test]
fn an_event_that_is_too_long_is_passed_over() {
    let mut tap = SseTap::default();
    tap.push(ROLE.as_bytes());
    tap.push(TEXT.as_bytes());
    tap.push(b"data: {\"x\":\"");
    for _ in 0..40 {
        tap.push(&[b'x'; 65_536]);
    }
    tap.push(b"\"}\n\n");
    tap.push([STOP, USAGE, DONE].concat().as_bytes());
    assert_eq!((tap.garbled(), tap.is_complete()), (1, true));
    assert_eq!(tap.usage().map(|usage| usage.total_tokens()), Some(8));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_bytes_cut_anywhere_mean_the_same(
        parts in proptest::collection::vec(
            prop_oneof![
                Just(ROLE.as_bytes().to_vec()),
                Just(TEXT.as_bytes().to_vec()),
                Just(STOP.as_bytes().to_vec()),
                Just(USAGE.as_bytes().to_vec()),
                Just(DONE.as_bytes().to_vec()),
                Just(b"data: {\"choices\":[{\"index\":\ndata: 3,\"delta\":{}}]}\n\n".to_vec()),
                proptest::collection::vec(any::<u8>(), 0..40),
                Just(b"\r\n".to_vec()),
            ],
            0..12,
        ),
        size in 1_usize..64,
        media in prop_oneof![
            Just("text/event-stream"),
            Just("application/x-ndjson"),
            Just("application/json"),
            Just("application/vnd.amazon.eventstream"),
        ],
    ) {
        let bytes = parts.concat();
        let (whole, cut) = (tap(media, &bytes, bytes.len()), tap(media, &bytes, size));
        prop_assert_eq!(whole.state(), cut.state());
        prop_assert_eq!(whole.failure(), cut.failure());
    }
}
