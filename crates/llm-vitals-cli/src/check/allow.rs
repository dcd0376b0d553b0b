//! Comments that allow findings.

/// Whether a comment of the file, or one in or right above the rule whose expression begins at `line`, allows `code`.
pub(super) fn allows(text: &str, line: usize, code: &str) -> bool {
    let lines: Vec<&str> = text.lines().collect();
    if lines.iter().any(|line| names(line, "allow-file(", code)) {
        return true;
    }
    let (start, end) = rule(&lines, line);
    lines[start..end]
        .iter()
        .any(|line| names(line, "allow(", code))
}

/// The lines of a rule, from the comments above it to the next item of the list.
fn rule(lines: &[&str], line: usize) -> (usize, usize) {
    let at = line.clamp(1, lines.len().max(1)) - 1;
    let indent = |line: &str| line.len() - line.trim_start().len();
    let is_item = |line: &str| line.trim_start().starts_with('-');
    let mut start = at;
    while start > 0 && lines.get(start).is_some_and(|line| !is_item(line)) {
        start -= 1;
    }
    let depth = lines.get(start).map_or(0, |line| indent(line));
    let mut end = (at + 1).min(lines.len());
    while end < lines.len() && !(is_item(lines[end]) && indent(lines[end]) <= depth) {
        end += 1;
    }
    // Comments at the end of a rule belong to the next one.
    while end > at + 1 && is_comment_or_blank(lines[end - 1]) {
        end -= 1;
    }
    while start > 0 && is_comment_or_blank(lines[start - 1]) {
        start -= 1;
    }
    (start, end)
}

fn is_comment_or_blank(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with('#')
}

/// Whether a line has a comment `llm-vitals: allow(a, b)` with the code among them.
fn names(line: &str, word: &str, code: &str) -> bool {
    let Some((_, comment)) = line.split_once('#') else {
        return false;
    };
    let Some((_, said)) = comment.split_once("llm-vitals:") else {
        return false;
    };
    let Some(codes) = said.trim_start().strip_prefix(word) else {
        return false;
    };
    let codes = codes.split(')').next().unwrap_or_default();
    codes.split(',').any(|have| have.trim() == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# llm-vitals: allow-file(missing-runbook)
alerts:
  # llm-vitals: allow(self-ratio, impossible)
  - name: A
    condition: a > 1
  - name: B
    condition: b > 1 # llm-vitals: allow(short-for)
    duration: 1s
  - name: C
    condition: c > 1
    # llm-vitals: allow(no-comparison)
    duration: 1s
";

    #[test]
    fn comments_count_for_their_rule() {
        let allowed = |line, code| allows(TEXT, line, code);
        assert!(allowed(5, "self-ratio") && allowed(5, "impossible"));
        assert!(!allowed(7, "self-ratio") && allowed(7, "short-for"));
        assert!(!allowed(10, "short-for") && allowed(10, "no-comparison"));
        assert!(!allowed(7, "no-comparison"));
    }

    #[test]
    fn a_file_allows_for_all_its_rules() {
        assert!(
            [5, 7, 10]
                .iter()
                .all(|line| allows(TEXT, *line, "missing-runbook"))
        );
    }
}
