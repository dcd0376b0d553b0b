//! What both are asked.

type Asked = (&'static str, Vec<(&'static str, String)>);

const EXPRESSIONS: &[&str] = &[
    "up",
    "t_requests_total",
    "t_temperature",
    "t_gone",
    "t_flicker",
    "t_odd",
    "t_large",
    "t_size",
    "none",
    "1",
    "-1.5",
    "1/0",
    "0/0",
    "\"text\\n\"",
    "time()",
    "vector(1)",
    "{job=\"test\"}",
    "{__name__=~\"t_w.+\"}",
    "t_requests_total{provider!=\"openai\"}",
    "t_requests_total{provider=~\"open.*|gem.*\"}",
    "t_requests_total{provider!~\"open.*\",status=\"error\"}",
    "t_odd{v=\"日本語\"}",
    "t_odd{v=~\"<.*\"}",
    "t_temperature{zone=\"\"}",
    "t_temperature{nope=\"\"}",
    "t_requests_total offset 1s",
    "t_requests_total offset -500ms",
    "rate(t_requests_total[2s] offset 700ms)",
    "t_gone offset 2s",
    "rate(t_requests_total[2s])",
    "increase(t_requests_total[3s])",
    "irate(t_requests_total[1s])",
    "delta(t_temperature[2s])",
    "idelta(t_temperature[1s])",
    "deriv(t_temperature[3s])",
    "predict_linear(t_requests_total[3s], 60)",
    "changes(t_flicker[4s])",
    "resets(t_requests_total[6s])",
    "holt_winters(t_requests_total[3s], 0.5, 0.5)",
    "avg_over_time(t_temperature[2s])",
    "min_over_time(t_temperature[2s])",
    "max_over_time(t_temperature[2s])",
    "sum_over_time(t_flicker[2s])",
    "count_over_time(t_flicker[3s])",
    "quantile_over_time(0.9, t_flicker[3s])",
    "stddev_over_time(t_flicker[3s])",
    "stdvar_over_time(t_flicker[3s])",
    "last_over_time(t_gone[4s])",
    "present_over_time(t_gone[4s])",
    "absent_over_time(t_gone[1s])",
    "absent_over_time(none{a=\"b\"}[1s])",
    "absent(t_gone)",
    "absent(none{a=\"b\",c=~\"d\"})",
    "sum(t_requests_total)",
    "sum by (provider) (t_requests_total)",
    "sum without (provider, instance) (t_requests_total)",
    "avg(t_temperature)",
    "min by (job) (t_temperature)",
    "max(t_temperature)",
    "count(t_odd)",
    "count by (nope) (t_odd)",
    "stddev(t_flicker)",
    "stdvar by (zone) (t_temperature)",
    "group(t_odd)",
    "topk(2, t_requests_total)",
    "bottomk(2, t_requests_total)",
    "topk by (status) (1, t_requests_total)",
    "quantile(0.5, t_requests_total)",
    "quantile by (status) (0.25, t_requests_total)",
    "count_values(\"v\", t_flicker)",
    "sum by (provider) (rate(t_requests_total{status=\"error\"}[2s])) / sum by (provider) (rate(t_requests_total[2s]))",
    "t_requests_total{status=\"error\"} / ignoring(status) t_requests_total{status=\"success\"}",
    "t_requests_total / on (provider) group_left sum by (provider) (t_requests_total)",
    "sum by (provider) (t_requests_total) * on (provider) group_right t_requests_total",
    "t_requests_total > 20",
    "t_requests_total > bool 20",
    "20 < t_requests_total",
    "t_temperature == t_temperature",
    "t_temperature != 5",
    "t_requests_total and on (provider) t_requests_total{status=\"error\"} > 3",
    "t_gone or t_flicker",
    "t_requests_total unless on (provider) t_requests_total{provider=\"openai\"}",
    "t_requests_total % 7",
    "2 ^ t_flicker",
    "-t_flicker",
    "t_temperature atan2 t_temperature",
    "t_odd * 1e20",
    "t_odd / 1e20",
    "t_large * 2",
    "t_large + 1",
    "histogram_quantile(0.5, t_wait_seconds_bucket)",
    "histogram_quantile(0.95, rate(t_wait_seconds_bucket[2s]))",
    "histogram_quantile(0.9, sum by (le) (increase(t_wait_seconds_bucket[3s])))",
    "rate(t_wait_seconds_sum[2s]) / rate(t_wait_seconds_count[2s])",
    "label_replace(t_requests_total, \"p\", \"$1-x\", \"provider\", \"(.*)i.*\")",
    "label_join(t_requests_total, \"both\", \"/\", \"provider\", \"status\")",
    "abs(t_temperature)",
    "ceil(t_temperature)",
    "floor(t_temperature)",
    "round(t_temperature, 0.25)",
    "clamp(t_temperature, 0, 20)",
    "clamp_min(t_temperature, 3)",
    "clamp_max(t_temperature, 3)",
    "exp(t_flicker)",
    "ln(t_flicker)",
    "log2(t_requests_total)",
    "log10(t_requests_total)",
    "sqrt(t_temperature)",
    "sgn(t_temperature)",
    "sort(t_flicker)",
    "sort_desc(t_requests_total)",
    "scalar(t_flicker)",
    "scalar(t_odd)",
    "vector(time())",
    "timestamp(t_flicker)",
    "timestamp(t_requests_total) - time()",
    "hour()",
    "minute(vector(1764000000))",
    "day_of_week()",
    "days_in_month(vector(1764000000))",
    "month()",
    "year()",
    "day_of_year()",
    "max_over_time(rate(t_requests_total[1s])[4s:500ms])",
    "sum_over_time(t_flicker[3s:300ms])",
    "avg_over_time(sum(t_requests_total)[4s:1s])",
    "rate(t_requests_total[1s]) @ end()",
    "t_flicker @ start()",
    "sin(t_flicker)",
    "rad(t_temperature)",
    "pi()",
    "t_requests_total[1s]",
    "t_flicker[2s]",
    "t_requests_total[2s:500ms]",
    "(t_flicker)",
    "((t_flicker))[2s:1s]",
    "scrape_samples_scraped",
    "up == 1",
    "sum(up) by (instance)",
];

