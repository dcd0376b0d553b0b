//! Who may ask: client keys, the management token, and protection from other people's web pages.
//!
//! A page on the Internet can make a browser send requests to this machine: to `localhost` across sites, or to a name of
//! its own that it lets point here. Where no key protects a path, a request must therefore name this host, must not come
//! from a page of another one, and must have a JSON content type when it can change something, which no page can send
//! to another host without asking first.

use std::net::{IpAddr, SocketAddr};

use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, ORIGIN};
use http::{HeaderMap, HeaderName, Method, StatusCode, Uri};
use llm_vitals_provider::Secret;

use crate::openai_error::ApiError;

/// The headers in which the providers' own libraries send a key, for the paths under `/proxy`.
pub(crate) const KEY_HEADERS: [&str; 3] = ["x-api-key", "api-key", "x-goog-api-key"];

/// Where a browser says that what it asks comes from: `same-origin`, `same-site`, `cross-site` or `none`.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Decides who may ask on one listener.
#[derive(Debug)]
pub(crate) struct Access {
    client_keys: Vec<Secret>,
    management_token: Option<Secret>,
    hosts: Vec<String>,
    /// Listening on every address, so that any literal address may be this machine's.
    any_address: bool,
}

impl Access {
    pub(crate) fn new(
        listen: SocketAddr,
        hosts: &[String],
        client_keys: Vec<Secret>,
        management_token: Option<Secret>,
    ) -> Self {
        let mut known = vec!["localhost".to_owned(), listen.ip().to_string()];
        known.extend(hosts.iter().map(|host| host.to_ascii_lowercase()));
        Self {
            client_keys,
            management_token,
            hosts: known,
            any_address: listen.ip().is_unspecified(),
        }
    }

    /// Whether a client may ask the models.
    pub(crate) fn client(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<(), ApiError> {
        if self.client_keys.is_empty() {
            return self.same_host("client_keys", method, uri, headers);
        }
        let Some(given) = given_key(headers) else {
            return Err(ApiError::unauthorized(
                "no key: send one of the gateway's client keys as `Authorization: Bearer KEY`",
            ));
        };
        // Every key is compared, so that the time says nothing about which one came near.
        let known = self
            .client_keys
            .iter()
            .fold(false, |known, key| known | equal(key, given));
        if known {
            Ok(())
        } else {
            Err(ApiError::unauthorized(
                "the key is none of the gateway's client keys",
            ))
        }
    }

    /// Whether somebody may see the measurements.
    pub(crate) fn management(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<(), ApiError> {
        let Some(token) = &self.management_token else {
            return self.same_host("management_token", method, uri, headers);
        };
        if given_key(headers).is_some_and(|given| equal(token, given)) {
            return Ok(());
        }
        Err(ApiError::unauthorized(
            "this needs the management token as `Authorization: Bearer TOKEN`",
        ))
    }

    /// Whether somebody may ask for measurements by a method that changes nothing here, such as a query in a form.
    pub(crate) fn reading(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), ApiError> {
        self.management(&Method::GET, uri, headers)
    }

    /// `secret` is what the configuration can ask for in its place.
    fn same_host(
        &self,
        secret: &str,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<(), ApiError> {
        for name in [HOST, ORIGIN] {
            if headers.get_all(&name).iter().nth(1).is_some() {
                return Err(forbidden(&format!(
                    "there are two {name} headers: send one"
                )));
            }
        }
        let host = headers
            .get(HOST)
            .map(|host| host.to_str().unwrap_or_default());
        // A request in absolute form names its host itself.
        let host = uri
            .authority()
            .map_or(host, |authority| Some(authority.as_str()));
        if !host.is_some_and(|host| self.is_here(host)) {
            return Err(forbidden(
                "the Host header does not name this gateway: add the name under `hosts`",
            ));
        }
        // What a browser asks for an image or a link has no Origin.
        if headers
            .get(SEC_FETCH_SITE)
            .is_some_and(|site| site == "cross-site")
        {
            return Err(other_page(secret));
        }
        if let Some(origin) = headers.get(ORIGIN) {
            let origin = origin.to_str().unwrap_or_default();
            let host = origin.split_once("://").map(|(_, host)| host);
            if !host.is_some_and(|host| self.is_here(host)) {
                return Err(other_page(secret));
            }
        }
        let changes = !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
        if changes && !is_json(headers) {
            return Err(ApiError::invalid(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "the content type must be application/json: send `Content-Type: application/json`",
            )
            .with_code("unsupported_media_type"));
        }
        Ok(())
    }

    /// Whether `host`, with or without a port, is a name of this gateway.
    fn is_here(&self, host: &str) -> bool {
        let name = without_port(host).to_ascii_lowercase();
        let in_brackets = name
            .strip_prefix('[')
            .and_then(|name| name.strip_suffix(']'));
        let literal = in_brackets.unwrap_or(&name);
        if let Ok(address) = literal.parse::<IpAddr>() {
            // No name stands for a literal address, so that none can be made to point here.
            return address.is_loopback()
                || self.any_address
                || self.hosts.iter().any(|known| known == literal);
        }
        let name = name.strip_suffix('.').unwrap_or(&name);
        let is_below = |parent| {
            name.strip_suffix(parent)
                .is_some_and(|own| !own.is_empty() && !own.starts_with('.'))
        };
        is_below(".localhost") || self.hosts.iter().any(|known| known == name)
    }
}

/// Whether the body is said to be JSON.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    let kind = kind
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

fn given_key(headers: &HeaderMap) -> Option<&str> {
    if let Some(value) = headers.get(AUTHORIZATION) {
        let (scheme, key) = value.to_str().ok()?.split_once(' ')?;
        return scheme.eq_ignore_ascii_case("bearer").then(|| key.trim());
    }
    let names = KEY_HEADERS.map(HeaderName::from_static);
    names
        .iter()
        .find_map(|name| headers.get(name))
        .and_then(|key| key.to_str().ok())
}

/// Compares in a time that depends on the length of what was given alone.
fn equal(key: &Secret, given: &str) -> bool {
    let (key, given) = (key.expose().as_bytes(), given.as_bytes());
    let mut difference = u8::from(key.len() != given.len());
    for (index, byte) in given.iter().enumerate() {
        difference |= byte ^ key.get(index % key.len().max(1)).copied().unwrap_or(0);
    }
    std::hint::black_box(difference) == 0 && !key.is_empty()
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port))
            if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.ends_with(':') =>
        {
            name
        }
        _ => host,
    }
}

