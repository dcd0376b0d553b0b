//! Which providers answer for a model, in which order.
//!
//! A name is looked up as
//!
//! 1. a route of the configuration, which lists providers in the order in which they are tried;
//! 2. `provider/model`, where the first part is the name of a provider: that one alone, with any model;
//! 3. a model in the list of a provider: the first in the order of the configuration that lists it;
//! 4. anything else: the first provider whose list is not known, since only it can tell.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use llm_vitals_provider::{ErrorKind, Model, ProviderError};

use crate::near::near;
use crate::openai_error::MODEL_NOT_FOUND;

/// The providers in the order of the configuration, and the routes over them.
#[derive(Debug)]
pub(crate) struct Routing {
    providers: Vec<Listed>,
    routes: BTreeMap<String, Vec<Target>>,
}

/// One provider's name and list of models.
#[derive(Debug)]
struct Listed {
    name: String,
    /// `None` until the provider has told.
    models: ArcSwapOption<Vec<Model>>,
}

/// A provider, by its place in the configuration, and the name by which it knows the model.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Target {
    pub(crate) provider: usize,
    pub(crate) model: String,
}

impl Routing {
    /// Creates the table of `providers`, each with its list where the configuration gives one.
    pub(crate) fn new(
        providers: impl IntoIterator<Item = (String, Option<Vec<Model>>)>,
        routes: BTreeMap<String, Vec<Target>>,
    ) -> Self {
        let providers = providers
            .into_iter()
            .map(|(name, models)| Listed {
                name,
                models: ArcSwapOption::new(models.map(Arc::new)),
            })
            .collect();
        Self { providers, routes }
    }

    /// Takes the list that a provider gave.
    pub(crate) fn set_models(&self, provider: usize, models: Vec<Model>) {
        if let Some(listed) = self.providers.get(provider) {
            listed.models.store(Some(Arc::new(models)));
        }
    }

    /// The place of the provider of this name.
    pub(crate) fn provider(&self, name: &str) -> Option<usize> {
        self.providers.iter().position(|listed| listed.name == name)
    }

    /// The names of the providers.
    pub(crate) fn provider_names(&self) -> impl Iterator<Item = &str> {
        self.providers.iter().map(|listed| &*listed.name)
    }

    /// Who answers for `model`, in the order in which they are tried; never empty.
    pub(crate) fn resolve(&self, model: &str) -> Result<Vec<Target>, ProviderError> {
        if let Some(targets) = self.routes.get(model) {
            return Ok(targets.clone());
        }
        if let Some((name, rest)) = model.split_once('/')
            && let Some(provider) = self.provider(name)
            && !rest.is_empty()
        {
            return Ok(vec![Target {
                provider,
                model: rest.to_owned(),
            }]);
        }
        let lists = |listed: &Listed| {
            let models = listed.models.load();
            models
                .as_ref()
                .is_some_and(|models| models.iter().any(|known| known.id == model))
        };
        let unknown = |listed: &Listed| listed.models.load().is_none();
        let place = self
            .providers
            .iter()
            .position(lists)
            .or_else(|| self.providers.iter().position(unknown));
        match place {
            Some(provider) if !model.is_empty() => Ok(vec![Target {
                provider,
                model: model.to_owned(),
            }]),
            _ => Err(self.unknown(model)),
        }
    }

    /// Every name that can be asked for, once: routes, plain names, and `provider/model`.
    pub(crate) fn models(&self) -> Vec<Model> {
        let mut all: Vec<Model> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for route in self.routes.keys() {
            seen.insert(route.clone());
            all.push(owned(Model::new(route), "llm-vitals"));
        }
        let mut qualified = Vec::new();
        for listed in &self.providers {
            let Some(models) = &*listed.models.load() else {
                continue;
            };
            for model in models.iter() {
                // A name that reads as another provider's model cannot be asked for plainly.
                let elsewhere = model
                    .id
                    .split_once('/')
                    .is_some_and(|(name, _)| self.provider(name).is_some());
                if !elsewhere && seen.insert(model.id.clone()) {
                    all.push(owned(model.clone(), &listed.name));
                }
                let mut full = owned(model.clone(), &listed.name);
                full.id = format!("{}/{}", listed.name, model.id);
                if seen.insert(full.id.clone()) {
                    qualified.push(full);
                }
            }
        }
        all.append(&mut qualified);
        all
    }

