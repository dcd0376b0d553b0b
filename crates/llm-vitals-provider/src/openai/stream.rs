//! The events of a streamed answer.

use std::collections::VecDeque;

use crate::answers::Answers;
use crate::http::{Decode, Fault, Step};
use crate::openai::flavor::UsageAt;
use crate::openai::{response, text};
use crate::response::ChatChunk;

/// Reads the events of a streamed answer.
pub(super) struct Events {
    usage: UsageAt,
    answers: Answers,
    read: fn(&[u8], UsageAt) -> Result<ChatChunk, Fault>,
}

impl Events {
    /// Reads a chat.
    pub(super) fn chat(usage: UsageAt) -> Self {
        Self {
            usage,
            answers: Answers::default(),
            read: response::chunk,
        }
    }

    /// Reads a completion of text.
    pub(super) fn text(usage: UsageAt) -> Self {
        Self {
            read: text::chunk,
            ..Self::chat(usage)
        }
    }
}

impl Decode for Events {
    fn event(&mut self, data: &[u8], chunks: &mut VecDeque<ChatChunk>) -> Result<Step, Fault> {
        if data.trim_ascii() == b"[DONE]" {
            return Ok(Step::Last);
        }
        let chunk = (self.read)(data, self.usage)?;
        self.answers.see(&chunk);
        chunks.push_back(chunk);
        Ok(Step::Next)
    }

    fn end(&mut self, _: &mut VecDeque<ChatChunk>) -> bool {
        // Not every server sends `[DONE]`.
        self.answers.all_ended()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::http::any::any_json;

    proptest! {
        #[test]
        fn an_event_of_any_form_is_read_or_refused(events in proptest::collection::vec(any_json(), 1..4)) {
            let mut decoders = [Events::chat(UsageAt::Choice), Events::text(UsageAt::Choice)];
            let mut chunks = VecDeque::new();
            for event in events {
                let event = event.to_string();
                for decoder in &mut decoders {
                    let _ = decoder.event(event.as_bytes(), &mut chunks);
                }
                let _ = response::models(event.as_bytes()).map(drop).and(response::key_status(event.as_bytes()));
                let _ = text::whole(event.as_bytes());
            }
            for decoder in &mut decoders {
                decoder.end(&mut chunks);
            }
            prop_assert!(chunks.iter().all(|chunk| serde_json::to_value(chunk).is_ok()));
        }
    }
}
