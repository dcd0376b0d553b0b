//! The functions of the language: names, arguments, and which dialect has them.

use crate::ast::ValueType::{self, Matrix, Scalar, String as Text, Vector};
use crate::dialect::Dialect;
use crate::eval::calendar::{self, Moment};
use crate::eval::math;

/// What a function takes and gives.
pub(crate) struct Signature {
    pub(crate) name: &'static str,
    pub(crate) function: Function,
    pub(crate) arguments: &'static [ValueType],
    /// How many of the arguments must be there.
    pub(super) required: usize,
    /// Whether the last argument may be there any number of times.
    pub(super) repeats: bool,
    pub(crate) returns: ValueType,
    /// The only dialect that has it.
    only: Option<Dialect>,
}

/// What a function does, sorted by how it is evaluated.
#[derive(Clone, Copy)]
pub(crate) enum Function {
    /// Each value by itself.
    Map(fn(f64) -> f64),
    /// Each value as a time.
    Calendar(fn(&Moment) -> f64),
    /// Each series over a span of time.
    Range(RangeFunction),
    Absent,
    AbsentOverTime,
    Clamp,
    ClampMax,
    ClampMin,
    HistogramQuantile,
    LabelJoin,
    LabelReplace,
    Pi,
    Round,
    Scalar,
    Sort {
        descending: bool,
    },
    SortByLabel {
        descending: bool,
    },
    Time,
    Timestamp,
    Vector,
}

/// What a function makes of a series over a span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RangeFunction {
    Avg,
    Changes,
    Count,
    Delta,
    Deriv,
    Idelta,
    Increase,
    Irate,
    Last,
    Mad,
    Max,
    Min,
    PredictLinear,
    Present,
    Quantile,
    Rate,
    Resets,
    Smoothed,
    Stddev,
    Stdvar,
    Sum,
}

impl RangeFunction {
    /// Which of its arguments is the range.
    pub(crate) fn range_argument(self) -> usize {
        usize::from(self == Self::Quantile)
    }
}

impl Signature {
    const fn new(
        name: &'static str,
        function: Function,
        arguments: &'static [ValueType],
        returns: ValueType,
    ) -> Self {
        Self {
            name,
            function,
            arguments,
            required: arguments.len(),
            repeats: false,
            returns,
            only: None,
        }
    }

    const fn map(name: &'static str, function: fn(f64) -> f64) -> Self {
        Self::new(name, Function::Map(function), &[Vector], Vector)
    }

    const fn calendar(name: &'static str, function: fn(&Moment) -> f64) -> Self {
        Self::new(name, Function::Calendar(function), &[Vector], Vector).with_required(0)
    }

    const fn range(name: &'static str, function: RangeFunction) -> Self {
        Self::new(name, Range(function), &[Matrix], Vector)
    }

    const fn with_required(mut self, required: usize) -> Self {
        self.required = required;
        self
    }

    const fn with_repeats(mut self) -> Self {
        self.repeats = true;
        self
    }

    const fn only_in(mut self, dialect: Dialect) -> Self {
        self.only = Some(dialect);
        self
    }

    pub(super) fn is_in(&self, dialect: Dialect) -> bool {
        self.only.is_none_or(|only| only == dialect)
    }
}

/// The function of a name in a dialect.
pub(super) fn find(name: &str, dialect: Dialect) -> Option<&'static Signature> {
    let found = SIGNATURES.iter().find(|signature| signature.name == name);
    found.filter(|signature| signature.is_in(dialect))
}

/// Why a function that Prometheus has is not here.
pub(super) fn why_missing(name: &str) -> Option<&'static str> {
    match name {
        "histogram_avg" | "histogram_count" | "histogram_sum" | "histogram_fraction"
        | "histogram_stddev" | "histogram_stdvar" => {
            Some("it reads native histograms, which the store does not keep")
        }
        "holt_winters" => Some("in this dialect it is called \"double_exponential_smoothing\""),
        "double_exponential_smoothing" => Some("in this dialect it is called \"holt_winters\""),
        "mad_over_time" | "sort_by_label" | "sort_by_label_desc" => Some("only dialect V3 has it"),
        "info" | "limitk" | "limit_ratio" => Some("it is experimental in Prometheus"),
        _ => None,
    }
}

use Function::Range;
use RangeFunction as R;

