//! Who is told of alerts.

use std::path::{Path, PathBuf};

use serde::Deserialize;

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
    pub(crate) external_url: Option<String>,
}

/// Where the routes are written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Routes {
    /// The file of the gateway, with its `notify` alone.
    Inline { path: PathBuf, text: String },
    /// A file of their own.
    File(PathBuf),
}

/// What the file says of who is told.
pub(super) fn routes(path: &Path, text: &str, file: &File) -> Result<Option<Routes>, ConfigError> {
    match (&file.notify, &file.notifications.file) {
        (None, None) => Ok(None),
        (None, Some(file)) => Ok(Some(Routes::File(file.clone()))),
        (Some(notify), Some(_)) => {
            let message = "there is `notifications.file` too: say who is told in one of them";
            Err(ConfigError::at(path, text, message, notify.referenced))
        }
        (Some(notify), None) => match notify_block(path, text) {
            Some(routes) => Ok(Some(routes)),
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
    let mut is_in = false;
    let mut found = false;
    let mut kept = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let after_key = line.strip_prefix("notify").map(str::trim_start);
        if after_key.is_some_and(|rest| rest.starts_with(':')) {
            (is_in, found) = (true, true);
        } else if line.starts_with(|first: char| !first.is_whitespace() && first != '#') {
            // A list may stand as far left as its key.
            is_in &= line.starts_with("- ");
        }
        kept.push_str(if is_in { line } else { "\n" });
    }
    found.then(|| Routes::Inline {
        path: path.to_owned(),
        text: kept,
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
