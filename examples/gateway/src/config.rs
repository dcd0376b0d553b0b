//! What the gateway is told: a YAML file, the environment, or nothing.

mod checked;
mod env;
mod error;
mod host;
mod kind;
mod list;
mod notify;
mod provider;
mod settings;
mod stores;
mod units;
mod url;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use llm_vitals_cost::Overrides;
use llm_vitals_provider::Secret;
use llm_vitals_provider::openai::Flavor;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_saphyr::Spanned;

use crate::cli::Args;
use crate::near::near;
use crate::routing::Target;

use self::env::EnvSecret;
use self::host::{HostName, Listen};
use self::list::Named;
use self::stores::RedisFile;

pub(crate) use self::error::ConfigError;
pub(crate) use self::kind::Kind;
pub(crate) use self::notify::{ExternalUrl, Notifications, Routes, notify_block};
pub(crate) use self::provider::{ProviderConfig, ProviderFile};
pub(crate) use self::settings::{Alerts, Checks, Drain, Limits, Prices, Retry, Timeouts};
pub(crate) use self::stores::{Cache, RedisConfig};

/// The variables that turn providers on when no file names any.
const KEYS: [(&str, &str, Kind); 4] = [
    ("OPENAI_API_KEY", "openai", Kind::OpenAi(Flavor::OpenAi)),
    (
        "OPENROUTER_API_KEY",
        "openrouter",
        Kind::OpenAi(Flavor::OpenRouter),
    ),
    ("ANTHROPIC_API_KEY", "anthropic", Kind::Anthropic),
    ("GEMINI_API_KEY", "gemini", Kind::Gemini),
];

/// The variable that turns Redis on when no file does.
const REDIS_URL: &str = "REDIS_URL";

/// Everything that the gateway is told.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) listen: SocketAddr,
    /// Where the measurements and probes are, when they are not beside the models.
    pub(crate) management_listen: Option<SocketAddr>,
    pub(crate) management_token: Option<Secret>,
    pub(crate) client_keys: Vec<Secret>,
    pub(crate) hosts: Vec<String>,
    pub(crate) limits: Limits,
    pub(crate) timeouts: Timeouts,
    pub(crate) retry: Retry,
    pub(crate) drain: Drain,
    pub(crate) checks: Checks,
    pub(crate) redis: Option<RedisConfig>,
    pub(crate) cache: Cache,
    pub(crate) alerts: Alerts,
    pub(crate) notifications: Notifications,
    /// Who is told of alerts; nobody, and never anybody, without a file.
    pub(crate) notify: Option<Routes>,
    /// In the order in which they are looked through; empty when simulated ones shall answer.
    pub(crate) providers: Vec<ProviderConfig>,
    pub(crate) routes: BTreeMap<String, Vec<Target>>,
    pub(crate) overrides: Option<Overrides>,
    pub(crate) prices: Prices,
}

/// The file as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    listen: Option<Listen>,
    management_listen: Option<Listen>,
    management_token: Option<EnvSecret>,
    client_keys: Vec<EnvSecret>,
    hosts: Vec<HostName>,
    limits: Limits,
    timeouts: Timeouts,
    retry: Retry,
    drain: Drain,
    checks: Checks,
    redis: Option<RedisFile>,
    cache: Cache,
    alerts: Alerts,
    /// What stands in it is read by those who notify.
    notify: Option<Spanned<IgnoredAny>>,
    notifications: Notifications,
    providers: Named<ProviderFile>,
    routes: BTreeMap<String, Vec<Spanned<String>>>,
    prices: Prices,
}

impl Config {
    /// Reads the file that `args` name, if they name one, and the keys in the environment.
    pub(crate) fn load(
        args: &Args,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let mut config = match &args.config {
            Some(path) => {
                let text = std::fs::read_to_string(path).map_err(|error| {
                    ConfigError::new(format!("cannot read {}: {error}", path.display()))
                })?;
                Self::parse(path, &text)?
            }
            None => Self::of(File::default(), None, Vec::new(), BTreeMap::new()),
        };
        if let Some(listen) = args.listen {
            config.listen = listen;
        }
        if args.demo {
            config.providers.clear();
            config.routes.clear();
        } else if config.providers.is_empty() {
            config.providers = from_environment(&lookup);
        }
        if config.redis.is_none() {
            config.redis = lookup(REDIS_URL)
                .filter(|url| !url.trim().is_empty())
                .map(|url| RedisConfig::new(Secret::new(url.trim())));
        }
        config.refuse_open_relay()?;
        Ok(config)
    }

