//! `name{label="value"}` as expositions write it.

use crate::labels::{LabelsBuilder, NAME, is_label_name};

use super::reader::{Wrong, cut};

/// Labels of a series, and bytes of a name or value. More is no monitoring.
const MOST_LABELS: usize = 128;
const LONGEST: usize = 8 << 10;

/// Reads the text of a series, which is known to have its braces and quotes closed.
pub(super) fn parse_series(text: &str) -> Result<LabelsBuilder, Wrong> {
    let labels = parse_labels(text)?;
    if labels.get(NAME).is_none() {
        return Err((0, "the metric has no name".to_owned()));
    }
    Ok(labels)
}

/// As [`parse_series`], where there need not be a name.
pub(super) fn parse_labels(text: &str) -> Result<LabelsBuilder, Wrong> {
    let brace = text.find('{').unwrap_or(text.len());
    let mut labels = LabelsBuilder::default();
    let mut count = 0;
    let name = text[..brace].trim_end_matches([' ', '\t']);
    add(&mut labels, NAME, name, 0)?;
    let mut rest = Rest {
        text,
        at: brace + 1,
    };
    if brace == text.len() {
        return Ok(labels);
    }
    loop {
        if rest.take('}') {
            break;
        }
        let start = rest.at;
        let label = rest.name()?;
        let quoted = text[start..].trim_start().starts_with('"');
        if quoted && !rest.peek('=') {
            if labels.get(NAME).is_some() {
                return Err((start, "the metric has two names".to_owned()));
            }
            add(&mut labels, NAME, &label, start)?;
        } else {
            if !rest.take('=') {
                return Err((
                    rest.at,
                    "expected \"=\" behind the name of a label".to_owned(),
                ));
            }
            let value = rest.string()?;
            if labels.get(&label).is_some() {
                return Err((
                    start,
                    format!("the label \"{}\" is there twice", cut(&label)),
                ));
            }
            if label == NAME {
                return Err((start, "the label \"__name__\" cannot be set".to_owned()));
            }
            add(&mut labels, &label, &value, start)?;
        }
        count += 1;
        if count > MOST_LABELS {
            return Err((start, format!("more than {MOST_LABELS} labels")));
        }
        if !rest.take(',') && !rest.peek('}') {
            return Err((rest.at, "expected \",\" or \"}\" behind a label".to_owned()));
        }
    }
    Ok(labels)
}

fn add(labels: &mut LabelsBuilder, name: &str, value: &str, at: usize) -> Result<(), Wrong> {
    if name.len() > LONGEST || value.len() > LONGEST {
        return Err((at, format!("a name or value of more than {LONGEST} bytes")));
    }
    labels.set(name, value);
    Ok(())
}

struct Rest<'a> {
    text: &'a str,
    at: usize,
}

impl Rest<'_> {
    fn skip_blanks(&mut self) {
        let rest = &self.text[self.at.min(self.text.len())..];
        self.at += rest
            .bytes()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
    }

    fn peek(&mut self, sign: char) -> bool {
        self.skip_blanks();
        self.text[self.at..].starts_with(sign)
    }

    fn take(&mut self, sign: char) -> bool {
        let found = self.peek(sign);
        self.at += usize::from(found);
        found
    }

    /// The name of a label, in quotes or without.
    fn name(&mut self) -> Result<String, Wrong> {
        if self.peek('"') {
            return self.string();
        }
        let rest = &self.text[self.at..];
        let length = rest
            .find(['=', ',', '}', '"', ' ', '\t'])
            .unwrap_or(rest.len());
        let name = &rest[..length];
        if !is_label_name(name) {
            return Err((self.at, format!("\"{}\" is no name of a label", cut(name))));
        }
        self.at += length;
        Ok(name.to_owned())
    }

    /// A text in quotes, with `\\`, `\"` and `\n` in it. Another escape stands for itself.
    fn string(&mut self) -> Result<String, Wrong> {
        let start = self.at;
        if !self.take('"') {
            return Err((start, "expected a quoted value behind \"=\"".to_owned()));
        }
        let mut value = String::new();
        let mut characters = self.text[self.at..].char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => {
                    self.at += at + 1;
                    return Ok(value);
                }
                '\\' => match characters.next() {
                    Some((_, 'n')) => value.push('\n'),
                    Some((_, escaped @ ('"' | '\\'))) => value.push(escaped),
                    Some((_, other)) => {
                        value.push('\\');
                        value.push(other);
                    }
                    None => break,
                },
                other => value.push(other),
            }
        }
        Err((start, "this quote is not closed".to_owned()))
    }
}
