//! Moments and spans of time with the methods of Go's `time.Time` and `time.Duration`.

use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::template::{Object, Value, wrong_arguments};

use super::layout;

/// Go's zero time, which stands for an end that has not come: the year 1.
pub(super) const ZERO_MS: i64 = -62_135_596_800_000;

/// `time.Time`
#[derive(Debug)]
pub(super) struct Moment(Zoned);

/// `time.Duration` in milliseconds.
#[derive(Debug)]
pub(super) struct Span(i64);

/// `2026-11-24 09:00:00 UTC`
pub(crate) fn utc(milliseconds: i64) -> String {
    layout::format(
        &zoned(milliseconds, TimeZone::UTC),
        "2006-01-02 15:04:05 MST",
    )
}

/// `2026-11-24`
#[cfg(feature = "email")]
pub(crate) fn day(milliseconds: i64) -> String {
    layout::format(&zoned(milliseconds, TimeZone::UTC), "2006-01-02")
}

fn zoned(milliseconds: i64, zone: TimeZone) -> Zoned {
    // Beyond the year 9999 there are no dates.
    let moment = Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::MAX);
    moment.to_zoned(zone)
}

impl Moment {
    pub(super) fn value(milliseconds: i64) -> Value {
        Self::zoned(zoned(milliseconds, TimeZone::UTC))
    }

    fn zoned(moment: Zoned) -> Value {
        Value::Object(Arc::new(Self(moment)))
    }

    fn milliseconds(&self) -> i64 {
        self.0.timestamp().as_millisecond()
    }

    /// The same moment in another zone of the IANA's database.
    fn in_zone(&self, name: &str) -> Result<Value, String> {
        let zone = match name {
            "" | "UTC" => TimeZone::UTC,
            "Local" => TimeZone::system(),
            name => TimeZone::get(name).map_err(|_| format!("there is no time zone \"{name}\""))?,
        };
        Ok(Self::zoned(self.0.with_time_zone(zone)))
    }

    fn sub(&self, milliseconds: i64) -> Value {
        Span::value(self.milliseconds().saturating_sub(milliseconds))
    }
}

impl Span {
    fn value(milliseconds: i64) -> Value {
        Value::Object(Arc::new(Self(milliseconds)))
    }
}

impl Object for Moment {
    fn type_name(&self) -> &'static str {
        "time.Time"
    }

    fn print(&self) -> String {
        layout::format(&self.0, "2006-01-02 15:04:05.999999999 -0700 MST")
    }

    fn number(&self) -> Option<f64> {
        Some(self.milliseconds() as f64 / 1e3)
    }

    fn member(&self, name: &str, arguments: &[Value]) -> Result<Option<Value>, String> {
        let int = |value: i64| Value::Int(value);
        let moment = &self.0;
        Ok(Some(match (name, arguments) {
            ("Format", [Value::Text(layout)]) => Value::Text(layout::format(moment, layout)),
            ("UTC", []) => self.in_zone("UTC")?,
            ("Local", []) => self.in_zone("Local")?,
            ("IsZero", []) => Value::Bool(self.milliseconds() == ZERO_MS),
            ("Unix", []) => int(self.milliseconds().div_euclid(1_000)),
            ("UnixMilli", []) => int(self.milliseconds()),
            ("Year", []) => int(moment.year().into()),
            ("Month", []) => Value::Text(moment.strftime("%B").to_string()),
            ("Day", []) => int(moment.day().into()),
            ("Hour", []) => int(moment.hour().into()),
            ("Minute", []) => int(moment.minute().into()),
            ("Second", []) => int(moment.second().into()),
            ("Weekday", []) => Value::Text(moment.strftime("%A").to_string()),
            ("String", []) => Value::Text(self.print()),
            ("Sub" | "After" | "Before" | "Equal", [Value::Object(other)]) => {
                // Only a moment has these numbers as its Unix time.
                let Some(Value::Int(other)) = other.member("UnixMilli", &[])? else {
                    return Err(wrong_arguments(arguments));
                };
                match name {
                    "Sub" => self.sub(other),
                    "After" => Value::Bool(self.milliseconds() > other),
                    "Before" => Value::Bool(self.milliseconds() < other),
                    _ => Value::Bool(self.milliseconds() == other),
                }
            }
            ("Add", [Value::Object(other)]) if other.type_name() == "time.Duration" => {
                let Some(Value::Int(span)) = other.member("Milliseconds", &[])? else {
                    return Err(wrong_arguments(arguments));
                };
                let zone = moment.time_zone().clone();
                Self::zoned(zoned(self.milliseconds().saturating_add(span), zone))
            }
            _ => return Ok(None),
        }))
    }
}

impl Object for Span {
    fn type_name(&self) -> &'static str {
        "time.Duration"
    }

    fn print(&self) -> String {
        let size = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        if size == 0 {
            return "0s".to_owned();
        }
        if size < 1_000 {
            return format!("{sign}{size}ms");
        }
        let seconds = format!("{}.{:03}", size / 1_000 % 60, size % 1_000);
        let seconds = seconds.trim_end_matches('0').trim_end_matches('.');
        let (hours, minutes) = (size / 3_600_000, size / 60_000 % 60);
        match (hours, minutes) {
            (0, 0) => format!("{sign}{seconds}s"),
            (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
            (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
        }
    }

    fn is_true(&self) -> bool {
        self.0 != 0
    }

    fn number(&self) -> Option<f64> {
        Some(self.0 as f64 / 1e3)
    }

    fn member(&self, name: &str, arguments: &[Value]) -> Result<Option<Value>, String> {
        let seconds = self.0 as f64 / 1e3;
        Ok(Some(match (name, arguments) {
            ("Seconds", []) => Value::Float(seconds),
            ("Minutes", []) => Value::Float(seconds / 60.0),
            ("Hours", []) => Value::Float(seconds / 3_600.0),
            ("Milliseconds", []) => Value::Int(self.0),
            ("String", []) => Value::Text(self.print()),
            ("Round" | "Truncate", [Value::Object(by)]) if by.type_name() == "time.Duration" => {
                let by = match by.member("Milliseconds", &[])? {
                    Some(Value::Int(by)) if by > 0 => by,
                    _ => return Ok(Some(Self::value(self.0))),
                };
                let half = if name == "Round" {
                    by / 2 * self.0.signum()
                } else {
                    0
                };
                Self::value(self.0.saturating_add(half) / by * by)
            }
            _ => return Ok(None),
        }))
    }
}

/// `date`, `tz` and `since`.
pub(super) fn call(name: &str, arguments: &[Value], now_ms: i64) -> Result<Value, String> {
    let wrong = || wrong_arguments(arguments);
    let (text, moment) = match (name, arguments) {
        ("since", [Value::Object(moment)]) => ("", moment),
        ("date" | "tz", [Value::Text(text), Value::Object(moment)]) => (&**text, moment),
        _ => return Err(wrong()),
    };
    let Some(Value::Int(milliseconds)) = moment.member("UnixMilli", &[])? else {
        return Err(wrong());
    };
    match name {
        "since" => Ok(Span::value(now_ms.saturating_sub(milliseconds))),
        "tz" => Moment(zoned(milliseconds, TimeZone::UTC)).in_zone(text),
        _ => moment
            .member("Format", &[Value::Text(text.to_owned())])?
            .ok_or_else(wrong),
    }
}
