//! What may have been meant.

use crate::ast::Aggregation;

use super::function::SIGNATURES;

/// The function or aggregation whose name is nearest to `name`, if one is near.
pub(super) fn function(name: &str) -> Option<&'static str> {
    let functions = SIGNATURES.iter().map(|signature| signature.name);
    let aggregations = Aggregation::ALL.into_iter().map(Aggregation::name);
    let lower = name.to_ascii_lowercase();
    let allowed = (lower.len() / 3).clamp(1, 3);
    functions
        .chain(aggregations)
        .map(|known| (distance(&lower, known), known))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, known)| known)
}

/// How many letters to insert, leave out or replace, two swapped neighbours counting as one.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len().abs_diff(b.len()) > 3 {
        return usize::MAX;
    }
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(rows[i - 2][j - 2] + 1);
            }
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found() {
        assert_eq!(function("rte"), Some("rate"));
        assert_eq!(function("RATE"), Some("rate"));
        assert_eq!(function("histogram_quantil"), Some("histogram_quantile"));
        assert_eq!(function("summ"), Some("sum"));
        assert_eq!(function("arte"), Some("rate"));
        assert_eq!(function("frobnicate"), None);
        assert_eq!(function("x"), None);
    }
}
