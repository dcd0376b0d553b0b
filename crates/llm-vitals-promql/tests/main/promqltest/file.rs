//! Files of reference cases, taken apart.

use super::case::{Command, CommandKind, Eval, Moments};

pub(super) fn parse_file(text: &str) -> Vec<Command> {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .map(|line| if line.starts_with('#') { "" } else { line })
        .collect();
    let mut commands = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let (line, number) = (lines[at], at + 1);
        at += 1;
        if line.is_empty() {
            continue;
        }
        let mut block = Vec::new();
        let word = line.split_ascii_whitespace().next().unwrap();
        let kind = if word == "clear" {
            CommandKind::Clear
        } else {
            while at < lines.len() && !lines[at].is_empty() {
                block.push(lines[at].to_owned());
                at += 1;
            }
            if word == "load" || word == "load_with_nhcb" {
                let step = line.split_ascii_whitespace().nth(1).unwrap();
                CommandKind::Load {
                    step_ms: duration(step),
                    series: block,
                }
            } else {
                CommandKind::Eval(eval(word, line, block))
            }
        };
        commands.push(Command { line: number, kind });
    }
    commands
}

fn eval(word: &str, line: &str, block: Vec<String>) -> Eval {
    assert!(word.starts_with("eval"), "unknown command: {line}");
    let rest = line[word.len()..].trim_start();
    let (moments, expr) = if let Some(rest) = rest.strip_prefix("instant at ") {
        let (at, expr) = rest.trim_start().split_once([' ', '\t']).unwrap();
        (Moments::Instant(duration(at)), expr)
    } else {
        let rest = rest.strip_prefix("range from ").unwrap();
        let mut words = rest.splitn(6, ' ');
        let mut next = || words.next().unwrap();
        let start = duration(next());
        assert_eq!(next(), "to");
        let end = duration(next());
        assert_eq!(next(), "step");
        let step = duration(next());
        (Moments::Range { start, end, step }, next())
    };
    // Files of 3.x say what they expect in lines of the block.
    let (expectations, expected): (Vec<String>, Vec<String>) = block
        .into_iter()
        .partition(|line| line.starts_with("expect "));
    let expects = |what: &str| {
        expectations
            .iter()
            .any(|line| line.split(' ').nth(1) == Some(what))
    };
    Eval {
        moments,
        expr: expr.trim().to_owned(),
        fails: word == "eval_fail" || expects("fail"),
        is_ordered: word == "eval_ordered" || expects("ordered"),
        expected: if word == "eval_fail" {
            Vec::new()
        } else {
            expected
        },
    }
}

/// `1h30m`, or seconds.
fn duration(text: &str) -> i64 {
    if let Ok(seconds) = text.parse::<f64>() {
        return (seconds * 1000.0) as i64;
    }
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let mut total = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap();
        let (number, after) = rest.split_at(digits);
        let letters = after
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        let length = match unit {
            "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            other => panic!("unit {other}"),
        };
        total += number.parse::<i64>().unwrap() * length;
        rest = after;
    }
    sign * total
}
