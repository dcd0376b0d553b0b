//! Who is told of alerts: the routes and receivers of the configuration, and the silences.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use llm_vitals_alert::notify::{
    Config, Evidence, Notifications, NotificationsBuilder, NotificationsRunner, Receiver,
};
use llm_vitals_alert::{Evaluator, Transition, now_ms};
use llm_vitals_promql::{Engine, Store};

use crate::config::{self, ConfigError, ExternalUrl, Routes};
use crate::hangups::Hangups;

/// What is read where nobody is to be told: alerts can be seen and silenced all the same.
const NOBODY: &str = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n";

/// How long one evaluation may spend on what stands behind its alerts, in milliseconds: rules and samples wait meanwhile.
const EVIDENCE_MS: i64 = 250;

/// How long nothing may be evaluated before heartbeats stop, unless rules are evaluated more rarely.
const SHORTEST_STANDSTILL: Duration = Duration::from_secs(120);

/// Tells people of alerts.
#[derive(Clone, Debug)]
pub(crate) struct Notify {
    notifications: Notifications,
    routes: Option<Routes>,
    external_url: String,
    /// The kinds of places that are told, at the start.
    told: Vec<&'static str>,
}

impl Notify {
    /// Reads the routes and the state. Nobody is called before the runner runs. `management` is the address of the dashboard, and
    /// rules are evaluated every `interval`.
    pub(crate) fn build(
        config: &config::Config,
        management: SocketAddr,
        interval: Duration,
    ) -> Result<(Self, NotificationsRunner), ConfigError> {
        let options = &config.notifications;
        let external_url = match &options.external_url {
            Some(ExternalUrl(url)) => url.clone(),
            None => format!("http://{}", reachable(management, &config.hosts)),
        };
        let routes = config.notify.clone();
        let config = match &routes {
            Some(routes) => read(routes),
            None => parse("notify", NOBODY),
        };
        let config = config.map_err(ConfigError::new)?;
        for warning in config.warnings() {
            tracing::warn!("{warning}");
        }
        let told = told(&config);
        if !told.is_empty() && options.external_url.is_none() {
            tracing::info!(
                "links in messages begin with {external_url}: set notifications.external_url if people cannot open that"
            );
        }
        let rendered = |error: llm_vitals_alert::Error| ConfigError::new(error.render().trim_end());
        let mut builder = Notifications::builder(Arc::new(config))
            .with_external_url(&external_url)
            .with_evaluation_timeout(SHORTEST_STANDSTILL.max(interval * 4));
        if let Some(state) = &options.state {
            super::alerts::has_folder("notifications", state)?;
            // Requests are to be answered whatever a file of the monitoring holds.
            if let Some(error) = NotificationsBuilder::set_aside_damaged(state).map_err(rendered)? {
                tracing::error!(
                    "notifying starts without its state, which is kept beside it as .damaged: {error}"
                );
            }
            builder = builder.with_state_file(state).map_err(rendered)?;
        }
        let (notifications, runner) = builder.build().map_err(rendered)?;
        let notify = Self {
            notifications,
            routes,
            external_url,
            told,
        };
        Ok((notify, runner))
    }

    /// The alerts, silences and receivers.
    pub(crate) fn notifications(&self) -> &Notifications {
        &self.notifications
    }

    /// Where people see what messages are about.
    pub(crate) fn external_url(&self) -> &str {
        &self.external_url
    }

    /// The kinds of places that are told of alerts, such as `slack`.
    pub(crate) fn told(&self) -> &[&'static str] {
        &self.told
    }

    /// Takes what an evaluation has found, with what stands behind it. Of very many alerts that begin at once the first get evidence.
    pub(crate) fn observe(&self, evaluator: &Evaluator, store: &Store, changes: &[Transition]) {
        let engine = Engine::new();
        let now = now_ms();
        self.notifications
            .observe(&evaluator.alerts(), changes, |active| {
                let (rule, alert) = (active.rule(), active.alert());
                (now_ms() - now < EVIDENCE_MS)
                    .then(|| Evidence::gather(rule, alert, store, &engine, now))
            });
    }

    /// Finds out which receivers could not be told anything, and says so in the log.
    pub(crate) async fn check(self) {
        for (receiver, integration, result) in self.notifications.check().await {
            match result {
                Ok(()) => tracing::info!("receiver {receiver}: {integration} can be reached"),
                Err(error) => {
                    tracing::warn!("receiver {receiver}: {integration} will not work: {error}");
                }
            }
        }
    }

