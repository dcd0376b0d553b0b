//! Routing as amtool has it, of what is read and of what is exported.

use std::fmt::Write as _;
use std::path::Path;

use llm_vitals_alert::notify::{Config, ExportSecrets};
use llm_vitals_promql::Labels;

use crate::amtool;

/// A small generator of numbers, so that each tree is the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    fn one_of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        let count = u64::try_from(texts.len()).unwrap();
        texts[usize::try_from(self.below(count)).unwrap()]
    }
}

const NAMES: [&str; 4] = ["a", "b", "c", "severity"];
const VALUES: [&str; 5] = ["x", "y", "page", "a b", "line.end"];
const PATTERNS: [&str; 6] = ["x|y", ".*", "p.ge", "", "[^x]+", "line\\\\.end"];

fn matcher(numbers: &mut Numbers) -> String {
    let name = numbers.one_of(&NAMES);
    match numbers.below(4) {
        0 => format!("'{name}=\"{}\"'", numbers.one_of(&VALUES)),
        1 => format!("'{name} != \"{}\"'", numbers.one_of(&VALUES)),
        2 => format!("'{name}=~\"{}\"'", numbers.one_of(&PATTERNS)),
        _ => format!("'{{{name}!~\"{}\"}}'", numbers.one_of(&PATTERNS)),
    }
}

fn routes(numbers: &mut Numbers, depth: usize, next: &mut u32, out: &mut String) {
    if depth == 4 {
        return;
    }
    let indent = "    ".repeat(depth);
    let count = numbers.below(5);
    if count > 0 {
        let _ = writeln!(out, "{indent}  routes:");
    }
    for _ in 0..count {
        let _ = writeln!(out, "{indent}    - receiver: r{next}");
        *next += 1;
        let conditions: Vec<String> = (0..numbers.below(3)).map(|_| matcher(numbers)).collect();
        match numbers.below(4) {
            0 => {
                let name = numbers.one_of(&NAMES);
                let value = numbers.one_of(&VALUES);
                let _ = writeln!(out, "{indent}      match: {{{name}: '{value}'}}");
            }
            1 => {
                let name = numbers.one_of(&NAMES);
                let pattern = numbers.one_of(&PATTERNS).replace("\\\\", "\\");
                let _ = writeln!(out, "{indent}      match_re: {{{name}: '{pattern}'}}");
            }
            _ => {}
        }
        let _ = writeln!(out, "{indent}      matchers: [{}]", conditions.join(", "));
        if numbers.below(3) == 0 {
            let _ = writeln!(out, "{indent}      continue: true");
        }
        routes(numbers, depth + 1, next, out);
    }
}

fn tree(seed: u64) -> String {
    let mut numbers = Numbers(seed);
    let mut next = 1;
    let mut out = "route:\n  receiver: r0\n".to_owned();
    // A root without children tells little.
    while next == 1 {
        routes(&mut numbers, 0, &mut next, &mut out);
    }
    out.push_str("receivers:\n");
    for receiver in 0..next {
        let _ = writeln!(out, "  - name: r{receiver}");
    }
    out
}

fn label_set(numbers: &mut Numbers) -> Vec<(&'static str, &'static str)> {
    let mut labels = Vec::new();
    for name in NAMES {
        if numbers.below(3) > 0 {
            labels.push((name, numbers.one_of(&VALUES)));
        }
    }
    labels
}

