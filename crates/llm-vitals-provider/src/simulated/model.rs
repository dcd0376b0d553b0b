//! What a simulated model is like.

use std::time::Duration;

use crate::kind::ErrorKind;
use crate::simulated::draw::Draw;
use crate::simulated::fault::Fault;
use crate::simulated::latency::Latency;
use crate::simulated::length::Length;

/// A model that answers chats and embeddings.
///
/// Without options it answers at once, with 20 tokens, a usage report and no failure. A whole answer takes as long as the
/// stream of the same answer: the head's latency, the first token's, and one token's for each further token. Probabilities
/// below 0 count as 0, above 1 as 1.
#[derive(Clone, Debug, PartialEq)]
pub struct SimulatedModel {
    pub(crate) id: String,
    pub(crate) head: Latency,
    pub(crate) first_token: Latency,
    pub(crate) token: Latency,
    pub(crate) length: Length,
    pub(crate) most_tokens: Option<u64>,
    pub(crate) reasoning: Length,
    pub(crate) cached_share: f64,
    pub(crate) usage: bool,
    pub(crate) dimensions: u32,
    pub(crate) context_window: Option<u64>,
    pub(crate) faults: Mix,
    pub(crate) stream_faults: Mix,
    pub(crate) cuts: f64,
}

impl SimulatedModel {
    /// Creates a model from the name by which a request asks for it.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            head: Latency::ZERO,
            first_token: Latency::ZERO,
            token: Latency::ZERO,
            length: Length::constant(20),
            most_tokens: None,
            reasoning: Length::constant(0),
            cached_share: 0.0,
            usage: true,
            dimensions: 256,
            context_window: None,
            faults: Mix::default(),
            stream_faults: Mix::default(),
            cuts: 0.0,
        }
    }

    /// Sets the time from the request to the head of the response, which is also the time to most refusals.
    #[must_use]
    pub const fn with_head_latency(mut self, latency: Latency) -> Self {
        self.head = latency;
        self
    }

    /// Sets the time from the head to the first token.
    #[must_use]
    pub const fn with_first_token_latency(mut self, latency: Latency) -> Self {
        self.first_token = latency;
        self
    }

    /// Sets the time between two tokens.
    #[must_use]
    pub const fn with_token_latency(mut self, latency: Latency) -> Self {
        self.token = latency;
        self
    }

    /// Sets the number of tokens of the text. `max_completion_tokens` and `max_tokens` of a request cut it, with the reason
    /// `length`.
    #[must_use]
    pub const fn with_length(mut self, length: Length) -> Self {
        self.length = length;
        self
    }

    /// Cuts every choice at so many tokens, reasoning included, where a request sets no lower limit; the reason is then
    /// `length`.
    #[must_use]
    pub const fn with_most_tokens(mut self, most: u64) -> Self {
        self.most_tokens = Some(most);
        self
    }

    /// Lets each answer begin with so many tokens of reasoning, in the field `reasoning_content`.
    #[must_use]
    pub const fn with_reasoning(mut self, length: Length) -> Self {
        self.reasoning = length;
        self
    }

    /// Sets the share of the prompt's tokens, 0 to 1, that is reported as read from a cache.
    #[must_use]
    pub const fn with_cached_share(mut self, share: f64) -> Self {
        self.cached_share = share;
        self
    }

    /// Leaves the usage report out, even where a stream's usage was asked for.
    #[must_use]
    pub const fn without_usage(mut self) -> Self {
        self.usage = false;
        self
    }

    /// Sets the dimensions of an embedding that asks for no number of its own; the default is 256.
    #[must_use]
    pub const fn with_dimensions(mut self, dimensions: u32) -> Self {
        self.dimensions = dimensions;
        self
    }

    /// Refuses prompts of more tokens.
    #[must_use]
    pub const fn with_context_window(mut self, tokens: u64) -> Self {
        self.context_window = Some(tokens);
        self
    }

    /// Refuses requests with this probability, by one of these failures, chosen by their weights.
    #[must_use]
    pub fn with_faults<F: Into<Fault>>(
        mut self,
        probability: f64,
        mix: impl IntoIterator<Item = (F, u32)>,
    ) -> Self {
        self.faults = Mix::new(probability, mix);
        self
    }

    /// Ends streams with this probability by an error event after some of their tokens.
    #[must_use]
    pub fn with_stream_faults<F: Into<Fault>>(
        mut self,
        probability: f64,
        mix: impl IntoIterator<Item = (F, u32)>,
    ) -> Self {
        self.stream_faults = Mix::new(probability, mix);
        self
    }

    /// Breaks streams off with this probability after some of their tokens: an error of kind
    /// [`StreamInterrupted`](ErrorKind::StreamInterrupted).
    #[must_use]
    pub const fn with_stream_cuts(mut self, probability: f64) -> Self {
        self.cuts = probability;
        self
    }

    /// The failure that ends a stream, if one does.
    pub(crate) fn stream_fault(&self, draw: &mut Draw) -> Option<Fault> {
        if draw.happens(self.cuts) {
            return Some(ErrorKind::StreamInterrupted.into());
        }
        self.stream_faults.draw(draw).cloned()
    }

    /// How long `fault` takes to show.
    pub(crate) fn delay(&self, fault: &Fault, draw: &mut Draw) -> Duration {
        fault.after.unwrap_or_else(|| self.head.draw(draw))
    }
}

/// Failures with weights, one of which happens with a probability.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Mix {
    probability: f64,
    faults: Vec<(Fault, u32)>,
}

impl Mix {
    fn new<F: Into<Fault>>(probability: f64, mix: impl IntoIterator<Item = (F, u32)>) -> Self {
        let faults = mix
            .into_iter()
            .map(|(fault, weight)| (fault.into(), weight));
        Self {
            probability,
            faults: faults.collect(),
        }
    }

    pub(crate) fn draw(&self, draw: &mut Draw) -> Option<&Fault> {
        if !draw.happens(self.probability) {
            return None;
        }
        let weights = self.faults.iter().map(|(_, weight)| u64::from(*weight));
        let mut at = draw.below(weights.sum());
        let chosen = self.faults.iter().find(|(_, weight)| {
            let weight = u64::from(*weight);
            let found = at < weight;
            at = at.saturating_sub(weight);
            found
        });
        chosen.map(|(fault, _)| fault)
    }
}
