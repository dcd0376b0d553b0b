//! Series of values as rule tests write them.

use crate::error::{Error, ErrorKind};
use crate::store::STALE_MARKER;
use crate::text::parse_float;

/// The most values of one text.
const MOST: usize = 1_000_000;

/// Reads values as rule tests write them, one for each interval; `None` where there is no sample.
///
/// `1 2.5 _ stale` are a value, another, none and the end of the series; `1+2x3` is 1 and three more, each 2 larger; `5x2` is 5
/// three times; `_x3` is nothing three times. At most a million values; native histograms (`{{…}}`) are an error.
///
/// ```
/// use llm_vitals_promql::parse_values;
///
/// assert_eq!(parse_values("0+10x2 _ 7")?, [Some(0.0), Some(10.0), Some(20.0), None, Some(7.0)]);
/// # Ok::<(), llm_vitals_promql::Error>(())
/// ```
pub fn parse_values(text: &str) -> Result<Vec<Option<f64>>, Error> {
    let mut values = Vec::new();
    for item in text.split_ascii_whitespace() {
        let start = item.as_ptr() as usize - text.as_ptr() as usize;
        let range = start..start + item.len();
        let parsed = parse_item(item, &mut values);
        parsed.map_err(|error| error.at(range).located(text))?;
    }
    Ok(values)
}

fn parse_item(item: &str, values: &mut Vec<Option<f64>>) -> Result<(), Error> {
    let wrong = |reason: &str| {
        Error::new(
            ErrorKind::Syntax,
            format!("\"{item}\" is no value: {reason}"),
        )
    };
    if item.starts_with("{{") {
        let message = "native histograms are not supported";
        return Err(Error::new(ErrorKind::Unsupported, message));
    }
    let (item_value, times) = match item.split_once('x') {
        Some((value, times)) => {
            let times: usize = times
                .parse()
                .map_err(|_| wrong("expected a count behind \"x\""))?;
            (value, Some(times))
        }
        None => (item, None),
    };
    let count = times.unwrap_or(0);
    if count >= MOST || values.len() + count >= MOST {
        return Err(Error::new(
            ErrorKind::Limit,
            format!("more than {MOST} values"),
        ));
    }
    match item_value {
        "_" => values.resize(values.len() + times.unwrap_or(1), None),
        "stale" if times.is_none() => values.push(Some(STALE_MARKER)),
        _ => {
            let (first, step) = value_and_step(item_value);
            let first = first.ok_or_else(|| wrong("expected a number"))?;
            if step.is_some() && times.is_none() {
                return Err(wrong("expected \"x\" and a count behind the step"));
            }
            let mut value = first;
            let step = step.unwrap_or(0.0);
            for _ in 0..=count {
                values.push(Some(value));
                value += step;
            }
        }
    }
    Ok(())
}

/// `1`, or `1` and `2` of `1+2`.
fn value_and_step(text: &str) -> (Option<f64>, Option<f64>) {
    let bytes = text.as_bytes();
    let sign = (1..bytes.len())
        .find(|at| matches!(bytes[*at], b'+' | b'-') && !matches!(bytes[*at - 1], b'e' | b'E'));
    match sign {
        Some(at) => match parse_float(&text[at..]) {
            Some(step) => (parse_float(&text[..at]), Some(step)),
            None => (None, None),
        },
        None => (parse_float(text), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read() {
        let read = |text| parse_values(text).unwrap();
        assert_eq!(read("1 -2 .5"), [Some(1.0), Some(-2.0), Some(0.5)]);
        assert_eq!(read("10-5x2"), [Some(10.0), Some(5.0), Some(0.0)]);
        assert_eq!(read("1e+2+1e-1x1"), [Some(100.0), Some(100.1)]);
        assert_eq!(read("_x2 3x1"), [None, None, Some(3.0), Some(3.0)]);
        assert_eq!(read("-Inf"), [Some(f64::NEG_INFINITY)]);
        assert_eq!(read(""), []);
        assert!(crate::is_stale(read("stale")[0].unwrap()));
    }

    #[test]
    fn what_is_no_value_is_an_error() {
        for wrong in [
            "a",
            "1+2",
            "1x",
            "1+x3",
            "1x-1",
            "1+2x99999999999999999999",
            "1x2000000",
            "stalex2",
            "{{sum:5}}",
        ] {
            assert!(parse_values(wrong).is_err(), "{wrong}");
        }
        let error = parse_values("1 2 x").unwrap_err();
        assert_eq!(
            error.to_string(),
            "1:5: \"x\" is no value: expected a count behind \"x\""
        );
    }
}
