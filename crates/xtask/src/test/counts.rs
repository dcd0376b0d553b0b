//! How many tests passed and failed, and which said that they skipped themselves.
//!
//! A test that cannot run here prints a line that starts with `SKIPPED` and passes.

/// What a run of tests came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) passed: u64,
    pub(super) failed: u64,
    /// The reasons, without the word.
    pub(super) skipped: Vec<String>,
}

impl Counts {
    /// Reads nextest's JUnit file; none if it is not one.
    pub(super) fn from_junit(text: &str) -> Option<Self> {
        let head = text.lines().find(|line| line.starts_with("<testsuites "))?;
        let failed = attribute(head, "failures")? + attribute(head, "errors")?;
        let passed = attribute(head, "tests")?.checked_sub(failed)?;
        let skipped = text.lines().filter_map(|line| {
            let line = line.trim_start();
            let line = line
                .strip_prefix("<system-out>")
                .or_else(|| line.strip_prefix("<system-err>"))
                .unwrap_or(line);
            skip_reason(line.split("</system-").next().unwrap_or(line))
                .map(|reason| unescape(&reason))
        });
        Some(Self {
            passed,
            failed,
            skipped: skipped.collect(),
        })
    }

    /// Reads what `cargo test` prints: one summary per test binary, or per crate for doc tests.
    pub(super) fn from_libtest(lines: &[&str]) -> Self {
        let mut counts = Self::default();
        for line in lines {
            if let Some(summary) = line.strip_prefix("test result: ") {
                counts.passed += number_before(summary, " passed");
                counts.failed += number_before(summary, " failed");
            } else if let Some(reason) = skip_reason(line) {
                counts.skipped.push(reason);
            }
        }
        counts
    }
}

/// The reason, if this line says that a test skipped itself. On a machine with one core the test's name stands before.
fn skip_reason(line: &str) -> Option<String> {
    let said = match line.strip_prefix("test ") {
        Some(rest) => rest.split_once(" ... ")?.1,
        None => line,
    };
    let reason = said.strip_prefix("SKIPPED")?;
    Some(reason.trim_start_matches([':', ' ']).trim_end().to_owned())
}

fn attribute(tag: &str, name: &str) -> Option<u64> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()?.parse().ok()
}

fn number_before(text: &str, word: &str) -> u64 {
    let before = text
        .split(word)
        .next()
        .filter(|before| before.len() < text.len());
    before
        .and_then(|before| before.rsplit(' ').next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

fn unescape(text: &str) -> String {
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'");
    text.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_junit() {
        let text = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="nextest-run" tests="7" skipped="0" failures="2" errors="1" uuid="x" time="0.1">
    <testsuite name="a" tests="7" skipped="0" errors="1" failures="2">
        <testcase name="skips" classname="a">
            <system-out>
running 1 test
SKIPPED scrape: no `promtool` &lt;on&gt; PATH &amp; &quot;so&quot;
test skips ... ok
</system-out>
            <system-err>SKIPPED: no redis</system-err>
        </testcase>
    </testsuite>
</testsuites>"#;
        let skipped = vec![
            "scrape: no `promtool` <on> PATH & \"so\"".to_owned(),
            "no redis".to_owned(),
        ];
        assert_eq!(
            Counts::from_junit(text),
            Some(Counts {
                passed: 4,
                failed: 3,
                skipped
            })
        );
        assert_eq!(Counts::from_junit("<testsuite>"), None);
    }

    #[test]
    fn adds_up_the_summaries_of_cargo_test() {
        let lines = [
            "running 2 tests",
            "test a ... ok",
            "test b ... SKIPPED no redis-server",
            "test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "SKIPPED no prometheus",
            "test result: FAILED. 13 passed; 4 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.09s",
            "all doctests ran in 0.23s; merged doctests compilation took 0.22s",
        ];
        let skipped = vec!["no redis-server".to_owned(), "no prometheus".to_owned()];
        assert_eq!(
            Counts::from_libtest(&lines),
            Counts {
                passed: 15,
                failed: 4,
                skipped
            }
        );
    }

    #[test]
    fn a_word_inside_a_line_skips_nothing() {
        assert_eq!(skip_reason("test skipped ... ok"), None);
        assert_eq!(skip_reason("it was SKIPPED"), None);
    }
}
