//! The values that an expression can have.

use llm_vitals_promql::ast::{Aggregation, Binary, BinaryOp, Call, Node, NodeKind};

/// Signals that are shares, whatever the traffic.
const SHARES: [&str; 5] = [
    "error_rate",
    "success_rate",
    "cancelled_rate",
    "cache_hit_rate",
    "cache_miss_rate",
];

/// All values of an expression lie between these, both included; NaN aside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bounds {
    pub(super) low: f64,
    pub(super) high: f64,
}

/// What can be told of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is never true.
    Never,
    /// It is always true, for values that are numbers.
    Always,
    /// It depends.
    Depends,
}

impl Bounds {
    const ANY: Self = Self::new(f64::NEG_INFINITY, f64::INFINITY);
    const NOT_NEGATIVE: Self = Self::new(0.0, f64::INFINITY);

    const fn new(low: f64, high: f64) -> Self {
        Self { low, high }
    }

    fn is_single(self) -> bool {
        self.low == self.high
    }

    /// Whether nothing lies between.
    pub(super) fn is_empty(self) -> bool {
        self.low > self.high
    }

    /// What is in both.
    pub(super) fn and(self, other: Self) -> Self {
        Self::new(self.low.max(other.low), self.high.min(other.high))
    }

    fn or(self, other: Self) -> Self {
        Self::new(self.low.min(other.low), self.high.max(other.high))
    }
}

/// Between what the values of a part of an expression lie.
pub(super) fn of(node: &Node) -> Bounds {
    match node.without_parens().kind() {
        NodeKind::Number(number) => Bounds::new(number.value, number.value),
        NodeKind::Unary(unary) if unary.is_minus => {
            let inner = of(&unary.operand);
            Bounds::new(-inner.high, -inner.low)
        }
        NodeKind::Unary(unary) => of(&unary.operand),
        NodeKind::Selector(selector) => metric(selector.metric_name().unwrap_or_default()),
        NodeKind::Range(range) => metric(range.selector.metric_name().unwrap_or_default()),
        NodeKind::Subquery(subquery) => of(&subquery.operand),
        NodeKind::Aggregate(aggregate) => {
            let operand = of(&aggregate.operand);
            match aggregate.op {
                Aggregation::Count | Aggregation::CountValues => Bounds::new(1.0, f64::INFINITY),
                Aggregation::Group => Bounds::new(1.0, 1.0),
                Aggregation::Stddev | Aggregation::Stdvar => Bounds::NOT_NEGATIVE,
                Aggregation::Sum if operand.low >= 0.0 => Bounds::NOT_NEGATIVE,
                Aggregation::Sum => Bounds::ANY,
                Aggregation::Quantile => Bounds::ANY,
                _ => operand,
            }
        }
        NodeKind::Call(call) => called(call),
        NodeKind::Binary(binary) => computed(binary),
        _ => Bounds::ANY,
    }
}

fn metric(name: &str) -> Bounds {
    let signal = name.strip_prefix("llm:").unwrap_or(name);
    let share = signal.strip_prefix("service_").unwrap_or(signal);
    if SHARES.contains(&share) {
        return Bounds::new(0.0, 1.0);
    }
    // What is counted is not negative; sums can be.
    if ["_total", "_count", "_bucket"]
        .iter()
        .any(|end| name.ends_with(end))
    {
        return Bounds::NOT_NEGATIVE;
    }
    if matches!(name, "up" | "ALERTS") {
        Bounds::new(0.0, 1.0)
    } else {
        Bounds::ANY
    }
}

fn called(call: &Call) -> Bounds {
    let argument = |at: usize| call.arguments.get(at).map_or(Bounds::ANY, of);
    match call.function() {
        "rate" | "irate" | "increase" | "changes" | "resets" | "abs" | "sqrt" | "exp"
        | "stddev_over_time" | "stdvar_over_time" | "cosh" => Bounds::NOT_NEGATIVE,
        "count_over_time" => Bounds::new(1.0, f64::INFINITY),
        "absent" | "absent_over_time" | "present_over_time" => Bounds::new(1.0, 1.0),
        "hour" => Bounds::new(0.0, 23.0),
        "minute" => Bounds::new(0.0, 59.0),
        "month" => Bounds::new(1.0, 12.0),
        "day_of_week" => Bounds::new(0.0, 6.0),
        "day_of_month" => Bounds::new(1.0, 31.0),
        "day_of_year" => Bounds::new(1.0, 366.0),
        "days_in_month" => Bounds::new(28.0, 31.0),
        "sgn" | "sin" | "cos" | "tanh" => Bounds::new(-1.0, 1.0),
        "time" | "timestamp" => Bounds::NOT_NEGATIVE,
        "clamp" => argument(0).and(Bounds::new(argument(1).low, argument(2).high)),
        "clamp_min" => {
            let (inner, least) = (argument(0), argument(1));
            Bounds::new(inner.low.max(least.low), inner.high.max(least.high))
        }
        "clamp_max" => {
            let (inner, most) = (argument(0), argument(1));
            Bounds::new(inner.low.min(most.low), inner.high.min(most.high))
        }
        "avg_over_time" | "min_over_time" | "max_over_time" | "last_over_time" | "vector"
        | "sort" | "sort_desc" | "label_replace" | "label_join" | "scalar" => argument(0),
        "sum_over_time" if argument(0).low >= 0.0 => Bounds::NOT_NEGATIVE,
        _ => Bounds::ANY,
    }
}

