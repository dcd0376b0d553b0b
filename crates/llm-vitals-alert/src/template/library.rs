//! Definitions that many templates share.

use std::collections::BTreeSet;

use crate::near::did_you_mean;

use super::exec::{Defined, Executor};
use super::object::{Environment, Language};
use super::{Template, TemplateError, parser};

/// Definitions by name, from any number of files.
#[derive(Debug, Clone)]
pub(crate) struct Library {
    language: &'static Language,
    defined: Defined,
    /// What the files call, by the file's number.
    called: Vec<(usize, String, TemplateError)>,
    files: usize,
}

impl Library {
    pub(crate) fn new(language: &'static Language) -> Self {
        Self {
            language,
            defined: Defined::new(),
            called: Vec::new(),
            files: 0,
        }
    }

    /// Adds a file's definitions, over those of the same name that are there, and the file itself under its name.
    pub(crate) fn add(&mut self, name: &str, text: &str) -> Result<(), TemplateError> {
        let file = self.files;
        self.files += 1;
        let template = parser::parse(text, self.language).map_err(|error| error.located(text))?;
        self.defined.insert(name.to_owned(), template.nodes);
        self.defined.extend(template.defined);
        for (name, at) in template.called {
            let error = TemplateError::undefined(&name, at).located(text);
            self.called.push((file, name, error));
        }
        Ok(())
    }

    /// What the files call and none of them defines, with the file's number in the order in which they were added.
    pub(crate) fn undefined(&self) -> impl Iterator<Item = (usize, TemplateError)> {
        let missing = self
            .called
            .iter()
            .filter(|(_, name, _)| !self.defined.contains_key(name));
        missing.map(|(file, name, error)| (*file, self.suggested(name, error.clone())))
    }

    /// Reads a template that may call the definitions.
    pub(crate) fn parse(&self, text: &str) -> Result<Template, TemplateError> {
        let template = parser::parse(text, self.language);
        let template = template.and_then(|template| {
            let missing = template
                .called
                .iter()
                .find(|(name, _)| !self.defined.contains_key(name));
            match missing {
                Some((name, at)) => Err(self.suggested(name, TemplateError::undefined(name, *at))),
                None => Ok(template),
            }
        });
        template.map_err(|error| error.located(text))
    }

    /// The text, filled in.
    pub(crate) fn expand(
        &self,
        template: &Template,
        environment: &dyn Environment,
    ) -> Result<String, TemplateError> {
        Executor::new([&template.defined, &self.defined], environment).run(&template.nodes)
    }

    /// The names of all definitions.
    pub(crate) fn names(&self) -> BTreeSet<&str> {
        self.defined.keys().map(String::as_str).collect()
    }

    fn suggested(&self, name: &str, error: TemplateError) -> TemplateError {
        error.suggest(did_you_mean(name, self.names()))
    }
}
