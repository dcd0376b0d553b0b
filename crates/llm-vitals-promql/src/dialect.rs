//! Versions of the language.

/// Whose answers are given: those of Prometheus 2 or of Prometheus 3.
///
/// They differ in what a query means, so a rule that moves between the two can change its result:
///
/// | | `V2` | `V3` |
/// |---|---|---|
/// | a range `[5m]` at t | t-5m to t, both included | after t-5m, to t |
/// | lookback of 5 min | a sample of exactly 5 min ago counts | it does not |
/// | `rate`, `increase` | a counter may be extrapolated back to its zero at any distance | at most half a sample interval |
/// | `.` in a regular expression | any character but a newline | any character |
/// | `holt_winters` | is there | is called `double_exponential_smoothing` |
/// | `sum`, `avg`, `stddev` | plain | compensated |
/// | `a atan2 b` | keeps the metric's name | drops it |
/// | numbers and durations | apart | `[300]` and `1h` as a number are allowed |
/// | quoted names (`{"a.b", "c.d"="e"}`) | no | yes |
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Dialect {
    /// Prometheus 2, as of 2.42.
    V2,
    /// Prometheus 3, as of 3.0.
    #[default]
    V3,
}
