//! The dashboard as a service, and its options.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use llm_vitals_alert::Evaluator;
use llm_vitals_promql::{Dialect, Engine, Store};

use crate::api::Api;
use crate::application::{Application, Nothing};
use crate::overview::About;
use crate::time::now_ms;
use crate::token::Token;
use crate::work::Gate;

/// Prometheus' HTTP API over a store, and a page that shows it, as a tower service.
///
/// Paths, relative to where it is mounted:
///
/// | | |
/// |---|---|
/// | `/`, `/app.js`, `/app.css`, `/icon.svg` | the page, which holds no data |
/// | `/api/v1/…` | `query`, `query_range`, `query_exemplars`, `series`, `labels`, `label/<name>/values`, `metadata`, `rules`, `alerts`, `status/buildinfo`, `format_query`; GET, and POST with a form |
/// | `/api/dashboard` | what the [`Application`] knows |
///
/// Nothing can be changed through it. Put authorisation before it, or give it [`with_token`](Self::with_token). It needs a tokio
/// runtime: queries run on its threads for blocking work, a few at once, each within a time, and the store is locked only while
/// series are looked up. A query whose client has gone stops.
///
/// ```
/// use std::sync::{Arc, Mutex};
///
/// use http::Request;
/// use http_body_util::{BodyExt, Empty};
/// use llm_vitals_dashboard::Dashboard;
/// use llm_vitals_promql::{Labels, Store};
/// use tower_service::Service;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut store = Store::new();
/// store.append(&Labels::new([("__name__", "up")]), 1_764_000_000_000, 1.0)?;
/// let mut dashboard = Dashboard::new(Arc::new(Mutex::new(store)));
/// let request = Request::get("/api/v1/query?query=up&time=1764000001").body(Empty::<&[u8]>::new())?;
/// let body = dashboard.call(request).await?.into_body().collect().await?.to_bytes();
/// assert_eq!(
///     body,
///     r#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"up"},"value":[1764000001,"1"]}]}}"#
/// );
/// # Ok(()) }
/// ```
///
/// In axum: `Router::new().fallback_service(dashboard)`, or `.nest_service("/vitals", dashboard)` with the feature `axum`, which
/// sends a browser from `/vitals` to `/vitals/`. Elsewhere [`with_prefix`](Self::with_prefix) does so.
#[derive(Clone, Debug)]
pub struct Dashboard {
    pub(crate) settings: Arc<Settings>,
}

#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) api: Api,
    /// For what is not a query: a slow one must not keep an overview waiting.
    pub(crate) light: Gate,
    pub(crate) application: Arc<dyn Application>,
    pub(crate) about: About,
    pub(crate) token: Option<Token>,
    /// Without a slash at its end; empty if there is none.
    pub(crate) prefix: String,
    pub(crate) has_page: bool,
    pub(crate) max_body: usize,
    pub(crate) clock: Arc<dyn Fn() -> i64 + Send + Sync>,
}

impl Dashboard {
    /// A dashboard over this store.
    #[must_use]
    pub fn new(store: Arc<Mutex<Store>>) -> Self {
        let settings = Settings {
            api: Api {
                store,
                evaluator: None,
                evaluation_interval: Duration::from_secs(15),
                engine: Engine::new().with_max_samples(30_000_000),
                dialect: Dialect::default(),
                timeout: Duration::from_secs(10),
                max_points: 1_000_000,
                gate: Gate::new(4),
            },
            light: Gate::new(4),
            application: Arc::new(Nothing),
            about: About {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                started_at: now_ms(),
                sample_interval: None,
                can_write: false,
            },
            token: None,
            prefix: String::new(),
            has_page: true,
            max_body: 128 << 10,
            clock: Arc::new(now_ms),
        };
        Self {
            settings: Arc::new(settings),
        }
    }