    /// The error for a name that nobody answers for.
    pub(crate) fn unknown(&self, model: &str) -> ProviderError {
        let shown: String = model.chars().take(80).collect();
        let shown = if shown.len() < model.len() {
            format!("{shown}…")
        } else {
            shown
        };
        let models = self.models();
        let near = near(model, models.iter().map(|model| &*model.id));
        let help = if near.is_empty() {
            "GET /v1/models lists what there is".to_owned()
        } else {
            format!("did you mean {}?", near.join(" or "))
        };
        ProviderError::new(
            ErrorKind::InvalidRequest,
            format!("there is no model `{shown}`: {help}"),
        )
        .with_status(404)
        .with_code(MODEL_NOT_FOUND)
    }
}

fn owned(mut model: Model, by: &str) -> Model {
    model.object = Some("model".to_owned());
    model.owned_by.get_or_insert_with(|| by.to_owned());
    model
}

#[cfg(test)]
mod tests {
    use super::*;

    fn models(names: &[&str]) -> Option<Vec<Model>> {
        Some(names.iter().map(|name| Model::new(*name)).collect())
    }

    fn routing() -> Routing {
        let route = vec![
            Target {
                provider: 1,
                model: "gpt-4o".to_owned(),
            },
            Target {
                provider: 0,
                model: "gpt-4o".to_owned(),
            },
        ];
        Routing::new(
            [
                ("openai".to_owned(), models(&["gpt-4o", "o3"])),
                (
                    "openrouter".to_owned(),
                    models(&["openai/gpt-4o", "qwen/qwen3", "gpt-4o"]),
                ),
            ],
            BTreeMap::from([("smart".to_owned(), route)]),
        )
    }

    fn targets(routing: &Routing, model: &str) -> Vec<(usize, String)> {
        let targets = routing.resolve(model).unwrap();
        targets
            .into_iter()
            .map(|target| (target.provider, target.model))
            .collect()
    }

    #[test]
    fn routes_come_first_then_providers_then_lists() {
        let routing = routing();
        let one = |provider, model: &str| vec![(provider, model.to_owned())];
        assert_eq!(targets(&routing, "smart").len(), 2);
        assert_eq!(targets(&routing, "gpt-4o"), one(0, "gpt-4o"));
        assert_eq!(targets(&routing, "openrouter/gpt-4o"), one(1, "gpt-4o"));
        assert_eq!(targets(&routing, "openai/gpt-4o"), one(0, "gpt-4o"));
        assert_eq!(
            targets(&routing, "openrouter/openai/gpt-4o"),
            one(1, "openai/gpt-4o")
        );
        assert_eq!(targets(&routing, "qwen/qwen3"), one(1, "qwen/qwen3"));
        assert_eq!(targets(&routing, "openai/not-listed"), one(0, "not-listed"));
    }

    #[test]
    fn an_unknown_model_is_answered_with_near_ones() {
        let routing = routing();
        let message = |model: &str| routing.resolve(model).unwrap_err().message().to_owned();
        assert_eq!(
            message("gpt-40"),
            "there is no model `gpt-40`: did you mean gpt-4o?"
        );
        assert_eq!(
            message("zzzz"),
            "there is no model `zzzz`: GET /v1/models lists what there is"
        );
        assert!(message(&"x".repeat(10_000)).len() < 200);
        assert!(routing.resolve("").is_err());
    }

    #[test]
    fn a_provider_whose_list_is_not_known_is_asked() {
        let routing = Routing::new(
            [("a".to_owned(), models(&["m"])), ("b".to_owned(), None)],
            BTreeMap::new(),
        );
        assert_eq!(targets(&routing, "m"), [(0, "m".to_owned())]);
        assert_eq!(targets(&routing, "anything"), [(1, "anything".to_owned())]);
        routing.set_models(1, vec![Model::new("n")]);
        assert_eq!(targets(&routing, "n"), [(1, "n".to_owned())]);
        assert!(routing.resolve("anything").is_err());
    }

    #[test]
    fn every_name_is_listed_once() {
        let names: Vec<String> = routing()
            .models()
            .into_iter()
            .map(|model| model.id)
            .collect();
        assert_eq!(
            names,
            [
                "smart",
                "gpt-4o",
                "o3",
                "qwen/qwen3",
                "openai/gpt-4o",
                "openai/o3",
                "openrouter/openai/gpt-4o",
                "openrouter/qwen/qwen3",
                "openrouter/gpt-4o",
            ]
        );
    }
}
