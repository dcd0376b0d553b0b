//! What 1,000 checks at intervals of a second cost: `cargo run --release -p llm-vitals-health --example thousand_checks -- 20`
//! measures its own processor time over 20 s and prints it. Without a number it runs for 2 s.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::env;
use std::error::Error;
use std::fs;
use std::time::Duration;

use llm_vitals_health::{Check, Group, Health, Status};

const CHECKS: usize = 1_000;
/// Linux tells processor times in hundredths of a second.
const TICKS_PER_SECOND: f64 = 100.0;

fn main() -> Result<(), Box<dyn Error>> {
    let seconds: u64 = env::args().nth(1).map_or(Ok(2), |text| text.parse())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()?;
    runtime.block_on(measure(seconds))
}

async fn measure(seconds: u64) -> Result<(), Box<dyn Error>> {
    let checks = (0..CHECKS).map(|number| {
        Check::new(format!("check-{number}"), || async {
            tokio::task::yield_now().await;
        })
        .with_interval(Duration::from_secs(1))
    });
    let (health, runner) = checks
        .fold(Health::builder(), |builder, check| {
            builder.with_check(check)
        })
        .build()?;
    tokio::spawn(runner.run(std::future::pending()));
    // The first runs come all at once.
    tokio::time::sleep(Duration::from_secs(1)).await;

    let (runs, cpu) = (runs(&health), cpu_seconds());
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let runs = self::runs(&health) - runs;
    assert_eq!(health.status(Group::Overall), Status::Up);
    match cpu.zip(cpu_seconds()) {
        Some((before, after)) => {
            let share = 100.0 * (after - before) / Duration::from_secs(seconds).as_secs_f64();
            println!("{CHECKS} checks, {runs} runs in {seconds} s: {share:.2} % of one core");
        }
        None => println!("{CHECKS} checks, {runs} runs in {seconds} s; no /proc to tell the cost"),
    }
    Ok(())
}

fn runs(health: &Health) -> u64 {
    health.checks().iter().map(|check| check.runs).sum()
}

/// Processor time of this process, in user and kernel mode.
fn cpu_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut times = fields
        .split(' ')
        .skip(11)
        .map_while(|field| field.parse::<f64>().ok());
    Some((times.next()? + times.next()?) / TICKS_PER_SECOND)
}
