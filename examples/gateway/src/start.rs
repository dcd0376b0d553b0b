//! From a configuration to a gateway that listens, and from there to its end.

use std::error::Error;
use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use llm_vitals_dashboard::RecentErrors;
use llm_vitals_health::Fleet;
use llm_vitals_prometheus::Prometheus;
use llm_vitals_tower::{HISTOGRAMS, LlmMetrics};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower::Layer as _;

use crate::access::Access;
use crate::alerts::{Alerts, RulesRead};
use crate::app::App;
use crate::cache::Cache;
use crate::config::{Config, ConfigError};
use crate::front::Front;
use crate::gate::Gate;
use crate::notify::Notify;
use crate::page::Page;
use crate::server::{Serving, serve};
use crate::signals::Signals;
use crate::upstream::Upstreams;
use crate::{banner, dashboard, demo, handlers, health, models, prices, redis_watch};

/// Listens, answers until a signal comes, and lets the requests end that are under way.
pub(crate) async fn run(mut config: Config, is_demo: bool) -> Result<(), Box<dyn Error>> {
    let exposition = Prometheus::builder()
        .with_histograms(HISTOGRAMS)
        .with_histograms(llm_vitals_health::HISTOGRAMS)
        .install()?;
    let prices = prices::build(&mut config)?;
    let metrics = LlmMetrics::builder()
        .with_prices(Arc::new(prices.clone()))
        .build();
    let rate_limits = metrics.clone();
    exposition.add(move |out| rate_limits.render(out));

    let limits = &config.limits;
    let gate = Gate::new(limits.concurrency, limits.queue, limits.queue_wait.0);
    let fleet = Fleet::new();
    let errors = RecentErrors::default();
    let upstreams = Arc::new(Upstreams::build(
        &config, is_demo, &metrics, &gate, &fleet, &errors,
    )?);
    let (health, checks, first_round) = health::build(&config, &upstreams)?;
    let shown = health.clone();
    exposition.add(move |out| {
        shown.render(out);
        fleet.render(out);
    });
    let redis = match &config.redis {
        Some(redis) => Some(redis_watch::Watch::new(redis)?),
        None => None,
    };
    let cached = redis.as_ref().map(redis_watch::Watch::metrics);
    if let Some(cached) = cached.clone() {
        exposition.add(move |out| cached.render(out));
    }
    let listener = listen("listen", config.listen).await?;
    let address = listener.local_addr()?;
    let management = match config.management_listen {
        Some(address) => Some(listen("management_listen", address).await?),
        None => None,
    };
    let management_address = management
        .as_ref()
        .map_or(Ok(address), TcpListener::local_addr)?;
    // Messages hold the address.
    let rules = RulesRead::read(&config.alerts)?;
    let interval = rules.interval(&config.alerts);
    let (notify, notifying) = Notify::build(&config, management_address, interval)?;
    let told = notify.told().join(", ");
    let dashboard_url = notify.external_url().to_owned();
    let (alerts, rules) = Alerts::build(&config.alerts, rules, notify)?;
    let shown = alerts.clone();
    exposition.add(move |out| shown.render(out));

    let front = Front {
        cache: Cache::new(&config, &prices)?,
        gate,
        upstreams: Arc::clone(&upstreams),
    };
    let token = || config.management_token.clone();
    let app = Arc::new(App {
        access: Access::new(address, &config.hosts, config.client_keys.clone(), token()),
        management: Access::new(management_address, &config.hosts, Vec::new(), token()),
        service: metrics.service_layer().layer(front),
        upstreams: Arc::clone(&upstreams),
        metrics: metrics.clone(),
        exposition: exposition.clone(),
        page: Page::default(),
        limits: limits.clone(),
        timeouts: config.timeouts.clone(),
        health: health.clone(),
        redis: cached,
        notifications: alerts.notify().notifications().clone(),
        dashboard: dashboard::build(
            &alerts,
            health.clone(),
            errors,
            config.alerts.sample_interval.0,
        ),
        has_token: config.management_token.is_some(),
    });

    tokio::spawn(models::keep_listing(upstreams, metrics));
    tokio::spawn(checks.run(std::future::pending()));
    tokio::spawn(health::finish_first_round(health.clone(), first_round));
    let redis = redis.map(redis_watch::Watch::start);
    let alerts = alerts.start(rules, notifying, exposition);
    tokio::spawn(prices::reload(prices));
    if is_demo {
        tokio::spawn(demo::run(address, config.client_keys.first().cloned()));
    }
    let mut signals = Signals::listen()?;
    banner::print(
        &app,
        address,
        management_address,
        !config.client_keys.is_empty(),
        &dashboard_url,
        &told,
    );

    let serving = Serving {
        connections: limits.connections.get(),
        header: config.timeouts.header.0,
        stall: config.timeouts.idle.0,
        drain: config.drain.timeout.0,
    };
    let (stop, stopped) = watch::channel(false);
    let (end, ended) = watch::channel(false);
    let api = handlers::api(&app);
    let (api, watched) = match management {
        Some(listener) => {
            // It answers probes and scrapes until the last request has ended.
            let serving = Serving {
                drain: Duration::from_secs(1),
                ..serving
            };
            let watched = tokio::spawn(serve(
                listener,
                handlers::management_only(&app),
                serving,
                ended,
            ));
            (api, Some(watched))
        }
        None => (api.merge(handlers::management(&app)), None),
    };
    let serving = tokio::spawn(serve(listener, api, serving, stopped));

    signals.stop().await;
    tokio::spawn(exit_on_second_signal(signals));
    let delay = config.drain.delay.0;
    tracing::info!(
        "stopping: no new connections after {delay:?}, requests may end for {:?}",
        config.drain.timeout.0
    );
    // Readiness fails first, and stays so.
    health.drain().await;
    stop.send_replace(true);
    if !serving.await? {
        tracing::warn!("gave up requests that did not end in time: raise drain.timeout");
    }
    end.send_replace(true);
    if let Some(watched) = watched {
        watched.await?;
    }
    if let Some(redis) = redis {
        redis.stop().await;
    }
    alerts.stop().await;
    Ok(())
}

/// `field` is the one of the file that names the address.
async fn listen(field: &str, address: SocketAddr) -> Result<TcpListener, ConfigError> {
    TcpListener::bind(address).await.map_err(|error| {
        let help = match field {
            "listen" => "with --listen, or under `listen`".to_owned(),
            field => format!("under `{field}`"),
        };
        ConfigError::new(format!(
            "cannot listen on {address}: {error}; choose another address {help}"
        ))
    })
}

async fn exit_on_second_signal(mut signals: Signals) {
    signals.stop().await;
    if std::io::stderr().is_terminal() {
        tracing::warn!("stopping at once");
    }
    std::process::exit(130);
}
