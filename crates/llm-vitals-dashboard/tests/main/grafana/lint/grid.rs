//! Where panels stand.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Wrong, list};

pub(super) fn check(dashboard: &Value, wrong: &mut Wrong) {
    let mut ids = BTreeSet::new();
    let mut cells = BTreeSet::new();
    for panel in list(&dashboard["panels"]) {
        let title = panel["title"].to_string();
        if panel["id"].as_u64().is_none_or(|id| !ids.insert(id)) {
            wrong.say("own-ids", &title);
        }
        let side = |key: &str| panel["gridPos"][key].as_u64().unwrap_or(u64::MAX / 2);
        let (x, y, w, h) = (side("x"), side("y"), side("w"), side("h"));
        if w == 0 || h == 0 || x + w > 24 || y + h > 10_000 {
            wrong.say("own-grid", &title);
            continue;
        }
        let own = (x..x + w).flat_map(|x| (y..y + h).map(move |y| (x, y)));
        if own.filter(|cell| !cells.insert(*cell)).count() > 0 {
            wrong.say("own-overlap", &title);
        }
    }
}
