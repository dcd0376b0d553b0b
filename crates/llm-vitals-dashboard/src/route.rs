//! What a path leads to.

use http::request::Parts;

use crate::api::Endpoint;
use crate::page::File;

#[derive(Debug)]
pub(crate) enum Route {
    /// What the browser is to ask for instead: the page with the slash that its relative addresses need, or its query view.
    Elsewhere(String),
    Page(&'static File),
    Dashboard,
    Api(Endpoint),
    UnknownApi,
    Unknown,
}

impl Route {
    pub(crate) fn of(parts: &Parts, prefix: &str, has_page: bool) -> Self {
        let Some(path) = parts.uri.path().strip_prefix(prefix) else {
            return Self::Unknown;
        };
        let Some(path) = path.strip_prefix('/') else {
            return match path {
                "" if !prefix.is_empty() && has_page => Self::slash(parts, prefix),
                _ => Self::Unknown,
            };
        };
        if let Some(api) = path.strip_prefix("api/") {
            return match api {
                "dashboard" => Self::Dashboard,
                _ => api
                    .strip_prefix("v1/")
                    .and_then(Endpoint::of)
                    .map_or(Self::UnknownApi, Self::Api),
            };
        }
        if !has_page {
            return Self::Unknown;
        }
        if let Some(original) =
            original_path(parts).filter(|original| path.is_empty() && !original.ends_with('/'))
        {
            return Self::slash(parts, original);
        }
        match path {
            "graph" => Self::graph(parts.uri.query()),
            _ => File::of(path).map_or(Self::Unknown, Self::Page),
        }
    }

    /// Where links to a Prometheus lead, such as those of the templates of alerts: `/graph?g0.expr=up`.
    fn graph(query: Option<&str>) -> Self {
        let mut pairs = query.unwrap_or_default().split('&');
        let expr = pairs.find_map(|pair| pair.strip_prefix("g0.expr="));
        Self::Elsewhere(match expr {
            Some(expr) => format!("./?view=query&expr={expr}"),
            None => "./?view=query".to_owned(),
        })
    }

    /// Relative to the address that was asked for, so that no address of another host can come of it.
    fn slash(parts: &Parts, path: &str) -> Self {
        let last = path.rsplit('/').next().unwrap_or_default();
        let query = parts.uri.query();
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        Self::Elsewhere(format!("./{last}/{query}"))
    }
}

/// The path that the browser asked for, if axum took a part of it away.
#[cfg(feature = "axum")]
fn original_path(parts: &Parts) -> Option<&str> {
    let original = parts.extensions.get::<axum::extract::OriginalUri>()?;
    Some(original.0.path())
}

#[cfg(not(feature = "axum"))]
fn original_path(_: &Parts) -> Option<&str> {
    None
}
