//! Random expressions over the whole language.

use super::promtool::Case;
use super::random::Random;

const MAPS: [&str; 23] = [
    "abs", "ceil", "floor", "exp", "sqrt", "ln", "log2", "log10", "sgn", "sin", "cos", "tan",
    "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "deg", "rad",
];
/// What makes much of a small difference in a large argument.
const STEEP: [&str; 6] = ["sin", "cos", "tan", "sinh", "cosh", "exp"];
const CALENDAR: [&str; 8] = [
    "minute",
    "hour",
    "day_of_week",
    "day_of_month",
    "day_of_year",
    "days_in_month",
    "month",
    "year",
];
const RANGES: [&str; 19] = [
    "rate",
    "increase",
    "delta",
    "irate",
    "idelta",
    "deriv",
    "changes",
    "resets",
    "avg_over_time",
    "min_over_time",
    "max_over_time",
    "sum_over_time",
    "count_over_time",
    "last_over_time",
    "present_over_time",
    "stddev_over_time",
    "stdvar_over_time",
    "rate",
    "increase",
];
const AGGREGATIONS: [&str; 9] = [
    "sum", "avg", "min", "max", "count", "group", "stddev", "stdvar", "sum",
];
const LABELS: [&str; 5] = ["job", "instance", "status", "le", "region"];

pub(crate) struct Generator<'a> {
    random: &'a mut Random,
}

impl<'a> Generator<'a> {
    pub(crate) fn new(random: &'a mut Random) -> Self {
        Self { random }
    }

    pub(crate) fn case(&mut self) -> Case {
        let expr = if self.random.one_in(12) {
            self.scalar(3)
        } else {
            self.vector(3)
        };
        let expr = if self.random.one_in(8) {
            self.broken(&expr)
        } else {
            expr
        };
        // On the grid of the samples and beside it, before all samples and behind them.
        let at_ms = self.random.below(34 * 60) as i64 * 1000;
        let at_ms = if self.random.one_in(2) {
            at_ms / 15_000 * 15_000
        } else {
            at_ms
        };
        Case { expr, at_ms }
    }

    /// With something left out or put in, so that it is mostly no expression: both must say so, or both take it.
    fn broken(&mut self, expr: &str) -> String {
        let at = self.random.below(expr.len());
        let (before, after) = expr.split_at(at);
        match self.random.below(3) {
            0 => format!("{before}{}", &after[1..]),
            1 => format!("{before}{after}{}", &before[self.random.below(at + 1)..]),
            _ => {
                let added = self.random.pick(&[
                    "(",
                    ")",
                    "[5m]",
                    "[5m:]",
                    " offset 5m",
                    " @ 5",
                    " by (job)",
                    " bool ",
                    "-",
                    "{",
                    "}",
                    ",",
                    "\"x\"",
                    "1",
                    "5m",
                    " and ",
                    " on (job) ",
                    "rate",
                    "=",
                    " group_left ",
                    "[",
                    "]",
                    ":",
                    "#",
                    "sum",
                    " or ",
                    "0x",
                    ".",
                ]);
                format!("{before}{added}{after}")
            }
        }
    }

