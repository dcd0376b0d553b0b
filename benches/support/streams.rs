//! Streams of chat chunks as servers send them.

use std::fmt::Write as _;

/// A stream of `events` chunks of about 265 bytes, each `usage` field absent or null, with or without blanks after colons and
/// commas, and with a usage report and `[DONE]`.
pub fn sse(events: usize, null_usage: bool, spaced: bool) -> Vec<u8> {
    let usage = if null_usage { r#","usage":null"# } else { "" };
    let mut text = String::new();
    for event in 0..events {
        let _ = write!(
            text,
            "data: {{\"id\":\"chatcmpl-AbCdEfGhIjKlMnOpQrStUvWxYz\",\"object\":\"chat.completion.chunk\",\"created\":1789000000,\
             \"model\":\"gpt-x-mini-2026-07-18\",\"system_fingerprint\":\"fp_44709d6fcb\",\"choices\":[{{\"index\":0,\
             \"delta\":{{\"content\":\" token{event}\"}},\"logprobs\":null,\"finish_reason\":null}}]{usage}}}\n\n"
        );
    }
    text.push_str(
        "data: {\"id\":\"chatcmpl-A\",\"object\":\"chat.completion.chunk\",\"created\":1789000000,\"model\":\"gpt-x\",\
         \"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n\
         data: {\"id\":\"chatcmpl-A\",\"object\":\"chat.completion.chunk\",\"created\":1789000000,\"model\":\"gpt-x\",\
         \"choices\":[],\"usage\":{\"prompt_tokens\":120,\"completion_tokens\":40,\"total_tokens\":160}}\n\n\
         data: [DONE]\n\n",
    );
    if spaced {
        text = text.replace("\":", "\": ").replace(",\"", ", \"");
    }
    text.into_bytes()
}
