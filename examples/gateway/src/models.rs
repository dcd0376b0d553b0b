//! The providers' own lists of models, which change.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use llm_vitals_tower::LlmMetrics;

use crate::openai_error::in_words_of_the_file;
use crate::upstream::Upstreams;

/// How often a list is asked for, and how soon again after a failure.
const EVERY: Duration = Duration::from_secs(600);
const AFTER_FAILURE: Duration = Duration::from_secs(30);
/// How long an answer may take.
const TIME: Duration = Duration::from_secs(30);

/// Asks providers for their models, again and again; those whose models the configuration names are not asked.
pub(crate) async fn keep_listing(upstreams: Arc<Upstreams>, metrics: LlmMetrics) {
    let asked = upstreams
        .list
        .iter()
        .enumerate()
        .filter(|(_, upstream)| upstream.lists_models);
    join_all(asked.map(|(place, _)| keep_listing_one(&upstreams, &metrics, place))).await;
}

async fn keep_listing_one(upstreams: &Upstreams, metrics: &LlmMetrics, place: usize) {
    let upstream = &upstreams.list[place];
    let provider = &upstream.name;
    loop {
        let pause = match tokio::time::timeout(TIME, upstream.provider.models()).await {
            Ok(Ok(models)) => {
                tracing::debug!(provider, "has {} models", models.len());
                metrics.allow_models(provider.clone(), models.iter().map(|model| &*model.id));
                upstreams.routing.set_models(place, models);
                EVERY
            }
            Ok(Err(error)) => {
                let shown = in_words_of_the_file(&error.to_string());
                tracing::warn!(provider, "gave no list of models: {shown}");
                AFTER_FAILURE
            }
            Err(_) => {
                tracing::warn!(provider, "gave no list of models within {TIME:?}");
                AFTER_FAILURE
            }
        };
        tokio::time::sleep(pause).await;
    }
}