    fn vector(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.selector();
        }
        match self.random.below(32) {
            0..=3 => self.selector(),
            4..=8 => self.range_function(depth),
            9..=14 => self.aggregation(depth),
            15..=19 => self.arithmetic(depth),
            20..=21 => self.comparison(depth),
            22..=23 => self.set(depth),
            24..=25 => {
                let (name, inner) = (self.random.pick(&MAPS), self.vector(depth - 1));
                if STEEP.contains(&name) {
                    format!("{name}(clamp({inner}, -50, 50))")
                } else {
                    format!("{name}({inner})")
                }
            }
            26 => {
                let quantile = self.quantile();
                format!("histogram_quantile({quantile}, {})", self.buckets())
            }
            27 if self.random.one_in(4) => match self.random.below(3) {
                0 => format!(
                    "timestamp({}{})",
                    self.bare_selector(),
                    self.random
                        .pick(&["", " offset 1m", " offset 6m", " offset -40s"])
                ),
                1 => format!("timestamp({} @ 600)", self.bare_selector()),
                _ => format!("timestamp(-{})", self.bare_selector()),
            },
            27 => self.clamp(depth),
            28 => self.labels(depth),
            29 => match self.random.below(6) {
                0 => format!("absent({})", self.vector(depth - 1)),
                1 => format!("absent_over_time({})", self.range(depth)),
                2 => format!("vector({})", self.scalar(depth - 1)),
                3 => format!("-{}", self.vector(depth - 1)),
                4 => format!(
                    "sort{}({})",
                    self.random.pick(&["", "_desc"]),
                    self.vector(depth - 1)
                ),
                _ => format!("({})", self.vector(depth - 1)),
            },
            30 => self.ranked(),
            _ => {
                let argument = self.random.pick(&[
                    "",
                    "vector(time() * 86400)",
                    "timestamp(load) * 10000",
                    "-timestamp(lonely) * 1e5",
                ]);
                format!("{}({argument})", self.random.pick(&CALENDAR))
            }
        }
    }

    fn scalar(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.number();
        }
        match self.random.below(8) {
            0 => "time()".to_owned(),
            1 => "pi()".to_owned(),
            2 => format!("scalar({})", self.vector(depth - 1)),
            3 => format!(
                "{} {} {}",
                self.scalar(depth - 1),
                self.random.pick(&["+", "-", "*", "/", "^", "atan2"]),
                self.scalar(depth - 1)
            ),
            4 => format!(
                "({} {} bool {})",
                self.scalar(depth - 1),
                self.random.pick(&[">", "<", ">=", "<=", "==", "!="]),
                self.scalar(depth - 1)
            ),
            5 => format!("-{}", self.scalar(depth - 1)),
            _ => self.number(),
        }
    }

    fn number(&mut self) -> String {
        self.random
            .pick(&[
                "0", "1", "2", "0.5", "10", "1e2", "-3", "0x10", ".25", "100", "NaN", "Inf",
                "-Inf", "5.",
            ])
            .to_owned()
    }

    fn quantile(&mut self) -> &'static str {
        self.random.pick(&[
            "0",
            "0.5",
            "0.9",
            "0.95",
            "1",
            "-1",
            "2",
            "NaN",
            "scalar(lonely)",
        ])
    }

    fn bare_selector(&mut self) -> String {
        let metric = self.random.pick(&[
            "requests_total",
            "errors_total",
            "load",
            "distinct",
            "latency_bucket",
            "info",
            "lonely",
            "missing",
            "requests_total",
            "errors_total",
            "requests_total",
            "errors_total",
            "distinct",
            "load",
            "latency_bucket",
            "",
        ]);
        let mut matchers = Vec::new();
        if metric.is_empty() {
            matchers.push(self.random.pick(&[
                "__name__=~\"(requests|errors)_total\"",
                "job=\"api\"",
                "__name__=\"load\"",
                "instance=~\"[01]\"",
            ]));
        }
        for _ in 0..self.random.below(4).saturating_sub(1) {
            matchers.push(self.random.pick(&[
                "job=\"api\"",
                "job!=\"api\"",
                "job=~\"a.*\"",
                "job!~\"a.*|x\"",
                "instance=\"1\"",
                "instance=~\"0|2\"",
                "status=\"error\"",
                "status!=\"error\"",
                "status=~\".+\"",
                "missing=\"\"",
                "status=~\"(?i:ERROR)\"",
                "instance!~\"\\\\d\"",
                "le=\"1\"",
                "nowhere=~\".+\"",
            ]));
        }
        if matchers.is_empty() {
            metric.to_owned()
        } else {
            format!("{metric}{{{}}}", matchers.join(","))
        }
    }

    fn modifiers(&mut self) -> String {
        let mut text = String::new();
        if self.random.one_in(8) {
            text.push_str(
                self.random
                    .pick(&[" offset 1m", " offset -2m", " offset 7m30s"]),
            );
        }
        if self.random.one_in(12) {
            text.push_str(self.random.pick(&[
                " @ 600",
                " @ 905.5",
                " @ start()",
                " @ end()",
                " @ 0",
            ]));
        }
        text
    }

    fn selector(&mut self) -> String {
        format!("{}{}", self.bare_selector(), self.modifiers())
    }

    fn buckets(&mut self) -> String {
        match self.random.below(4) {
            0 => "latency_bucket".to_owned(),
            1 => "rate(latency_bucket[5m])".to_owned(),
            2 => "sum by (le) (rate(latency_bucket[5m]))".to_owned(),
            _ => "sum by (job, le) (increase(latency_bucket{instance!=\"1\"}[2m]))".to_owned(),
        }
    }

    fn range(&mut self, depth: usize) -> String {
        if depth > 0 && self.random.one_in(4) {
            let inner = self.vector(depth - 1);
            let window = self
                .random
                .pick(&["2m:30s", "5m:", "5m:1m", "1m:7s", "10m:100s"]);
            let inner = if inner.starts_with('-') || inner.contains(' ') {
                format!("({inner})")
            } else {
                inner
            };
            let modifiers = if inner.contains('@') {
                String::new()
            } else {
                self.modifiers()
            };
            return format!("{inner}[{window}]{modifiers}");
        }
        let window = self
            .random
            .pick(&["1m", "5m", "30s", "15s", "2m30s", "10m", "1h", "14s"]);
        format!("{}[{window}]{}", self.bare_selector(), self.modifiers())
    }

    fn range_function(&mut self, depth: usize) -> String {
        let range = self.range(depth - 1);
        match self.random.below(12) {
            0 => format!("quantile_over_time({}, {range})", self.quantile()),
            1 if !range.contains('@') => format!(
                "predict_linear({range}, {})",
                self.random.pick(&["60", "-10", "3600", "scalar(lonely)"])
            ),
            2 => format!(
                "holt_winters({range}, {}, 0.3)",
                self.random.pick(&["0.5", "0.01", "1"])
            ),
            _ => format!("{}({range})", self.random.pick(&RANGES)),
        }
    }

    fn list(&mut self) -> String {
        let count = self.random.below(3);
        let labels: Vec<&str> = (0..count).map(|_| self.random.pick(&LABELS)).collect();
        format!("({})", labels.join(", "))
    }

    fn grouping(&mut self) -> String {
        match self.random.below(4) {
            0 => String::new(),
            1 => format!(" without {}", self.list()),
            2 if self.random.one_in(6) => " by (__name__, job)".to_owned(),
            _ => format!(" by {}", self.list()),
        }
    }

    fn aggregation(&mut self, depth: usize) -> String {
        let grouping = self.grouping();
        let inner = self.vector(depth - 1);
        match self.random.below(10) {
            0 => {
                let quantile = self.quantile();
                let quantile = if inner.contains('@') && quantile.starts_with("scalar") {
                    "0.5"
                } else {
                    quantile
                };
                format!("quantile{grouping} ({quantile}, {inner})")
            }
            1 => {
                let inner = self.random.pick(&[
                    "requests_total",
                    "load",
                    "round(errors_total / 10)",
                    "latency_bucket % 3",
                ]);
                format!("count_values{grouping} (\"value\", {inner})")
            }
            _ => {
                let name = self.random.pick(&AGGREGATIONS);
                if self.random.one_in(2) {
                    format!("{name}{grouping} ({inner})")
                } else {
                    format!("{name}({inner}){grouping}")
                }
            }
        }
    }

    /// Over values that all differ, since which of equal ones stay is open.
    fn ranked(&mut self) -> String {
        let name = self.random.pick(&["topk", "bottomk"]);
        let k = self.random.pick(&[
            "0",
            "1",
            "2",
            "4",
            "100",
            "-1",
            "scalar(count(info))",
            "2.7",
        ]);
        let grouping = self.grouping();
        let inner = self.random.pick(&[
            "distinct",
            "-distinct",
            "avg_over_time(distinct[5m])",
            "distinct{job=\"api\"}",
        ]);
        format!("{name}{grouping} ({k}, {inner})")
    }

    fn matching(&mut self) -> String {
        match self.random.below(8) {
            0..=2 => String::new(),
            3 => format!(" on {}", self.list()),
            4 => format!(" ignoring {}", self.list()),
            5 => format!(
                " on (job) group_left {}",
                self.random.pick(&["", "(region)", "(status, region)"])
            ),
            6 => " ignoring (status, le, instance, region) group_left".to_owned(),
            _ => format!(
                " on (job, instance) group_right {}",
                self.random.pick(&["", "(status)"])
            ),
        }
    }

    fn operand(&mut self, depth: usize) -> String {
        match self.random.below(4) {
            0 => self.scalar(depth - 1),
            1 => format!("({})", self.vector(depth - 1)),
            _ => self.vector(depth - 1),
        }
    }

    fn arithmetic(&mut self, depth: usize) -> String {
        // Ratios of the kind that rules are made of.
        if self.random.one_in(5) {
            return match self.random.below(3) {
                0 => "sum by (job) (rate(errors_total[5m])) / sum by (job) (rate(requests_total[5m]))".to_owned(),
                1 => "requests_total{status=\"error\"} / ignoring(status) requests_total{status=\"success\"}".to_owned(),
                _ => "requests_total * on (job) group_left (region) info".to_owned(),
            };
        }
        if self.random.one_in(12) {
            return format!("({} % {})", self.selector(), self.number());
        }
        let op = self.random.pick(&["+", "-", "*", "/", "^", "atan2"]);
        let matching = self.matching();
        format!(
            "{} {op}{matching} {}",
            self.operand(depth),
            self.operand(depth)
        )
    }

    fn comparison(&mut self, depth: usize) -> String {
        let op = self.random.pick(&[">", "<", ">=", "<=", "==", "!="]);
        let bool = self.random.pick(&["", "", " bool"]);
        let matching = self.matching();
        format!(
            "{} {op}{bool}{matching} {}",
            self.vector(depth - 1),
            self.operand(depth)
        )
    }

    fn set(&mut self, depth: usize) -> String {
        let op = self.random.pick(&["and", "or", "unless", "OR"]);
        let matching = match self.random.below(3) {
            0 => String::new(),
            1 => format!(" on {}", self.list()),
            _ => format!(" ignoring {}", self.list()),
        };
        format!(
            "{} {op}{matching} {}",
            self.vector(depth - 1),
            self.vector(depth - 1)
        )
    }

    fn clamp(&mut self, depth: usize) -> String {
        let inner = self.vector(depth - 1);
        let (a, b) = (self.scalar(1), self.scalar(1));
        match self.random.below(4) {
            0 => format!("clamp({inner}, {a}, {b})"),
            1 => format!("clamp_min({inner}, {a})"),
            2 => format!("clamp_max({inner}, {a})"),
            _ => format!(
                "round({}{})",
                self.selector(),
                self.random
                    .pick(&["", ", 0.1", ", 5", ", 0.25", ", scalar(lonely)"])
            ),
        }
    }

    fn labels(&mut self, depth: usize) -> String {
        let inner = self.vector(depth - 1);
        match self.random.below(5) {
            0 => format!("label_join({inner}, \"joined\", \"-\", \"job\", \"status\")"),
            1 => format!("label_replace({inner}, \"job\", \"\", \"\", \"\")"),
            2 => format!("label_replace({inner}, \"__name__\", \"renamed\", \"job\", \"a.*\")"),
            _ => format!("label_replace({inner}, \"first\", \"${{1}}x$2\", \"job\", \"(.)(.*)\")"),
        }
    }
}
