//! Streams that are right and look unusual, and such as are wrong in one place.

use super::*;

/// Writes JSON as Python's `json.dumps` does.
fn spaced(stream: &str) -> String {
    let mut spaced = String::new();
    let (mut in_string, mut escaped) = (false, false);
    for character in stream.chars() {
        spaced.push(character);
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => in_string = !in_string,
            ':' | ',' if !in_string && spaced.contains('{') => spaced.push(' '),
            '\n' => in_string = false,
            _ => {}
        }
    }
    spaced
}

fn sse(events: &[&str]) -> String {
    events
        .iter()
        .map(|event| format!("data: {event}\n\n"))
        .collect()
}

fn usage_of(events: &[&str]) -> Option<(u64, u64)> {
    read(&sse(events)).usage
}

#[test]
fn spaces_after_colons_change_nothing() {
    let all = [ROLE, TEXT, TEXT, TEXT, STOP, USAGE, DONE].concat();
    let spaced_all = spaced(&all);
    assert!(spaced_all.contains("\"finish_reason\": null}], \"usage\": null}"));
    assert_eq!(read(&spaced_all), read(&all));
    assert_eq!(read(&spaced_all), complete(Some((3, 5)), "gpt-x"));
}

#[test]
fn events_that_end_or_fail_a_stream_are_never_passed_over() {
    let begin = [ROLE, TEXT, TEXT, TEXT].concat();
    let filler = "x".repeat(200);
    for (event, failure) in [
        (format!(r#"{{"type":"message_stop","x":"{filler}"}}"#), None),
        (
            format!(r#"{{"x":"{filler}","type" : "message_stop"}}"#),
            None,
        ),
        (r#"{"type":"message_stop"}"#.to_owned(), None),
        (r#"{"model":"m","done":true}"#.to_owned(), None),
        (
            format!(r#"{{"type":"response.completed","response":{{"id":"{filler}"}}}}"#),
            None,
        ),
        (
            format!(r#"{{"object":"error","message":"{filler}","code":503}}"#),
            Some(ErrorKind::Overloaded),
        ),
        (
            format!(r#"{{"error" : {{"message":"{filler}","code":503}}}}"#),
            Some(ErrorKind::Overloaded),
        ),
        (
            format!(
                r#"{{"choices":[{{"index":0,"delta":{{"content":"{filler}"}},"finish_reason": "stop"}}]}}"#
            ),
            None,
        ),
        (
            format!(
                r#"{{"choices":[{{"index":0,"delta":{{"content":"{filler}"}},"finish_reason":""}}]}}"#
            ),
            Some(ErrorKind::StreamInterrupted),
        ),
    ] {
        let seen = read(&format!("{begin}data: {event}\n\n"));
        assert_eq!(seen.failure, failure, "{event}");
    }
}

#[test]
fn a_finish_and_usage_in_one_event() {
    let last = STOP.replace(
        "\"usage\":null",
        "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":5}",
    );
    let all = [ROLE, TEXT, TEXT, TEXT, &last].concat();
    assert_eq!(read(&all), complete(Some((3, 5)), "gpt-x"));
}

#[test]
fn usage_on_every_event_and_the_last_one_counts() {
    let events: String = (1..=9)
        .map(|count| {
            TEXT.replace(
                "\"usage\":null",
                &format!("\"usage\":{{\"prompt_tokens\":3,\"completion_tokens\":{count},\"cost\":{{\"total_cost\":0.006}}}}"),
            )
        })
        .collect();
    let all = [ROLE, &events, &STOP.replace(",\"usage\":null", "")].concat();
    assert_eq!(read(&all), complete(Some((3, 9)), "gpt-x"));
    let tap = tap("text/event-stream", all.as_bytes(), 100);
    assert_eq!(tap.usage().unwrap().cost_nanousd, Some(6_000_000));
}

#[test]
fn a_wrong_type_in_one_field_hides_no_usage() {
    let report = r#""usage":{"prompt_tokens":3,"completion_tokens":5}"#;
    for other in [
        r#""choices":null"#,
        r#""choices":{}"#,
        r#""choices":"none""#,
        r#""choices":[null,1,{"index":-1,"delta":[]}]"#,
        r#""model":{"name":"x"}"#,
        r#""model":7"#,
        r#""type":null"#,
        r#""response":"text""#,
        r#""message":[1]"#,
        r#""delta":7"#,
        r#""done":"no","stopReason":[]"#,
        r#""candidates":"x""#,
        r#""x_groq":{"usage":"later"}"#,
        r#""service_tier":{"a":1}"#,
        r#""usageMetadata":null"#,
        r#""usageMetadata":{"promptTokenCount":null}"#,
        r#""model":"a","modelVersion":"b""#,
        r#""usage":null"#,
        r#""usage":"pending""#,
        r#""choices":[{"index":0,"delta":{"content":"\ud83d"}}]"#,
    ] {
        for event in [
            format!("{{{other},{report}}}"),
            format!("{{{report},{other}}}"),
        ] {
            assert_eq!(usage_of(&[&event]), Some((3, 5)), "{event}");
        }
    }
    for wrong in [
        r#""prompt_tokens_details":"none""#,
        r#""cost":"0.1""#,
        r#""cost":[]"#,
        r#""service_tier":7"#,
        r#""promptTokensDetails":{"a":1}"#,
        r#""completion_tokens":null"#,
        r#""completion_tokens":"many""#,
    ] {
        let event = format!(r#"{{"usage":{{"prompt_tokens":3,"completion_tokens":5,{wrong}}}}}"#);
        assert_eq!(usage_of(&[&event]), Some((3, 5)), "{event}");
    }
    let bytes = b"data: {\"choices\":[{\"delta\":{\"content\":\"\xf0\x9f\"}}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":5}}\n\n";
    let seen = seen(&tap("text/event-stream", bytes, 7));
    assert_eq!((seen.usage, seen.token), (Some((3, 5)), true));
}

#[test]
fn usage_wherever_providers_put_it() {
    for (event, expected) in [
        (
            r#"{"id":"c","choices":[],"x_groq":{"id":"r","usage":{"prompt_tokens":3,"completion_tokens":5}}}"#,
            (3, 5),
        ),
        (
            r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop","usage":{"prompt_tokens":3,"completion_tokens":5}}],"usage":null}"#,
            (3, 5),
        ),
        (
            r#"{"response":{"candidates":[],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":5,"totalTokenCount":8}}}"#,
            (3, 5),
        ),
        (
            r#"{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":3,"outputTokenCount":5}}"#,
            (3, 5),
        ),
        (
            r#"{"model":"m","response":"","done":true,"prompt_eval_count":3,"eval_count":5}"#,
            (3, 5),
        ),
    ] {
        assert_eq!(usage_of(&[event]), Some(expected), "{event}");
    }
}

#[test]
fn bedrocks_metrics_do_not_replace_a_full_report() {
    let start = r#"{"type":"message_start","message":{"model":"claude-x","usage":{"input_tokens":9,"cache_creation":{"ephemeral_1h_input_tokens":4},"output_tokens":1}}}"#;
    let delta = r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":4}}"#;
    let stop = r#"{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":9,"outputTokenCount":4}}"#;
    let stream = sse(&[start, delta, stop]);
    let usage = tap("text/event-stream", stream.as_bytes(), 50)
        .usage()
        .unwrap();
    assert_eq!((usage.prompt_tokens, usage.cache_write_1h_tokens), (13, 4));
}

#[test]
fn a_report_in_other_words_in_anthropics_events_is_kept() {
    let delta = r#"{"type":"message_delta","usage":{"prompt_tokens":3,"completion_tokens":5}}"#;
    assert_eq!(usage_of(&[delta]), Some((3, 5)));
}

#[test]
fn a_prompt_that_gemini_refuses_is_an_error() {
    let event = r#"{"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":4,"totalTokenCount":4}}"#;
    let seen_events = read(&sse(&[event]));
    assert_eq!(
        (seen_events.failure, seen_events.usage),
        (Some(ErrorKind::ContentFilter), Some((4, 0)))
    );
    let mut tap = BodyTap::new(Dialect::Any, Some("application/json"), None);
    tap.push(event.as_bytes());
    tap.finish();
    assert_eq!(tap.failure(), Some(ErrorKind::ContentFilter));
}

#[test]
fn the_kind_of_a_failed_response_is_told() {
    let failed = r#"{"type":"response.failed","response":{"error":{"code":"rate_limit_exceeded","message":"x"}}}"#;
    assert_eq!(read(&sse(&[failed])).failure, Some(ErrorKind::RateLimited));
}

#[test]
fn ollamas_generate_answers_with_a_text() {
    let lines = "{\"model\":\"m\",\"response\":\"Hi\",\"done\":false}\n{\"model\":\"m\",\"response\":\"\",\"done\":true,\"eval_count\":2}\n";
    let tap = tap("application/x-ndjson", lines.as_bytes(), 9);
    assert_eq!(seen(&tap), complete(Some((0, 2)), "m"));
    assert_eq!(tap.state().garbled(), 0);
}

#[test]
fn a_name_may_come_after_its_data() {
    let error = "data: {\"message\":\"it broke\"}\nevent: error\n\n";
    assert_eq!(
        read(&[ROLE, TEXT, TEXT, error].concat()).failure,
        Some(ErrorKind::Server)
    );
    // A name alone is no event.
    let nothing = "event: error\n\n";
    let all = [ROLE, TEXT, nothing, STOP].concat();
    assert_eq!(read(&all).failure, None);
}

#[test]
fn a_known_shape_under_the_name_of_an_error_is_an_error() {
    let named = format!("event: error\n{TEXT}");
    let all = [ROLE, TEXT, TEXT, TEXT, &named].concat();
    assert_eq!(read(&all).failure, Some(ErrorKind::Server));
}

#[test]
fn no_space_a_mark_and_comments_change_nothing() {
    let all = [ROLE, TEXT, TEXT, STOP, USAGE, DONE].concat();
    let tight = all.replace("data: ", "data:");
    assert_eq!(read(&tight), complete(Some((3, 5)), "gpt-x"));
    assert_eq!(
        read(&format!("\u{feff}{all}")),
        complete(Some((3, 5)), "gpt-x")
    );
    let chatty = all.replace(
        "data: ",
        ": keep-alive\n\n: OPENROUTER PROCESSING\nid: 7\nretry: 3\ndata: ",
    );
    assert_eq!(read(&chatty), complete(Some((3, 5)), "gpt-x"));
    let empty = all.replace("data: {", "data: \n\ndata:\n\ndata: {");
    assert_eq!(read(&empty), complete(Some((3, 5)), "gpt-x"));
}

#[test]
fn a_second_answer_that_begins_among_known_events_is_seen() {
    let second = TEXT.replace("\"index\":0", "\"index\":1");
    let all = [ROLE, TEXT, TEXT, TEXT, &second, TEXT, STOP].concat();
    assert_eq!(read(&all).failure, Some(ErrorKind::StreamInterrupted));
    let end = STOP.replace("\"index\":0", "\"index\":1");
    assert_eq!(read(&[&all, end.as_str()].concat()).failure, None);
}

#[test]
fn a_stream_that_is_called_json_is_read_as_a_stream() {
    let all = [ROLE, TEXT, TEXT, STOP, USAGE, DONE].concat();
    let whole = |body: &str, size: usize| {
        let mut tap = BodyTap::new(Dialect::Any, Some("application/json"), None);
        for chunk in body.as_bytes().chunks(size) {
            tap.push(chunk);
        }
        tap.finish();
        seen(&tap)
    };
    for size in [1, 2, 50, 5_000] {
        assert_eq!(whole(&all, size), complete(Some((3, 5)), "gpt-x"));
        assert_eq!(whole("error", size).failure, Some(ErrorKind::Decode));
        assert_eq!(whole("[[0.1],[0.2]]", size).failure, None);
        assert_eq!(
            whole("{\"usage\":{nonsense}}", size).failure,
            Some(ErrorKind::Decode)
        );
    }
}

#[test]
fn nothing_is_kept_of_whole_lines() {
    let mut tap = SseTap::default();
    for chunk in [ROLE, TEXT, TEXT, TEXT, TEXT, STOP, USAGE, DONE] {
        tap.push(chunk.as_bytes());
        assert_eq!(tap.buffered(), 0);
    }
}

#[test]
fn huge_counts_add_up_without_overflow() {
    let most = 1_u64 << 48;
    for keys in [
        [
            "input_tokens",
            "cache_read_input_tokens",
            "cache_creation_input_tokens",
            "output_tokens",
        ],
        [
            "promptTokenCount",
            "toolUsePromptTokenCount",
            "thoughtsTokenCount",
            "candidatesTokenCount",
        ],
        [
            "inputTokens",
            "cacheReadInputTokens",
            "cacheWriteInputTokens",
            "outputTokens",
        ],
        [
            "prompt_cache_hit_tokens",
            "prompt_cache_miss_tokens",
            "completion_tokens",
            "cost_in_usd_ticks",
        ],
    ] {
        for count in [most, most + 1, u64::MAX] {
            let fields: Vec<String> = keys
                .iter()
                .map(|key| format!("\"{key}\":{count}"))
                .collect();
            let json = format!("{{{}}}", fields.join(","));
            let usage = super::super::usage_from_json(json.as_bytes());
            assert_eq!(usage.is_some(), count == most, "{json}");
        }
    }
}

#[test]
fn a_first_token_in_the_shape_of_empty_events_is_seen() {
    let empty = TEXT.replace("Hi \\\"usage\\\":{\\\"x\\\":1} [DONE]", "");
    assert!(empty.contains("\"content\":\"\""));
    let begun = [empty.as_str(); 4].concat();
    assert!(!read(&begun).token);
    assert!(read(&[&begun, TEXT].concat()).token);
}
