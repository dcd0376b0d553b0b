//! Answers for people.

use std::collections::BTreeMap;

use crate::number::short;
use crate::output::{Style, printable};
use crate::source::Answer;
use crate::time::format_time;

use super::plot::{bar, bounds, cells, plot, sparkline};

/// Cells of a bar, a sparkline and a plot.
const BAR: usize = 20;
const SPARK: usize = 40;
const PLOT: (usize, usize) = (60, 8);

type Labels = [(String, String)];

/// The answer as a table, with bars or a plot.
pub(crate) fn render(answer: &Answer, style: Style) -> String {
    match answer {
        Answer::Scalar(value) => format!("{}\n", short(*value)),
        Answer::Text(text) => format!("{}\n", printable(text)),
        Answer::Vector(series) if series.is_empty() => empty(style),
        Answer::Matrix(series) if series.is_empty() => empty(style),
        Answer::Vector(series) => vector(series, style),
        Answer::Matrix(series) => matrix(series, style),
    }
}

fn empty(style: Style) -> String {
    format!("{}\n", style.dim("no series"))
}

fn vector(series: &[(Vec<(String, String)>, f64)], style: Style) -> String {
    let largest = bounds(series.iter().map(|(_, value)| value.abs())).map_or(0.0, |(_, high)| high);
    let rows = series.iter().map(|(labels, value)| {
        let cells = vec![short(*value), bar(value.abs() / largest, BAR)];
        (labels.as_slice(), cells)
    });
    table(&rows.collect::<Vec<_>>(), &["value", ""], style)
}

fn matrix(series: &[(Vec<(String, String)>, Vec<(i64, f64)>)], style: Style) -> String {
    let times = || {
        series
            .iter()
            .flat_map(|(_, points)| points.iter().map(|(time, _)| *time))
    };
    let (start, end) = (times().min().unwrap_or(0), times().max().unwrap_or(0));
    let mut text = String::new();
    if let [(labels, points)] = series
        && points.len() > 1
        && let Some((low, high)) = bounds(points.iter().map(|(_, value)| *value))
    {
        let width = PLOT.0.min(points.len());
        let lines = plot(&cells(points, start, end, width), low, high, PLOT.1);
        let last = lines.len() - 1;
        let (top, bottom) = (short(high), short(low));
        let gutter = top.len().max(bottom.len());
        text.push_str(&format!("{}\n", style.bold(printable(&name(labels)))));
        for (row, line) in lines.iter().enumerate() {
            let mark = if row == 0 {
                &top
            } else if row == last {
                &bottom
            } else {
                ""
            };
            text.push_str(&format!(
                "{} {}\n",
                style.dim(format_args!("{mark:>gutter$} │")),
                style.cyan(line)
            ));
        }
    } else {
        let rows = series.iter().map(|(labels, points)| {
            let bounds = bounds(points.iter().map(|(_, value)| *value));
            let (low, high) = bounds.unwrap_or((f64::NAN, f64::NAN));
            let last = points.last().map_or(f64::NAN, |(_, value)| *value);
            let width = SPARK.min(points.len().max(1));
            let line = sparkline(&cells(points, start, end, width), low, high);
            (
                labels.as_slice(),
                vec![short(low), short(high), short(last), line],
            )
        });
        text.push_str(&table(
            &rows.collect::<Vec<_>>(),
            &["min", "max", "last", ""],
            style,
        ));
    }
    text.push_str(&format!(
        "{}\n",
        style.dim(format_args!(
            "{} to {}",
            format_time(start),
            format_time(end)
        ))
    ));
    text
}

fn name(labels: &Labels) -> String {
    llm_vitals_promql::Labels::new(labels.iter().map(|(name, value)| (name, value))).to_string()
}

/// One column for each label that is not the same everywhere, which would say nothing; those stand above.
fn table(rows: &[(&Labels, Vec<String>)], columns: &[&str], style: Style) -> String {
    let mut values: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (row, (labels, _)) in rows.iter().enumerate() {
        for (name, value) in *labels {
            let column = values.entry(name).or_default();
            column.resize(row, "");
            column.push(value);
        }
    }
    for column in values.values_mut() {
        column.resize(rows.len(), "");
    }
    let same = |column: &[&str]| rows.len() > 1 && column.windows(2).all(|pair| pair[0] == pair[1]);
    let (common, differing): (Vec<_>, Vec<_>) = values.iter().partition(|(_, column)| same(column));
    let mut text = String::new();
    if !common.is_empty() {
        let common = common.iter().map(|(label, column)| (**label, column[0]));
        text.push_str(&format!(
            "{}\n",
            style.dim(printable(
                &llm_vitals_promql::Labels::new(common).to_string()
            ))
        ));
    }
    let heads = differing
        .iter()
        .map(|(name, _)| if **name == "__name__" { "metric" } else { name });
    let mut lines = vec![
        heads
            .chain(columns.iter().copied())
            .map(str::to_owned)
            .collect::<Vec<_>>(),
    ];
    for (row, (_, cells)) in rows.iter().enumerate() {
        let labels = differing
            .iter()
            .map(|(_, column)| printable(column[row]).into_owned());
        lines.push(labels.chain(cells.iter().cloned()).collect());
    }
    let width = |column: usize| {
        lines
            .iter()
            .map(|line| line[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..lines[0].len()).map(width).collect();
    for (at, line) in lines.iter().enumerate() {
        let cells = line
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(column, (cell, width))| {
                // Labels and plots from the left, numbers from the right.
                let is_number = (differing.len()..line.len() - 1).contains(&column);
                if is_number {
                    format!("{cell:>width$}")
                } else {
                    format!("{cell:<width$}")
                }
            });
        let line = cells.collect::<Vec<_>>().join("  ");
        let line = line.trim_end();
        text.push_str(&if at == 0 {
            format!("{}\n", style.bold(line))
        } else {
            format!("{line}\n")
        });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn what_all_series_share_stands_above() {
        let answer = Answer::Vector(vec![
            (labels(&[("job", "a"), ("provider", "openai")]), 2.0),
            (labels(&[("job", "a")]), 1.0),
        ]);
        assert_eq!(
            render(&answer, Style::PLAIN),
            "{job=\"a\"}\n\
             provider  value\n\
             openai        2  ████████████████████\n              1  ██████████\n"
        );
    }

    #[test]
    fn one_series_over_time_is_a_plot() {
        let points = (0..4).map(|at| (at * 1000, at as f64)).collect();
        let answer = Answer::Matrix(vec![(labels(&[("__name__", "x")]), points)]);
        let text = render(&answer, Style::PLAIN);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 10);
        assert_eq!(
            (lines[0], lines[1], lines[8]),
            ("x", "3 │    █", "0 │ ▁███")
        );
        assert_eq!(lines[9], "1970-01-01T00:00:00Z to 1970-01-01T00:00:03Z");
    }

    #[test]
    fn no_series_is_said() {
        assert_eq!(
            render(&Answer::Vector(Vec::new()), Style::PLAIN),
            "no series\n"
        );
    }
}
