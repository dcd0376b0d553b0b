//! Every series of the gateway's own: names, help texts and labels stand here and nowhere else.

/// Every metric of the gateway's own: name, type, labels, help text. In the exposition the counter of nano-dollars is
/// `llm_cache_saved_cost_usd_total`, in dollars.
pub(crate) const METRICS: &[(&str, &str, &str, &str)] =
    &[CACHE_LOOKUPS, CACHE_SAVED_TOKENS, CACHE_SAVED_COST];

/// Name, type, labels, help text.
pub(crate) type Metric = (&'static str, &'static str, &'static str, &'static str);

pub(crate) const CACHE_LOOKUPS: Metric = (
    "llm_cache_lookups_total",
    "counter",
    "cache, result",
    "Requests that were looked up in the cache of answers, by what was found.",
);
pub(crate) const CACHE_SAVED_TOKENS: Metric = (
    "llm_cache_saved_tokens_total",
    "counter",
    "cache",
    "Tokens of answers from the cache, prompt and completion, as the provider counted them.",
);
pub(crate) const CACHE_SAVED_COST: Metric = (
    "llm_cache_saved_cost_nanousd_total",
    "counter",
    "cache",
    "What answers from the cache had cost, where that is known.",
);
