//! Everything that an answer will say, and when.

use std::time::Duration;

use crate::message::Content;
use crate::request::ChatRequest;
use crate::simulated::draw::Draw;
use crate::simulated::model::SimulatedModel;
use crate::simulated::tool;
use crate::simulated::words::Words;
use crate::usage::Usage;

/// What an answer will say: one or more choices, and the usage.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) choices: Vec<Planned>,
    pub(crate) usage: Usage,
}

/// What one choice will say.
#[derive(Debug)]
pub(crate) struct Planned {
    /// One for each token.
    pub(crate) pieces: Vec<Piece>,
    pub(crate) reason: &'static str,
}

/// What one token says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Piece {
    Thought(&'static str),
    Word(&'static str),
    /// The beginning of the call of a function.
    Call(String),
    Arguments(String),
}

/// What happens in a stream, with the time that passes before it.
#[derive(Debug)]
pub(crate) enum Beat {
    Role(usize),
    Piece(usize, usize),
    Finish(usize),
    Usage,
    Fail,
}

/// The characters that one token of arguments has.
const ARGUMENTS: usize = 4;

impl Plan {
    pub(crate) fn new(model: &SimulatedModel, request: &ChatRequest, draw: &Draw) -> Self {
        let asked = request.max_completion_tokens.or(request.max_tokens);
        let limits = [asked, model.most_tokens].into_iter().flatten();
        let most = limits.min().map_or(usize::MAX, |most| {
            usize::try_from(most).unwrap_or(usize::MAX)
        });
        let count = request.n.unwrap_or(1);
        let choices: Vec<Planned> = (0..count)
            .map(|index| Planned::new(model, request, &draw.split(u64::from(index)), most))
            .collect();
        let tokens = |of: fn(&Piece) -> bool| {
            let pieces = choices.iter().flat_map(|choice| &choice.pieces);
            pieces.filter(|piece| of(piece)).count() as u64
        };
        let prompt = prompt_tokens(request);
        let mut usage = Usage::new(prompt, tokens(|_| true));
        usage.reasoning_tokens = tokens(|piece| matches!(piece, Piece::Thought(_)));
        usage.cached_prompt_tokens = share(prompt, model.cached_share);
        Self { choices, usage }
    }

    /// The course of the stream: every choice gets its next token at the same time, and ends with its last.
    pub(crate) fn beats(&self, model: &SimulatedModel, mut draw: Draw) -> Vec<(Duration, Beat)> {
        let mut beats = Vec::new();
        for (index, choice) in self.choices.iter().enumerate() {
            beats.push((Duration::ZERO, Beat::Role(index)));
            if choice.pieces.is_empty() {
                beats.push((Duration::ZERO, Beat::Finish(index)));
            }
        }
        let longest = self.choices.iter().map(|choice| choice.pieces.len()).max();
        for at in 0..longest.unwrap_or(0) {
            let latency = if at == 0 {
                &model.first_token
            } else {
                &model.token
            };
            let mut wait = latency.draw(&mut draw);
            for (index, choice) in self.choices.iter().enumerate() {
                if at < choice.pieces.len() {
                    beats.push((std::mem::take(&mut wait), Beat::Piece(index, at)));
                }
                if at + 1 == choice.pieces.len() {
                    beats.push((Duration::ZERO, Beat::Finish(index)));
                }
            }
        }
        beats
    }
}

impl Planned {
    fn new(model: &SimulatedModel, request: &ChatRequest, draw: &Draw, most: usize) -> Self {
        let mut lengths = draw.split(0);
        let mut length = |length: &crate::simulated::Length| {
            usize::try_from(length.draw(&mut lengths)).unwrap_or(usize::MAX)
        };
        let thoughts = Words::thought(draw.split(1)).map(Piece::Thought);
        let mut pieces: Vec<Piece> = thoughts.take(length(&model.reasoning).min(most)).collect();
        let room = most - pieces.len();
        let reason = if let Some(function) = tool::demanded(request) {
            let arguments = tool::arguments(function);
            let mut call = vec![Piece::Call(function.name.clone())];
            call.extend(cut_up(&arguments).map(Piece::Arguments));
            let reason = if call.len() > room {
                "length"
            } else {
                "tool_calls"
            };
            pieces.extend(call.into_iter().take(room));
            reason
        } else {
            let length = length(&model.length);
            let words = Words::answer(draw.split(2)).map(Piece::Word);
            pieces.extend(words.take(length.min(room)));
            if length > room { "length" } else { "stop" }
        };
        Self { pieces, reason }
    }
}

/// The tokens of a prompt: the characters of all its texts, divided by 4 and rounded up.
pub(crate) fn prompt_tokens(request: &ChatRequest) -> u64 {
    let characters: usize = request
        .messages
        .iter()
        .filter_map(|message| message.content.as_ref())
        .map(|content| match content {
            Content::Text(text) => text.chars().count(),
            Content::Parts(parts) => {
                let texts = parts.iter().filter_map(|part| part.text.as_deref());
                texts.map(|text| text.chars().count()).sum()
            }
        })
        .sum();
    tokens_of(characters)
}

/// The tokens of so many characters.
pub(crate) const fn tokens_of(characters: usize) -> u64 {
    (characters as u64).div_ceil(4)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a conversion of a float saturates, and the result is bounded"
)]
fn share(tokens: u64, share: f64) -> u64 {
    ((tokens as f64 * share) as u64).min(tokens)
}

fn cut_up(text: &str) -> impl Iterator<Item = String> {
    let mut characters = text.chars();
    std::iter::from_fn(move || {
        let piece: String = characters.by_ref().take(ARGUMENTS).collect();
        (!piece.is_empty()).then_some(piece)
    })
}
