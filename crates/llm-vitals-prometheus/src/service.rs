//! The exposition as an HTTP service.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use http::{Request, Response};
use tower_service::Service;

use crate::exposition::Exposition;

const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

impl Exposition {
    /// The content type and body for a client that sent this `Accept` header.
    #[must_use]
    pub fn respond(&self, accept: Option<&str>) -> (&'static str, String) {
        if accept.is_some_and(prefers_openmetrics) {
            (OPENMETRICS, self.render_openmetrics())
        } else {
            (TEXT, self.render())
        }
    }
}

impl<B> Service<Request<B>> for Exposition {
    type Response = Response<String>;
    type Error = Infallible;
    type Future = Ready<Result<Response<String>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let accept = request
            .headers()
            .get(ACCEPT)
            .and_then(|accept| accept.to_str().ok());
        let (content_type, body) = self.respond(accept);
        let mut response = Response::new(body);
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        ready(Ok(response))
    }
}

/// Whether OpenMetrics is accepted, and plain text is not preferred to it.
fn prefers_openmetrics(accept: &str) -> bool {
    let best = |wanted: &str| {
        let ranges = accept.split(',').map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let media = parts.next().unwrap_or_default();
            let quality = parts.find_map(|part| part.strip_prefix("q="));
            (
                media,
                quality.and_then(|q| q.parse::<f32>().ok()).unwrap_or(1.0),
            )
        });
        let qualities = ranges.filter(|(media, _)| media.eq_ignore_ascii_case(wanted));
        qualities.map(|(_, quality)| quality).fold(0.0, f32::max)
    };
    let openmetrics = best("application/openmetrics-text");
    openmetrics > 0.0 && openmetrics >= best("text/plain")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openmetrics_goes_to_those_who_ask_for_it() {
        for (accept, expected) in [
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                true,
            ),
            ("text/plain;version=0.0.4;q=1,*/*;q=0.1", false),
            ("application/openmetrics-text;q=0.3,text/plain;q=0.5", false),
            ("application/openmetrics-text;q=0", false),
            ("*/*", false),
        ] {
            assert_eq!(prefers_openmetrics(accept), expected, "{accept}");
        }
    }
}
