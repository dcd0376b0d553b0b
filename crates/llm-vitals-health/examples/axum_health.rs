//! Checks in an axum app: `cargo run -p llm-vitals-health --all-features --example axum_health`, then `curl` what it prints.
//! `REDIS_ADDRESS` (`host:port`) adds a Redis; without it there is none in the answers.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::env;
use std::error::Error;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use llm_vitals_health::{
    Access, Cause, Check, Criticality, DiskSpace, Flag, Fleet, Group, HISTOGRAMS, Health, Listener,
    Memory, Outcome, Passive, RedisPing, RuntimeLag, Target, TcpConnect,
};
use llm_vitals_prometheus::Prometheus;
use tokio::time::Instant;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let exposition = Prometheus::builder()
        .with_histograms(HISTOGRAMS)
        .install()?;
    let port = env::var("PORT").unwrap_or_else(|_| "3000".to_owned());
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    let address = listener.local_addr()?;

    // A provider is judged by the calls to it; while there are none, by a connection.
    let fleet = Fleet::new();
    let provider = fleet.target("provider");
    let connect = TcpConnect::new(address.to_string());
    let passive = Passive::new(provider.clone()).with_fallback(Duration::from_secs(30), connect);
    let worker = Flag::new();
    let mut builder = Health::builder()
        .with_liveness_flag("worker", &worker)
        .with_liveness_heartbeat(Duration::from_secs(60))
        .with_check(Check::passive("provider", passive).with_set("providers"))
        .with_check(Check::new("disk", DiskSpace::new("/")))
        .with_check(Check::new("memory", Memory::new()))
        .with_check(Check::new("runtime", RuntimeLag::new()))
        .with_check(
            Check::new("cache", || async { Ok::<_, std::io::Error>(()) })
                .in_group(Group::Startup, Criticality::Critical)
                .in_group(Group::Ready, Criticality::Critical),
        );
    if let Ok(redis) = env::var("REDIS_ADDRESS") {
        let check = Check::new("redis", RedisPing::new(redis))
            .in_group(Group::Ready, Criticality::Critical)
            .shared();
        builder = builder.with_check(check);
    }
    let (health, runner) = builder.build()?;
    let served = health.clone();
    exposition.add(move |out| served.render(out));
    exposition.add(move |out| fleet.render(out));

    // Who has the token sees everything; everybody else sees which checks work.
    let service =
        health
            .service()
            .with_access(|request| match request.headers.get("authorization") {
                Some(token) if token == "Bearer example" => Access::Details,
                _ => Access::Summary,
            });
    let own = Listener::bind(service.clone(), ([127, 0, 0, 1], 0).into())?;
    println!(
        "liveness from a thread of its own: http://{}/health/live",
        own.local_addr()
    );
    let app = Router::new()
        .merge(service.router())
        .route("/call", get(call))
        .route("/fail", post(fail))
        .with_state(provider)
        .route_service("/metrics", exposition);

    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let checks = tokio::spawn(runner.run(async { drop(stopped.await) }));
    println!("listening on http://{address}");
    let shutdown = async move {
        // Without signals it runs until it is killed.
        if tokio::signal::ctrl_c().await.is_ok() {
            health.drain().await;
        }
    };
    axum::serve(listener, app)
        .with_graceful_shutdown(shutdown)
        .await?;
    drop(stop);
    checks.await?;
    Ok(())
}

/// A call to the provider, unless it is held.
async fn call(State(provider): State<Target>) -> StatusCode {
    if !provider.admit(Instant::now()).is_admitted() {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    provider.record(Outcome::Success, Instant::now());
    StatusCode::OK
}

/// As if a call to the provider had failed.
async fn fail(State(provider): State<Target>) {
    provider.record(Outcome::Failed(Cause::Server), Instant::now());
}