pub(super) static SIGNATURES: &[Signature] = &[
    Signature::map("abs", f64::abs),
    Signature::new("absent", Function::Absent, &[Vector], Vector),
    Signature::new(
        "absent_over_time",
        Function::AbsentOverTime,
        &[Matrix],
        Vector,
    ),
    Signature::map("acos", f64::acos),
    Signature::map("acosh", math::acosh),
    Signature::map("asin", f64::asin),
    Signature::map("asinh", math::asinh),
    Signature::map("atan", f64::atan),
    Signature::map("atanh", f64::atanh),
    Signature::range("avg_over_time", R::Avg),
    Signature::map("ceil", f64::ceil),
    Signature::range("changes", R::Changes),
    Signature::new("clamp", Function::Clamp, &[Vector, Scalar, Scalar], Vector),
    Signature::new("clamp_max", Function::ClampMax, &[Vector, Scalar], Vector),
    Signature::new("clamp_min", Function::ClampMin, &[Vector, Scalar], Vector),
    Signature::map("cos", f64::cos),
    Signature::map("cosh", f64::cosh),
    Signature::range("count_over_time", R::Count),
    Signature::calendar("day_of_month", calendar::day_of_month),
    Signature::calendar("day_of_week", calendar::day_of_week),
    Signature::calendar("day_of_year", calendar::day_of_year),
    Signature::calendar("days_in_month", calendar::days_in_month),
    Signature::map("deg", math::deg),
    Signature::range("delta", R::Delta),
    Signature::range("deriv", R::Deriv),
    Signature::new(
        "double_exponential_smoothing",
        Range(R::Smoothed),
        &[Matrix, Scalar, Scalar],
        Vector,
    )
    .only_in(Dialect::V3),
    Signature::map("exp", f64::exp),
    Signature::map("floor", f64::floor),
    Signature::new(
        "histogram_quantile",
        Function::HistogramQuantile,
        &[Scalar, Vector],
        Vector,
    ),
    Signature::new(
        "holt_winters",
        Range(R::Smoothed),
        &[Matrix, Scalar, Scalar],
        Vector,
    )
    .only_in(Dialect::V2),
    Signature::calendar("hour", calendar::hour),
    Signature::range("idelta", R::Idelta),
    Signature::range("increase", R::Increase),
    Signature::range("irate", R::Irate),
    Signature::new(
        "label_join",
        Function::LabelJoin,
        &[Vector, Text, Text, Text],
        Vector,
    )
    .with_required(3)
    .with_repeats(),
    Signature::new(
        "label_replace",
        Function::LabelReplace,
        &[Vector, Text, Text, Text, Text],
        Vector,
    ),
    Signature::range("last_over_time", R::Last),
    Signature::map("ln", f64::ln),
    Signature::map("log10", f64::log10),
    Signature::map("log2", f64::log2),
    Signature::range("mad_over_time", R::Mad).only_in(Dialect::V3),
    Signature::range("max_over_time", R::Max),
    Signature::range("min_over_time", R::Min),
    Signature::calendar("minute", calendar::minute),
    Signature::calendar("month", calendar::month),
    Signature::new("pi", Function::Pi, &[], Scalar),
    Signature::new(
        "predict_linear",
        Range(R::PredictLinear),
        &[Matrix, Scalar],
        Vector,
    ),
    Signature::range("present_over_time", R::Present),
    Signature::new(
        "quantile_over_time",
        Range(R::Quantile),
        &[Scalar, Matrix],
        Vector,
    ),
    Signature::map("rad", math::rad),
    Signature::range("rate", R::Rate),
    Signature::range("resets", R::Resets),
    Signature::new("round", Function::Round, &[Vector, Scalar], Vector).with_required(1),
    Signature::new("scalar", Function::Scalar, &[Vector], Scalar),
    Signature::map("sgn", math::sgn),
    Signature::map("sin", f64::sin),
    Signature::map("sinh", f64::sinh),
    Signature::new(
        "sort",
        Function::Sort { descending: false },
        &[Vector],
        Vector,
    ),
    Signature::new(
        "sort_by_label",
        Function::SortByLabel { descending: false },
        &[Vector, Text],
        Vector,
    )
    .with_repeats()
    .only_in(Dialect::V3),
    Signature::new(
        "sort_by_label_desc",
        Function::SortByLabel { descending: true },
        &[Vector, Text],
        Vector,
    )
    .with_repeats()
    .only_in(Dialect::V3),
    Signature::new(
        "sort_desc",
        Function::Sort { descending: true },
        &[Vector],
        Vector,
    ),
    Signature::map("sqrt", f64::sqrt),
    Signature::range("stddev_over_time", R::Stddev),
    Signature::range("stdvar_over_time", R::Stdvar),
    Signature::range("sum_over_time", R::Sum),
    Signature::map("tan", f64::tan),
    Signature::map("tanh", f64::tanh),
    Signature::new("time", Function::Time, &[], Scalar),
    Signature::new("timestamp", Function::Timestamp, &[Vector], Vector),
    Signature::new("vector", Function::Vector, &[Scalar], Vector),
    Signature::calendar("year", calendar::year),
];
