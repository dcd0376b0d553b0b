//! `# TYPE`, `# HELP` and `# UNIT` into the store.

use crate::store::{Metadata, MetricType, Store, shorten};

use super::line::Line;

/// Keeps what a line says of its metric. `false` if it names a type that there is not.
pub(super) fn remember(store: &mut Store, line: &Line<'_>) -> bool {
    match line {
        Line::Type { metric, name } => {
            let Some(metric_type) = MetricType::by_name(name) else {
                return false;
            };
            update(store, metric, |metadata| metadata.metric_type = metric_type);
        }
        Line::Help { metric, text } => {
            update(store, metric, |metadata| {
                let text = shorten(text);
                // Mostly it is what it was.
                if *metadata.help != *text && *metadata.help != *unescape(text) {
                    metadata.help = unescape(text).into();
                }
            });
        }
        Line::Unit { metric, unit } => {
            update(store, metric, |metadata| {
                metadata.unit = shorten(unit).into();
            });
        }
        Line::Sample { .. } | Line::End => {}
    }
    true
}

fn update(store: &mut Store, metric: &str, change: impl FnOnce(&mut Metadata)) {
    if let Some(metadata) = store.metadata_mut(metric) {
        change(metadata);
    }
}

fn unescape(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    text.replace("\\\\", "\u{0}")
        .replace("\\n", "\n")
        .replace("\\\"", "\"")
        .replace('\u{0}', "\\")
}
