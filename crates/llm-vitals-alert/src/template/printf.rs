//! `printf` as in Go, for the values that templates have.

use super::humanize::{exponent_text, general, not_finite, scientific, shortest};
use super::value::Value;

/// More blanks and decimals than anybody needs.
const WIDEST: usize = 200;

#[derive(Default)]
struct Verb {
    is_left: bool,
    has_plus: bool,
    has_space: bool,
    has_sharp: bool,
    has_zeros: bool,
    width: usize,
    precision: Option<usize>,
}

pub(super) fn printf(format: &str, values: &[Value]) -> String {
    let mut out = String::new();
    let mut values = values.iter();
    let mut chars = format.chars().peekable();
    while let Some(char) = chars.next() {
        if char != '%' {
            out.push(char);
            continue;
        }
        let mut verb = Verb::default();
        while let Some(flag) = chars.next_if(|char| "-+ #0".contains(*char)) {
            match flag {
                '-' => verb.is_left = true,
                '+' => verb.has_plus = true,
                ' ' => verb.has_space = true,
                '#' => verb.has_sharp = true,
                _ => verb.has_zeros = true,
            }
        }
        let number = |chars: &mut std::iter::Peekable<std::str::Chars<'_>>| {
            let mut number = 0_usize;
            while let Some(digit) = chars.peek().and_then(|char| char.to_digit(10)) {
                chars.next();
                number = (number * 10 + digit as usize).min(WIDEST);
            }
            number
        };
        verb.width = number(&mut chars);
        if chars.next_if_eq(&'.').is_some() {
            verb.precision = Some(number(&mut chars));
        }
        let Some(letter) = chars.next() else {
            out.push_str("%!(NOVERB)");
            break;
        };
        if letter == '%' {
            out.push('%');
            continue;
        }
        match values.next() {
            Some(value) => out.push_str(&verb.pad(verb.text(letter, value), value)),
            None => out.push_str(&format!("%!{letter}(MISSING)")),
        }
    }
    let extra: Vec<String> = values
        .map(|value| format!("{}={}", value.type_name(), value.print()))
        .collect();
    if !extra.is_empty() {
        out.push_str(&format!("%!(EXTRA {})", extra.join(", ")));
    }
    out
}

impl Verb {
    fn text(&self, letter: char, value: &Value) -> String {
        match (letter, value) {
            ('v', Value::Float(value)) => self.signed(match self.precision {
                Some(digits) => general(*value, digits),
                None => shortest(*value),
            }),
            ('v' | 'd', Value::Int(value)) => self.signed(value.to_string()),
            ('v' | 's', Value::Text(text)) => self.cut(text),
            ('v', value) => value.print(),
            ('t', Value::Bool(value)) => value.to_string(),
            ('q', Value::Text(text)) => format!("{:?}", self.cut(text)),
            ('x', Value::Int(value)) => format!("{value:x}"),
            ('X', Value::Int(value)) => format!("{value:X}"),
            ('b', Value::Int(value)) => format!("{value:b}"),
            ('o', Value::Int(value)) => format!("{value:o}"),
            ('x', Value::Text(text)) => text.bytes().map(|byte| format!("{byte:02x}")).collect(),
            ('f' | 'F' | 'e' | 'g', Value::Float(value)) => self.signed(self.float(letter, *value)),
            _ => format!("%!{letter}({}={})", value.type_name(), value.print()),
        }
    }

    fn float(&self, letter: char, value: f64) -> String {
        if let Some(text) = not_finite(value) {
            return text.to_owned();
        }
        let precision = self.precision.unwrap_or(6);
        match (letter, self.precision) {
            ('g', Some(digits)) => general(value, digits),
            ('g', None) => shortest(value),
            ('e', _) => {
                let (mantissa, exponent) = scientific(&format!("{value:.precision$e}"));
                format!("{mantissa}{}", exponent_text(exponent))
            }
            _ => format!("{value:.precision$}"),
        }
    }

    fn signed(&self, text: String) -> String {
        let is_bare = !text.starts_with(['-', '+']);
        if self.has_plus && is_bare {
            format!("+{text}")
        } else if self.has_space && is_bare {
            format!(" {text}")
        } else {
            text
        }
    }

    fn cut(&self, text: &str) -> String {
        text.chars()
            .take(self.precision.unwrap_or(usize::MAX))
            .collect()
    }

    fn pad(&self, text: String, value: &Value) -> String {
        let missing = self.width.saturating_sub(text.chars().count());
        if missing == 0 {
            return text;
        }
        if self.is_left {
            return format!("{text}{}", " ".repeat(missing));
        }
        let is_number = matches!(value, Value::Int(_))
            || matches!(value, Value::Float(value) if value.is_finite());
        if self.has_zeros && is_number && !self.has_sharp {
            let (sign, digits) = match text.strip_prefix(['-', '+']) {
                Some(digits) => (&text[..1], digits),
                None => ("", &*text),
            };
            return format!("{sign}{}{digits}", "0".repeat(missing));
        }
        format!("{}{text}", " ".repeat(missing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_those_of_go() {
        let one = |format: &str, value: Value| printf(format, &[value]);
        assert_eq!(one("%.2f%%", Value::Float(5.678)), "5.68%");
        assert_eq!(one("%d", Value::Int(7)), "7");
        assert_eq!(one("%d", Value::Float(1.5)), "%!d(float64=1.5)");
        assert_eq!(one("%5.1f|", Value::Float(2.25)), "  2.2|");
        assert_eq!(one("%-5s|", Value::Text("ab".to_owned())), "ab   |");
        assert_eq!(one("%05d", Value::Int(-42)), "-0042");
        assert_eq!(one("%q", Value::Text("a\"b".to_owned())), r#""a\"b""#);
        assert_eq!(one("%e", Value::Float(1234.5)), "1.234500e+03");
        assert_eq!(one("%v", Value::Float(1e6)), "1e+06");
        assert_eq!(printf("%s", &[]), "%!s(MISSING)");
        assert_eq!(one("x", Value::Int(1)), "x%!(EXTRA int=1)");
    }
}