const WRONG: &[&str] = &[
    "",
    "sum(",
    "rte(up[1s])",
    "rate(up)",
    "up[1s",
    "{}",
    "{job=~\".*\"}",
    "up offset",
    "1 +",
    "sum by (a)",
    "up{job=\"}",
    "up{a=~\"(\"}",
    "rate(up[0s])",
    "up and 1",
    "\"a\" + \"b\"",
    "up[5]",
    "histogram_quantile(up)",
    "label_replace(up, \"~\", \"$1\", \"a\", \"b\")",
    "t_requests_total / t_temperature * on () group_left t_requests_total{provider=\"openai\"}",
    "t_requests_total * on (job) t_requests_total",
    "count_values(\"~\", up)",
    "holt_winters(up[2s], 2, 0.5)",
    "label_replace(t_requests_total, \"provider\", \"x\", \"\", \"\")",
    "sum(1)",
    "up or bool up",
    "topk(\"a\", up)",
];

/// Whether the result comes of a logarithm or the like, whose last bit is that of the library: Go's is another than C's.
pub(super) fn asks_the_library(pairs: &[(&str, &str)]) -> bool {
    let functions = [
        "ln(", "log2(", "log10(", "exp(", "sin(", "rad(", "atan2", " ^ ",
    ];
    let query = pairs.iter().find(|(name, _)| *name == "query");
    query.is_some_and(|(_, query)| functions.iter().any(|function| query.contains(function)))
}

pub(super) fn all(start: i64, end: i64) -> Vec<Asked> {
    let mut all: Vec<Asked> = Vec::new();
    // Before the end, so that an offset into the future finds what both have.
    let at = |share: i64| start + (end - 1_000 - start) * share / 100;
    for (number, expression) in EXPRESSIONS.iter().chain(WRONG).enumerate() {
        let query = (*expression).to_owned();
        let shares = [100, 61, 37];
        // Each at the end and at one time before it, in which series are gone or counters began anew.
        for share in [100, shares[1 + number % 2]] {
            let time = seconds(at(share));
            all.push((
                "/api/v1/query",
                vec![("query", query.clone()), ("time", time)],
            ));
        }
        let step = ["0.2", "0.5", "1s", "700ms"][number % 4];
        let (from, to) = (seconds(at(10)), seconds(at(95) - 30));
        all.push((
            "/api/v1/query_range",
            vec![
                ("query", query),
                ("start", from),
                ("end", to),
                ("step", step.to_owned()),
            ],
        ));
    }
    all.extend(parameters(start, end));
    all.extend(series(start, end));
    all
}

