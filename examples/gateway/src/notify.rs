//! Who is told of alerts: the routes and receivers of the configuration, and the silences.

use std::sync::Arc;

use llm_vitals_alert::Evaluator;
use llm_vitals_alert::Transition;
use llm_vitals_alert::notify::{Config, Evidence, Notifications, NotificationsRunner};
use llm_vitals_promql::{Engine, Store};

use crate::config::{self, ConfigError, Routes};
use crate::hangups::Hangups;

/// What is read where nobody is to be told: alerts can be seen and silenced all the same.
const NOBODY: &str = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n";

/// Tells people of alerts.
#[derive(Clone, Debug)]
pub(crate) struct Notify {
    notifications: Notifications,
    routes: Option<Routes>,
}

impl Notify {
    /// Reads the routes and the state. Nobody is called before the runner runs.
    pub(crate) fn build(
        config: &config::Config,
    ) -> Result<(Self, NotificationsRunner), ConfigError> {
        let options = &config.notifications;
        let external_url = match &options.external_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!(
                "http://{}",
                config.management_listen.unwrap_or(config.listen)
            ),
        };
        let routes = config.notify.clone();
        let config = read(routes.as_ref()).map_err(ConfigError::new)?;
        for warning in config.warnings() {
            tracing::warn!("{warning}");
        }
        let rendered = |error: llm_vitals_alert::Error| ConfigError::new(error.render().trim_end());
        let mut builder = Notifications::builder(Arc::new(config)).with_external_url(external_url);
        if let Some(state) = &options.state {
            super::alerts::has_folder("notifications", state)?;
            builder = builder.with_state_file(state).map_err(rendered)?;
        }
        let (notifications, runner) = builder.build().map_err(rendered)?;
        let notify = Self {
            notifications,
            routes,
        };
        Ok((notify, runner))
    }

    /// The alerts, silences and receivers.
    pub(crate) fn notifications(&self) -> &Notifications {
        &self.notifications
    }

    /// Takes what an evaluation has found, with what stands behind it.
    pub(crate) fn observe(&self, evaluator: &Evaluator, store: &Store, changes: &[Transition]) {
        let engine = Engine::new();
        let now = llm_vitals_alert::now_ms();
        self.notifications
            .observe(&evaluator.alerts(), changes, |active| {
                Some(Evidence::gather(
                    active.rule(),
                    active.alert(),
                    store,
                    &engine,
                    now,
                ))
            });
    }

    /// Finds out which receivers could not be told anything, and says so in the log.
    pub(crate) async fn check(self) {
        for (receiver, integration, result) in self.notifications.check().await {
            match result {
                Ok(()) => tracing::info!("receiver {receiver}: {integration} can be reached"),
                Err(error) => {
                    tracing::warn!("receiver {receiver}: {integration} will not work: {error}")
                }
            }
        }
    }

    /// Reads the routes again on SIGHUP. With an error in them they stay as they are.
    pub(crate) async fn reload(self) {
        let Some(routes) = &self.routes else { return };
        let mut hangups = Hangups::new();
        loop {
            hangups.next().await;
            let taken = read_again(routes).and_then(|config| {
                self.notifications
                    .reload(Arc::new(config))
                    .map_err(|error| error.render())
            });
            match taken {
                Ok(()) => tracing::info!("read the receivers of alerts again"),
                Err(error) => tracing::warn!(
                    "the receivers of alerts stay as they are: {}",
                    error.trim_end()
                ),
            }
        }
    }
}

fn read(routes: Option<&Routes>) -> Result<Config, String> {
    let config = match routes {
        None => Config::parse("notify", NOBODY),
        Some(Routes::Inline { path, text }) => Config::parse(&path.display().to_string(), text),
        Some(Routes::File(path)) => Config::read(path),
    };
    config.map_err(|error| error.render().trim_end().to_owned())
}

/// What stands in the gateway's own file is taken from it anew.
fn read_again(routes: &Routes) -> Result<Config, String> {
    match routes {
        Routes::File(_) => read(Some(routes)),
        Routes::Inline { path, .. } => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            let routes = config::notify_block(path, &text)
                .ok_or_else(|| format!("{} has no `notify` any more", path.display()))?;
            read(Some(&routes))
        }
    }
}
