//! Grafana's JSON of a dashboard.

mod field;
mod options;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Definition;
use super::expression::metrics;
use super::layout::Layout;
use super::panel::{Kind, Panel, Query};
use super::variable;

/// What the dashboards find each other by.
const TAG: &str = "llm-vitals";

pub(super) fn dashboard(definition: &Definition) -> Value {
    let mut layout = Layout::default();
    let panels: Vec<Value> = (1..)
        .zip(&definition.panels)
        .map(|(id, panel)| render(id, panel, &mut layout))
        .collect();
    json!({
        "uid": format!("llm-vitals-{}", definition.name),
        "title": definition.title,
        "description": definition.description,
        "tags": [TAG],
        "schemaVersion": 39,
        "version": 1,
        "editable": false,
        "graphTooltip": 1,
        "timezone": definition.timezone,
        "refresh": "30s",
        "time": {"from": "now-1h", "to": "now"},
        "timepicker": {},
        "fiscalYearStartMonth": 0,
        "weekStart": "",
        "annotations": {"list": [alerts()]},
        "links": [family()],
        "templating": {"list": variable::list(&definition.variables)},
        "panels": panels
    })
}

/// The other dashboards, with what was chosen here.
fn family() -> Value {
    json!({
        "type": "dashboards",
        "title": "LLM Vitals",
        "tags": [TAG],
        "asDropdown": false,
        "includeVars": true,
        "keepTime": true,
        "targetBlank": false,
        "icon": "external link",
        "tooltip": "",
        "url": ""
    })
}

/// When alerts fired, over all panels.
fn alerts() -> Value {
    json!({
        "name": "Alerts",
        "enable": true,
        "hide": false,
        "iconColor": "red",
        "datasource": source(),
        "expr": r#"ALERTS{alertstate="firing"}"#,
        "step": "60s",
        "titleFormat": "{{alertname}}",
        "textFormat": "{{provider}} {{model}}",
        "tagKeys": "severity",
        "useValueForTime": false
    })
}

fn source() -> Value {
    json!({"type": "prometheus", "uid": "${datasource}"})
}

fn render(id: u32, panel: &Panel, layout: &mut Layout) -> Value {
    let place = layout.place(panel.width, panel.height);
    let at = json!({"h": panel.height, "w": panel.width, "x": place.x, "y": place.y});
    if panel.kind == Kind::Heading {
        return json!({
            "id": id,
            "type": "row",
            "title": panel.title,
            "collapsed": false,
            "gridPos": at,
            "panels": []
        });
    }
    let targets: Vec<Value> = ('A'..='Z')
        .zip(&panel.queries)
        .map(|(id, query)| target(panel.kind, id, query))
        .collect();
    let mut shown = Map::new();
    for (key, value) in [
        ("id", json!(id)),
        ("type", json!(options::plugin(panel.kind))),
        ("title", json!(panel.title)),
        ("description", json!(description(panel))),
        ("datasource", source()),
        ("gridPos", at),
        ("targets", json!(targets)),
        ("fieldConfig", field::config(panel)),
        ("options", options::options(panel)),
        ("transformations", options::transformations(panel)),
    ] {
        shown.insert(key.to_owned(), value);
    }
    if let Some(since) = panel.since {
        shown.insert("timeFrom".to_owned(), json!(since));
    }
    Value::Object(shown)
}

fn description(panel: &Panel) -> String {
    let metrics: BTreeSet<String> = panel
        .queries
        .iter()
        .flat_map(|query| metrics(&query.expr))
        .collect();
    let word = if metrics.len() == 1 {
        "Metric"
    } else {
        "Metrics"
    };
    let metrics: Vec<String> = metrics.iter().map(|name| format!("`{name}`")).collect();
    format!("{}\n\n{word}: {}", panel.about, metrics.join(", "))
}

fn target(kind: Kind, id: char, query: &Query) -> Value {
    let is_instant = matches!(kind, Kind::Table | Kind::Bars) || query.expr.contains("$__range");
    let format = match kind {
        Kind::Table => "table",
        Kind::Heat => "heatmap",
        _ => "time_series",
    };
    let legend = if kind == Kind::Table { "" } else { query.name };
    json!({
        "refId": id.to_string(),
        "datasource": source(),
        "editorMode": "code",
        "expr": query.expr,
        "format": format,
        "legendFormat": if legend.is_empty() { "__auto" } else { legend },
        "instant": is_instant,
        "range": !is_instant
    })
}