/// Forms of parameters, wrong ones among them.
fn parameters(start: i64, end: i64) -> Vec<Asked> {
    let (from, to) = (seconds(start), seconds(end));
    let mut all: Vec<Asked> = Vec::new();
    for time in [
        "2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05.678+02:00",
        "1764000000.0005",
        "-1",
        "0",
        "1e9",
        "now",
        "12:00",
        "NaN2",
        "2026-13-01T00:00:00Z",
    ] {
        all.push((
            "/api/v1/query",
            vec![("query", "time()".to_owned()), ("time", time.to_owned())],
        ));
    }
    for timeout in ["1s", "0.5", "x", "1.5m"] {
        all.push((
            "/api/v1/query",
            vec![
                ("query", "1".to_owned()),
                ("time", to.clone()),
                ("timeout", timeout.to_owned()),
            ],
        ));
    }
    for [start, end, step] in [
        ["", &*to, "1"],
        [&*from, "", "1"],
        [&*from, &*to, ""],
        [&*from, &*to, "0"],
        [&*from, &*to, "-1"],
        [&*from, &*to, "x"],
        [&*to, &*from, "1"],
        [&*from, &*to, "0.0001"],
        [&*from, &*to, "1e300"],
        ["0", "11000", "1"],
        ["0", "11001", "1"],
        ["0", "110009", "10"],
        ["x", &*to, "1"],
        [&*from, &*from, "1"],
        ["2026-11-24T00:00:00Z", "2026-11-24T00:01:00Z", "15s"],
        [&*from, &*to, "1m30s"],
        [&*from, &*to, "1y"],
    ] {
        let pairs = [
            ("query", "vector(1)"),
            ("start", start),
            ("end", end),
            ("step", step),
        ];
        all.push((
            "/api/v1/query_range",
            pairs.map(|(name, value)| (name, value.to_owned())).to_vec(),
        ));
    }
    all
}

fn series(start: i64, end: i64) -> Vec<Asked> {
    let middle = seconds((start + end) / 2);
    let (from, to) = (seconds(start), seconds(end));
    let mut all: Vec<Asked> = Vec::new();
    let matches: &[&[&str]] = &[
        &[],
        &["up"],
        &["t_gone"],
        &["t_requests_total{provider=~\"o.*\"}"],
        &["t_odd", "t_flicker"],
        &["t_odd", "{job=\"test\",v=\"日本語\"}"],
        &["none"],
        &["{__name__=~\"t_.*\",status!=\"\"}"],
        &["up[1s]"],
        &["{}"],
        &["sum(up)"],
        &["1"],
        &["{job=\"\"}"],
        &["up{"],
    ];
    for path in [
        "/api/v1/series",
        "/api/v1/labels",
        "/api/v1/label/provider/values",
        "/api/v1/label/__name__/values",
        "/api/v1/label/v/values",
        "/api/v1/label/none/values",
    ] {
        for matchers in matches {
            let mut pairs: Vec<(&'static str, String)> = matchers
                .iter()
                .map(|text| ("match[]", (*text).to_owned()))
                .collect();
            pairs.push(("start", from.clone()));
            pairs.push(("end", to.clone()));
            all.push((path, pairs));
        }
    }
    for path in ["/api/v1/series", "/api/v1/labels"] {
        let up = || ("match[]", "{job=\"test\"}".to_owned());
        all.push((path, vec![up()]));
        all.push((
            path,
            vec![up(), ("start", "0".to_owned()), ("end", "1".to_owned())],
        ));
        all.push((
            path,
            vec![up(), ("start", from.clone()), ("end", middle.clone())],
        ));
        all.push((path, vec![up(), ("start", "x".to_owned())]));
        all.push((path, vec![up(), ("end", "x".to_owned())]));
    }
    all.push(("/api/v1/label/a-b/values", vec![]));
    all.push((
        "/api/v1/query_exemplars",
        vec![("query", "sum(".to_owned())],
    ));
    all.push((
        "/api/v1/query_exemplars",
        vec![
            ("query", "up".to_owned()),
            ("start", "2".to_owned()),
            ("end", "1".to_owned()),
        ],
    ));
    for query in [
        "sum(rate(up[5m]))by(job)",
        "up  or\nvector( 1 )",
        "x{b=\"1\",a!=\"2\"}[5m] offset 90s",
        "sum(",
    ] {
        all.push(("/api/v1/format_query", vec![("query", query.to_owned())]));
    }
    all
}

fn seconds(millis: i64) -> String {
    format!("{}.{:03}", millis / 1000, millis % 1000)
}
