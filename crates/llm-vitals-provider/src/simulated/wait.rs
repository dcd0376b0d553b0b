//! Sleeping, unless there is nothing to wait for: a timer takes a millisecond even then.

use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

pub(crate) async fn pause(time: Duration) {
    if !time.is_zero() {
        sleep(time).await;
    }
}

pub(crate) async fn wait_until(at: Instant) {
    if at > Instant::now() {
        sleep_until(at).await;
    }
}
