//! From the parser's lines and columns to bytes, and into texts.

use serde_saphyr::Location;

/// The bytes of a value. Its end is known for plain texts only.
pub(super) fn bytes(text: &str, location: Location) -> (usize, usize) {
    let line = to_usize(location.line()).saturating_sub(1);
    let column = to_usize(location.column()).saturating_sub(1);
    let line_start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let rest = text.get(line_start..).unwrap_or_default();
    let start = line_start + rest.chars().take(column).map(char::len_utf8).sum::<usize>();
    let rest = text.get(start..).unwrap_or_default();
    (start, start + plain_length(rest))
}

/// How long a plain text on one line is: to a comment, the end of the line, or a sign that ends it in a flow.
fn plain_length(text: &str) -> usize {
    let line = text.lines().next().unwrap_or_default();
    let ends = [line.find(" #"), line.find([',', ']', '}'])];
    ends.into_iter().flatten().min().unwrap_or(line.len())
}

/// Where byte `offset` of a text's value stands in the file; `None` where the text is written with escapes or folded.
pub(super) fn in_scalar(text: &str, at: usize, value: &str, offset: usize) -> Option<usize> {
    let written = text.get(at..)?;
    if written.starts_with(value) && !value.is_empty() {
        return Some(at + offset);
    }
    let unquoted = written.strip_prefix(['"', '\'']);
    if unquoted.is_some_and(|unquoted| unquoted.starts_with(value)) {
        return Some(at + 1 + offset);
    }
    // A block: its lines follow, each with the same indent.
    let header = written.lines().next()?;
    let (block, block_at) = if header.starts_with(['|', '>']) {
        (written.get(header.len() + 1..)?, at + header.len() + 1)
    } else {
        let line_start = text.get(..at)?.rfind('\n').map_or(0, |newline| newline + 1);
        (text.get(line_start..)?, line_start)
    };
    let first = block.lines().find(|line| !line.trim().is_empty())?;
    let indent = first.len() - first.trim_start().len();
    let (before, _) = value.split_at_checked(offset)?;
    let wanted_line = before.matches('\n').count();
    let in_line = before
        .rfind('\n')
        .map_or(before.len(), |newline| before.len() - newline - 1);
    let mut line_at = block_at;
    for (number, line) in block.split_inclusive('\n').enumerate() {
        let value_line = value.lines().nth(number)?;
        if line.get(indent..)?.trim_end() != value_line.trim_end() {
            return None;
        }
        if number == wanted_line {
            return Some(line_at + indent + in_line);
        }
        line_at += line.len();
    }
    None
}

fn to_usize(number: impl TryInto<usize>) -> usize {
    number.try_into().unwrap_or(usize::MAX)
}
