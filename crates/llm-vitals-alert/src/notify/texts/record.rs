//! A value with named fields.

use crate::template::{Object, Value};

/// A struct, as Go has it.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) type_name: &'static str,
    pub(super) fields: Vec<(&'static str, Value)>,
    /// How many of the fields, from the first, Alertmanager has too: those that print.
    pub(super) printed: usize,
}

impl Object for Record {
    fn type_name(&self) -> &'static str {
        self.type_name
    }

    fn print(&self) -> String {
        let shown = self.fields.iter().take(self.printed);
        let shown: Vec<String> = shown.map(|(_, value)| value.print()).collect();
        format!("{{{}}}", shown.join(" "))
    }

    fn member(&self, name: &str, arguments: &[Value]) -> Result<Option<Value>, String> {
        let found = self.fields.iter().find(|(have, _)| *have == name);
        match found {
            Some(_) if !arguments.is_empty() => Err("it is a field and takes nothing".to_owned()),
            found => Ok(found.map(|(_, value)| value.clone())),
        }
    }
}
