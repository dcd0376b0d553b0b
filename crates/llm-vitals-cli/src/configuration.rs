//! Who is told: a file of its own, or the part of a gateway's file.

use std::path::Path;

use llm_vitals_alert::notify::Config;

use crate::broken::{Broken, CONFIGURATION};
use crate::failure::Failure;
use crate::file;
use crate::output::Output;

/// Fields that only a configuration begins with.
const OWN: [&str; 5] = ["notify", "route", "receivers", "inhibit_rules", "global"];

/// Whether a text says who is told.
pub(crate) fn is_one(text: &str) -> bool {
    file::keys(text).iter().any(|key| OWN.contains(key))
}

/// Reads the configuration in a file. Says so where that is a part of the file.
pub(crate) fn read(path: &Path, output: &Output) -> Result<Config, Failure> {
    let name = path.display().to_string();
    let text = file::read(path).map_err(|error| Broken::unread(&name, error));
    let config = text.and_then(|text| parse(path, &text, output));
    config.map_err(|broken| Failure::Other(broken.render()))
}

/// The same of a file whose text is there already.
pub(crate) fn parse(path: &Path, text: &str, output: &Output) -> Result<Config, Broken> {
    let Some(block) = block(text) else {
        let config = Config::read(path);
        return config.map_err(|error| Broken::of(text, &CONFIGURATION, &error));
    };
    // Paths in it begin where the gateway runs, as they do there.
    let name = path.display().to_string();
    output.note(format_args!(
        "{name} has other fields than a configuration: only its \"notify\" is read"
    ));
    let config = Config::parse(&name, &block);
    config.map_err(|error| Broken::of(&block, &CONFIGURATION, &error))
}

/// The lines of `notify` in a file with other fields than those of a configuration. All other lines are empty, so that places in it
/// are places of the file.
fn block(text: &str) -> Option<String> {
    let keys = file::keys(text);
    if !keys.contains(&"notify") || file::has_only(text, CONFIGURATION.fields) {
        return None;
    }
    let mut block = String::with_capacity(text.len());
    let mut is_in = false;
    for line in text.split_inclusive('\n') {
        let after_key = line.strip_prefix("notify").map(str::trim_start);
        if after_key.is_some_and(|rest| rest.starts_with(':')) {
            is_in = true;
        } else if line.starts_with(|first: char| !first.is_whitespace() && first != '#') {
            // A list may stand as far left as its key.
            is_in &= line.starts_with("- ");
        }
        block.push_str(if is_in { line } else { "\n" });
    }
    Some(block)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_the_block_stay_where_they_are() {
        let text =
            "listen: x\nnotify :\n  slack: y\n# why\n\n  webhook: z\ntoken: {a: b}\nnotify2: 1\n";
        assert_eq!(
            block(text).as_deref(),
            Some("\nnotify :\n  slack: y\n# why\n\n  webhook: z\n\n\n")
        );
        assert_eq!(block("notify: {slack: y}\ntemplates: [a]\n"), None);
        assert_eq!(block("listen: x\n"), None);
        assert!(is_one(text) && !is_one("alerts: []\nnotify2: 1\n"));
    }
}
