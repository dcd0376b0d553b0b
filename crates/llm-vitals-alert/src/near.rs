//! Names that somebody may have meant.

/// Longer names are compared to nothing.
const LONGEST: usize = 80;

/// The suggestion for `wanted` among `names`, if one looks like it: `did you mean "severity"?`
pub(crate) fn did_you_mean<'a>(
    wanted: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    if wanted.is_empty() || wanted.len() > LONGEST {
        return None;
    }
    let allowed = wanted.len().max(3) / 3;
    let candidates = names.into_iter().map(|name| (distance(wanted, name), name));
    let nearest = candidates
        .filter(|(distance, _)| *distance <= allowed)
        .min()?;
    Some(format!("did you mean \"{}\"?", nearest.1))
}

/// How many bytes must be added, removed or replaced; letters of both cases are the same.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let replaced = diagonal + usize::from(!x.eq_ignore_ascii_case(&y));
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_meant() {
        let names = ["name", "condition", "severity", "runbook"];
        let meant = |wanted| did_you_mean(wanted, names);
        assert_eq!(
            meant("sevrity").as_deref(),
            Some("did you mean \"severity\"?")
        );
        assert_eq!(
            meant("Condition").as_deref(),
            Some("did you mean \"condition\"?")
        );
        assert_eq!(meant("expression"), None);
        assert_eq!(meant(&"x".repeat(1_000)), None);
    }
}
