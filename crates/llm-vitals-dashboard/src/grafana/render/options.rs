//! How each kind of panel is drawn.

use serde_json::{Map, Value, json};

use super::super::panel::{Kind, Panel};

/// Grafana's name of the kind.
pub(super) fn plugin(kind: Kind) -> &'static str {
    match kind {
        Kind::Heading => "row",
        Kind::Stat => "stat",
        Kind::Lines | Kind::Stack => "timeseries",
        Kind::Heat => "heatmap",
        Kind::States => "state-timeline",
        Kind::Bars => "bargauge",
        Kind::Table => "table",
    }
}

pub(super) fn options(panel: &Panel) -> Value {
    let last = json!({"calcs": ["lastNotNull"], "fields": "", "values": false});
    match panel.kind {
        Kind::Heading => json!({}),
        Kind::Stat => {
            let is_colored = !panel.steps.is_empty() || !panel.words.is_empty();
            json!({
                "colorMode": if is_colored { "value" } else { "none" },
                "graphMode": if panel.words.is_empty() { "area" } else { "none" },
                "justifyMode": "auto",
                "orientation": "auto",
                "textMode": "value",
                "percentChangeColorMode": "standard",
                "showPercentChange": false,
                "wideLayout": true,
                "reduceOptions": last
            })
        }
        Kind::Lines | Kind::Stack => json!({
            "legend": {"showLegend": true, "displayMode": "list", "placement": "bottom", "calcs": []},
            "tooltip": {"mode": "multi", "sort": "desc"}
        }),
        Kind::Heat => json!({
            "calculate": false,
            "cellGap": 1,
            "color": {"mode": "scheme", "scheme": "Oranges", "steps": 64, "exponent": 0.5, "fill": "dark-orange", "reverse": false, "scale": "exponential"},
            "exemplars": {"color": "rgba(255,0,255,0.7)"},
            "filterValues": {"le": 1e-9},
            "legend": {"show": true},
            "rowsFrame": {"layout": "auto"},
            "showValue": "never",
            "tooltip": {"mode": "single", "yHistogram": false},
            "yAxis": {"axisPlacement": "left", "reverse": false, "unit": panel.unit}
        }),
        Kind::States => json!({
            "alignValue": "left",
            "legend": {"showLegend": true, "displayMode": "list", "placement": "bottom", "calcs": []},
            "mergeValues": true,
            "rowHeight": 0.9,
            "showValue": "auto",
            "tooltip": {"mode": "single", "sort": "none"}
        }),
        Kind::Bars => json!({
            "displayMode": "basic",
            "legend": {"showLegend": false, "displayMode": "list", "placement": "bottom", "calcs": []},
            "maxVizHeight": 300,
            "minVizHeight": 16,
            "minVizWidth": 8,
            "namePlacement": "auto",
            "orientation": "horizontal",
            "showUnfilled": true,
            "sizing": "auto",
            "valueMode": "text",
            "reduceOptions": last
        }),
        Kind::Table => json!({
            "showHeader": true,
            "cellHeight": "sm",
            "frameIndex": 0
        }),
    }
}

/// A table's queries side by side, without the time, under their names.
pub(super) fn transformations(panel: &Panel) -> Value {
    if panel.kind != Kind::Table {
        return json!([]);
    }
    let is_one = panel.queries.len() == 1;
    let names: Map<String, Value> = ('A'..='Z')
        .zip(&panel.queries)
        .map(|(id, query)| {
            let value = if is_one {
                "Value".to_owned()
            } else {
                format!("Value #{id}")
            };
            (value, json!(query.name))
        })
        .collect();
    json!([
        {"id": "merge", "options": {}},
        {"id": "organize", "options": {"excludeByName": {"Time": true}, "indexByName": {}, "renameByName": names}}
    ])
}
