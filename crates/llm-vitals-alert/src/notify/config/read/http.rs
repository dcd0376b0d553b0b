//! `http_config:` and `tls_config:`.

use super::values::Values;
use crate::fields::Fields;
use crate::notify::config::HttpConfig;
use crate::yaml::YamlValue;

const FIELDS: &[&str] = &[
    "basic_auth",
    "authorization",
    "oauth2",
    "bearer_token",
    "bearer_token_file",
    "tls_config",
    "follow_redirects",
    "enable_http2",
    "proxy_url",
    "no_proxy",
    "proxy_from_environment",
    "proxy_connect_header",
    "http_headers",
];

const TLS_FIELDS: &[&str] = &[
    "ca",
    "cert",
    "key",
    "ca_file",
    "cert_file",
    "key_file",
    "server_name",
    "insecure_skip_verify",
    "min_version",
    "max_version",
];

const TLS_VERSIONS: [&str; 4] = ["TLS10", "TLS11", "TLS12", "TLS13"];

/// As Alertmanager has it: redirects are followed.
pub(in crate::notify::config) fn default() -> HttpConfig {
    HttpConfig {
        follow_redirects: true,
        ..HttpConfig::default()
    }
}

pub(super) fn read(values: &mut Values<'_>, parent: Fields<'_>, name: &str) -> Option<HttpConfig> {
    let yaml = parent.get(name)?;
    let fields = values
        .reader
        .fields(yaml, "an HTTP configuration", FIELDS)?;
    let mut http = default();
    http.follow_redirects = values.switch(fields, "follow_redirects").unwrap_or(true);
    http.proxy_url = values.url(fields, "proxy_url");
    basic_auth(values, fields, &mut http);
    authorization(values, fields, &mut http);
    tls(values, fields, "tls_config", &mut http);
    values.refuse(fields, &["oauth2"], "use \"authorization\"");
    values.refuse(
        fields,
        &["http_headers", "no_proxy", "proxy_connect_header"],
        "",
    );
    values.ignore(fields, &["enable_http2", "proxy_from_environment"]);
    Some(http)
}

/// The settings of TLS for what is no HTTP.
pub(super) fn read_tls_alone(
    values: &mut Values<'_>,
    fields: Fields<'_>,
    name: &str,
) -> Option<HttpConfig> {
    fields.get(name)?;
    let mut http = default();
    tls(values, fields, name, &mut http);
    Some(http)
}

fn basic_auth(values: &mut Values<'_>, fields: Fields<'_>, http: &mut HttpConfig) {
    let Some(yaml) = fields.get("basic_auth") else {
        return;
    };
    let allowed = ["username", "username_file", "password", "password_file"];
    let Some(inner) = values.reader.fields(yaml, "\"basic_auth\"", &allowed) else {
        return;
    };
    let name = values.secret_or_file(inner, "username");
    let name = name.map_or_else(String::new, |name| name.expose().to_owned());
    let password = values.secret_or_file(inner, "password");
    let password = password.unwrap_or_else(|| crate::notify::secret::Secret::new(""));
    http.basic_auth = Some((name, password));
    for other in [
        "bearer_token",
        "bearer_token_file",
        "authorization",
        "oauth2",
    ] {
        if fields.get(other).is_some() {
            let message = format!("at most one of \"basic_auth\" and \"{other}\" may be there");
            values
                .reader
                .wrong(fields.key_at(other), other.len(), message);
        }
    }
}

fn authorization(values: &mut Values<'_>, fields: Fields<'_>, http: &mut HttpConfig) {
    let bearer = values.secret_or_file(fields, "bearer_token");
    http.authorization = bearer.map(|token| ("Bearer".to_owned(), token));
    let Some(yaml) = fields.get("authorization") else {
        return;
    };
    let allowed = ["type", "credentials", "credentials_file"];
    let Some(inner) = values.reader.fields(yaml, "\"authorization\"", &allowed) else {
        return;
    };
    for other in ["bearer_token", "bearer_token_file"] {
        if fields.get(other).is_some() {
            let message = format!("at most one of \"authorization\" and \"{other}\" may be there");
            values
                .reader
                .wrong(fields.key_at(other), other.len(), message);
        }
    }
    let kind = values.string(inner, "type").unwrap_or_default();
    let kind = match kind.trim() {
        "" => "Bearer",
        kind => kind,
    };
    if kind.eq_ignore_ascii_case("basic") {
        let at = inner.get("type").map_or(inner.at, |yaml| yaml.at);
        values.reader.wrong_with(
            at,
            kind.len(),
            "the type of \"authorization\" cannot be Basic",
            Some("use \"basic_auth\"".to_owned()),
        );
    }
    let credentials = values.secret_or_file(inner, "credentials");
    http.authorization = credentials.map(|credentials| (kind.to_owned(), credentials));
}

fn tls(values: &mut Values<'_>, parent: Fields<'_>, name: &str, http: &mut HttpConfig) {
    let Some(yaml) = parent.get(name) else {
        return;
    };
    if matches!(yaml.value, YamlValue::Null) {
        return;
    }
    let Some(fields) = values
        .reader
        .fields(yaml, &format!("\"{name}\""), TLS_FIELDS)
    else {
        return;
    };
    http.ca_file = values.path_of(fields, "ca_file");
    http.insecure_skip_verify = values
        .switch(fields, "insecure_skip_verify")
        .unwrap_or(false);
    let cert = values.path_of(fields, "cert_file");
    let key = values.path_of(fields, "key_file");
    http.cert_and_key = match (cert, key) {
        (Some(cert), Some(key)) => Some((cert, key)),
        (None, None) => None,
        (cert, _) => {
            let (have, missing) = if cert.is_some() {
                ("cert_file", "key_file")
            } else {
                ("key_file", "cert_file")
            };
            let message = format!("\"{have}\" needs \"{missing}\" beside it");
            values
                .reader
                .wrong(fields.key_at(have), have.len(), message);
            None
        }
    };
    for version in ["min_version", "max_version"] {
        if let Some(text) = values.reader.text(fields, version)
            && !TLS_VERSIONS.contains(&text.text)
        {
            let message = format!("\"{version}\" is one of {}", TLS_VERSIONS.join(", "));
            values.reader.wrong(text.at, text.text.len(), message);
        }
    }
    values.refuse(
        fields,
        &["ca", "cert", "key"],
        "put it into a file and name that",
    );
    values.refuse(fields, &["server_name"], "");
    values.ignore(fields, &["min_version", "max_version"]);
}
