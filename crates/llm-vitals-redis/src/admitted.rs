//! Which commands and errors have a series of their own.

use std::collections::BTreeSet;

use crate::info::Info;

/// Redis and its modules have more commands than anybody uses; what comes later is `other`.
const MAX_COMMANDS: usize = 120;

/// Commands whose names are shown. Who is in stays in, so that `other` never falls because of a change of places.
#[derive(Clone, Debug, Default)]
pub(crate) struct Admitted(BTreeSet<String>);

impl Admitted {
    /// Lets in the commands of `info`, the busiest ones first, as far as there is room.
    pub(crate) fn admit(&mut self, info: &Info) {
        if self.0.len() >= MAX_COMMANDS {
            return;
        }
        let mut new: Vec<_> = info
            .commands()
            .filter(|stats| !self.0.contains(stats.command))
            .collect();
        new.sort_by(|a, b| b.calls.cmp(&a.calls).then(a.command.cmp(b.command)));
        for stats in new.iter().take(MAX_COMMANDS - self.0.len()) {
            self.0.insert(stats.command.to_owned());
        }
    }

    pub(crate) fn has(&self, command: &str) -> bool {
        self.0.contains(command)
    }
}

/// The codes of Redis' and Valkey's own errors. Scripts can make up codes, of any text: those are `other`.
pub(crate) fn is_known_error(code: &str) -> bool {
    const KNOWN: [&str; 36] = [
        "ASK",
        "BUSY",
        "BUSYGROUP",
        "BUSYKEY",
        "CLUSTERDOWN",
        "CROSSSLOT",
        "DENIED",
        "ERR",
        "EXECABORT",
        "INPROG",
        "INVALIDOBJ",
        "IOERR",
        "LOADING",
        "MASTERDOWN",
        "MISCONF",
        "MOVED",
        "NOAUTH",
        "NOGOODSLAVE",
        "NOGROUP",
        "NOMASTERLINK",
        "NOPERM",
        "NOPROTO",
        "NOQUORUM",
        "NOREPLICAS",
        "NOSCRIPT",
        "NOSUB",
        "NOTBUSY",
        "NOTREADY",
        "OOM",
        "READONLY",
        "SYNTAX",
        "TRYAGAIN",
        "UNBLOCKED",
        "UNKILLABLE",
        "WRONGPASS",
        "WRONGTYPE",
    ];
    KNOWN.binary_search(&code).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_come_first_and_stay() {
        let mut text = String::new();
        for at in 0..200 {
            text += &format!("cmdstat_c{at:03}:calls={at},usec=1\n");
        }
        let mut admitted = Admitted::default();
        admitted.admit(&Info::parse(text.as_bytes()));
        assert_eq!(admitted.0.len(), MAX_COMMANDS);
        assert!(admitted.has("c199") && admitted.has("c080") && !admitted.has("c079"));
        admitted.admit(&Info::parse(b"cmdstat_new:calls=9999,usec=1\n"));
        assert!(!admitted.has("new") && admitted.has("c080"));
    }

    #[test]
    fn an_error_of_a_script_is_not_known() {
        assert!(is_known_error("ASK") && is_known_error("OOM") && is_known_error("WRONGTYPE"));
        assert!(!is_known_error("user-4711") && !is_known_error(""));
    }
}
