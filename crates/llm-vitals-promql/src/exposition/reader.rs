//! An exposition, line by line.

use crate::error::{Error, ErrorKind};
use crate::labels::is_metric_name;

use super::Format;
use super::line::{ExemplarText, Line};
use super::number::{parse_time, parse_value};

/// Reads lines of an exposition. What is wrong gives an error with line and column, and nothing more is read.
pub(super) struct Reader<'a> {
    text: &'a str,
    format: Format,
    /// Where the next line begins.
    at: usize,
    line: usize,
    ended: bool,
}

/// Why a line is wrong, and at which byte of it.
pub(super) type Wrong = (usize, String);

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, format: Format) -> Self {
        Self {
            text,
            format,
            at: 0,
            line: 0,
            ended: false,
        }
    }

    /// The next line that says something.
    pub(super) fn next(&mut self) -> Result<Option<Line<'a>>, Error> {
        loop {
            if self.at >= self.text.len() {
                return self.at_end();
            }
            let rest = &self.text.as_bytes()[self.at..];
            let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let line = &self.text[self.at..self.at + length];
            self.at += length + 1;
            self.line += 1;
            if self.ended {
                return Err(self.error(line, (0, "something stands behind \"# EOF\"".to_owned())));
            }
            let line = line.strip_suffix('\r').unwrap_or(line);
            let parsed = match self.format {
                Format::Text => text_line(line),
                Format::OpenMetrics => openmetrics_line(line),
            };
            match parsed {
                Ok(None) => {}
                Ok(Some(Line::End)) => self.ended = true,
                Ok(some) => return Ok(some),
                Err(wrong) => return Err(self.error(line, wrong)),
            }
        }
    }

    /// An error of a part of the text, in the line that was read last.
    pub(super) fn error(&self, part: &str, (at, message): Wrong) -> Error {
        let line_start = self.text[..self.at.saturating_sub(1).min(self.text.len())]
            .rfind('\n')
            .map_or(0, |newline| newline + 1);
        // Where the part stands; one that is not of the text is missing from the line.
        let offset = (part.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        let offset = if offset <= self.text.len() {
            offset
        } else {
            line_start
        };
        let start = (offset + at).min(self.text.len());
        let before = self.text.get(line_start..start).unwrap_or_default();
        let range = start..(start + 1).min(self.text.len());
        Error::new(ErrorKind::Exposition, message)
            .at(range)
            .at_line(self.line, before.chars().count() + 1)
    }

    fn at_end(&self) -> Result<Option<Line<'a>>, Error> {
        if self.format == Format::OpenMetrics && !self.ended {
            let message = "the exposition does not end with \"# EOF\": it may be cut off";
            let end = self.text.len();
            return Err(Error::new(ErrorKind::Exposition, message)
                .at(end..end)
                .at_line(self.line.max(1), 1));
        }
        Ok(None)
    }
}

fn text_line(line: &str) -> Result<Option<Line<'_>>, Wrong> {
    let trimmed = line.trim_start_matches([' ', '\t']);
    let indent = line.len() - trimmed.len();
    if trimmed.is_empty() {
        return Ok(None);
    }
    if let Some(comment) = trimmed.strip_prefix('#') {
        return Ok(text_comment(comment));
    }
    sample(trimmed, Format::Text)
        .map(Some)
        .map_err(|(at, message)| (at + indent, message))
}

/// `# TYPE` and `# HELP`; anything else is a comment.
fn text_comment(comment: &str) -> Option<Line<'_>> {
    let comment = comment
        .strip_prefix([' ', '\t'])?
        .trim_start_matches([' ', '\t']);
    let (keyword, rest) = comment.split_once([' ', '\t'])?;
    let rest = rest.trim_start_matches([' ', '\t']);
    let (metric, text) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
    match keyword {
        "TYPE" => Some(Line::Type {
            metric: unquote(metric),
            name: text.trim_matches([' ', '\t']),
        }),
        "HELP" => Some(Line::Help {
            metric: unquote(metric),
            text,
        }),
        _ => None,
    }
}

fn openmetrics_line(line: &str) -> Result<Option<Line<'_>>, Wrong> {
    if line == "# EOF" {
        return Ok(Some(Line::End));
    }
    if line.is_empty() {
        return Err((
            0,
            "an empty line, which OpenMetrics does not have".to_owned(),
        ));
    }
    let Some(comment) = line.strip_prefix("# ") else {
        return sample(line, Format::OpenMetrics).map(Some);
    };
    let mut parts = comment.splitn(3, ' ');
    let (keyword, metric, text) = (parts.next(), parts.next(), parts.next());
    let metric = unquote(metric.unwrap_or_default());
    let text = text.unwrap_or_default();
    match keyword {
        Some("TYPE") => Ok(Some(Line::Type { metric, name: text })),
        Some("HELP") => Ok(Some(Line::Help { metric, text })),
        Some("UNIT") => Ok(Some(Line::Unit { metric, unit: text })),
        _ => Err((
            2,
            "expected TYPE, HELP, UNIT or EOF behind \"# \"".to_owned(),
        )),
    }
}

