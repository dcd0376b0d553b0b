//! Watches a Redis for a second and prints what a scrape would show, and the snapshot as JSON.
//!
//!     REDIS_URL=redis://127.0.0.1:6379 cargo run -p llm-vitals-redis --example collect
//!
//! Without REDIS_URL it starts a redis-server of its own and asks it for a few keys.
#![expect(clippy::print_stdout, reason = "it prints what it found")]

#[path = "support/server.rs"]
mod server;

use std::error::Error;
use std::time::Duration;

use llm_vitals_redis::{RedisCollector, RedisTarget};

use self::server::Server;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let given = std::env::var("REDIS_URL").ok();
    let own = if given.is_none() {
        Server::start()
    } else {
        None
    };
    let Some(url) = given.or_else(|| own.as_ref().map(Server::url)) else {
        println!(
            "There is no redis-server here: set REDIS_URL, or `apt-get install redis-server`."
        );
        return Ok(());
    };

    let collector = RedisCollector::new(RedisTarget::standalone(&url).build()?)
        .with_name("cache")
        .with_interval(Duration::from_millis(200))
        .with_slow_log();
    let metrics = collector.metrics();
    let traffic = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        if own.is_some() {
            ask_for_keys(&url).await?;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        let (mut text, json) = (
            String::new(),
            serde_json::to_string(&metrics.cache_metrics())?,
        );
        metrics.render(&mut text);
        println!("{text}\n{json}");
        Ok::<_, Box<dyn Error>>(())
    };

    // An application spawns `run` and ends it with its own signal; here both end together.
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let shutdown = async {
        let _ = stopped.await;
    };
    let ended = async {
        let result = traffic.await;
        drop(stop);
        result
    };
    tokio::join!(collector.run(shutdown), ended).1
}

/// Three keys, three hits, one miss.
async fn ask_for_keys(url: &str) -> redis::RedisResult<()> {
    let client = redis::Client::open(url)?;
    let mut connection = client.get_multiplexed_async_connection().await?;
    let mut pipeline = redis::pipe();
    for key in ["llm:1", "llm:2", "llm:3"] {
        pipeline.set(key, "an answer").ignore().get(key).ignore();
    }
    pipeline.get("llm:4").ignore();
    pipeline.exec_async(&mut connection).await
}
