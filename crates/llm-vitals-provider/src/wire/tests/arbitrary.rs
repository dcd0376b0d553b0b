//! Anything at all, cut anywhere: nothing panics, nothing grows, and the cuts change nothing.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::super::state::{EventState, Taken};
use super::super::{
    RequestTap, classify, rate_limits, redact, retry_after, route, usage_from_headers,
    usage_from_json,
};
use super::*;

const MEDIA: [&str; 6] = [
    "text/event-stream",
    "application/x-ndjson",
    "application/json",
    "application/problem+json; charset=utf-8",
    "application/vnd.amazon.eventstream",
    "text/html",
];

/// Events as every provider writes them.
const EVENTS: [&str; 26] = [
    r#"{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}"#,
    r#"{"id": "c", "created": 12, "model": "m", "choices": [{"index": 0, "delta": {"content": " y\"ou\\"}, "finish_reason": null}], "usage": null}"#,
    r#"{"choices":[{"index":1,"delta":{"content":"other"},"finish_reason":null}],"obfuscation":"abc"}"#,
    r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"function":{"arguments":"{\"a"}}]},"finish_reason":null}]}"#,
    r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":5}}"#,
    r#"{"choices":[{"index":1,"delta":{},"finish_reason":"length"}]}"#,
    r#"{"type":"message_delta","delta":{"stop_reason":"max_tokens"}}"#,
    r#"{"type":"response.incomplete","response":{"incomplete_details":{"reason":"max_output_tokens"}}}"#,
    r#"{"candidates":[{"finishReason":"MAX_TOKENS","index":0}],"stopReason":"max_tokens","done_reason":"length"}"#,
    r#"{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":9,"prompt_tokens_details":{"cached_tokens":2}},"service_tier":"flex"}"#,
    r#"{"choices":[],"x_groq":{"usage":{"prompt_tokens":1,"completion_tokens":2}}}"#,
    r#"{"type":"message_start","message":{"model":"claude","usage":{"input_tokens":25,"cache_read_input_tokens":10,"output_tokens":1}}}"#,
    r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}"#,
    r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":15}}"#,
    r#"{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":9,"outputTokenCount":4}}"#,
    r#"{"type":"response.output_text.delta","sequence_number":4,"delta":"Hi","obfuscation":"x"}"#,
    r#"{"type":"response.output_text.delta","sequence_number":123,"delta":"Hi there","obfuscation":"xyz"}"#,
    r#"{"type":"response.completed","response":{"model":"m","usage":{"input_tokens":36,"output_tokens":87}}}"#,
    r#"{"type":"response.failed","response":{"error":{"code":"server_error"}}}"#,
    r#"{"candidates":[{"content":{"parts":[{"text":"Hi"}]},"index":0}],"usageMetadata":{"promptTokenCount":4,"totalTokenCount":9},"modelVersion":"g"}"#,
    r#"{"model":"llama","message":{"content":"Hi"},"done":false}"#,
    r#"{"model":"llama","done":true,"prompt_eval_count":26,"eval_count":2}"#,
    r#"{"error":{"message":"no","code":429}}"#,
    r#"{"a":"half \ud83d","usage":{"input_tokens":1}}"#,
    "[DONE]",
    "garbage",
];

fn event() -> impl Strategy<Value = String> {
    (0..EVENTS.len()).prop_map(|at| EVENTS[at].to_owned())
}

/// A stream of events in any framing.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let framed = (event(), 0..7_usize).prop_map(|(event, frame)| match frame {
        0 | 1 => format!("data: {event}\n\n").into_bytes(),
        2 => format!("data:{event}\r\n\r\n").into_bytes(),
        3 => format!("event: error\ndata: {event}\n\n").into_bytes(),
        4 => format!("{event}\n").into_bytes(),
        5 => format!("{event},").into_bytes(),
        _ => super::frame(&[(":event-type", "chunk")], event.as_bytes()),
    });
    let piece = prop_oneof![
        8 => framed,
        1 => proptest::collection::vec(any::<u8>(), 0..40),
        1 => Just(b": ping\n\n".to_vec()),
        1 => Just(b"\r".to_vec()),
        1 => Just(vec![0xEF, 0xBB, 0xBF]),
    ];
    proptest::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

/// A stream with some bytes changed.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let changes = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
    (stream(), changes).prop_map(|(mut bytes, changes)| {
        for (at, byte) in changes {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
        }
        bytes
    })
}

fn cut_up(bytes: &[u8], mut cuts: Vec<prop::sample::Index>) -> Vec<Vec<u8>> {
    let mut places: Vec<usize> = cuts
        .drain(..)
        .map(|cut| cut.index(bytes.len() + 1))
        .collect();
    places.extend([0, bytes.len()]);
    places.sort_unstable();
    places
        .windows(2)
        .map(|pair| bytes[pair[0]..pair[1]].to_vec())
        .collect()
}