    /// Reads the routes again on SIGHUP. With an error in them they stay as they are.
    pub(crate) async fn reload(self, mut hangups: Hangups) {
        loop {
            hangups.next().await;
            let notify = self.clone();
            match tokio::task::spawn_blocking(move || notify.read_again()).await {
                Ok(Ok(true)) => {
                    tracing::info!("read the receivers of alerts again");
                    tokio::spawn(self.clone().check());
                }
                Ok(Ok(false)) => {}
                Ok(Err(error)) => {
                    tracing::warn!("the receivers of alerts stay as they are: {error}");
                }
                Err(error) => tracing::error!("reading the receivers of alerts failed: {error}"),
            }
        }
    }

    /// Whether there was something to read.
    fn read_again(&self) -> Result<bool, String> {
        let routes = match &self.routes {
            None => return Ok(false),
            Some(routes @ Routes::File(_)) => routes.clone(),
            // What stands in the gateway's own file is taken from it anew.
            Some(Routes::Inline { path, .. }) => block(path)?
                .ok_or_else(|| format!("{} has no `notify` any more", path.display()))?,
            Some(Routes::Nowhere { path }) => match block(path)? {
                Some(routes) => routes,
                None => return Ok(false),
            },
        };
        let config = read(&routes)?;
        for warning in config.warnings() {
            tracing::warn!("{warning}");
        }
        let taken = self.notifications.reload(Arc::new(config));
        taken.map_err(|error| error.render().trim_end().to_owned())?;
        Ok(true)
    }
}

fn read(routes: &Routes) -> Result<Config, String> {
    match routes {
        Routes::Nowhere { .. } => parse("notify", NOBODY),
        Routes::Inline { path, text } => parse(&path.display().to_string(), text),
        Routes::File(path) => {
            Config::read(path).map_err(|error| error.render().trim_end().to_owned())
        }
    }
}

fn parse(name: &str, text: &str) -> Result<Config, String> {
    Config::parse(name, text).map_err(|error| error.render().trim_end().to_owned())
}

fn block(path: &Path) -> Result<Option<Routes>, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    Ok(config::notify_block(path, &text))
}

/// Each kind of place once; a heartbeat is told of no alert.
fn told(config: &Config) -> Vec<&'static str> {
    let mut kinds = Vec::new();
    for integration in config.receivers().iter().flat_map(Receiver::integrations) {
        let kind = integration.settings().integration();
        if kind != "heartbeat" && !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}

/// A host and port that others may find the address at, as far as it can be known from here.
fn reachable(listen: SocketAddr, hosts: &[String]) -> String {
    if !listen.ip().is_unspecified() {
        return listen.to_string();
    }
    let port = listen.port();
    match hosts.first() {
        Some(host) if host.contains(':') => format!("[{host}]:{port}"),
        Some(host) => format!("{host}:{port}"),
        None => SocketAddr::new(own_address(listen.is_ipv6()), port).to_string(),
    }
}

/// The address that this machine has for others; nothing is sent to find it out. Where there is no network, that of this machine alone.
fn own_address(is_v6: bool) -> IpAddr {
    // Addresses for documentation: they are nobody's.
    let (any, somewhere): (IpAddr, IpAddr) = if is_v6 {
        let somewhere = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
        (Ipv6Addr::UNSPECIFIED.into(), somewhere.into())
    } else {
        (
            Ipv4Addr::UNSPECIFIED.into(),
            Ipv4Addr::new(192, 0, 2, 1).into(),
        )
    };
    let found = UdpSocket::bind((any, 0)).and_then(|socket| {
        socket.connect((somewhere, 9))?;
        socket.local_addr()
    });
    match found {
        Ok(address) if !address.ip().is_unspecified() => address.ip(),
        // Whoever listens on all addresses of version 6 listens on this one too, on most systems.
        _ if is_v6 => own_address(false),
        _ => Ipv4Addr::LOCALHOST.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_an_address_that_can_be_opened() {
        let link = |listen: &str, hosts: &[&str]| {
            let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
            reachable(listen.parse().unwrap(), &hosts)
        };
        assert_eq!(link("10.0.0.7:80", &["gw.example"]), "10.0.0.7:80");
        assert_eq!(link("0.0.0.0:80", &["gw.example"]), "gw.example:80");
        assert_eq!(link("[::]:80", &["2001:db8::1"]), "[2001:db8::1]:80");
        for listen in ["0.0.0.0:80", "[::]:80"] {
            let found: SocketAddr = link(listen, &[]).parse().unwrap();
            assert!(
                !found.ip().is_unspecified() && found.port() == 80,
                "{found}"
            );
        }
    }

    #[test]
    fn heartbeats_are_told_of_nothing() {
        let config = |text| Config::parse("notify", text).unwrap();
        assert!(told(&config(NOBODY)).is_empty());
        let text =
            "notify: {webhook: 'http://h/', heartbeat: 'http://h/', alertmanager: 'http://h/'}";
        assert_eq!(told(&config(text)), ["webhook", "alertmanager"]);
    }
}
