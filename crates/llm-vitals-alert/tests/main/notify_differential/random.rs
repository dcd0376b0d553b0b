//! Scenarios that nobody has thought of.

use super::scenario::{Scenario, Step};

/// A generator of numbers that is the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }
}

const CONFIG: &str = "
route:
  receiver: a
  group_by: GROUP_BY
  group_wait: 500ms
  group_interval: 1s
  repeat_interval: REPEAT
  routes:
  - {receiver: b, matchers: ['zone=~\"x|y\"'], continue: CONTINUE, group_by: [zone]}
  - {receiver: c, matchers: ['severity=page'], repeat_interval: 1500ms, continue: true}
  - {receiver: d, matchers: ['severity=~\".*\"', 'alertname!=C'], group_by: ['...'], group_wait: 750ms}
receivers:
- name: a
  webhook_configs: [{url: URL/a/0}]
- name: b
  webhook_configs: [{url: URL/b/0}, {url: URL/b/1, send_resolved: false}]
- name: c
  webhook_configs: [{url: URL/c/0, send_resolved: false}]
- name: d
  webhook_configs: [{url: URL/d/0}]
inhibit_rules:
- {source_matchers: ['severity=page'], target_matchers: ['severity=low'], equal: [zone]}
- {source_matchers: ['alertname=A'], target_matchers: ['zone=z'], equal: [alertname]}
";

const NAMES: [&str; 3] = ["A", "B", "C"];
const ZONES: [&str; 4] = ["", "x", "y", "z"];
const SEVERITIES: [&str; 3] = ["", "page", "low"];
const SILENCES: [&str; 3] = ["one", "two", "three"];
const PLACES: [&str; 5] = ["a/0", "b/0", "b/1", "c/0", "d/0"];
const SECONDS: i64 = 9;

pub(super) fn scenario(seed: u64) -> Scenario {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let config = CONFIG
        .replace(
            "GROUP_BY",
            random.of(&["[alertname]", "[]", "['...']", "[zone, severity]"]),
        )
        .replace("REPEAT", random.of(&["2500ms", "1500ms", "1h"]))
        .replace("CONTINUE", random.of(&["true", "false"]));
    let mut scenario = Scenario::new(format!("random {seed}"), config);
    // What fires, and since when.
    let mut firing: Vec<(String, i64)> = Vec::new();
    let mut silenced: Vec<&str> = Vec::new();
    for second in 0..SECONDS {
        // Two moments that keep a distance of 150 ms from those at which groups are due: .5 and .25, and from each other.
        for at in [second * 1_000, second * 1_000 + 900] {
            scenario = step(&mut random, scenario, at, &mut firing, &mut silenced);
        }
    }
    scenario.until(SECONDS * 1_000 + 2_000)
}

fn step(
    random: &mut Random,
    scenario: Scenario,
    at: i64,
    firing: &mut Vec<(String, i64)>,
    silenced: &mut Vec<&'static str>,
) -> Scenario {
    match random.below(10) {
        0..=3 => {
            let mut labels = format!("alertname={}", random.of(&NAMES));
            for (name, values) in [("zone", &ZONES[..]), ("severity", &SEVERITIES[..])] {
                let value = random.of(values);
                if !value.is_empty() {
                    labels = format!("{labels};{name}={value}");
                }
            }
            if !firing.iter().any(|(fires, _)| *fires == labels) {
                firing.push((labels.clone(), at));
            }
            scenario.fire(at, &[&labels])
        }
        4 | 5 if !firing.is_empty() => {
            let index = random.below(firing.len() as u64) as usize;
            let (labels, from) = firing.remove(index);
            scenario.resolve(at, from, &[&labels])
        }
        6 => {
            let name = random.of(&SILENCES);
            let matcher = match random.below(3) {
                0 => ("alertname", "=", random.of(&NAMES)),
                1 => ("zone", "=~", random.of(&["x|z", "y.*"])),
                _ => ("severity", "!~", random.of(&["page|.*w", "low"])),
            };
            if silenced.contains(&name) {
                return scenario;
            }
            silenced.push(name);
            let to = at + random.of(&[2_000, 3_000, 60_000]);
            // One that does not match the empty string has to be among them.
            let always = ("alertname", "=~", ".+");
            scenario.silence(at, name, &[matcher, always], at, to)
        }
        7 if silenced.contains(&"one") && at > 0 => {
            silenced.retain(|name| *name != "one");
            // It may be over by itself, which would be an error: one that lasts takes its place.
            scenario.silence(at, "one", &[("alertname", "=", "A")], at, at + 60_000)
        }
        8 => {
            let place = random.of(&PLACES);
            scenario.step(at, Step::Break(place, random.below(2) == 0))
        }
        9 => scenario.step(at, Step::Look),
        _ => scenario,
    }
}