fn body(dialect: Dialect, media: &str, chunks: &[Vec<u8>]) -> BodyTap {
    let mut tap = BodyTap::new(dialect, Some(media), None);
    for chunk in chunks {
        tap.push(chunk);
    }
    tap.finish();
    tap
}

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_465_800)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn cuts_change_nothing(
        bytes in mutated(),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..20),
        media in 0..MEDIA.len(),
        array in any::<bool>(),
    ) {
        let dialect = if array { Dialect::GeminiArray } else { Dialect::Any };
        let whole = body(dialect, MEDIA[media], std::slice::from_ref(&bytes));
        let cut = body(dialect, MEDIA[media], &cut_up(&bytes, cuts));
        prop_assert_eq!(whole.state(), cut.state());
        prop_assert_eq!(whole.failure(), cut.failure());
        prop_assert_eq!(whole.usage(), cut.usage());
    }

    /// The tap passes over events that it knows; a parser of every event comes to the same.
    #[test]
    fn the_tap_knows_what_a_full_parse_knows(
        events in proptest::collection::vec((event(), 1..5_usize, 0..6_usize, "[a-z \\\\\"]{0,20}"), 0..16),
        size in 1..400_usize,
    ) {
        let mut full = EventState::default();
        let mut text = String::new();
        for (event, times, place, said) in events {
            let said = Value::String(said).to_string();
            // The same event again and again, with another text or number in it.
            let place = ["\"Hi\"", "\"m\"", "\"stop\"", "null", "\"index\":0", "\"text_delta\""][place];
            let said = if place.contains(':') { "\"index\":2".to_owned() } else { said };
            for time in 0..times {
                let event = if time % 2 == 0 { event.clone() } else { event.replace(place, &said) };
                text.push_str(&format!("data: {event}\n\n"));
                if event == "[DONE]" {
                    full.set_done();
                } else if full.take(event.as_bytes()) == Taken::Garbled {
                    full.add_garbled();
                }
            }
        }
        let mut tap = SseTap::default();
        for chunk in text.as_bytes().chunks(size) {
            tap.push(chunk);
        }
        tap.finish();
        prop_assert_eq!(&*tap, &full);
    }

    #[test]
    fn the_request_is_read_the_same_however_it_is_cut(
        model in "\\PC{0,20}",
        streamed in any::<bool>(),
        noise in proptest::collection::vec(any::<u8>(), 0..30),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let json = serde_json::json!({"messages": [{"model": "no", "stream": false}], "model": model, "stream": streamed});
        let mut bytes = json.to_string().into_bytes();
        let mut tap = RequestTap::default();
        for chunk in cut_up(&bytes, cuts.clone()) {
            tap.push(&chunk);
        }
        prop_assert_eq!(tap.model(), Some(model));
        prop_assert_eq!(tap.is_streamed(), streamed);
        let at = bytes.len() / 2;
        bytes.splice(at..at, noise);
        let mut cut = RequestTap::default();
        for chunk in cut_up(&bytes, cuts) {
            cut.push(&chunk);
        }
        let mut whole = RequestTap::default();
        whole.push(&bytes);
        prop_assert_eq!((cut.model(), cut.is_streamed()), (whole.model(), whole.is_streamed()));
    }

    #[test]
    fn any_json_is_read_without_panic(bytes in mutated(), status in any::<Option<u16>>()) {
        let usage = usage_from_json(&bytes);
        if let Some(usage) = usage {
            prop_assert!(usage.cached_prompt_tokens + usage.cache_write_tokens <= usage.prompt_tokens);
            prop_assert!(usage.reasoning_tokens <= usage.completion_tokens);
        }
        let class = classify(status, &bytes);
        prop_assert!(class.message.unwrap_or_default().len() <= 512);
        prop_assert!(class.code.unwrap_or_default().len() <= 512);
        let _ = retry_after(&HeaderMap::new(), Some(&bytes), now());
    }

    #[test]
    fn any_numbers_add_up(
        counts in proptest::collection::vec((0..18_usize, any::<u64>()), 0..18),
        small in any::<bool>(),
    ) {
        const KEYS: [&str; 18] = [
            "prompt_tokens", "completion_tokens", "total_tokens", "prompt_cache_hit_tokens",
            "prompt_cache_miss_tokens", "input_tokens", "output_tokens", "cache_creation_input_tokens",
            "cache_read_input_tokens", "promptTokenCount", "candidatesTokenCount", "totalTokenCount",
            "thoughtsTokenCount", "toolUsePromptTokenCount", "inputTokens", "outputTokens",
            "cost_in_usd_ticks", "eval_count",
        ];
        let fields: Vec<String> = counts
            .iter()
            .map(|(key, count)| format!("\"{}\":{}", KEYS[*key], if small { count >> 15 } else { *count }))
            .collect();
        let json = format!("{{{}}}", fields.join(","));
        if let Some(usage) = usage_from_json(json.as_bytes()) {
            prop_assert!(usage.total_tokens() <= 1 << 52);
        }
    }

    #[test]
    fn any_headers_are_read_without_panic(
        values in proptest::collection::vec((0..12_usize, "[0-9]{1,30}|[0-9TZ:.,+ -]{0,30}|[0-9]{1,4}(ms|s|m|h|d)?[0-9.]{0,5}s?|NaN|inf|-?[0-9]{1,3}e[0-9]{1,3}|\\PC{0,20}"), 0..8),
    ) {
        const NAMES: [&str; 12] = [
            "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests",
            "anthropic-ratelimit-tokens-limit", "anthropic-ratelimit-tokens-reset", "x-ratelimit-limit",
            "x-ratelimit-reset", "retry-after", "retry-after-ms", "x-amzn-bedrock-input-token-count",
            "x-amzn-bedrock-output-token-count", "ratelimitbysize-remaining",
        ];
        let mut headers = HeaderMap::new();
        for (name, value) in &values {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(HeaderName::from_static(NAMES[*name]), value);
            }
        }
        let longest = Duration::from_secs(30 * 24 * 3600);
        if let Some(limits) = rate_limits(&headers, now()) {
            for limit in [limits.requests, limits.tokens].into_iter().flatten() {
                prop_assert!(limit.reset.is_none_or(|reset| reset <= longest));
            }
            prop_assert!(limits.retry_after.is_none_or(|wait| wait <= longest));
        }
        let _ = usage_from_headers(&headers);
    }

    #[test]
    fn any_address_and_text_is_read_without_panic(host in "\\PC{0,30}", path in "(/|:|\\?|\\PC|model|deployments|invoke){0,20}", text in "\\PC{0,60}") {
        let route = route(Some(&host), &path);
        prop_assert!(route.model.is_none_or(|model| path.contains(model)));
        prop_assert!(redact(&text).len() <= 512);
    }
}

