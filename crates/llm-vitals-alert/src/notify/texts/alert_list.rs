//! `.Alerts`: all of them, or those that fire or are over.

use std::sync::Arc;

use crate::template::{Object, Value};

/// Alerts with whether each fires.
#[derive(Debug)]
pub(super) struct AlertList(pub(super) Vec<(bool, Value)>);

impl AlertList {
    fn filtered(&self, fires: bool) -> Value {
        let kept = self.0.iter().filter(|(firing, _)| *firing == fires);
        Value::Object(Arc::new(Self(kept.cloned().collect())))
    }
}

impl Object for AlertList {
    fn type_name(&self) -> &'static str {
        "template.Alerts"
    }

    fn print(&self) -> String {
        let alerts: Vec<String> = self.0.iter().map(|(_, alert)| alert.print()).collect();
        format!("[{}]", alerts.join(" "))
    }

    fn items(&self) -> Option<Vec<(Value, Value)>> {
        let alerts = self.0.iter().map(|(_, alert)| alert.clone());
        Some((0_i64..).map(Value::Int).zip(alerts).collect())
    }

    fn member(&self, name: &str, arguments: &[Value]) -> Result<Option<Value>, String> {
        Ok(match (name, arguments) {
            ("Firing", []) => Some(self.filtered(true)),
            ("Resolved", []) => Some(self.filtered(false)),
            _ => None,
        })
    }
}
