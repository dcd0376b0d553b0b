//! What every handler knows.

use std::sync::Arc;

use llm_vitals_alert::notify::Notifications;
use llm_vitals_dashboard::Dashboard;
use llm_vitals_health::Health;
use llm_vitals_prometheus::Exposition;
use llm_vitals_redis::RedisMetrics;
use llm_vitals_tower::{LlmMetrics, LlmMetricsService};

use crate::access::Access;
use crate::config::{Limits, Timeouts};
use crate::front::Front;
use crate::page::Page;
use crate::upstream::Upstreams;

/// What every handler knows.
pub(crate) struct App {
    /// Who may ask on the listener of the models.
    pub(crate) access: Access,
    /// Who may ask on that of the measurements, which may be the same.
    pub(crate) management: Access,
    /// Counts requests to the whole service, and answers them.
    pub(crate) service: LlmMetricsService<Front>,
    pub(crate) upstreams: Arc<Upstreams>,
    pub(crate) metrics: LlmMetrics,
    pub(crate) exposition: Exposition,
    pub(crate) page: Page,
    pub(crate) limits: Limits,
    pub(crate) timeouts: Timeouts,
    pub(crate) health: Health,
    /// What is known of Redis, where there is one.
    pub(crate) redis: Option<RedisMetrics>,
    pub(crate) dashboard: Dashboard,
    pub(crate) notifications: Notifications,
    /// Whether the measurements need a token.
    pub(crate) has_token: bool,
}
