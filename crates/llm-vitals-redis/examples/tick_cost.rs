//! What a tick costs: its time, its round trips, and beside it a scrape of redis_exporter of the same server.
//!
//!     cargo run --release -p llm-vitals-redis --example tick_cost [-- redis://127.0.0.1:6379 [TICKS]]
//!
//! Without a URL it starts a redis-server of its own and fills it with 100,000 keys. It fails if a tick is more than one round
//! trip, and in a release build if it takes more than 0.3 ms at the median.
#![expect(clippy::print_stdout, reason = "it prints what it measured")]

#[path = "support/proxy.rs"]
mod proxy;
#[path = "support/server.rs"]
mod server;

use std::error::Error;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use llm_vitals_redis::{RedisCollector, RedisTarget};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::Instant;

use self::proxy::Proxy;
use self::server::Server;

const KEYS: u32 = 100_000;
const BOUND: Duration = Duration::from_micros(300);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let given = arguments.next();
    let ticks = arguments.next().map_or(Ok(1000), |ticks| ticks.parse())?;
    let own = if given.is_none() {
        Server::start()
    } else {
        None
    };
    let Some(url) = given.or_else(|| own.as_ref().map(Server::url)) else {
        println!("There is no redis-server here: give a URL, or `apt-get install redis-server`.");
        return Ok(());
    };
    if own.is_some() {
        fill(&url).await?;
    }

    println!(
        "{ticks} ticks of {}",
        if own.is_some() {
            "a server with 100,000 keys"
        } else {
            "the given server"
        }
    );
    let plain = measure("INFO all", collector(&url)?, ticks).await;
    measure(
        "INFO all and a lease",
        collector(&url)?.with_lease(llm_vitals_redis::Lease::default()),
        ticks,
    )
    .await;
    let full = collector(&url)?.with_slow_log().with_latency_events();
    measure("INFO all, slow log, latency events", full, ticks).await;
    measure("INFO", collector(&url)?.without_command_statistics(), ticks).await;
    round_trips(&url).await?;
    let median = exporter(&url, ticks.min(200)).await?;

    if let Some(theirs) = median {
        println!(
            "a tick of INFO all is {:.1} times faster than a scrape",
            theirs.as_secs_f64() / plain.as_secs_f64()
        );
    }
    // A build without optimisation says nothing about the cost.
    if plain > BOUND && !cfg!(debug_assertions) {
        return Err(format!(
            "a tick takes {plain:?} at the median, and should take {BOUND:?} at most"
        )
        .into());
    }
    Ok(())
}

fn collector(url: &str) -> Result<RedisCollector, Box<dyn Error>> {
    let client = RedisTarget::standalone(url).build()?;
    Ok(RedisCollector::new(client).without_lease())
}

async fn fill(url: &str) -> redis::RedisResult<()> {
    let mut connection = redis::Client::open(url)?
        .get_multiplexed_async_connection()
        .await?;
    for chunk in 0..KEYS / 1000 {
        let mut pipeline = redis::pipe();
        for key in chunk * 1000..(chunk + 1) * 1000 {
            pipeline.set(format!("llm:{key}"), "an answer").ignore();
        }
        pipeline.exec_async(&mut connection).await?;
    }
    Ok(())
}

/// Prints the percentiles of a tick, and of rendering what it read; returns the median tick.
async fn measure(what: &str, mut collector: RedisCollector, ticks: usize) -> Duration {
    // Connects, and takes the lease.
    collector.tick().await;
    collector.tick().await;
    let mut times = Vec::with_capacity(ticks);
    for _ in 0..ticks {
        let started = Instant::now();
        collector.tick().await;
        times.push(started.elapsed());
    }
    let metrics = collector.metrics();
    let started = Instant::now();
    let mut text = String::new();
    metrics.render(&mut text);
    let rendered = started.elapsed();
    let samples = text.lines().filter(|line| !line.starts_with('#')).count();
    let median = percentile(&mut times, 50);
    println!(
        "  {what:<36} p50 {median:>9.1?}  p99 {:>9.1?}  ({samples} series, rendered in {rendered:.1?})",
        percentile(&mut times, 99)
    );
    median
}

async fn round_trips(url: &str) -> Result<(), Box<dyn Error>> {
    let address = url
        .rsplit('@')
        .next()
        .unwrap_or(url)
        .trim_start_matches("redis://");
    let address = address.split('/').next().unwrap_or(address);
    let proxy = Proxy::start(address.to_owned()).await?;
    let through = url.replace(address, &format!("127.0.0.1:{}", proxy.port));
    let mut collector = collector(&through)?.with_slow_log().with_latency_events();
    collector.tick().await;
    let before = proxy.trips();
    for _ in 0..100 {
        collector.tick().await;
    }
    let trips = proxy.trips() - before;
    println!("  round trips in 100 ticks with everything on: {trips}");
    if trips == 100 {
        Ok(())
    } else {
        Err("a tick is one round trip".into())
    }
}

/// The median of a scrape of redis_exporter, in this run and of the same server; none without the exporter.
async fn exporter(url: &str, scrapes: usize) -> Result<Option<Duration>, Box<dyn Error>> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    drop(listener);
    let started = Command::new("prometheus-redis-exporter")
        .args([
            "-redis.addr",
            url,
            "-web.listen-address",
            &format!("127.0.0.1:{port}"),
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(process) = started else {
        println!("  redis_exporter is not here: `apt-get install prometheus-redis-exporter`");
        return Ok(None);
    };
    let _process = Running(process);
    for _ in 0..200 {
        if scrape(port).await.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let mut times = Vec::with_capacity(scrapes);
    for _ in 0..scrapes {
        let started = Instant::now();
        scrape(port).await?;
        times.push(started.elapsed());
    }
    let median = percentile(&mut times, 50);
    println!(
        "  {:<36} p50 {median:>9.1?}  p99 {:>9.1?}",
        "a scrape of redis_exporter",
        percentile(&mut times, 99)
    );
    Ok(Some(median))
}

async fn scrape(port: u16) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").await?;
    stream.read_to_end(&mut Vec::new()).await?;
    Ok(())
}

fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times
        .get((times.len() * percent / 100).min(times.len().saturating_sub(1)))
        .copied()
        .unwrap_or_default()
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
