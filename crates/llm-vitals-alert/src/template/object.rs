//! Values that only those who fill a template in know: maps, records and lists with methods.

use std::fmt;

use super::value::Value;

/// A value with fields and methods of its own.
pub(crate) trait Object: fmt::Debug + Send + Sync {
    /// The name of its type in Go, for messages.
    fn type_name(&self) -> &'static str;

    /// As Go's `%v` prints it.
    fn print(&self) -> String;

    /// Whether `if` takes it for true.
    fn is_true(&self) -> bool {
        self.items().is_none_or(|items| !items.is_empty())
    }

    /// Its elements by key or index, for `range`, `len` and `index`; `None` if it is no collection.
    fn items(&self) -> Option<Vec<(Value, Value)>> {
        None
    }

    /// What stands for an element that is not there; an error if `None`.
    fn missing(&self) -> Option<Value> {
        None
    }

    /// The number that functions over numbers take it for.
    fn number(&self) -> Option<f64> {
        None
    }

    /// A field, or what a method gives; `Ok(None)` if it has none of that name.
    fn member(&self, name: &str, arguments: &[Value]) -> Result<Option<Value>, String>;
}

/// What one text of a template is filled in from.
pub(crate) trait Environment {
    /// What stands before everything: `.` and `$` at the start.
    fn root(&self) -> Value;

    /// Variables that are there from the start, without `$` itself.
    fn variables(&self) -> Vec<(&'static str, Value)> {
        Vec::new()
    }

    /// A field of [`Value::Root`].
    fn root_field(&self, _name: &str) -> Option<Value> {
        None
    }

    /// A function that only is here or does something else here; `None` for the common ones.
    fn function(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, String>>;

    /// How many bytes the result may have.
    fn most_bytes(&self) -> usize {
        64 << 10
    }

    /// Whether it has taken too long. Asked now and then.
    fn is_out_of_time(&self) -> bool {
        false
    }

    /// The text of an action, made fit for the place behind `before`.
    fn escape(&self, _before: &str, text: String) -> String {
        text
    }
}

/// What may stand in a template: what is filled in later is not known when it is read.
#[derive(Debug)]
pub(crate) struct Language {
    pub(crate) functions: &'static [&'static str],
    /// With `$` itself.
    pub(crate) variables: &'static [&'static str],
    /// Whether fields take arguments, and `block` is known.
    pub(crate) has_methods: bool,
    /// How long a template may be.
    pub(crate) most_bytes: usize,
}
