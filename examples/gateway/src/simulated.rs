//! The simulated providers: what answers when nobody has configured anything, and what `--demo` asks.

use std::time::Duration;

use llm_vitals_provider::simulated::{Latency, Length, RateLimit, Simulated, SimulatedModel};
use llm_vitals_provider::{ErrorKind, Model};

use crate::config::{Kind, ProviderConfig};
use crate::routing::Target;

/// The route of the demonstration that falls back.
pub(crate) const ROUTE: &str = "sim-auto";

/// What the simulated models cost, so that a first look shows costs: dollars for a million tokens.
const PRICES: &str = r#"{
    "sim": {
        "sim-fast": {"prompt": 0.15, "cached_prompt": 0.075, "completion": 0.60},
        "sim-smart": {"prompt": 2.50, "cached_prompt": 1.25, "completion": 10.00},
        "sim-embed": {"prompt": 0.02, "completion": 0}
    },
    "sim-spare": {"*": {"prompt": 0.30, "completion": 1.20}},
    "sim-shaky": {"*": {"prompt": 0.10, "completion": 0.40}}
}"#;

/// What the simulated models of these providers cost, as a file of prices; those that answer without a configuration if there are none.
pub(crate) fn prices(providers: &[ProviderConfig]) -> String {
    if providers.is_empty() {
        return PRICES.to_owned();
    }
    let simulated = providers
        .iter()
        .filter(|provider| provider.kind == Kind::Simulated);
    let prices = simulated.map(|provider| {
        let price = serde_json::json!({"*": {"prompt": 0.15, "completion": 0.60}});
        (provider.name.clone(), price)
    });
    serde_json::Value::Object(prices.collect()).to_string()
}

/// A simulated provider and the models that it has.
pub(crate) struct Sim {
    pub(crate) name: String,
    pub(crate) provider: Simulated,
    pub(crate) models: Vec<Model>,
}

/// The providers that answer without any configuration; `demo` adds one that is slow, fails and cuts answers short.
pub(crate) fn providers(demo: bool) -> Vec<Sim> {
    let mut all = vec![
        Sim::new(
            "sim",
            [
                ("sim-fast", fast as fn(_) -> _),
                ("sim-smart", smart),
                ("sim-embed", fast),
            ],
        ),
        Sim::new("sim-spare", [("sim-spare-fast", fast as fn(_) -> _)]),
    ];
    if demo {
        all.push(shaky());
    }
    all
}

/// The route of the demonstration: first the provider that fails, then one that does not.
pub(crate) fn route() -> Vec<Target> {
    vec![
        Target {
            provider: 2,
            model: "sim-flaky".to_owned(),
        },
        Target {
            provider: 1,
            model: "sim-spare-fast".to_owned(),
        },
    ]
}

impl Sim {
    /// A provider of the configuration: its models, or `sim-fast`, all of them fast.
    pub(crate) fn named(name: &str, models: Option<&[String]>) -> Self {
        match models {
            Some(models) => Self::new(
                name,
                models.iter().map(|model| (&**model, fast as fn(_) -> _)),
            ),
            None => Self::new(name, [("sim-fast", fast as fn(_) -> _)]),
        }
    }

    fn new<'a>(
        name: &str,
        models: impl IntoIterator<Item = (&'a str, fn(SimulatedModel) -> SimulatedModel)>,
    ) -> Self {
        let mut builder = Simulated::builder(name);
        let mut listed = Vec::new();
        for (id, made) in models {
            builder = builder.with_model(made(SimulatedModel::new(id)));
            listed.push(Model::new(id));
        }
        Self {
            name: name.to_owned(),
            provider: builder.build(),
            models: listed,
        }
    }
}

fn fast(model: SimulatedModel) -> SimulatedModel {
    model
        .with_head_latency(Latency::log_normal(millis(20), 0.3))
        .with_first_token_latency(Latency::log_normal(millis(30), 0.3))
        .with_token_latency(Latency::constant(millis(4)))
        .with_length(Length::log_normal(30, 0.4))
        .with_cached_share(0.25)
}

fn smart(model: SimulatedModel) -> SimulatedModel {
    model
        .with_head_latency(Latency::log_normal(millis(80), 0.5))
        .with_first_token_latency(Latency::log_normal(millis(250), 0.5))
        .with_token_latency(Latency::constant(millis(12)))
        .with_length(Length::log_normal(80, 0.4))
        .with_reasoning(Length::log_normal(40, 0.4))
}

fn shaky() -> Sim {
    Sim {
        name: "sim-shaky".to_owned(),
        provider: Simulated::builder("sim-shaky")
            .with_model(
                fast(SimulatedModel::new("sim-flaky"))
                    .with_faults(
                        0.5,
                        [
                            (ErrorKind::Overloaded, 3),
                            (ErrorKind::Server, 2),
                            (ErrorKind::RateLimited, 1),
                            (ErrorKind::ContextLength, 1),
                        ],
                    )
                    .with_stream_cuts(0.2),
            )
            .with_model(
                fast(SimulatedModel::new("sim-slow"))
                    .with_head_latency(Latency::log_normal(millis(2_000), 0.5))
                    // One in six answers is longer.
                    .with_most_tokens(45),
            )
            .with_rate_limit(RateLimit::per(Duration::from_secs(60)).with_requests(600))
            .build(),
        models: vec![Model::new("sim-flaky"), Model::new("sim-slow")],
    }
}

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