/// The receivers, by amtool, as it writes them.
fn by_amtool(path: &Path, labels: &[(&str, &str)]) -> String {
    let config = format!("--config.file={}", path.display());
    let labels: Vec<String> = labels
        .iter()
        .map(|(name, value)| format!("{name}=\"{value}\""))
        .collect();
    let mut words = vec!["config", "routes", "test", &config];
    words.extend(labels.iter().map(String::as_str));
    let output = amtool::run(&words);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn by_us(config: &Config, labels: &[(&str, &str)]) -> String {
    let labels = Labels::new(labels.iter().copied());
    let routes = config.routes_for(&labels);
    let receivers: Vec<&str> = routes.iter().map(|route| route.receiver()).collect();
    receivers.join(",")
}

const BY_HAND: [&str; 4] = [
    // Everything continues.
    "route:
  receiver: r0
  routes:
    - {receiver: r1, continue: true}
    - {receiver: r2, matchers: [a=x], continue: true, routes: [{receiver: r3, matchers: [b=y], continue: true}]}
    - {receiver: r4, matchers: ['a=~\"x|y\"']}
    - {receiver: r5}
receivers: [{name: r0}, {name: r1}, {name: r2}, {name: r3}, {name: r4}, {name: r5}]
",
    // A child that does not match leaves the alert to its parent, which ends the search.
    "route:
  receiver: r0
  routes:
    - {receiver: r1, matchers: [a=x], routes: [{receiver: r2, matchers: [b=y]}, {matchers: [c=x]}]}
    - {receiver: r3, matchers: [a=x, b=y]}
receivers: [{name: r0}, {name: r1}, {name: r2}, {name: r3}]
",
    // Labels that are not there.
    "route:
  receiver: r0
  routes:
    - {receiver: r1, matchers: ['a=\"\"', 'b!=\"\"'], continue: true}
    - {receiver: r2, matchers: ['c=~\"\"'], continue: true}
    - {receiver: r3, matchers: ['severity!~\".+\"']}
receivers: [{name: r0}, {name: r1}, {name: r2}, {name: r3}]
",
    // The short form.
    "notify: {webhook: 'http://127.0.0.1:9/', critical: {pagerduty: k}, quiet: {from: '22:00', to: '06:00'}}",
];

#[test]
fn amtool_routes_as_we_do_and_so_it_does_after_the_export() {
    let has_amtool = amtool::find().is_some();
    let folder = tempfile::tempdir().unwrap();
    let (read, exported) = (
        folder.path().join("read.yml"),
        folder.path().join("exported.yml"),
    );
    let trees = (1..=16).map(tree).chain(BY_HAND.map(str::to_owned));
    let mut compared = 0;
    let mut receivers = std::collections::BTreeSet::new();
    for (index, text) in trees.enumerate() {
        let config = Config::parse("read.yml", &text)
            .unwrap_or_else(|error| panic!("{}\n{text}", error.render()));
        std::fs::write(&read, &text).unwrap();
        let export = config.to_alertmanager(ExportSecrets::Shown).unwrap();
        std::fs::write(&exported, &export).unwrap();
        let again = Config::parse("exported.yml", &export).unwrap();
        if has_amtool {
            let checked = amtool::run(&["check-config", exported.to_str().unwrap()]);
            assert!(
                checked.status.success(),
                "{}\n{export}",
                String::from_utf8_lossy(&checked.stdout)
            );
        }
        let mut numbers = Numbers(1000 + u64::try_from(index).unwrap());
        for number in 0..20 {
            let labels = label_set(&mut numbers);
            let ours = by_us(&config, &labels);
            receivers.insert((index, ours.clone()));
            assert_eq!(by_us(&again, &labels), ours, "{labels:?}\n{text}");
            let keys = |config: &Config| -> Vec<String> {
                let labels = Labels::new(labels.iter().copied());
                config
                    .routes_for(&labels)
                    .iter()
                    .map(|route| route.key().to_owned())
                    .collect()
            };
            assert_eq!(keys(&again), keys(&config), "{text}");
            if has_amtool && !text.starts_with("notify") {
                assert_eq!(by_amtool(&read, &labels), ours, "{labels:?}\n{text}");
            }
            if has_amtool && number < 8 {
                assert_eq!(by_amtool(&exported, &labels), ours, "{labels:?}\n{export}");
            }
            compared += 1;
        }
    }
    // The trees tell the sets of labels apart.
    assert!(
        compared == 400 && receivers.len() > 80,
        "{compared}, {}",
        receivers.len()
    );
}

#[test]
fn amtool_accepts_every_export() {
    let has_amtool = amtool::find().is_some();
    let folder = tempfile::tempdir().unwrap();
    let configs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/configs/good");
    let mut exported = 0;
    for entry in std::fs::read_dir(configs).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "yml") {
            continue;
        }
        let config = Config::read(&path).unwrap();
        for secrets in [ExportSecrets::Placeholders, ExportSecrets::Shown] {
            let Ok(text) = config.to_alertmanager(secrets) else {
                // It has receivers whose fields are not read.
                assert!(
                    path.ends_with("every_integration.yml"),
                    "{}",
                    path.display()
                );
                continue;
            };
            exported += 1;
            if has_amtool {
                let file = folder.path().join("exported.yml");
                std::fs::write(&file, &text).unwrap();
                let checked = amtool::run(&["check-config", file.to_str().unwrap()]);
                let said = String::from_utf8_lossy(&checked.stdout).into_owned();
                assert!(
                    checked.status.success(),
                    "{}: {said}\n{text}",
                    path.display()
                );
            }
        }
    }
    assert!(exported >= 50, "{exported}");
}
