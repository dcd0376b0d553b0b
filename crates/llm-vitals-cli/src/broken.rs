//! What is wrong with a file that does not load.

use std::collections::BTreeMap;

use llm_vitals_alert::{Error, ErrorKind, Problem};
use serde::de::IgnoredAny;

use crate::file;

/// What a file is read as.
pub(crate) struct Kind {
    name: &'static str,
    /// The fields that it can have.
    pub(crate) fields: &'static [&'static str],
}

pub(crate) const RULES: Kind = Kind {
    name: "a rule file",
    fields: &["alerts", "slos", "groups"],
};
pub(crate) const CONFIGURATION: Kind = Kind {
    name: "a configuration",
    fields: &[
        "global",
        "templates",
        "route",
        "receivers",
        "inhibit_rules",
        "time_intervals",
        "mute_time_intervals",
        "notify",
    ],
};
/// How sentences begin that hold nothing of the file.
const PLAIN: [&str; 8] = [
    "mapping values are not allowed",
    "a second document begins here",
    "the file holds more",
    "the file is larger",
    "more than ",
    "a rule file is expected here",
    "a configuration is expected here",
    "the file is empty",
];

/// Everything that is wrong with a file.
#[derive(Debug)]
pub(crate) struct Broken(pub(crate) Vec<Fault>);

/// One thing that is wrong.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) file: String,
    pub(crate) line: Option<usize>,
    pub(crate) column: Option<usize>,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    /// For people, with the line of the file where that may be seen.
    pub(crate) rendered: String,
}

impl Broken {
    /// A file that cannot be read.
    pub(crate) fn unread(file: &str, message: String) -> Self {
        Self(vec![Fault {
            rendered: format!("{file}: {message}\n"),
            file: file.to_owned(),
            line: None,
            column: None,
            message,
            help: None,
        }])
    }

    /// An error of a text.
    ///
    /// Other files have secrets: of one that is not plainly of its kind the names of its fields are shown, and nothing else.
    pub(crate) fn of(text: &str, kind: &Kind, error: &Error) -> Self {
        if kind.is_of(text) {
            return error.into();
        }
        let begin = kind.no_field();
        let problems = error.problems();
        let is_field = |problem: &&Problem| {
            problem.kind() == ErrorKind::Rule && problem.message().starts_with(&begin)
        };
        let of_file: Vec<&Problem> = problems.iter().filter(is_field).collect();
        // What is wrong below the fields is told when no other fields are there.
        let shown = match of_file.is_empty() {
            true => problems.iter().collect(),
            false => of_file,
        };
        Self(shown.into_iter().map(|one| kind.covered(one)).collect())
    }

    /// All of it, for people.
    pub(crate) fn render(&self) -> String {
        let rendered: Vec<&str> = self.0.iter().map(|fault| &*fault.rendered).collect();
        rendered.join("\n")
    }
}

impl From<&Error> for Broken {
    fn from(error: &Error) -> Self {
        Self(error.problems().iter().map(Fault::from).collect())
    }
}

impl From<&Problem> for Fault {
    fn from(problem: &Problem) -> Self {
        Self {
            file: problem.file().to_owned(),
            line: problem.line(),
            column: problem.column(),
            message: problem.message().to_owned(),
            help: problem.suggestion().map(str::to_owned),
            rendered: problem.render(),
        }
    }
}

impl Kind {
    /// Whether a text is plainly one, though it may be wrong.
    fn is_of(&self, text: &str) -> bool {
        // JSON has no fields at the begin of a line.
        let is_map = || {
            let read: Result<BTreeMap<String, IgnoredAny>, _> = serde_saphyr::from_str(text);
            read.is_ok_and(|map| map.keys().all(|key| self.fields.contains(&&**key)))
        };
        file::has_only(text, self.fields) || is_map()
    }

    /// How sentences begin that tell of a field.
    fn no_field(&self) -> String {
        format!("{} has no field \"", self.name)
    }

