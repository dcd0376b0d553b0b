//! Who is told of alerts.

use std::path::{Path, PathBuf};

use reqwest::Url;
use serde::Deserialize;
use serde::de::{self, Deserializer};

use super::env::EnvText;
use super::{ConfigError, File};

/// What is told of notifications beside who gets them.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Notifications {
    /// A configuration in Alertmanager's schema, instead of `notify`.
    pub(crate) file: Option<PathBuf>,
    /// Where silences, and what was told and is still to be told, are kept over a restart.
    pub(crate) state: Option<PathBuf>,
    /// Where people reach this gateway, for links in messages.
    pub(crate) external_url: Option<ExternalUrl>,
}

/// An address of the web without a slash at its end.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct ExternalUrl(pub(crate) String);

/// Where the routes are written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Routes {
    /// The file of the gateway, with its `notify` alone.
    Inline { path: PathBuf, text: String },
    /// A file of their own.
    File(PathBuf),
    /// Nowhere yet: the file of the gateway has no `notify`.
    Nowhere { path: PathBuf },
}

impl<'de> Deserialize<'de> for ExternalUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let EnvText(text) = EnvText::deserialize(deserializer)?;
        let is_web = Url::parse(&text).is_ok_and(|url| {
            let is_alone = url.query().is_none() && url.fragment().is_none();
            let has_user = !url.username().is_empty() || url.password().is_some();
            matches!(url.scheme(), "http" | "https") && url.has_host() && is_alone && !has_user
        });
        if is_web {
            return Ok(Self(text.trim_end_matches('/').to_owned()));
        }
        // It is in every message, so it holds nothing that should not be seen; what is written instead of it may.
        Err(de::Error::custom(
            "is no address that people can open: it must look like https://gateway.example.com",
        ))
    }
}

/// What the file says of who is told.
pub(super) fn routes(path: &Path, text: &str, file: &File) -> Result<Routes, ConfigError> {
    match (&file.notify, &file.notifications.file) {
        (None, None) => Ok(Routes::Nowhere {
            path: path.to_owned(),
        }),
        (None, Some(file)) => Ok(Routes::File(file.clone())),
        (Some(notify), Some(_)) => {
            let message = "there is `notifications.file` too: say who is told in one of them";
            Err(ConfigError::at(path, text, message, notify.referenced))
        }
        (Some(notify), None) => match notify_block(path, text) {
            Some(routes) => Ok(routes),
            None => {
                let message = "`notify` must stand at the begin of a line";
                Err(ConfigError::at(path, text, message, notify.referenced))
            }
        },
    }
}

/// The part of the text that belongs to `notify`, with every other line empty, so that places in it are places of the file.
///
/// `None` where that does not stand at the begin of a line.
pub(crate) fn notify_block(path: &Path, text: &str) -> Option<Routes> {
    let mut found = false;
    let mut kept = String::with_capacity(text.len());
    for (line, is_in) in lines(text) {
        found |= is_in;
        kept.push_str(if is_in { line } else { "\n" });
    }
    found.then(|| Routes::Inline {
        path: path.to_owned(),
        text: kept,
    })
}

/// The lines, and whether they belong to `notify`.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (&str, bool)> {
    text.split_inclusive('\n').scan(false, |is_in, line| {
        let after_key = line.strip_prefix("notify").map(str::trim_start);
        if after_key.is_some_and(|rest| rest.starts_with(':')) {
            *is_in = true;
        } else if line.starts_with(|first: char| !first.is_whitespace() && first != '#') {
            // A list may stand as far left as its key.
            *is_in &= line.starts_with("- ");
        }
        Some((line, *is_in))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_but_the_block_is_empty_lines() {
        let text = "listen: x\nnotify :\n  slack: y\n# why\n\n  webhook: z\nnotifications: {state: a}\nnotify2: 1\n";
        let found = notify_block(Path::new("g.yaml"), text);
        let Some(Routes::Inline { text, .. }) = found else {
            panic!("{found:?}");
        };
        assert_eq!(text, "\nnotify :\n  slack: y\n# why\n\n  webhook: z\n\n\n");
        assert_eq!(
            notify_block(Path::new("g.yaml"), "{notify: {slack: y}}"),
            None
        );
    }
}
