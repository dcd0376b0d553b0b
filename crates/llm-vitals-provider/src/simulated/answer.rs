//! A plan as the answer that a client reads.

use crate::message::{Content, FunctionCall, Message, ToolCall};
use crate::response::{ChatChunk, ChatResponse, Choice, ChunkChoice, Delta};
use crate::simulated::plan::{Piece, Plan, Planned};

/// What every part of an answer says of it.
#[derive(Debug)]
pub(crate) struct Stamp {
    pub(crate) id: String,
    pub(crate) created: u64,
    pub(crate) model: String,
    pub(crate) service_tier: Option<String>,
}

impl Stamp {
    pub(crate) fn whole(&self, plan: &Plan) -> ChatResponse {
        let mut response = ChatResponse::new(&self.model, "");
        let choices = plan.choices.iter().zip(0..);
        response.choices = choices
            .map(|(planned, index)| self.choice(planned, index))
            .collect();
        response.id = Some(self.id.clone());
        response.created = Some(self.created.into());
        response.service_tier.clone_from(&self.service_tier);
        response
    }

    fn choice(&self, planned: &Planned, index: u32) -> Choice {
        let (mut thoughts, mut words) = (Vec::new(), Vec::new());
        let (mut function, mut arguments) = (None, String::new());
        for piece in &planned.pieces {
            match piece {
                Piece::Thought(word) => thoughts.push(*word),
                Piece::Word(word) => words.push(*word),
                Piece::Call(name) => function = Some(name),
                Piece::Arguments(piece) => arguments.push_str(piece),
            }
        }
        let mut message = Message::assistant("");
        message.reasoning_content = (!thoughts.is_empty()).then(|| thoughts.join(" "));
        if let Some(name) = function {
            message.content = None;
            let call = ToolCall::function(self.call_id(index), name, arguments);
            message.tool_calls = Some(vec![call]);
        } else {
            message.content = Some(Content::Text(words.join(" ")));
        }
        let mut choice = Choice::from_required(message);
        choice.index = Some(index);
        choice.finish_reason = Some(planned.reason.to_owned());
        choice
    }

    /// The chunk that begins a choice.
    pub(crate) fn role(&self, index: u32) -> ChatChunk {
        let mut delta = Delta::text("");
        delta.role = Some("assistant".to_owned());
        self.chunk(vec![ChunkChoice::new(index, delta)])
    }

    /// The chunk of the token at `at` of a choice.
    pub(crate) fn piece(&self, planned: &Planned, index: u32, at: usize) -> ChatChunk {
        let Some(piece) = planned.pieces.get(at) else {
            return self.chunk(Vec::new());
        };
        let before = at
            .checked_sub(1)
            .and_then(|before| planned.pieces.get(before));
        let mut delta = Delta::default();
        match piece {
            Piece::Thought(word) => {
                let first = before.is_none();
                delta.reasoning_content = Some(spaced(word, first));
            }
            Piece::Word(word) => {
                let first = !matches!(before, Some(Piece::Word(_)));
                delta.content = Some(spaced(word, first));
            }
            Piece::Call(name) => {
                delta.tool_calls = Some(vec![ToolCall::function(self.call_id(index), name, "")]);
            }
            Piece::Arguments(piece) => {
                let mut function = FunctionCall::from_required();
                function.arguments = Some(piece.clone());
                let mut call = ToolCall::from_required();
                call.function = Some(function);
                delta.tool_calls = Some(vec![call]);
            }
        }
        for call in delta.tool_calls.iter_mut().flatten() {
            call.index = Some(0);
        }
        self.chunk(vec![ChunkChoice::new(index, delta)])
    }

    /// The chunk that ends a choice.
    pub(crate) fn finish(&self, planned: &Planned, index: u32) -> ChatChunk {
        let mut choice = ChunkChoice::new(index, Delta::default());
        choice.finish_reason = Some(planned.reason.to_owned());
        self.chunk(vec![choice])
    }

    /// The chunk that reports the usage.
    pub(crate) fn usage(&self, plan: &Plan) -> ChatChunk {
        self.chunk(Vec::new()).with_usage(plan.usage)
    }

    fn chunk(&self, choices: Vec<ChunkChoice>) -> ChatChunk {
        let mut chunk = ChatChunk::new(&self.model, choices);
        chunk.id = Some(self.id.clone());
        chunk.created = Some(self.created.into());
        chunk.service_tier.clone_from(&self.service_tier);
        chunk
    }

    fn call_id(&self, index: u32) -> String {
        format!("call-{}-{index}", self.id)
    }
}

fn spaced(word: &str, first: bool) -> String {
    if first {
        word.to_owned()
    } else {
        format!(" {word}")
    }
}
