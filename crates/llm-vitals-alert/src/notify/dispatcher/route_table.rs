//! The routes of a configuration, each with a number.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use llm_vitals_promql::Labels;

use crate::notify::config::{Config, Route};

/// The routing tree in the order in which it is written, with what each route needs at hand.
#[derive(Debug)]
pub(super) struct RouteTable {
    config: Arc<Config>,
    routes: Vec<RouteEntry>,
    /// By address: the tree does not move.
    numbers: HashMap<usize, usize>,
}

/// One route. Times are in milliseconds.
#[derive(Debug)]
pub(super) struct RouteEntry {
    /// From the root on, which child it is.
    path: Vec<usize>,
    pub(super) key: String,
    pub(super) receiver: String,
    /// Whether each of the receiver's integrations is told that alerts are over.
    pub(super) sends_resolved: Vec<bool>,
    /// `None` is by all labels.
    group_by: Option<Vec<String>>,
    pub(super) group_wait: i64,
    pub(super) group_interval: i64,
    pub(super) repeat_interval: i64,
}

impl RouteTable {
    pub(super) fn new(config: Arc<Config>) -> Self {
        let mut table = Self {
            routes: Vec::new(),
            numbers: HashMap::new(),
            config,
        };
        let config = Arc::clone(&table.config);
        table.add(&config.route, &[]);
        table
    }

    /// Numbers come from [`routes_for`](Self::routes_for) of the same table: groups are made anew with a new one.
    pub(super) fn get(&self, number: usize) -> &RouteEntry {
        &self.routes[number]
    }

    pub(super) fn config(&self) -> &Arc<Config> {
        &self.config
    }

    /// The numbers of the routes that an alert takes, in their order.
    pub(super) fn routes_for(&self, labels: &Labels) -> Vec<usize> {
        let routes = self.config.routes_for(labels).into_iter();
        routes
            .filter_map(|route| self.numbers.get(&address(route)).copied())
            .collect()
    }

    /// The names of the time intervals because of which the alerts of a route are not told now.
    pub(super) fn muting(&self, number: usize, now_ms: i64) -> Vec<&str> {
        let path = self.routes[number].path.iter();
        let route = path.fold(&self.config.route, |route, child| &route.routes[*child]);
        self.config.muted_by(route, now_ms).unwrap_or_default()
    }

    fn add(&mut self, route: &Route, path: &[usize]) {
        let receivers = &self.config.receivers;
        let receiver = receivers
            .iter()
            .find(|receiver| receiver.name == route.receiver);
        let integrations = receiver.map(|receiver| receiver.integrations.iter());
        let sends_resolved = integrations.into_iter().flatten();
        let sends_resolved = sends_resolved.map(|integration| integration.send_resolved);
        self.numbers.insert(address(route), self.routes.len());
        self.routes.push(RouteEntry {
            path: path.to_vec(),
            key: route.key().to_owned(),
            receiver: route.receiver.clone(),
            sends_resolved: sends_resolved.collect(),
            group_by: route.group_by.clone(),
            group_wait: millis(route.group_wait),
            group_interval: millis(route.group_interval).max(1),
            repeat_interval: millis(route.repeat_interval),
        });
        for (index, child) in route.routes.iter().enumerate() {
            self.add(child, &[path, &[index]].concat());
        }
    }
}

impl RouteEntry {
    /// The labels that tell the groups of this route apart.
    pub(super) fn group_labels(&self, labels: &Labels) -> Labels {
        let Some(names) = &self.group_by else {
            return labels.clone();
        };
        let named = |name: &'_ String| labels.get(name).map(|value| (name.clone(), value));
        Labels::new(names.iter().filter_map(named))
    }
}

pub(super) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn address(route: &Route) -> usize {
    std::ptr::from_ref(route).addr()
}
