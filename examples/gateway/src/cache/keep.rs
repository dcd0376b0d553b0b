//! An answer on its way into the cache.

use std::time::{Duration, SystemTime};

use llm_vitals_cost::{PriceBook as _, ServiceTier, Tokens};
use llm_vitals_provider::{
    ChatChunk, ChatReply, EmbedResponse, ServiceTier as Reported, StreamEnd, StreamObserver, Usage,
};
use serde::Serialize;
use serde_json::Value;
use tokio::time::Instant;

use super::assembly::{Assembly, is_complete};
use super::entry::Entry;
use super::{Cache, Key};

/// Keeps the answer of one call, if it turns out to be complete.
#[derive(Clone)]
pub(crate) struct Keep {
    cache: Cache,
    key: Key,
}

/// The call that is answered.
#[derive(Clone)]
pub(crate) struct Keeping {
    keep: Keep,
    provider: String,
    model: String,
    started: Instant,
}

impl Keep {
    pub(super) const fn new(cache: Cache, key: Key) -> Self {
        Self { cache, key }
    }

    /// A call to `provider`, whose name for the model is `model`.
    pub(crate) fn from(self, provider: &str, model: &str) -> Keeping {
        Keeping {
            keep: self,
            provider: provider.to_owned(),
            model: model.to_owned(),
            started: Instant::now(),
        }
    }
}

impl Keeping {
    /// Keeps a chat's answer: a whole one at once, a streamed one when it has ended.
    pub(crate) fn chat(self, reply: ChatReply) -> ChatReply {
        match reply {
            ChatReply::Full(answer) => {
                self.put(&answer, answer.usage(), answer.model.as_deref());
                ChatReply::Full(answer)
            }
            ChatReply::Stream(stream) => ChatReply::Stream(stream.with_observer(Streamed {
                assembly: Assembly::new(self.keep.cache.0.longest),
                usage: None,
                keeping: Some(self),
            })),
        }
    }

    /// Keeps embeddings.
    pub(crate) fn embeddings(self, answer: EmbedResponse) -> EmbedResponse {
        let usage = answer.usage.as_ref().and_then(|usage| usage.counts());
        if let Ok(json) = serde_json::to_value(&answer) {
            self.store(json, usage, answer.model.as_deref());
        }
        answer
    }

    fn put(self, answer: &impl Serialize, usage: Option<Usage>, model: Option<&str>) {
        if let Ok(json) = serde_json::to_value(answer)
            && is_complete(&json)
        {
            self.store(json, usage, model);
        }
    }

    fn store(self, answer: Value, usage: Option<Usage>, model: Option<&str>) {
        let usage = usage.filter(|usage| !usage.partial);
        let tokens = usage.map(|usage| usage.prompt_tokens + usage.completion_tokens);
        let cost = usage.and_then(|usage| self.cost(&usage, model.unwrap_or(&self.model)));
        let entry = Entry::new(answer, tokens, cost);
        self.keep.cache.put(self.keep.key, &entry);
    }

    /// In nano-dollars: the application's own price, else what the provider says, else the price book's.
    fn cost(&self, usage: &Usage, model: &str) -> Option<u64> {
        let prices = &self.keep.cache.0.prices;
        let rates = prices.rates(&self.provider, model, SystemTime::now());
        match (rates, usage.cost_nanousd) {
            (Some(rates), billed) if rates.is_override() || billed.is_none() => {
                let busy: Duration = self.started.elapsed();
                Some(rates.cost(&tokens(usage), tier(usage), busy).as_nanos())
            }
            (_, billed) => billed,
        }
    }
}

fn tokens(usage: &Usage) -> Tokens {
    let mut tokens = Tokens::new(usage.prompt_tokens, usage.completion_tokens);
    tokens.cached_prompt = usage.cached_prompt_tokens;
    tokens.cache_write = usage.cache_write_tokens;
    tokens.cache_write_1h = usage.cache_write_1h_tokens;
    tokens.reasoning = usage.reasoning_tokens;
    tokens.audio_prompt = usage.audio_prompt_tokens;
    tokens.audio_completion = usage.audio_completion_tokens;
    tokens
}

const fn tier(usage: &Usage) -> ServiceTier {
    match usage.tier {
        Reported::Batch => ServiceTier::Batch,
        Reported::Flex => ServiceTier::Flex,
        Reported::Priority => ServiceTier::Priority,
        _ => ServiceTier::Standard,
    }
}

/// Puts a stream together as it passes.
struct Streamed {
    assembly: Assembly,
    usage: Option<Usage>,
    keeping: Option<Keeping>,
}

impl StreamObserver for Streamed {
    fn on_chunk(&mut self, chunk: &ChatChunk) {
        self.assembly.add(chunk);
        self.usage = chunk.usage().or(self.usage);
    }

    fn on_end(&mut self, end: StreamEnd<'_>) {
        if matches!(end, StreamEnd::Error(_)) {
            return;
        }
        let (Some(keeping), Some(answer)) = (self.keeping.take(), self.assembly.finish()) else {
            return;
        };
        let model = answer["model"].as_str().map(ToOwned::to_owned);
        keeping.store(answer, self.usage, model.as_deref());
    }
}