    /// A problem without anything of its file but the name of a field.
    fn covered(&self, problem: &Problem) -> Fault {
        let message = problem.message();
        let field = message.strip_prefix(&self.no_field());
        let field = field.and_then(|rest| rest.strip_suffix('"'));
        let is_name = |name: &str| {
            let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
            name.len() <= 40 && name.bytes().all(is_part)
        };
        let is_plain = PLAIN.iter().any(|begin| message.starts_with(begin));
        let (message, help) = match field {
            Some(name) if is_name(name) => (message.to_owned(), problem.suggestion()),
            Some(_) => (format!("{} has no such field", self.name), None),
            None if is_plain => (message.to_owned(), None),
            None => (
                format!(
                    "what is wrong here is not shown, as it may be a secret: the file is not plainly {}",
                    self.name
                ),
                None,
            ),
        };
        let place = match (problem.line(), problem.column()) {
            (Some(line), Some(column)) => format!(":{line}:{column}"),
            _ => String::new(),
        };
        let suffix = help.map(|help| format!("; {help}")).unwrap_or_default();
        Fault {
            file: problem.file().to_owned(),
            line: problem.line(),
            column: problem.column(),
            help: help.map(str::to_owned),
            rendered: format!("{}{place}: {message}{suffix}\n", problem.file()),
            message,
        }
    }
}

#[cfg(test)]
mod tests {
    use llm_vitals_alert::RuleFile;

    use super::*;

    fn told(text: &str) -> String {
        let error = RuleFile::parse("a.yml", text).unwrap_err();
        Broken::of(text, &RULES, &error).render()
    }

    #[test]
    fn a_rule_file_is_shown_and_another_is_not() {
        let shown = told("alerts:\n- name: A\n  condition: x >\n");
        assert!(shown.contains("3 |   condition: x >"), "{shown}");
        let shown = told("{\"alerts\": [{\"name\": \"A\", \"condition\": \"x >\"}]}");
        assert!(shown.contains("1 | {\"alerts\": "), "{shown}");
        assert_eq!(
            told("redis: {url: 'redis://:s3cret@h'}\nalerts:\n- {name: s3cret, condition: x >}\n"),
            "a.yml:1:1: a rule file has no field \"redis\"; its fields are alerts, slos, groups\n"
        );
        assert_eq!(
            told("management_token: s3cretA: s3cretB\n").lines().count(),
            1
        );
    }

    #[test]
    fn secrets_stay_out_wherever_they_stand() {
        for text in [
            "management_token: s3cretA: s3cretB\n",
            "a: *s3cret\n",
            "a: !s3cret x\n",
            "a: \"s3cret\n",
            "a: {s3cret: [}\n",
            "s3cret/x: y\n",
            "s3cret/x\n",
            "  a: s3cret: s3cret\n",
            "{a: s3cret: s3cret}\n",
            "a: s3cret\na: s3cret\n",
            "s3cret.a: 1\ns3cret.a: 2\n",
            "a: &s3cret 1\nalerts: *s3cre\n",
            "alerts: [{name: A, condition: s3cret s3cret, annotations: {a: '{{ s3cret'}}]\n---\n{a: s3cret\n",
        ] {
            let shown = told(text);
            assert!(shown.starts_with("a.yml"), "{shown}");
            assert!(!shown.contains("s3cre"), "{text}{shown}");
        }
    }

    #[test]
    fn words_of_the_parser_for_programmers_are_ours() {
        let second = told("alerts: []\n---\nalerts: []\n");
        assert!(
            second.starts_with("a.yml:3:1: a second document begins here (---): a file is one\n")
                || second.starts_with("a.yml:2:1: a second document"),
            "{second}"
        );
        let many = told(&format!("alerts: [{}1]\n", "1,".repeat(260_000)));
        assert!(
            many.contains("the file holds more than a file that people write\n"),
            "{}",
            many.lines().next().unwrap_or_default()
        );
        assert!(!many.contains("budget"));
    }
}