    /// Reads a file's text; the path is for the errors.
    fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        // A file of comments alone is an empty one.
        let file = if text
            .lines()
            .all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'))
        {
            File::default()
        } else {
            serde_saphyr::from_str(text)
                .map_err(|error| ConfigError::in_file(path, text, &error))?
        };
        let mut file: File = file;
        let providers: Vec<ProviderConfig> = std::mem::take(&mut file.providers)
            .0
            .into_iter()
            .map(|(name, provider)| {
                let at = name.referenced;
                ProviderConfig::new(name.value, provider)
                    .map_err(|message| ConfigError::at(path, text, &message, at))
            })
            .collect::<Result<_, _>>()?;
        let names: Vec<&str> = providers.iter().map(|provider| &*provider.name).collect();
        let mut routes = BTreeMap::new();
        for (alias, targets) in std::mem::take(&mut file.routes) {
            if targets.is_empty() {
                let message = format!("{}: the route `{alias}` names no target", path.display());
                return Err(ConfigError::new(message));
            }
            let targets = targets.into_iter().map(|target| {
                self::target(&names, &target.value)
                    .map_err(|message| ConfigError::at(path, text, &message, target.referenced))
            });
            routes.insert(alias, targets.collect::<Result<_, _>>()?);
        }
        let notify = notify::routes(path, text, &file)?;
        Ok(Self::of(file, Some(notify), providers, routes))
    }

    fn of(
        file: File,
        notify: Option<Routes>,
        providers: Vec<ProviderConfig>,
        routes: BTreeMap<String, Vec<Target>>,
    ) -> Self {
        let mut prices = file.prices;
        Self {
            listen: file
                .listen
                .map(|listen| listen.0)
                .unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080))),
            management_listen: file.management_listen.map(|listen| listen.0),
            management_token: file.management_token.map(|token| token.0),
            client_keys: file.client_keys.into_iter().map(|key| key.0).collect(),
            hosts: file.hosts.into_iter().map(|host| host.0).collect(),
            limits: file.limits,
            timeouts: file.timeouts,
            retry: file.retry,
            drain: file.drain,
            checks: file.checks,
            redis: file.redis.map(Into::into),
            cache: file.cache,
            alerts: file.alerts,
            notify,
            notifications: file.notifications,
            providers,
            routes,
            overrides: prices.overrides.take(),
            prices,
        }
    }

    /// A gateway that anybody can reach must not spend somebody's money for anybody.
    fn refuse_open_relay(&self) -> Result<(), ConfigError> {
        let paid = self.providers.iter().find(|provider| provider.has_secret());
        match paid {
            Some(provider) if !self.listen.ip().is_loopback() && self.client_keys.is_empty() => {
                Err(ConfigError::new(format!(
                    "refusing to listen on {}: everybody who reaches it could spend the key of provider `{}`; set \
                     client_keys in the file, or listen on 127.0.0.1",
                    self.listen, provider.name
                )))
            }
            _ => Ok(()),
        }
    }
}

fn from_environment(lookup: impl Fn(&str) -> Option<String>) -> Vec<ProviderConfig> {
    let key = |variable| lookup(variable).filter(|key| !key.trim().is_empty());
    KEYS.iter()
        .filter_map(|(variable, name, kind)| {
            Some(ProviderConfig::with_key(
                name,
                *kind,
                Secret::new(key(variable)?.trim()),
            ))
        })
        .collect()
}