fn unquote(metric: &str) -> &str {
    metric
        .strip_prefix('"')
        .and_then(|metric| metric.strip_suffix('"'))
        .unwrap_or(metric)
}

/// `name{label="value"} 1 1700000000 # {trace_id="a"} 1`
fn sample(line: &str, format: Format) -> Result<Line<'_>, Wrong> {
    let end = series_end(line)?;
    let series = &line[..end];
    let mut rest = Words { line, at: end };
    let (value_at, value) = rest
        .next()
        .ok_or((end, "expected a value behind the series".to_owned()))?;
    let value =
        parse_value(value).ok_or_else(|| (value_at, format!("\"{}\" is no value", cut(value))))?;
    let mut next = rest.next();
    let mut time = None;
    if let Some((at, word)) =
        next.filter(|(_, word)| !(format == Format::OpenMetrics && *word == "#"))
    {
        let parsed = parse_time(word, format);
        time = Some(parsed.ok_or_else(|| (at, format!("\"{}\" is no time", cut(word))))?);
        next = rest.next();
    }
    match next {
        None => Ok(Line::Sample {
            series,
            value,
            time,
            exemplar: None,
        }),
        Some((at, "#")) if format == Format::OpenMetrics => Ok(Line::Sample {
            series,
            value,
            time,
            exemplar: Some(exemplar(line, at)?),
        }),
        Some((at, word)) => Err((
            at,
            format!("unexpected \"{}\" behind the sample", cut(word)),
        )),
    }
}

/// ` # {labels} value [time]`
fn exemplar(line: &str, at: usize) -> Result<ExemplarText<'_>, Wrong> {
    let from = at + 2;
    let labels = line.get(from..).filter(|labels| labels.starts_with('{'));
    let labels = labels.ok_or((
        at,
        "expected \"{\" behind the \"#\" of an exemplar".to_owned(),
    ))?;
    let end = from + braces_end(labels).map_err(|(at, message)| (from + at, message))?;
    let mut rest = Words { line, at: end };
    let (at, value) = rest
        .next()
        .ok_or((end, "expected the value of an exemplar".to_owned()))?;
    let value = parse_value(value)
        .ok_or_else(|| (at, format!("\"{}\" is no value of an exemplar", cut(value))))?;
    let time = match rest.next() {
        None => None,
        Some((at, word)) => {
            let time = parse_time(word, Format::OpenMetrics);
            Some(time.ok_or_else(|| (at, format!("\"{}\" is no time of an exemplar", cut(word))))?)
        }
    };
    if time.is_some() && rest.next().is_some() {
        return Err((rest.at, "unexpected text behind an exemplar".to_owned()));
    }
    Ok(ExemplarText {
        labels: &line[from..end],
        value,
        time,
    })
}

/// Where name and labels end.
fn series_end(line: &str) -> Result<usize, Wrong> {
    let name = line.find([' ', '\t', '{']).unwrap_or(line.len());
    if name == 0 && !line.starts_with('{') {
        return Err((0, "expected the name of a metric".to_owned()));
    }
    if name > 0 && !is_metric_name(&line[..name]) {
        return Err((
            0,
            format!("\"{}\" is no name of a metric", cut(&line[..name])),
        ));
    }
    let blanks = line[name..]
        .bytes()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    let brace = name + blanks;
    if !line[brace..].starts_with('{') {
        return Ok(name);
    }
    let end = braces_end(&line[brace..]).map_err(|(at, message)| (brace + at, message))?;
    Ok(brace + end)
}

/// Where `{...}` ends; braces in quotes do not count.
fn braces_end(text: &str) -> Result<usize, Wrong> {
    let bytes = text.as_bytes();
    let mut at = 1;
    loop {
        let Some(found) = memchr::memchr2(b'"', b'}', bytes.get(at..).unwrap_or_default()) else {
            return Err((0, "this \"{\" is not closed".to_owned()));
        };
        at += found + 1;
        if bytes[at - 1] == b'}' {
            return Ok(at);
        }
        let opened = at - 1;
        loop {
            let Some(found) = memchr::memchr2(b'"', b'\\', bytes.get(at..).unwrap_or_default())
            else {
                return Err((opened, "this quote is not closed".to_owned()));
            };
            at += found + 1;
            if bytes[at - 1] == b'"' {
                break;
            }
            // What is escaped does not close.
            at += 1;
        }
    }
}

/// Words between blanks, with where they stand.
struct Words<'a> {
    line: &'a str,
    at: usize,
}

impl<'a> Words<'a> {
    fn next(&mut self) -> Option<(usize, &'a str)> {
        let rest = self.line.get(self.at..)?;
        let blanks = rest
            .bytes()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        let start = self.at + blanks;
        let word = &self.line[start..];
        let length = word.find([' ', '\t']).unwrap_or(word.len());
        self.at = start + length;
        (length > 0).then(|| (start, &word[..length]))
    }
}

/// A part of a text for a message.
pub(super) fn cut(text: &str) -> &str {
    let end = text.char_indices().nth(60).map_or(text.len(), |(at, _)| at);
    &text[..end]
}