/// Pushes the same bytes over and over, and looks at what is kept.
fn flood(media: &str, dialect: Dialect, begin: &[u8], again: &[u8]) -> usize {
    let mut tap = BodyTap::new(dialect, Some(media), None);
    tap.push(begin);
    let mut most = 0;
    for _ in 0..1_300_000 / again.len() {
        tap.push(again);
        most = most.max(tap.buffered());
    }
    tap.finish();
    most
}

#[test]
fn memory_stays_bounded_whatever_comes() {
    let deep = b"[".repeat(4096);
    let lists = b"{\"choices\":[".repeat(400);
    let empty = b"{},".repeat(2000);
    let names = b"\"usage\":{\"a\":\"aaaaaaaaaaaaaaaa".repeat(100);
    let lines = b"data: {\n".repeat(500);
    for media in MEDIA {
        for dialect in [Dialect::Any, Dialect::GeminiArray] {
            if dialect == Dialect::GeminiArray && media != "application/json" {
                continue;
            }
            for begin in [
                &b""[..],
                b"{",
                b"[{",
                b"data: {",
                b"{\"usage\":{\"a\":\"",
                &[0, 15, 255, 255, 0, 0, 0, 0],
            ] {
                for again in [
                    &deep[..],
                    &lists,
                    &empty,
                    &names,
                    &lines,
                    &[0xFF; 4096],
                    &[b'"'; 4097],
                ] {
                    let most = flood(media, dialect, begin, again);
                    assert!(most <= 5 << 20, "{media} {most}");
                }
            }
        }
    }
}

#[test]
fn a_deep_event_is_garbled_or_read_and_overflows_no_stack() {
    let deep = |depth: usize| format!("{{\"x\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    for depth in [1, 127, 128, 10_000, 500_000] {
        let event = format!("data: {}\n\n", deep(depth));
        let tap = tap("text/event-stream", event.as_bytes(), 1000);
        assert_eq!(
            tap.state().garbled(),
            0,
            "a value that nobody reads is passed over"
        );
        let event = deep(depth).replace("\"x\"", "\"choices\"");
        let _ = classify(Some(400), event.as_bytes());
        let _ = classify(Some(400), deep(depth).replace("{\"x\":", "").as_bytes());
        let _ = usage_from_json(event.as_bytes());
    }
}