/// Reads `provider/model`.
fn target(names: &[&str], text: &str) -> Result<Target, String> {
    let Some((name, model)) = text.split_once('/').filter(|(_, model)| !model.is_empty()) else {
        return Err(format!("`{text}` is no target: write provider/model"));
    };
    match names.iter().position(|known| *known == name) {
        Some(provider) => Ok(Target {
            provider,
            model: model.to_owned(),
        }),
        None => Err(match near(name, names.iter().copied()).first() {
            Some(known) => format!("there is no provider `{name}`: did you mean `{known}`?"),
            None => format!(
                "there is no provider `{name}`: the file has {}",
                names.join(", ")
            ),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, String> {
        Config::parse(Path::new("gateway.yaml"), text).map_err(|error| error.to_string())
    }

    fn error(text: &str) -> String {
        parse(text).unwrap_err()
    }

    #[test]
    fn the_example_loads() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/gateway.example.yaml");
        let text = std::fs::read_to_string(path).unwrap();
        // The variables that it names are not set here.
        let text = text.replace("${", "$${");
        let config = Config::parse(Path::new(path), &text).unwrap();
        assert_eq!(config.listen, ([127, 0, 0, 1], 8080).into());
        assert_eq!(config.providers.len(), 5);
        assert_eq!(config.providers[0].name, "openrouter");
        assert_eq!(config.providers[1].name, "openrouterOpenAI");
        assert_eq!(config.routes.len(), 1);
        assert_eq!(config.limits.body.0, 20_000_000);
    }

    #[test]
    fn the_example_names_every_field_with_its_default() {
        let example = include_str!("../gateway.example.yaml");
        let defaults = Config::of(File::default(), None, Vec::new(), BTreeMap::new());
        let config = parse(&example.replace("${", "$${")).unwrap();
        assert_eq!(config.limits, defaults.limits);
        assert_eq!(config.timeouts, defaults.timeouts);
        assert_eq!(config.retry, defaults.retry);
        assert_eq!(config.drain, defaults.drain);
        assert_eq!(config.checks, defaults.checks);
        assert_eq!(config.cache, defaults.cache);
        assert_eq!(config.alerts, defaults.alerts);
        assert_eq!(config.notifications, defaults.notifications);
        assert_eq!(
            (config.prices.bundled, config.prices.litellm_file),
            (true, None)
        );
    }

    /// What is an example and no default stands in comments.
    #[test]
    fn what_the_example_says_of_who_is_told_can_be_read() {
        let example = include_str!("../gateway.example.yaml");
        let from = example.find("# notify:").unwrap();
        let to = example[from..].find("\n\n").unwrap();
        let block = example[from..from + to]
            .replace("\n# ", "\n")
            .replacen("# ", "", 1);
        // None of the variables is set here.
        let mut block = block.replace("${", "$${");
        for url in ["SLACK_WEBHOOK_URL", "TEAMS_WORKFLOW_URL", "HEARTBEAT_URL"] {
            let variable = format!("$${{{url}}}");
            assert!(block.contains(&variable), "{block}");
            block = block.replace(&variable, "https://h.example/x");
        }
        let read = llm_vitals_alert::notify::Config::parse("notify", &block);
        let read = read.unwrap_or_else(|error| panic!("{}", error.render()));
        assert_eq!(read.warnings(), []);
        let example = example.replace("${", "$${");
        let with = |field: &str, value: &str| {
            let text = format!("{example}{block}\n");
            parse(&text.replacen(
                &format!("\n  {field}:  "),
                &format!("\n  {field}: {value} "),
                1,
            ))
        };
        let error = with("file", "alertmanager.yml").unwrap_err();
        assert!(
            error.contains("there is `notifications.file` too"),
            "{error}"
        );
        let named = with("external_url", "https://llm.example.com/").unwrap();
        let url = named.notifications.external_url.unwrap();
        assert_eq!(url.0, "https://llm.example.com");
        assert!(matches!(named.notify, Some(Routes::Inline { .. })));
    }

    #[test]
    fn an_empty_file_is_the_defaults() {
        for text in ["", "# nothing\n", "listen: 127.0.0.1:9000\n"] {
            assert!(parse(text).unwrap().providers.is_empty(), "{text}");
        }
    }

    #[test]
    fn a_misspelt_field_is_shown_with_its_place() {
        assert_eq!(
            error("listen: 127.0.0.1:8080\nlimits:\n  bdy: 20MB\n"),
            "gateway.yaml:3:3: unknown field `bdy`: did you mean `body`?\n  |\n3 |   bdy: ***\n  |   ^"
        );
        assert_eq!(
            error("zzz: 1\n").lines().next().unwrap(),
            "gateway.yaml:1:1: unknown field `zzz`: the fields here are listen, management_listen, management_token, \
             client_keys, hosts, limits, timeouts, retry, drain, checks, redis, cache, alerts, notify, \
             notifications, providers, routes, prices"
        );
    }

    #[test]
    fn a_wrong_value_is_shown_with_its_place() {
        assert_eq!(
            error("providers:\n  a:\n    kind: opnai\n"),
            "gateway.yaml:3:11: `opnai` is no kind of provider: did you mean `openai`?\n  |\n3 |     kind: opnai\n  |           ^"
        );
        assert_eq!(
            error("timeouts:\n  attempt: 30\n"),
            "gateway.yaml:2:12: `30` is no duration: write a number and ms, s, m or h, such as 30s\n  |\n2 |   attempt: 30\n  |            ^"
        );
        assert_eq!(
            error("providers:\n  one: {kind: simulated}\nroutes:\n  smart: [one/m, two/m]\n"),
            "gateway.yaml:4:18: there is no provider `two`: the file has one\n  |\n4 |   smart: [one/m, two/m]\n  |                  ^"
        );
        assert_eq!(
            error("providers:\n  a/b: {kind: simulated}\n")
                .lines()
                .next()
                .unwrap(),
            "gateway.yaml:2:3: `a/b` is no name of a provider: write 1 to 64 letters, digits, `-`, `_` or `.`"
        );
        assert_eq!(
            error("providers:\n  a: {kind: compatible}\n")
                .lines()
                .next()
                .unwrap(),
            "gateway.yaml:2:3: a provider of kind `compatible` needs a base_url: there is no default"
        );
    }

    #[test]
    fn values_that_cannot_work_are_shown_with_their_place() {
        let first = |text: &str| error(text).lines().next().unwrap().to_owned();
        for (text, expected) in [
            (
                "retry: {budget: .nan}\n",
                "1:17: `NaN` is no number of retries for each call: write 0, or 0.001 to 10, such as 0.2",
            ),
            (
                "retry: {budget: -1}\n",
                "1:17: `-1` is no number of retries for each call: write 0, or 0.001 to 10, such as 0.2",
            ),
            (
                "retry: {budget_floor: 4294967295}\n",
                "1:23: `4294967295` are too many retries a second: write at most 1000000, such as 10",
            ),
            (
                "checks: {interval: 1ms}\n",
                "1:20: providers would be checked without a pause: write at least 100ms, such as 30s",
            ),
            (
                "alerts: {interval: 50ms}\n",
                "1:20: alert rules would be worked on without a pause: write at least 100ms, such as 15s",
            ),
            (
                "timeouts: {idle: 0s}\n",
                "1:18: a time of nothing lets nothing succeed: write how long it may take, such as 30s",
            ),
            (
                "providers:\n  a: {kind: openai, timeout: 0ms}\n",
                "2:30: a time of nothing lets nothing succeed: write how long it may take, such as 30s",
            ),
            (
                "limits: {concurrency: 0}\n",
                "1:23: no request would be answered: write how many may be at once, such as 1000",
            ),
            (
                "limits: {connections: 0}\n",
                "1:23: no client would be let in: write how many may be, such as 10000",
            ),
            (
                "limits: {queue: -1}\n",
                "1:17: a whole number is expected here, 0 or more and not too large, such as 10",
            ),
            (
                "retry: {attempts: 0}\n",
                "1:19: no provider would be asked: write 1 for one attempt and no retry",
            ),
            (
                "limits: {body: 0}\n",
                "1:16: no request would be short enough: write the longest one, such as 20MB",
            ),
            (
                "client_keys: [ok, \"hunter2 \"]\n",
                "1:19: begins or ends with a blank or a line end, which no header can carry: leave it out",
            ),
            (
                "client_keys:\n  - \"schl\u{fc}ssel\"\n",
                "2:5: holds something besides ASCII letters, digits and signs, which no header can carry: write another key",
            ),
            (
                "hosts: [\"gateway.example:8080\"]\n",
                "1:9: `gateway.example:8080` is no name of a host: write it without scheme, port and path, such as gateway.example.com",
            ),
            (
                "hosts: [\"https://gateway.example\"]\n",
                "1:9: `https://gateway.example` is no name of a host: write it without scheme, port and path, such as gateway.example.com",
            ),
            (
                "listen: 8080\n",
                "1:9: `8080` is nowhere to listen: write an address and a port such as 127.0.0.1:8080",
            ),
            (
                "management_listen: localhost:8080\n",
                "1:20: `localhost:8080` is nowhere to listen: write an address and a port such as 127.0.0.1:8080",
            ),
            (
                "providers:\n  a: {kind: openai, base_url: \"https://u:p@h/v1\"}\n",
                "2:31: holds a key or a password: put the key under `key`, and leave it out of base_url",
            ),
            (
                "providers:\n  a: {kind: gemini, base_url: \"https://h/v1?key=k\"}\n",
                "2:31: holds a key or a password: put the key under `key`, and leave it out of base_url",
            ),
        ] {
            assert_eq!(first(text), format!("gateway.yaml:{expected}"));
            assert!(!error(text).contains("hunter2") && !error(text).contains("u:p@"));
        }
        let hosts = parse("hosts: [Gateway.Example, \"[::1]\"]\n")
            .unwrap()
            .hosts;
        assert_eq!(hosts, ["gateway.example", "::1"]);
    }

    #[test]
    fn a_key_where_it_does_not_belong_is_not_shown() {
        assert_eq!(
            error("client_keys: hunter2\n"),
            "gateway.yaml:1:14: a list is expected here, such as [a, b]\n  |\n1 | client_keys: ***\n  |              ^"
        );
        for text in [
            "management_token: [hunter2]\n",
            "providers:\n  a: {kind: openai, keys: hunter2}\n",
        ] {
            let shown = error(text);
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }

    #[test]
    fn a_name_that_is_there_twice_is_an_error() {
        let shown = error("providers:\n  a: {kind: simulated}\n  a: {kind: simulated}\n");
        assert_eq!(
            shown.lines().next().unwrap(),
            "gateway.yaml:3:3: duplicate mapping key: a"
        );
    }

    #[test]
    fn keys_in_the_environment_turn_providers_on() {
        let config = Config::load(&Args::default(), |name| {
            (name == "ANTHROPIC_API_KEY").then(|| "k".to_owned())
        });
        let config = config.unwrap();
        assert_eq!(config.providers.len(), 1);
        assert_eq!(config.providers[0].name, "anthropic");
        assert!(!format!("{config:?}").contains("\"k\""));
    }

    #[test]
    fn redis_is_in_the_file_or_in_the_environment() {
        let url = |name: &str| (name == "REDIS_URL").then(|| " redis://:hunter2@h:1\n".to_owned());
        let config = Config::load(&Args::default(), url).unwrap();
        assert_eq!(
            config.redis,
            Some(RedisConfig::new(Secret::new("redis://:hunter2@h:1")))
        );
        assert!(!format!("{config:?}").contains("hunter2"));
        let config = parse("redis: {url: \"redis://h\", interval: 1s}\n").unwrap();
        let redis = config.redis.unwrap();
        assert_eq!(redis.url.expose(), "redis://h");
        assert_eq!(redis.interval.as_secs(), 1);
        assert!(parse("redis: {}\n").is_err());
        let shown = error("redis: {url: [\"redis://:hunter2@h\"]}\n");
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn an_open_relay_does_not_start() {
        let lookup = |name: &str| (name == "OPENAI_API_KEY").then(|| "k".to_owned());
        let args = Args {
            listen: Some(([0, 0, 0, 0], 8080).into()),
            ..Args::default()
        };
        assert_eq!(
            Config::load(&args, lookup).unwrap_err().to_string(),
            "refusing to listen on 0.0.0.0:8080: everybody who reaches it could spend the key of provider `openai`; \
             set client_keys in the file, or listen on 127.0.0.1"
        );
        assert!(Config::load(&args, |_| None).is_ok());
    }
}
