//! The checks of the gateway: every provider, and Redis.

use std::sync::Arc;
use std::time::Duration;

use llm_vitals_health::{
    Check, Criticality, Drain, Group, GroupPolicy, Health, Outcome, Passive, Pusher, Report, Runner,
};

use crate::config::{Checks, Config, ConfigError, RedisConfig};
use crate::outcome::outcome;
use crate::redis_link::RedisLink;
use crate::upstream::{Upstream, Upstreams};

/// The set of the providers' checks, and its name in `/health`.
pub(crate) const PROVIDERS: &str = "providers";

/// The check of Redis, and its name in `/health`.
pub(crate) const REDIS: &str = "redis";

/// How long Redis may take to connect, and to answer a ping.
const REDIS_TIMEOUT: Duration = Duration::from_millis(500);

/// Stands for the first round of checks, and is gone after it. No provider can have a name with a blank.
const FIRST_ROUND: &str = "first round";

/// How often it is looked whether the first round is over.
const LOOK: Duration = Duration::from_millis(20);

/// Registers the checks. Nothing runs before the runner does.
pub(crate) fn build(
    config: &Config,
    upstreams: &Upstreams,
) -> Result<(Health, Runner, Pusher), ConfigError> {
    let (first_round, pusher) = Check::pushed(FIRST_ROUND, Duration::from_secs(24 * 3_600));
    let first_round = first_round
        .in_group(Group::Startup, Criticality::Critical)
        .in_group(Group::Overall, Criticality::Informational);
    let mut builder = Health::builder()
        .with_release(env!("CARGO_PKG_VERSION"))
        // The runtime that is looked at is the one that answers: only a dead scheduler shows here.
        .with_liveness_heartbeat(Duration::from_secs(60))
        .with_drain(Drain::FailReady {
            wait: config.drain.delay.0,
        })
        // Not to know yet is no reason to be taken out.
        .with_group_policy(
            Group::Overall,
            GroupPolicy::new().with_unknown_passing(true),
        )
        .with_check(first_round);
    for upstream in &upstreams.list {
        builder = builder.with_check(provider(upstream, &config.checks));
    }
    if let Some(config) = &config.redis {
        builder = builder.with_check(redis(config)?);
    }
    let (health, runner) = builder.build().map_err(|error| {
        ConfigError::new(format!("health checks: {error}; rename the provider"))
    })?;
    Ok((health, runner, pusher))
}

/// Ends the start when every provider was checked once, whatever that found.
pub(crate) async fn finish_first_round(health: Health, pusher: Pusher) {
    let is_provider = |set: &Option<Arc<str>>| set.as_deref() == Some(PROVIDERS);
    while health
        .checks()
        .iter()
        .any(|check| is_provider(&check.set) && check.runs == 0)
    {
        tokio::time::sleep(LOOK).await;
    }
    pusher.push(Report::up());
    health.unregister(FIRST_ROUND);
}

/// Without Redis nothing is lost but time and the numbers about it: the service is degraded, and ready all the same.
fn redis(config: &RedisConfig) -> Result<Check, ConfigError> {
    // On a connection of its own.
    let link = Arc::new(RedisLink::new(&config.url, REDIS_TIMEOUT)?);
    let ping = move || {
        let link = Arc::clone(&link);
        async move { link.send::<String>(&redis::cmd("PING")).await.map(drop) }
    };
    Ok(Check::new(REDIS, ping)
        .with_interval(config.interval)
        .with_timeout(REDIS_TIMEOUT * 4)
        .with_rise(1)
        .with_fall(2)
        .in_group(Group::Overall, Criticality::Degrading)
        .in_group(Group::Ready, Criticality::Informational))
}

/// Calls tell how a provider is; while there are none, it is asked for its models or its key's status, which costs nothing.
fn provider(upstream: &Upstream, options: &Checks) -> Check {
    let provider = Arc::clone(&upstream.provider);
    let ask = move || {
        let provider = Arc::clone(&provider);
        async move {
            match provider.check().await {
                Ok(()) => Outcome::Success,
                Err(error) => outcome(&error),
            }
        }
    };
    let (interval, timeout) = (options.interval.0, options.timeout.0);
    let passive = Passive::new(upstream.health.clone()).with_fallback(interval, ask);
    Check::passive(upstream.name.as_str(), passive)
        .with_timeout(timeout)
        // A check that takes its whole time must not make the one before it too old.
        .with_max_age(interval * 3 + timeout * 2 + Duration::from_secs(2))
        .with_set(PROVIDERS)
        .in_group(Group::Overall, Criticality::Critical)
        .in_group(Group::Ready, Criticality::Degrading)
}
