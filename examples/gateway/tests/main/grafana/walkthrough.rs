//! `docs/beyond-one-machine.md` and its files: what is shown is what is there, what is generated is generated, and the programs that are
//! to read the files do.

use std::path::{Path, PathBuf};
use std::process::Command;

use llm_vitals_alert::notify::{Config, ExportSecrets};
use llm_vitals_alert::{RuleFile, export_prometheus};
use serde_json::Value;

use crate::support::{Gateway, is_there};

fn docs() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

fn folder() -> PathBuf {
    docs().join("beyond-one-machine")
}

fn read(name: &str) -> String {
    let path = folder().join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn is_written() -> bool {
    std::env::var_os("LLM_VITALS_WRITE_DOCS").is_some()
}

/// The page with each block that begins with the name of a file holding that file.
fn filled(page: &str) -> (String, usize) {
    let mut out = String::new();
    let mut count = 0;
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        if line != "```yaml" {
            continue;
        }
        let name = lines.next().and_then(|line| line.strip_prefix("# "));
        let name = name.expect("a block of yaml begins with the name of its file");
        out.push_str(&format!("# {name}\n{}```\n", read(name)));
        count += 1;
        lines.find(|line| *line == "```").expect("a block ends");
    }
    (out, count)
}

#[test]
fn the_page_shows_the_files() {
    let path = docs().join("beyond-one-machine.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (expected, count) = filled(&page);
    if is_written() {
        std::fs::write(&path, &expected).unwrap();
    }
    let page = std::fs::read_to_string(&path).unwrap();
    assert!(
        page == expected,
        "the page does not show its files: run LLM_VITALS_WRITE_DOCS=1 cargo test -p llm-vitals-gateway walkthrough"
    );
    assert_eq!(count, 8);
}

#[test]
fn every_file_is_on_the_page() {
    let page = std::fs::read_to_string(docs().join("beyond-one-machine.md")).unwrap();
    for folder in ["", "grafana"] {
        for file in std::fs::read_dir(self::folder().join(folder)).unwrap() {
            let file = file.unwrap();
            let name = file.file_name().into_string().unwrap();
            assert!(
                file.path().is_dir() || page.contains(&name),
                "{name} is not on the page"
            );
        }
    }
    let links = page
        .split("](")
        .skip(1)
        .map(|rest| rest.split(')').next().unwrap());
    for link in links {
        assert!(docs().join(link).exists(), "{link} is not there");
    }
}

#[test]
fn generated_rules_are_what_is_exported() {
    let file = RuleFile::parse("alerts.yml", &read("alerts.yml")).unwrap();
    let exported = export_prometheus(&file).unwrap();
    if is_written() {
        std::fs::write(folder().join("rules.yml"), &exported).unwrap();
    }
    assert!(
        read("rules.yml") == exported,
        "rules.yml is not what is exported: run LLM_VITALS_WRITE_DOCS=1 cargo test -p llm-vitals-gateway walkthrough"
    );
}

#[test]
fn alertmanagers_file_is_what_is_exported_and_a_watchdog() {
    let config = Config::parse("notify.yml", &read("notify.yml")).unwrap();
    let exported = config.to_alertmanager(ExportSecrets::Placeholders).unwrap();
    let (mut kept, mut is_added, mut added) = (String::new(), false, 0);
    for line in read("alertmanager.yml").lines() {
        is_added |= line.trim().starts_with("# Added:");
        if !is_added {
            kept.push_str(line);
            kept.push('\n');
        }
        if line.trim() == "# End of what was added." {
            is_added = false;
            added += 1;
        }
    }
    assert_eq!(kept, exported);
    assert_eq!(added, 2);
}

/// Whether a program succeeds, and its output, in a copy of the folder that has a token beside the files.
fn run(program: &str, arguments: &[&str]) -> (bool, String) {
    let copy = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(folder()).unwrap() {
        let file = file.unwrap();
        if file.path().is_file() {
            std::fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
        }
    }
    std::fs::write(copy.path().join("token"), "t").unwrap();
    let output = Command::new(program)
        .args(arguments)
        .current_dir(copy.path())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    if !output.status.success() {
        println!("{}", String::from_utf8_lossy(&output.stderr));
    }
    (output.status.success(), text)
}

#[test]
fn promtool_takes_the_files() {
    if !is_there("promtool") {
        return;
    }
    let (is_right, said) = run("promtool", &["check", "config", "prometheus.yml"]);
    assert!(is_right, "{said}");
    assert!(said.contains("SUCCESS: 2 rule files found"), "{said}");
    let (is_right, said) = run("promtool", &["check", "rules", "rules.yml", "machines.yml"]);
    assert!(is_right, "{said}");
    assert!(said.contains("SUCCESS: 36 rules found"), "{said}");
    assert!(said.contains("SUCCESS: 3 rules found"), "{said}");
}

#[test]
fn amtool_takes_the_file_and_routes_as_the_page_says() {
    if !is_there("amtool") {
        return;
    }
    let (is_right, said) = run("amtool", &["check-config", "alertmanager.yml"]);
    assert!(is_right, "{said}");
    assert!(said.contains(" - 4 receivers\n"), "{said}");
    for (labels, receiver) in [
        (["alertname=Watchdog", "severity=none"], "watchdog\n"),
        (["alertname=GatewayDown", "severity=critical"], "critical\n"),
        (["alertname=CostBurnHigh", "severity=warning"], "warning\n"),
    ] {
        let route = [
            "config",
            "routes",
            "test",
            "--config.file",
            "alertmanager.yml",
        ];
        let (_, said) = run("amtool", &[&route[..], &labels[..]].concat());
        assert_eq!(said, receiver, "{labels:?}");
    }
}

#[test]
fn grafanas_files_name_what_the_dashboards_ask_for() {
    let parse = |name: &str| -> Value { serde_saphyr::from_str(&read(name)).unwrap() };
    let sources = parse("grafana/datasources.yml");
    assert_eq!(sources["apiVersion"], 1);
    let types: Vec<&Value> = sources["datasources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|source| &source["type"])
        .collect();
    assert_eq!(types, ["prometheus", "prometheus", "alertmanager"]);
    // `$__rate_interval` is at least four times this, and so reaches over two scrapes.
    let prometheus: Value = serde_saphyr::from_str(&read("prometheus.yml")).unwrap();
    assert_eq!(
        sources["datasources"][0]["jsonData"]["timeInterval"],
        prometheus["global"]["scrape_interval"]
    );
    let dashboards = parse("grafana/dashboards.yml");
    assert_eq!(dashboards["apiVersion"], 1);
    assert_eq!(dashboards["providers"][0]["type"], "file");
}

#[test]
fn machines_are_found_by_the_name_of_the_job() {
    let prometheus: Value = serde_saphyr::from_str(&read("prometheus.yml")).unwrap();
    let job = prometheus["scrape_configs"][0]["job_name"]
        .as_str()
        .unwrap();
    let machines = read("machines.yml");
    assert_eq!(machines.matches(&format!("job=\"{job}\"")).count(), 2);
    assert_eq!(machines.matches("job=").count(), 2);
}

/// The file of a replica with addresses of this machine, and nobody outside.
fn local(name: &str, states: &Path) -> String {
    let mut text = read(name);
    let rules = folder().join("alerts.yml").display().to_string();
    let state = |name: &str| format!("state: {}", states.join(name).display());
    for (there, here) in [
        ("0.0.0.0:8080", "127.0.0.1:0"),
        ("0.0.0.0:9090", "127.0.0.1:0"),
        ("${LLM_VITALS_CLIENT_KEY}", "a key of a client"),
        ("${LLM_VITALS_TOKEN}", "a token"),
        ("${REDIS_URL}", "redis://127.0.0.1:1"),
        (
            "{kind: openrouter, key: \"${OPENROUTER_API_KEY}\"}",
            "{kind: simulated}",
        ),
        ("http://alertmanager-0:9093", "http://127.0.0.1:1"),
        ("http://alertmanager-1:9093", "http://127.0.0.1:2"),
        ("https://ping.example/gateway", "http://127.0.0.1:3"),
        ("[alerts.yml]", &format!("[\"{rules}\"]")),
        ("state: alerts.json", &state("alerts.json")),
        ("state: notifications.json", &state("notifications.json")),
    ] {
        text = text.replace(there, here);
    }
    assert!(!text.contains("${"), "{text}");
    text
}

#[tokio::test]
async fn a_replica_takes_its_file() {
    for name in ["gateway.yaml", "gateway-alerting.yaml"] {
        let states = tempfile::tempdir().unwrap();
        let gateway = Gateway::start_with(&[], &local(name, states.path()));
        let models = gateway.get("/v1/models").bearer_auth("a key of a client");
        let status = models.send().await.unwrap().status();
        assert_eq!(status, 200, "{name}: {}", gateway.log());
        assert!(
            !gateway.log().contains("ERROR"),
            "{name}: {}",
            gateway.log()
        );
    }
}
