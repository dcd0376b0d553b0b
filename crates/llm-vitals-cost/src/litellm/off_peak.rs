//! Hours at which a model is cheaper.

use serde_json::{Map, Value};

use super::fields::Fields;
use crate::moment::{DAY, Hours, Moment};
use crate::rate::Rate;
use crate::rates::{Rates, Validity};
use crate::tokens::Part;

/// The rates of a model, and those off peak.
#[derive(Debug)]
pub(super) struct OffPeak {
    peak: Rates,
    off_peak: Rates,
    windows: Vec<Window>,
    /// Seconds by which the calendar of the weekdays is ahead of UTC.
    offset: i64,
}

#[derive(Debug)]
struct Window {
    hours: Vec<Hours>,
    /// From Monday to Sunday.
    days: [bool; 7],
}

impl OffPeak {
    /// `None` if the model costs the same at any time.
    pub(super) fn read(fields: &Map<String, Value>, peak: &Rates) -> Result<Option<Self>, String> {
        let Some(Value::Object(block)) = fields.get("off_peak_pricing") else {
            return Ok(None);
        };
        let wrong = |what: &str| format!("field `off_peak_pricing`: {what}");
        let offset = match block.get("weekday_timezone") {
            None | Some(Value::Null) => 0,
            Some(zone) => match zone.as_str() {
                Some("UTC") => 0,
                // One offset all the year, since 1991.
                Some("Asia/Shanghai") => 8 * 3600,
                _ => {
                    return Err(wrong(&format!(
                        "time zone {zone} is not known; expected UTC or Asia/Shanghai"
                    )));
                }
            },
        };
        let mut windows = Vec::new();
        if block.contains_key("hours_utc") {
            windows
                .push(Window::read(block).ok_or_else(|| wrong("expected hours like 16:30-00:30"))?);
        }
        for window in block
            .get("windows")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let window = window.as_object().and_then(Window::read);
            windows.push(window.ok_or_else(|| {
                wrong("expected `hours_utc` like 16:30-00:30 and `weekdays` from 1 to 7")
            })?);
        }
        if windows.is_empty() {
            return Err(wrong("expected `hours_utc` or `windows`"));
        }
        Ok(Some(Self {
            off_peak: cheaper(peak, Fields(fields), Fields(block))?,
            peak: peak.clone(),
            windows,
            offset,
        }))
    }

    pub(super) fn rates(&self, now: Moment) -> Rates {
        let day = Moment(now.0.saturating_add(self.offset)).weekday();
        let open = |window: &Window| {
            window.days[usize::from(day - 1)] && window.hours.iter().any(|hours| hours.contain(now))
        };
        let mut rates = if self.windows.iter().any(open) {
            self.off_peak.clone()
        } else {
            self.peak.clone()
        };
        let hours = self.windows.iter().flat_map(|window| &window.hours);
        // Where the calendar turns a page, another window may open.
        let midnight = now.next((DAY - self.offset).rem_euclid(DAY));
        rates.valid = Validity {
            from: Some(now),
            until: hours
                .map(|hours| hours.next_change(now))
                .chain([midnight])
                .min(),
        };
        rates
    }
}

/// Every level at the prices off peak; one that they do not name stays, unless the model itself derives it from another.
fn cheaper(peak: &Rates, fields: Fields<'_>, block: Fields<'_>) -> Result<Rates, String> {
    let or_as = |field: &str, derived: Option<Rate>| match block.rate(field)? {
        Some(rate) => Ok::<_, String>(Some(rate)),
        None => Ok(derived.filter(|_| !fields.0.contains_key(field))),
    };
    let input = block.rate("input_cost_per_token")?;
    let output = block.rate("output_cost_per_token")?;
    let read = or_as("cache_read_input_token_cost", input)?;
    let write = or_as("cache_creation_input_token_cost", input)?;
    let prices = [
        (Part::Prompt, input),
        (Part::Cached, read),
        (Part::CacheWrite, write),
        (
            Part::CacheWrite1h,
            or_as("cache_creation_input_token_cost_above_1hr", write)?,
        ),
        (Part::Audio, or_as("input_cost_per_audio_token", input)?),
        (
            Part::CachedAudio,
            or_as("cache_read_input_audio_token_cost", read)?,
        ),
        (Part::Completion, output),
        (
            Part::AudioCompletion,
            or_as("output_cost_per_audio_token", output)?,
        ),
        (
            Part::Reasoning,
            or_as("output_cost_per_reasoning_token", output)?,
        ),
    ];
    let mut rates = peak.clone();
    let special = rates.special.iter_mut().flatten();
    for sheet in special.chain([&mut rates.standard]) {
        for level in &mut sheet.levels {
            for (part, price) in prices {
                let current = &mut level.rates[part as usize];
                *current = price.unwrap_or(*current);
            }
        }
    }
    Ok(rates)
}

impl Window {
    fn read(rule: &Map<String, Value>) -> Option<Self> {
        let hours = match rule.get("hours_utc")? {
            Value::String(hours) => vec![parse_hours(hours)?],
            Value::Array(all) => {
                let all = all.iter().map(|hours| parse_hours(hours.as_str()?));
                all.collect::<Option<_>>()?
            }
            _ => return None,
        };
        let mut days = [true; 7];
        if let Some(Value::Array(listed)) = rule.get("weekdays") {
            days = [false; 7];
            for day in listed {
                *days.get_mut(weekday(day)?.checked_sub(1)?)? = true;
            }
        }
        Some(Self { hours, days })
    }
}

fn weekday(day: &Value) -> Option<usize> {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    match day {
        Value::Number(number) => usize::try_from(number.as_u64()?).ok(),
        Value::String(name) => {
            let name = name.trim().to_ascii_lowercase();
            DAYS.iter()
                .position(|day| name.starts_with(day))
                .map(|at| at + 1)
        }
        _ => None,
    }
}

/// `16:30-00:30`; from a time to the same time is the whole day.
fn parse_hours(text: &str) -> Option<Hours> {
    let second = |time: &str| {
        let (hours, minutes) = time.trim().split_once(':')?;
        let (hours, minutes): (u8, u8) = (hours.parse().ok()?, minutes.parse().ok()?);
        (hours < 24 && minutes < 60).then(|| i64::from(hours) * 3600 + i64::from(minutes) * 60)
    };
    let (start, end) = text.split_once('-')?;
    let (start, end) = (second(start)?, second(end)?);
    Some(if start == end {
        Hours { start: 0, end: DAY }
    } else {
        Hours { start, end }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read() {
        assert_eq!(
            parse_hours("16:30-00:30"),
            Some(Hours {
                start: 59_400,
                end: 1_800
            })
        );
        assert_eq!(
            parse_hours("00:00-00:00"),
            Some(Hours { start: 0, end: DAY })
        );
        assert_eq!(
            parse_hours("10:00-00:00"),
            Some(Hours {
                start: 36_000,
                end: 0
            })
        );
        for odd in ["16:30", "24:00-01:00", "a-b", ""] {
            assert_eq!(parse_hours(odd), None, "{odd}");
        }
        assert!(
            Hours {
                start: 36_000,
                end: 0
            }
            .contain(Moment(80_000))
        );
    }
}