    /// Shows the rules and alerts of an evaluator; without one there are none.
    #[must_use]
    pub fn with_evaluator(self, evaluator: Arc<Mutex<Evaluator>>) -> Self {
        self.with(|settings| settings.api.evaluator = Some(evaluator))
    }

    /// How far apart evaluations are of groups that do not say, as the evaluator was told; 15 seconds by default.
    #[must_use]
    pub fn with_evaluation_interval(self, interval: Duration) -> Self {
        self.with(|settings| settings.api.evaluation_interval = interval)
    }

    /// What only the application knows.
    #[must_use]
    pub fn with_application(self, application: impl Application + 'static) -> Self {
        self.with(|settings| settings.application = Arc::new(application))
    }

    /// The version of the application, to be shown; that of this crate by default.
    #[must_use]
    pub fn with_version(self, version: impl Into<String>) -> Self {
        self.with(|settings| settings.about.version = version.into())
    }

    /// When the process started, in milliseconds since 1970; when the dashboard was made, by default.
    #[must_use]
    pub fn with_started_at(self, started_at_ms: i64) -> Self {
        self.with(|settings| settings.about.started_at = started_at_ms)
    }

    /// How far apart samples are, which is the shortest step that makes sense.
    #[must_use]
    pub fn with_sample_interval(self, interval: Duration) -> Self {
        self.with(|settings| settings.about.sample_interval = Some(interval.as_secs_f64()))
    }

    /// Tells the page that the application takes silences at `api/v2`. The dashboard itself changes nothing.
    #[must_use]
    pub fn with_write_access(self) -> Self {
        self.with(|settings| settings.about.can_write = true)
    }

    /// Answers `api/…` only to those who send `Authorization: Bearer TOKEN`. An empty token lets nobody in.
    #[must_use]
    pub fn with_token(self, token: &str) -> Self {
        self.with(|settings| settings.token = Some(Token::new(token)))
    }

    /// Where it is mounted, such as `/vitals`, if paths reach it with that before them.
    #[must_use]
    pub fn with_prefix(self, prefix: &str) -> Self {
        let prefix = prefix.trim_matches('/');
        let prefix = if prefix.is_empty() {
            String::new()
        } else {
            format!("/{prefix}")
        };
        self.with(|settings| settings.prefix = prefix)
    }

    /// Only the API.
    #[must_use]
    pub fn without_page(self) -> Self {
        self.with(|settings| settings.has_page = false)
    }

    /// Whose answers are given; those of Prometheus 3 by default.
    #[must_use]
    pub fn with_dialect(self, dialect: Dialect) -> Self {
        self.with(|settings| settings.api.dialect = dialect)
    }

    /// The engine, with its lookback and its limits; by default that of [`Engine::new`] with 30 million samples for each query.
    /// Its interrupt is replaced by that of the timeout.
    #[must_use]
    pub fn with_engine(self, engine: Engine) -> Self {
        self.with(|settings| settings.api.engine = engine)
    }

    /// How long a query may take, waiting included; 10 seconds by default. A request may ask for less.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        self.with(|settings| settings.api.timeout = timeout)
    }

    /// How many queries are evaluated at once; 4 by default. Others wait.
    #[must_use]
    pub fn with_max_concurrency(self, queries: usize) -> Self {
        self.with(|settings| settings.api.gate = Gate::new(queries))
    }

    /// How many points a result may have; 1 million by default.
    #[must_use]
    pub fn with_max_points(self, points: usize) -> Self {
        self.with(|settings| settings.api.max_points = points)
    }

    /// How many bytes a request's body may have; 128 KiB by default.
    #[must_use]
    pub fn with_max_body(self, bytes: usize) -> Self {
        self.with(|settings| settings.max_body = bytes)
    }

    /// Another clock than the system's, in milliseconds since 1970.
    #[must_use]
    pub fn with_clock(self, clock: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        self.with(|settings| settings.clock = Arc::new(clock))
    }

    fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(Arc::make_mut(&mut self.settings));
        self
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("about", &self.about)
            .field("token", &self.token)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}
