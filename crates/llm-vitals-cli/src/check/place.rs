//! From a place in an expression to a place in its file.

use std::ops::Range;

use super::finding::Place;

/// Where the bytes `range` of the expression `condition` stand in `text`, in which the expression begins at `line` and `column`.
///
/// An expression may be written over several lines, folded, quoted or in a block: its line is looked for, and where it is not
/// found as it is, the start of the expression must do.
pub(super) fn find(
    text: &str,
    condition: &str,
    (line, column): (usize, usize),
    range: Range<usize>,
) -> Place {
    let fallback = Place {
        line: line.max(1),
        column: column.max(1),
        width: condition.lines().next().unwrap_or_default().chars().count(),
    };
    let before = condition.get(..range.start).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let written = condition[line_start..].lines().next().unwrap_or_default();
    let blanks = written.len() - written.trim_start().len();
    let written = written.trim();
    let Some(offset) = (range.start - line_start).checked_sub(blanks) else {
        return fallback;
    };
    if written.is_empty() || offset > written.len() {
        return fallback;
    }
    // Not far: an expression that is found only much later is another's.
    let most = condition.lines().count() + 2;
    for (at, source) in text.lines().enumerate().skip(fallback.line - 1).take(most) {
        if let Some(start) = source.find(written) {
            let end = range
                .end
                .saturating_sub(line_start + blanks)
                .clamp(offset, written.len());
            return Place {
                line: at + 1,
                column: source[..start].chars().count() + written[..offset].chars().count() + 1,
                width: written[offset..end].chars().count(),
            };
        }
    }
    fallback
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_an_expression_is_found_in_its_line() {
        let text = "alerts:\n- name: A\n  condition: a / b > 5\n";
        let place = find(text, "a / b > 5", (3, 14), 4..5);
        assert_eq!(
            place,
            Place {
                line: 3,
                column: 18,
                width: 1
            }
        );
    }

    #[test]
    fn blocks_have_their_expression_below() {
        let text = "- alert: A\n  expr: |\n    sum(a)\n      / sum(b)\n";
        let place = find(text, "sum(a)\n  / sum(b)\n", (2, 9), 11..17);
        assert_eq!(
            place,
            Place {
                line: 4,
                column: 9,
                width: 6
            }
        );
    }

    #[test]
    fn what_is_not_found_as_it_is_stands_at_the_start() {
        let place = find("expr: 'a == \"it''s\"'", "a == \"it's\"", (1, 7), 5..11);
        assert_eq!(
            place,
            Place {
                line: 1,
                column: 7,
                width: 11
            }
        );
    }
}
