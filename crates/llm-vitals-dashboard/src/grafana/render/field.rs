//! Units, colours and words of values.

use serde_json::{Map, Value, json};

use super::super::panel::{Kind, Panel, Query, Word};

pub(super) fn config(panel: &Panel) -> Value {
    let mut defaults = Map::new();
    let color = match panel.kind {
        Kind::Lines | Kind::Stack => "palette-classic",
        _ => "thresholds",
    };
    for (key, value) in [
        ("unit", json!(panel.unit)),
        ("color", json!({"mode": color})),
        ("noValue", json!(panel.nothing)),
        ("mappings", mappings(panel)),
        ("thresholds", thresholds(panel)),
        ("custom", custom(panel)),
    ] {
        defaults.insert(key.to_owned(), value);
    }
    if !matches!(panel.kind, Kind::Table | Kind::States | Kind::Heat) {
        defaults.insert("min".to_owned(), json!(0));
    }
    if let Some(max) = panel.max {
        defaults.insert("max".to_owned(), json!(max));
    }
    let overrides: Vec<Value> = panel.queries.iter().filter_map(column).collect();
    json!({"defaults": defaults, "overrides": overrides})
}

fn column(query: &Query) -> Option<Value> {
    let unit = Some(query.unit).filter(|unit| !unit.is_empty())?;
    Some(json!({
        "matcher": {"id": "byName", "options": query.name},
        "properties": [{"id": "unit", "value": unit}]
    }))
}

/// A quantile of nothing and a ratio of nothing are not a number, and no error.
fn mappings(panel: &Panel) -> Value {
    let nothing = json!({
        "type": "special",
        "options": {"match": "nan", "result": {"index": 0, "text": panel.nothing}}
    });
    let mut all = vec![nothing];
    if !panel.words.is_empty() {
        let words: Map<String, Value> = (1..).zip(panel.words).map(word).collect();
        all.push(json!({"type": "value", "options": words}));
    }
    Value::Array(all)
}

fn word((index, Word(value, text, color)): (u32, &Word)) -> (String, Value) {
    let shown = json!({"index": index, "text": text, "color": color});
    ((*value).to_owned(), shown)
}

fn thresholds(panel: &Panel) -> Value {
    let base = if panel.steps.is_empty() {
        "blue"
    } else {
        "green"
    };
    let steps = panel
        .steps
        .iter()
        .map(|step| json!({"color": step.1, "value": step.0}));
    let steps: Vec<Value> = std::iter::once(json!({"color": base, "value": null}))
        .chain(steps)
        .collect();
    json!({"mode": "absolute", "steps": steps})
}

fn custom(panel: &Panel) -> Value {
    let line = if panel.steps.is_empty() {
        "off"
    } else {
        "dashed"
    };
    match panel.kind {
        Kind::Lines => lines(10, "none", line),
        Kind::Stack => lines(40, "normal", line),
        Kind::States => json!({"lineWidth": 0, "fillOpacity": 70}),
        Kind::Table => {
            json!({"align": "auto", "cellOptions": {"type": "auto"}, "filterable": true, "inspect": false})
        }
        _ => json!({}),
    }
}

fn lines(fill: u32, stacking: &str, thresholds: &str) -> Value {
    json!({
        "drawStyle": "line",
        "lineInterpolation": "linear",
        "lineWidth": 1,
        "fillOpacity": fill,
        "showPoints": "auto",
        "pointSize": 4,
        "spanNulls": false,
        "stacking": {"mode": stacking, "group": "A"},
        "thresholdsStyle": {"mode": thresholds}
    })
}
