//! Expressions print as Prometheus prints them.

use llm_vitals_promql::{Dialect, Expr};

#[test]
fn expressions_print_in_one_form() {
    for (text, printed) in [
        ("a", "a"),
        ("a{}", "a"),
        ("a{z=\"1\",b!~'x.*'}", "a{b!~\"x.*\",z=\"1\"}"),
        ("{__name__=\"a\",b=\"c\"}", "{__name__=\"a\",b=\"c\"}"),
        ("{\"a.b\",c=\"d\"}", "{\"a.b\",c=\"d\"}"),
        ("a offset 90s @ 1.5", "a @ 1.500 offset 1m30s"),
        ("a[60m] offset -7d", "a[1h] offset -1w"),
        ("a[300] @ start()", "a[5m] @ start()"),
        ("max_over_time(a[1h:])", "max_over_time(a[1h:])"),
        (
            "max_over_time((a > 1)[1h:90s] @ end())",
            "max_over_time((a > 1)[1h:1m30s] @ end())",
        ),
        ("SUM(a)BY(x , y,)", "sum by (x, y) (a)"),
        ("sum by () (a)", "sum(a)"),
        ("sum without () (a)", "sum without () (a)"),
        ("topk without(b)(3, a)", "topk without (b) (3, a)"),
        ("a+b*c^d", "a + b * c ^ d"),
        ("a > BOOL b", "a > bool b"),
        ("a / on(x) group_left b", "a / on (x) group_left () b"),
        (
            "a / ignoring(x, y) group_right(z) b",
            "a / ignoring (x, y) group_right (z) b",
        ),
        ("a and on() b", "a and on () b"),
        ("a or ignoring() b", "a or b"),
        ("-a", "-a"),
        ("- 5", "-5"),
        ("+a", "+a"),
        ("((a))", "((a))"),
        ("1e6", "1000000"),
        ("0x1F + 1h + Inf - nan", "31 + 1h + Inf - NaN"),
        (
            "label_replace(a, 'x', \"$1\", `y`, \"(.*)\\n\")",
            "label_replace(a, \"x\", \"$1\", \"y\", \"(.*)\\n\")",
        ),
        ("a # comment\n  + b", "a + b"),
        ("time ( )", "time()"),
        ("sum", "sum"),
        ("sum{by=\"x\"}", "sum{by=\"x\"}"),
    ] {
        let expr = Expr::parse(text, Dialect::V3).unwrap();
        assert_eq!(expr.to_string(), printed, "{text}");
        assert_eq!(expr.text(), text);
        let again = Expr::parse(printed, Dialect::V3).unwrap();
        assert_eq!(again.to_string(), printed, "{text}");
    }
}

#[test]
fn metrics_are_renamed_wherever_they_stand() {
    let expr = Expr::parse(
        "error_rate{provider=\"a\"} > 0.05 and avg_over_time(error_rate[5m]) > 1 or {__name__=\"error_rate\"}",
        Dialect::V3,
    )
    .unwrap();
    let renamed =
        expr.rename_metrics(|name| (name == "error_rate").then(|| "llm:error_rate".to_owned()));
    assert_eq!(
        renamed.unwrap().to_string(),
        "llm:error_rate{provider=\"a\"} > 0.05 and avg_over_time(llm:error_rate[5m]) > 1 or llm:error_rate"
    );
}
