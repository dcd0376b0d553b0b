//! Names that somebody may have meant.

/// Longer names are compared to nothing.
const LONGEST: usize = 80;

/// Up to three of `names` that look like `wanted`, the nearest first.
pub(crate) fn near<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    if wanted.is_empty() || wanted.len() > LONGEST {
        return Vec::new();
    }
    let wanted = wanted.to_ascii_lowercase();
    let mut found: Vec<(usize, &str)> = names
        .into_iter()
        .filter(|name| name.len() <= LONGEST)
        .filter_map(|name| {
            let lower = name.to_ascii_lowercase();
            let contains = lower.contains(&wanted) || wanted.contains(&lower);
            let distance = if contains {
                1
            } else {
                distance(&wanted, &lower)
            };
            (distance <= wanted.len().max(3) / 3).then_some((distance, name))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().take(3).map(|(_, name)| name).collect()
}

/// How many bytes must be added, removed or replaced.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let replaced = diagonal + usize::from(x != y);
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
    fn the_nearest_come_first() {
        let names = ["gpt-4o", "gpt-4o-mini", "claude-sonnet", "sim-fast"];
        assert_eq!(near("gpt-4", names), ["gpt-4o", "gpt-4o-mini"]);
        assert_eq!(near("sim-fsat", names), ["sim-fast"]);
        assert_eq!(near("zzz", names), [""; 0]);
        assert_eq!(near(&"x".repeat(10_000), names), [""; 0]);
    }

    #[test]
    fn a_distance_counts_edits() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("same", "same"), 0);
    }
}
