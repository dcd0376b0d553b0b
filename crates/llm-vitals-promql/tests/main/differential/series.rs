//! Random series.

use std::fmt::Write as _;

use super::random::Random;

pub(crate) const INTERVAL_MS: i64 = 15_000;
/// About the largest value of any series, so that a difference can be seen against it.
pub(crate) const LARGEST: f64 = 1e5;
/// Half an hour.
const SAMPLES: usize = 120;

/// Labels and values of series, as rule tests write them.
pub(crate) fn generate(random: &mut Random) -> Vec<(String, String)> {
    let mut series = Vec::new();
    for job in ["api", "db"] {
        for instance in ["0", "1", "2"] {
            let labels = format!("job=\"{job}\",instance=\"{instance}\"");
            for status in ["success", "error"] {
                let labels = format!("{labels},status=\"{status}\"");
                series.push((format!("requests_total{{{labels}}}"), counter(random, 20)));
            }
            series.push((format!("errors_total{{{labels}}}"), counter(random, 3)));
            series.push((format!("load{{{labels}}}"), gauge(random)));
            series.push((format!("distinct{{{labels}}}"), distinct(random)));
            let shape = random.below(3);
            for (at, bound) in ["0.1", "0.5", "1", "+Inf"].into_iter().enumerate() {
                if shape == 1 && bound == "+Inf" {
                    continue;
                }
                let labels = format!("{labels},le=\"{bound}\"");
                let step = (at + 1) * (1 + random.below(3));
                let values = if shape == 2 {
                    counter(random, step)
                } else {
                    format!("0+{step}x{SAMPLES}")
                };
                series.push((format!("latency_bucket{{{labels}}}"), values));
            }
        }
        let region = random.pick(&["eu", "us"]);
        series.push((
            format!("info{{job=\"{job}\",region=\"{region}\"}}"),
            format!("1x{SAMPLES}"),
        ));
    }
    series.push(("lonely".to_owned(), gauge(random)));
    series
}

/// Rises, is reset now and then, and misses samples.
fn counter(random: &mut Random, step: usize) -> String {
    let mut text = String::new();
    let mut value = random.below(100);
    for _ in 0..SAMPLES {
        if random.one_in(12) {
            text.push_str("_ ");
            continue;
        }
        value = if random.one_in(40) {
            random.below(step)
        } else {
            value + random.below(step + 1)
        };
        let _ = write!(text, "{value} ");
    }
    text
}

/// Goes up and down, ends and comes back, and is not always a number.
fn gauge(random: &mut Random) -> String {
    let mut text = String::new();
    let odd = random.one_in(3);
    for _ in 0..SAMPLES {
        match random.below(30) {
            0 => text.push_str("stale "),
            1 | 2 => text.push_str("_ "),
            3 => text.push_str("_x25 "),
            4 if odd => text.push_str("NaN "),
            5 if odd => text.push_str("Inf "),
            6 if odd => text.push_str("-Inf "),
            _ => {
                let _ = write!(
                    text,
                    "{}.{} ",
                    random.below(50) as i64 - 25,
                    random.below(4) * 25
                );
            }
        }
    }
    text
}

/// Values that no two samples share.
fn distinct(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..SAMPLES {
        let _ = write!(
            text,
            "{}.{:06} ",
            random.below(90_000),
            random.below(1_000_000)
        );
    }
    text
}