fn computed(binary: &Binary) -> Bounds {
    let (left, right) = (of(&binary.left), of(&binary.right));
    if binary.op.is_comparison() {
        return if binary.returns_bool {
            Bounds::new(0.0, 1.0)
        } else {
            left.and(allowed(binary.op, right))
        };
    }
    match binary.op {
        BinaryOp::And | BinaryOp::Unless => left,
        BinaryOp::Or => left.or(right),
        BinaryOp::Add => Bounds::new(left.low + right.low, left.high + right.high),
        BinaryOp::Subtract => Bounds::new(left.low - right.high, left.high - right.low),
        // Signs that are known stay so; the rest is not worth the care that infinities need.
        BinaryOp::Multiply if right.is_single() && right.low > 0.0 => {
            Bounds::new(scaled(left.low, right.low), scaled(left.high, right.low))
        }
        BinaryOp::Multiply if left.is_single() && left.low > 0.0 => {
            Bounds::new(scaled(right.low, left.low), scaled(right.high, left.low))
        }
        BinaryOp::Divide if right.is_single() && right.low > 0.0 => {
            Bounds::new(left.low / right.low, left.high / right.low)
        }
        BinaryOp::Multiply | BinaryOp::Divide if left.low >= 0.0 && right.low >= 0.0 => {
            Bounds::NOT_NEGATIVE
        }
        _ => Bounds::ANY,
    }
}

fn scaled(value: f64, by: f64) -> f64 {
    if value == 0.0 { 0.0 } else { value * by }
}

/// What a value must lie between for `value OP right` to be true for some value of the right side.
fn allowed(op: BinaryOp, right: Bounds) -> Bounds {
    match op {
        BinaryOp::Greater | BinaryOp::GreaterOrEqual => Bounds::new(right.low, f64::INFINITY),
        BinaryOp::Less | BinaryOp::LessOrEqual => Bounds::new(f64::NEG_INFINITY, right.high),
        BinaryOp::Equal => right,
        _ => Bounds::ANY,
    }
}

/// Whether a comparison can be true, and whether it can be false.
pub(super) fn verdict(binary: &Binary) -> Verdict {
    let (left, right) = (of(&binary.left), of(&binary.right));
    let is_nan = |bounds: Bounds| bounds.low.is_nan() || bounds.high.is_nan();
    if is_nan(left) || is_nan(right) {
        let side = if is_nan(left) {
            &binary.left
        } else {
            &binary.right
        };
        let is_number = matches!(side.without_parens().kind(), NodeKind::Number(_));
        return match binary.op {
            BinaryOp::NotEqual if is_number => Verdict::Always,
            _ if is_number => Verdict::Never,
            _ => Verdict::Depends,
        };
    }
    let (never, always) = match binary.op {
        BinaryOp::Greater => (left.high <= right.low, left.low > right.high),
        BinaryOp::GreaterOrEqual => (left.high < right.low, left.low >= right.high),
        BinaryOp::Less => (left.low >= right.high, left.high < right.low),
        BinaryOp::LessOrEqual => (left.low > right.high, left.high <= right.low),
        BinaryOp::Equal => (
            left.and(right).is_empty(),
            left.is_single() && left == right,
        ),
        BinaryOp::NotEqual => (
            left.is_single() && left == right,
            left.and(right).is_empty(),
        ),
        _ => (false, false),
    };
    match (never, always) {
        (true, _) => Verdict::Never,
        (_, true) => Verdict::Always,
        _ => Verdict::Depends,
    }
}

#[cfg(test)]
mod tests {
    use llm_vitals_promql::{Dialect, Expr};

    use super::*;

    fn judge(text: &str) -> Verdict {
        let expr = Expr::parse(text, Dialect::V3).unwrap();
        match expr.root().without_parens().kind() {
            NodeKind::Binary(binary) => verdict(binary),
            _ => panic!("{text} is no comparison"),
        }
    }

    #[test]
    fn comparisons_that_are_never_true_are_known() {
        for text in [
            "rate(x[5m]) < 0",
            "count(x) == 0",
            "error_rate > 5",
            "sum by (a) (increase(x_total[1h])) * 100 < 0",
            "clamp_max(x, 10) > 10",
            "(x > 5) < 3",
            "hour() > 23",
            "x == NaN",
            "absent(x) == 0",
            "vector(1) > 2",
        ] {
            assert_eq!(judge(text), Verdict::Never, "{text}");
        }
    }

    #[test]
    fn comparisons_that_are_always_true_are_known() {
        for text in [
            "rate(x[5m]) >= 0",
            "count(x) > 0",
            "error_rate <= 1",
            "x_total >= 0",
            "absent(x) == 1",
            "x != NaN",
        ] {
            assert_eq!(judge(text), Verdict::Always, "{text}");
        }
    }

    #[test]
    fn what_depends_is_left_alone() {
        for text in [
            "x > 5",
            "rate(x[5m]) > 0",
            "rate(x[5m]) == 0",
            "error_rate >= 1",
            "error_rate * 100 > 5",
            "a / b > 1",
            "x < 0",
            "up == 0",
            "sum(x) < 0",
            "x - y < 0",
            "quantile(2, x_total) < 0",
            "delta(x[5m]) < 0",
            "(x > 5) < 7",
            "rate(x[5m]) / rate(y[5m]) == 0",
            "-rate(x[5m]) < 0",
        ] {
            assert_eq!(judge(text), Verdict::Depends, "{text}");
        }
    }
}
