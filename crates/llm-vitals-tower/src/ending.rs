//! How a request ended, and the only place where one is recorded.

use std::time::Duration;

use llm_vitals_cost::{ServiceTier, Tokens};
use llm_vitals_provider::{ErrorKind, Usage};

use crate::clock::Tick;
use crate::metrics::{CostUnknown, Scope, Status, TokenDetail, UsageSource};
use crate::prices::PriceCache;
use crate::series::Series;
use crate::window::Sample;

/// How a request ended, with all that its answer told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ending<'a> {
    pub(crate) status: Status,
    pub(crate) error: Option<ErrorKind>,
    /// Whether an answer began, so that a usage report was to be expected.
    pub(crate) began: bool,
    /// Whether the answer, or one of several, ended at the limit of tokens.
    pub(crate) truncated: bool,
    pub(crate) usage: Option<Usage>,
    /// The model that answered, whose price counts.
    pub(crate) response_model: Option<&'a str>,
    pub(crate) first_chunk: Option<Tick>,
    pub(crate) first_token: Option<Tick>,
    pub(crate) completion_chars: u64,
}

impl Ending<'_> {
    #[inline]
    pub(crate) const fn new(status: Status) -> Self {
        Self {
            status,
            error: None,
            began: false,
            truncated: false,
            usage: None,
            response_model: None,
            first_chunk: None,
            first_token: None,
            completion_chars: 0,
        }
    }

    /// Records a request for `requested` that began at `start` and ends now.
    pub(crate) fn record(&self, series: &Series, requested: &str, start: Tick, prompt_chars: u64) {
        let clock = &series.provider.core.clock;
        let now = clock.now();
        let nanos = clock.nanos_between(start, now);
        series.outcome(self.status, nanos);
        if series.scope != Scope::Calls {
            return;
        }
        if let Some(kind) = self.error {
            series.error(kind);
        }
        if self.truncated && self.status == Status::Success {
            series.truncated();
        }
        if self.first_chunk.is_some() {
            self.record_first(series, start, now);
        }
        let usage = self.usage.as_ref().filter(|_| series.bills_tokens());
        let model = self.response_model.unwrap_or(requested);
        let cost = self.record_in_window(series, usage, model, now, nanos);
        match usage {
            Some(usage) => record_usage(series, usage, cost),
            None if self.began && series.bills_tokens() => {
                self.record_missing(series, prompt_chars);
            }
            None => {}
        }
    }

    /// Times to the first chunk and token, and for each token after it.
    fn record_first(&self, series: &Series, start: Tick, end: Tick) {
        let clock = &series.provider.core.clock;
        if let Some(at) = self.first_chunk {
            series.first_chunk(clock.nanos_between(start, at));
        }
        let Some(at) = self.first_token else { return };
        series.first_token(clock.nanos_between(start, at));
        let whole = self.usage.filter(|usage| !usage.partial);
        let tokens = whole.map_or(0, |usage| usage.completion_tokens);
        if self.status == Status::Success && tokens > 1 {
            let nanos = clock.nanos_between(at, end);
            #[expect(clippy::cast_precision_loss, reason = "a mean is not exact")]
            series.per_token(nanos as f64 / 1e9 / (tokens - 1) as f64);
        }
    }

    /// Adds the request to the snapshots' window; returns its cost in nano-dollars.
    fn record_in_window(
        &self,
        series: &Series,
        usage: Option<&Usage>,
        model: &str,
        now: Tick,
        nanos: u64,
    ) -> Option<u64> {
        let provider = &series.provider;
        let mut shard = provider.window.shard();
        let whole = usage.filter(|usage| !usage.partial);
        let cost =
            whole.and_then(|usage| cost(&mut shard.prices, series, model, now, nanos, usage));
        let sample = Sample {
            status: self.status,
            duration_nanos: nanos,
            prompt_tokens: usage.map_or(0, |usage| usage.prompt_tokens),
            completion_tokens: whole.map_or(0, |usage| usage.completion_tokens),
        };
        provider
            .window
            .record(&mut shard, provider.elapsed(now), &sample);
        cost
    }

    fn record_missing(&self, series: &Series, prompt_chars: u64) {
        series.cost_unknown(CostUnknown::NoUsage);
        // Where no text was seen there is nothing to estimate from.
        let seen = prompt_chars + self.completion_chars > 0;
        let Some(chars_per_token) = series.provider.core.estimate.filter(|_| seen) else {
            series.usage_report(UsageSource::Missing);
            return;
        };
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an estimate of a count that is not negative"
        )]
        let tokens = |chars: u64| (chars as f64 / chars_per_token).ceil() as u64;
        series.tokens(tokens(prompt_chars), Some(tokens(self.completion_chars)));
        series.usage_report(UsageSource::Estimated);
    }
}

fn record_usage(series: &Series, usage: &Usage, cost: Option<u64>) {
    let completion = (!usage.partial).then_some(usage.completion_tokens);
    series.tokens(usage.prompt_tokens, completion);
    series.token_detail(TokenDetail::CachedPrompt, usage.cached_prompt_tokens);
    series.token_detail(TokenDetail::CacheWrite, usage.cache_write_tokens);
    series.token_detail(TokenDetail::AudioPrompt, usage.audio_prompt_tokens);
    if usage.partial {
        series.usage_report(UsageSource::Missing);
        series.cost_unknown(CostUnknown::NoUsage);
        return;
    }
    series.token_detail(TokenDetail::Reasoning, usage.reasoning_tokens);
    series.token_detail(TokenDetail::AudioCompletion, usage.audio_completion_tokens);
    series.usage_report(UsageSource::Reported);
    match cost {
        Some(nanousd) => series.cost(nanousd),
        None => series.cost_unknown(CostUnknown::NoPrice),
    }
}

/// The cost of a request in nano-dollars: by the application's own prices, else as the provider billed it, else by the
/// price book.
fn cost(
    prices: &mut PriceCache,
    series: &Series,
    model: &str,
    now: Tick,
    nanos: u64,
    usage: &Usage,
) -> Option<u64> {
    let provider = &series.provider;
    let rates = prices.rates(&provider.core, &provider.name, model, now);
    match (rates, usage.cost_nanousd) {
        (Some(rates), billed) if rates.is_override() || billed.is_none() => {
            let cost = rates.cost(&tokens(usage), tier(usage), Duration::from_nanos(nanos));
            Some(cost.as_nanos())
        }
        (_, billed) => billed,
    }
}

fn tokens(usage: &Usage) -> Tokens {
    let mut tokens = Tokens::default();
    tokens.prompt = usage.prompt_tokens;
    tokens.completion = usage.completion_tokens;
    tokens.cached_prompt = usage.cached_prompt_tokens;
    tokens.cache_write = usage.cache_write_tokens;
    tokens.cache_write_1h = usage.cache_write_1h_tokens;
    tokens.reasoning = usage.reasoning_tokens;
    tokens.audio_prompt = usage.audio_prompt_tokens;
    tokens.audio_completion = usage.audio_completion_tokens;
    tokens
}

fn tier(usage: &Usage) -> ServiceTier {
    use llm_vitals_provider::ServiceTier as Reported;
    match usage.tier {
        Reported::Batch => ServiceTier::Batch,
        Reported::Flex => ServiceTier::Flex,
        Reported::Priority => ServiceTier::Priority,
        _ => ServiceTier::Standard,
    }
}
