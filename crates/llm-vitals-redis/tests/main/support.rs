//! Servers that a test starts itself, and what it reads from the text of a collector.

mod mock;
mod proxy;
mod server;
mod text;

use std::path::PathBuf;
use std::time::Duration;

use llm_vitals_redis::{RedisCollector, RedisTarget};

pub(crate) use self::mock::Mock;
pub(crate) use self::proxy::Proxy;
pub(crate) use self::server::{Options, Server, free_port, start_sentinel};
pub(crate) use self::text::Text;

/// The program of this name; without it the test is skipped aloud, except under `CI=true`, where it fails.
pub(crate) fn program(name: &str, package: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file());
    if found.is_none() {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "{name} is missing: apt-get install {package}"
        );
        eprintln!("SKIPPED: {name} is missing: apt-get install {package}");
    }
    found
}

/// A collector of one server, with no lease, so that Redis holds the test's keys and no others.
pub(crate) fn collector(server: &Server) -> RedisCollector {
    RedisCollector::new(target(&server.url()).build().unwrap())
        .with_name("cache")
        .with_max_backoff(Duration::ZERO)
        .without_lease()
}

/// Short times, so that a server that hangs does not hold up the test.
pub(crate) fn target(url: &str) -> RedisTarget {
    RedisTarget::standalone(url)
        .with_connect_timeout(Duration::from_millis(300))
        .with_response_timeout(Duration::from_millis(300))
}

pub(crate) async fn tick(collector: &mut RedisCollector) -> Text {
    collector.tick().await;
    Text::of(&collector.metrics())
}

/// Ticks until `is_there`, for 20 s at most.
pub(crate) async fn tick_until(
    collector: &mut RedisCollector,
    what: &str,
    is_there: impl Fn(&Text) -> bool,
) -> Text {
    for _ in 0..200 {
        let text = tick(collector).await;
        if is_there(&text) {
            return text;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!(
        "{what} did not happen within 20 s:\n{}",
        Text::of(&collector.metrics()).0
    );
}
