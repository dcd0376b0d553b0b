//! The events of a streamed answer, as chunks.

use std::collections::{BTreeMap, VecDeque};

use crate::answers::Answers;
use crate::gemini::response::{Candidate, finish_reason, read};
use crate::http::{Decode, Fault, Step, chunk, unix_now};
use crate::response::{ChatChunk, Delta};
use crate::wire;

/// Reads the events of a streamed answer.
pub(super) struct Events {
    id: Option<String>,
    model: String,
    created: u64,
    answers: Answers,
    /// How many tools each answer called.
    calls: BTreeMap<u32, u32>,
}

impl Events {
    /// Begins with the model that was asked, until the answer names its own.
    pub(super) fn new(model: String) -> Self {
        Self {
            id: None,
            model,
            created: unix_now(),
            answers: Answers::default(),
            calls: BTreeMap::new(),
        }
    }

    fn candidate(&mut self, mut candidate: Candidate) -> ChatChunk {
        let index = candidate.index;
        // As many counters as answers are told apart.
        let calls = self.calls.entry(index.min(127)).or_default();
        let mut said = candidate.said(self.id.as_deref(), *calls);
        for call in &mut said.calls {
            call.index = Some(*calls);
            *calls = calls.saturating_add(1);
        }
        let called = *calls > 0;
        let mut delta = Delta::default();
        if self.answers.begin(index) {
            delta.role = Some("assistant".to_owned());
        }
        delta.content = said.text.filter(|text| !text.is_empty());
        delta.reasoning_content = said.thought.filter(|text| !text.is_empty());
        delta.tool_calls = Some(said.calls).filter(|calls| !calls.is_empty());
        let native = candidate.finish_reason.as_deref();
        if native.is_some() {
            self.answers.end(index);
        }
        let reason = native.map(|native| (finish_reason(native, called), native));
        let chunk = chunk(&self.model, index, delta, reason);
        self.signed(chunk)
    }

    /// Adds what every chunk of the answer has in common.
    fn signed(&self, mut chunk: ChatChunk) -> ChatChunk {
        chunk.id.clone_from(&self.id);
        chunk.created = Some(self.created.into());
        chunk
    }
}

impl Decode for Events {
    fn event(&mut self, data: &[u8], chunks: &mut VecDeque<ChatChunk>) -> Result<Step, Fault> {
        let answer = read(data)?;
        if answer.response_id.is_some() {
            self.id = answer.response_id;
        }
        if let Some(model) = answer.model_version {
            self.model = model;
        }
        for candidate in answer.candidates.into_iter().flatten() {
            let chunk = self.candidate(candidate);
            chunks.push_back(chunk);
        }
        let usage = answer.usage_metadata.as_ref();
        let Some(mut usage) = usage.and_then(wire::usage::from_value) else {
            return Ok(Step::Next);
        };
        // Every event counts what there is so far. Only what comes with the end is the count of the answer.
        usage.partial = !self.answers.all_ended();
        match chunks.back_mut() {
            Some(last) if usage.partial => last.usage = Some(usage.into()),
            _ => {
                let report = self.signed(ChatChunk::new(&self.model, Vec::new()));
                chunks.push_back(report.with_usage(usage));
            }
        }
        Ok(Step::Next)
    }

    fn end(&mut self, _: &mut VecDeque<ChatChunk>) -> bool {
        self.answers.all_ended()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use proptest::prelude::*;

    use super::*;
    use crate::http::any::any_json;

    #[test]
    fn events_become_chunks_and_the_last_count_a_chunk_of_its_own() {
        let mut decoder = Events::new("asked".to_owned());
        let mut chunks = VecDeque::new();
        for event in [
            json!({"candidates": [{"content": {"parts": [{"text": "hm", "thought": true}]}}], "responseId": "r",
                "modelVersion": "g", "usageMetadata": {"promptTokenCount": 4, "totalTokenCount": 6, "thoughtsTokenCount": 2}}),
            json!({"candidates": [{"content": {"parts": [{"text": "Hi"}]}}]}),
            json!({"candidates": [{"content": {"parts": [{"functionCall": {"name": "f", "args": {}}}]}}]}),
            json!({"candidates": [{"content": {"parts": [{"functionCall": {"name": "g", "args": {"a": 1}}}]},
                "finishReason": "STOP"}], "usageMetadata": {"promptTokenCount": 4, "candidatesTokenCount": 3,
                "thoughtsTokenCount": 2, "totalTokenCount": 9}}),
        ] {
            let step = decoder
                .event(event.to_string().as_bytes(), &mut chunks)
                .unwrap();
            assert_eq!(step, Step::Next);
        }
        assert!(decoder.end(&mut chunks));
        let first = chunks[0].usage().unwrap();
        assert_eq!(
            (first.prompt_tokens, first.completion_tokens, first.partial),
            (4, 2, true)
        );
        let last = chunks[4].usage().unwrap();
        assert_eq!(
            (last.prompt_tokens, last.completion_tokens, last.partial),
            (4, 5, false)
        );
        assert_eq!(last.reasoning_tokens, 2);
        assert!(chunks[4].is_usage_only());
        let choices = chunks
            .iter()
            .map(|chunk| serde_json::to_value(&chunk.choices).unwrap());
        let call = |index: u32, name: &str, arguments: &str| {
            json!([{"index": index, "id": format!("call_r_0_{index}"), "type": "function",
                "function": {"name": name, "arguments": arguments}}])
        };
        assert_eq!(
            choices.collect::<Vec<Value>>(),
            [
                json!([{"delta": {"role": "assistant", "reasoning_content": "hm"}, "index": 0}]),
                json!([{"delta": {"content": "Hi"}, "index": 0}]),
                json!([{"delta": {"tool_calls": call(0, "f", "{}")}, "index": 0}]),
                json!([{"delta": {"tool_calls": call(1, "g", "{\"a\":1}")}, "index": 0,
                    "finish_reason": "tool_calls", "native_finish_reason": "STOP"}]),
                json!([]),
            ]
        );
    }

    #[test]
    fn an_answer_without_a_reason_is_not_over() {
        let mut decoder = Events::new("m".to_owned());
        let mut chunks = VecDeque::new();
        assert!(!decoder.end(&mut chunks));
        let event = br#"{"candidates":[{"index":0,"finishReason":"STOP"},{"index":1,"content":{"parts":[{"text":"a"}]}}]}"#;
        decoder.event(event, &mut chunks).unwrap();
        assert!(!decoder.end(&mut chunks));
    }

    proptest! {
        #[test]
        fn an_event_of_any_form_is_read_or_refused(events in proptest::collection::vec(any_json(), 1..4)) {
            let mut decoder = Events::new("m".to_owned());
            let mut chunks = VecDeque::new();
            for event in events {
                let event = event.to_string();
                let _ = decoder.event(event.as_bytes(), &mut chunks);
                let _ = crate::gemini::response::whole(event.as_bytes(), String::new());
            }
            decoder.end(&mut chunks);
            prop_assert!(chunks.iter().all(|chunk| serde_json::to_value(chunk).is_ok()));
        }
    }
}
