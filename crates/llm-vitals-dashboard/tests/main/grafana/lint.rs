//! The rules of Grafana's dashboard-linter, and a few of our own, over the JSON of a dashboard.
//!
//! Left out are those for Loki. Two differ, and say so: "All" is `.*` and not `.+`, because series of the embedded API have neither `job`
//! nor `instance`; and alerts are chosen by neither, because they have the labels of their expressions.

mod expression;
mod grid;
mod template;

use serde_json::Value;

/// What is wrong, each as `rule: what`.
pub(crate) fn lint(dashboard: &Value) -> Vec<String> {
    let mut wrong = Wrong(Vec::new());
    if dashboard["editable"] != false {
        wrong.say("uneditable-dashboard", "it can be edited");
    }
    template::check(dashboard, &mut wrong);
    for panel in panels(dashboard) {
        check_panel(panel, &mut wrong);
        for target in list(&panel["targets"]) {
            let text = target["expr"].as_str().unwrap_or_default();
            expression::check(&format!("{}: {text}", panel["title"]), text, &mut wrong);
        }
    }
    grid::check(dashboard, &mut wrong);
    own(dashboard, &mut wrong);
    wrong.0
}

pub(crate) struct Wrong(Vec<String>);

impl Wrong {
    pub(crate) fn say(&mut self, rule: &str, what: &str) {
        self.0.push(format!("{rule}: {what}"));
    }
}

/// The panels that show something.
pub(crate) fn panels(dashboard: &Value) -> impl Iterator<Item = &Value> {
    list(&dashboard["panels"])
        .iter()
        .filter(|panel| panel["type"] != "row")
}

pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], |list| list)
}

/// Every expression of panels and annotations, with its place, as Grafana would send it for "All" of everything.
pub(crate) fn expressions(dashboard: &Value) -> Vec<(String, String)> {
    let of_panels = panels(dashboard).flat_map(|panel| {
        list(&panel["targets"])
            .iter()
            .map(|target| (panel["title"].to_string(), &target["expr"]))
    });
    let annotations = list(&dashboard["annotations"]["list"]);
    let of_annotations = annotations
        .iter()
        .map(|annotation| (annotation["name"].to_string(), &annotation["expr"]));
    of_panels
        .chain(of_annotations)
        .map(|(place, text)| (place, expression::filled(text.as_str().unwrap())))
        .collect()
}

fn check_panel(panel: &Value, wrong: &mut Wrong) {
    let title = panel["title"].to_string();
    for source in std::iter::once(&panel["datasource"]).chain(
        list(&panel["targets"])
            .iter()
            .map(|target| &target["datasource"]),
    ) {
        if source["uid"] != "${datasource}" || source["type"] != "prometheus" {
            wrong.say("panel-datasource", &title);
        }
    }
    let is_empty = |key: &str| panel[key].as_str().is_none_or(str::is_empty);
    if is_empty("title") || is_empty("description") {
        wrong.say("panel-title-description", &title);
    }
    if list(&panel["targets"]).is_empty() {
        wrong.say("panel-no-targets", &title);
    }
    let config = &panel["fieldConfig"];
    let overrides = list(&config["overrides"])
        .iter()
        .flat_map(|item| list(&item["properties"]))
        .filter(|property| property["id"] == "unit")
        .map(|property| &property["value"]);
    for unit in std::iter::once(&config["defaults"]["unit"]).chain(overrides) {
        if !UNITS.iter().any(|known| unit == known) {
            wrong.say("panel-units", &format!("{title} has {unit}"));
        }
    }
}

/// Those of Grafana's units that we use; each is in the linter's list.
const UNITS: [&str; 12] = [
    "none",
    "short",
    "percentunit",
    "currencyUSD",
    "bytes",
    "Bps",
    "s",
    "dtdurations",
    "dateTimeAsIso",
    "ops",
    "reqps",
    "ms",
];

/// What the linter does not ask for.
fn own(dashboard: &Value, wrong: &mut Wrong) {
    for (rule, holds) in [
        ("own-schema", dashboard["schemaVersion"] == 39),
        ("own-crosshair", dashboard["graphTooltip"] == 1),
        (
            "own-tag",
            dashboard["tags"] == serde_json::json!(["llm-vitals"]),
        ),
        (
            "own-links",
            list(&dashboard["links"]).iter().any(|link| {
                link["type"] == "dashboards"
                    && link["tags"] == dashboard["tags"]
                    && link["includeVars"] == true
                    && link["keepTime"] == true
            }),
        ),
    ] {
        if !holds {
            wrong.say(rule, "");
        }
    }
    let mut refs = std::collections::BTreeSet::new();
    for panel in panels(dashboard) {
        let title = panel["title"].to_string();
        let defaults = &panel["fieldConfig"]["defaults"];
        if defaults["noValue"].as_str().is_none_or(str::is_empty) {
            wrong.say("own-no-value", &title);
        }
        let maps_nan = list(&defaults["mappings"]).iter().any(|mapping| {
            mapping["options"]["match"] == "nan"
                && mapping["options"]["result"]["text"] == defaults["noValue"]
        });
        if !maps_nan {
            wrong.say("own-nan", &title);
        }
        for target in list(&panel["targets"]) {
            if !refs.insert((panel["id"].to_string(), target["refId"].to_string())) {
                wrong.say("own-ref-ids", &title);
            }
        }
    }
}