fn other_page(secret: &str) -> ApiError {
    forbidden(&format!(
        "the request comes from a page of another host: set {secret} to let pages in that have it"
    ))
}

fn forbidden(message: &str) -> ApiError {
    ApiError::invalid(StatusCode::FORBIDDEN, message).with_code("forbidden")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(listen: &str, keys: &[&str]) -> Access {
        let keys = keys.iter().map(|key| Secret::new(*key)).collect();
        Access::new(
            listen.parse().unwrap(),
            &["gateway.example".to_owned()],
            keys,
            None,
        )
    }

    fn status(access: &Access, method: &Method, headers: &[(&'static str, &str)]) -> u16 {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        let result = access.client(method, &Uri::from_static("/v1/models"), &headers);
        result.map_or_else(|error| error.status().as_u16(), |()| 200)
    }

    #[test]
    fn without_keys_only_this_host_is_asked() {
        let access = access("127.0.0.1:8080", &[]);
        for (host, expected) in [
            ("localhost:8080", 200),
            ("127.0.0.1", 200),
            ("[::1]:8080", 200),
            ("LOCALHOST.", 200),
            ("app.localhost:3000", 200),
            ("gateway.example", 200),
            ("evil.example:8080", 403),
            ("localhost.evil.example", 403),
            ("127.0.0.1.evil.example", 403),
            ("10.0.0.1", 403),
            ("", 403),
            ("[::1", 403),
            ("::1]", 403),
            (".localhost", 403),
            ("..localhost", 403),
        ] {
            assert_eq!(
                status(&access, &Method::GET, &[("host", host)]),
                expected,
                "{host}"
            );
        }
        assert_eq!(status(&access, &Method::GET, &[]), 403);
    }

    #[test]
    fn pages_of_other_hosts_stay_out() {
        let access = access("0.0.0.0:8080", &[]);
        let from = |origin| {
            status(
                &access,
                &Method::GET,
                &[("host", "10.0.0.1"), ("origin", origin)],
            )
        };
        assert_eq!(from("http://10.0.0.1:8080"), 200);
        assert_eq!(from("https://evil.example"), 403);
        assert_eq!(from("null"), 403);
        let fetched = |site| {
            let headers = [("host", "10.0.0.1"), ("sec-fetch-site", site)];
            status(&access, &Method::GET, &headers)
        };
        assert_eq!(fetched("none"), 200);
        assert_eq!(fetched("same-origin"), 200);
        assert_eq!(fetched("cross-site"), 403);
    }

    #[test]
    fn a_header_that_is_there_twice_is_refused() {
        let access = access("127.0.0.1:8080", &[]);
        for name in [HOST, ORIGIN] {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, "localhost".parse().unwrap());
            headers.append(&name, "localhost".parse().unwrap());
            headers.append(&name, "localhost".parse().unwrap());
            let error = access
                .client(&Method::GET, &Uri::from_static("/v1/models"), &headers)
                .unwrap_err();
            assert_eq!(error.status(), 403, "{name}");
        }
    }

    #[test]
    fn what_changes_something_must_be_json() {
        let access = access("127.0.0.1:8080", &[]);
        let post = |kind| {
            status(
                &access,
                &Method::POST,
                &[("host", "localhost"), ("content-type", kind)],
            )
        };
        assert_eq!(post("application/json; charset=utf-8"), 200);
        assert_eq!(post("text/plain"), 415);
        assert_eq!(post("multipart/form-data"), 415);
        assert_eq!(
            status(&access, &Method::POST, &[("host", "localhost")]),
            415
        );
    }

    #[test]
    fn with_keys_a_key_is_enough_and_needed() {
        let access = access("0.0.0.0:8080", &["one", "two"]);
        let with = |name, value| {
            status(
                &access,
                &Method::POST,
                &[("host", "anything"), (name, value)],
            )
        };
        assert_eq!(with("authorization", "Bearer two"), 200);
        assert_eq!(with("authorization", "bearer one"), 200);
        assert_eq!(with("x-api-key", "one"), 200);
        for wrong in [
            "Bearer on",
            "Bearer oneone",
            "Bearer ",
            "Bearer",
            "Basic one",
            "Bearer ONE",
        ] {
            assert_eq!(with("authorization", wrong), 401, "{wrong}");
        }
        assert_eq!(status(&access, &Method::GET, &[("host", "localhost")]), 401);
    }
}
