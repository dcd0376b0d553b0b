//! From a configuration to a gateway that listens, and from there to its end.

use std::error::Error;
use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use llm_vitals_prometheus::Prometheus;
use llm_vitals_tower::{HISTOGRAMS, LlmMetrics};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower::Layer as _;

use crate::access::Access;
use crate::app::App;
use crate::config::{Config, ConfigError};
use crate::front::Front;
use crate::gate::Gate;
use crate::lifecycle::Lifecycle;
use crate::server::{Serving, serve};
use crate::signals::Signals;
use crate::upstream::Upstreams;
use crate::{banner, demo, handlers, models, prices};

/// Listens, answers until a signal comes, and lets the requests end that are under way.
pub(crate) async fn run(mut config: Config, is_demo: bool) -> Result<(), Box<dyn Error>> {
    let exposition = Prometheus::builder()
        .with_histograms(HISTOGRAMS)
        .install()?;
    let prices = prices::build(&mut config)?;
    let metrics = LlmMetrics::builder()
        .with_prices(Arc::new(prices.clone()))
        .build();
    let rate_limits = metrics.clone();
    exposition.add(move |out| rate_limits.render(out));

    let limits = &config.limits;
    let gate = Gate::new(limits.concurrency, limits.queue, limits.queue_wait.0);
    let upstreams = Arc::new(Upstreams::build(&config, is_demo, &metrics, &gate)?);
    let listener = listen(config.listen).await?;
    let address = listener.local_addr()?;
    let management = match config.management_listen {
        Some(address) => Some(listen(address).await?),
        None => None,
    };
    let management_address = management
        .as_ref()
        .map_or(Ok(address), TcpListener::local_addr)?;

    let front = Front {
        gate,
        upstreams: Arc::clone(&upstreams),
    };
    let token = || config.management_token.clone();
    let lifecycle = Lifecycle::default();
    let app = Arc::new(App {
        access: Access::new(address, &config.hosts, config.client_keys.clone(), token()),
        management: Access::new(management_address, &config.hosts, Vec::new(), token()),
        service: metrics.service_layer().layer(front),
        upstreams: Arc::clone(&upstreams),
        metrics: metrics.clone(),
        exposition,
        limits: limits.clone(),
        timeouts: config.timeouts.clone(),
        lifecycle: lifecycle.clone(),
    });

    tokio::spawn(models::keep_listing(Arc::clone(&upstreams), metrics));
    tokio::spawn(handlers::keep_checking(
        upstreams,
        config.checks.clone(),
        lifecycle.clone(),
    ));
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
    );

    let serving = Serving {
        connections: limits.connections.get(),
        header: config.timeouts.header.0,
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
    lifecycle.set_draining();
    tokio::spawn(exit_on_second_signal(signals));
    let delay = config.drain.delay.0;
    tracing::info!(
        "stopping: no new connections after {delay:?}, requests may end for {:?}",
        config.drain.timeout.0
    );
    tokio::time::sleep(delay).await;
    stop.send_replace(true);
    if !serving.await? {
        tracing::warn!("gave up requests that did not end in time: raise drain.timeout");
    }
    end.send_replace(true);
    if let Some(watched) = watched {
        watched.await?;
    }
    Ok(())
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ConfigError> {
    TcpListener::bind(address).await.map_err(|error| {
        ConfigError::new(format!(
            "cannot listen on {address}: {error}; choose another address with --listen"
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
