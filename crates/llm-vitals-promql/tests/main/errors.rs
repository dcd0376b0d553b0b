//! Errors say where they are and what was expected.

use llm_vitals_promql::{Dialect, Error, ErrorKind, Expr, Labels};

fn error(text: &str) -> Error {
    Expr::parse(text, Dialect::V3).unwrap_err()
}

#[test]
fn syntax_errors_name_the_place() {
    for (text, message) in [
        (
            "",
            "1:1: expected an expression, found the end of the expression",
        ),
        (
            "sum(",
            "1:5: expected an expression, found the end of the expression",
        ),
        (
            "(a + b",
            "1:7: expected an operator or \")\", found the end of the expression; the \"(\" at 1:1 is still open",
        ),
        ("a b", "1:3: expected an operator or the end, found \"b\""),
        (
            "a)",
            "1:2: expected an operator or the end, found \")\"; nothing is open that this could close",
        ),
        (
            "a = 1",
            "1:3: expected an operator or the end, found \"=\"; did you mean \"==\"?",
        ),
        (
            "x == 0 for 2m",
            "1:8: expected an operator or the end, found \"for\"; \"for\" is a field of the rule, beside its expression",
        ),
        ("a && b", "1:3: unexpected \"&&\"; did you mean \"and\"?"),
        ("a || b", "1:3: unexpected \"||\"; did you mean \"or\"?"),
        (
            "rte(x[5m])",
            "1:1: unknown function \"rte\"; did you mean \"rate\"?",
        ),
        ("frobnicate(x)", "1:1: unknown function \"frobnicate\""),
        (
            "x{a=b}",
            "1:5: expected a quoted value of the label, found \"b\"; write \"b\" in quotes",
        ),
        (
            "x{a==\"b\"}",
            "1:4: expected one of = != =~ !~ after a label name, found \"==\"; did you mean \"=\"?",
        ),
        (
            "x{a=~\"(\"}",
            "1:6: a wrong regular expression: unclosed group",
        ),
        (
            "x{a=\"b\" c=\"d\"}",
            "1:9: expected \",\" or \"}\" after a matcher, found \"c\"",
        ),
        ("x{a=\"b}", "1:5: a string without its closing quote"),
        (
            "x{a=\"\\d\"}",
            "1:6: in a string: an unknown escape: write \\\\ for a backslash",
        ),
        (
            "{}",
            "1:1: a selector needs a name or a matcher that does not match the empty value",
        ),
        (
            "{a=~\".*\"}",
            "1:1: a selector needs a name or a matcher that does not match the empty value",
        ),
        (
            "x{__name__=\"y\"}",
            "1:3: the metric's name is there twice: \"x\" and \"y\"",
        ),
        ("x[5]m", "1:5: expected an operator or the end, found \"m\""),
        (
            "x[5x]",
            "1:3: \"5x\" is no number and no duration: an unknown unit: use ms, s, m, h, d, w or y",
        ),
        ("x[0s]", "1:3: a duration must be greater than 0"),
        ("x[]", "1:3: expected a range such as 5m, found \"]\""),
        (
            "x[5m",
            "1:5: expected \"]\" or \":\" after the range, found the end of the expression",
        ),
        (
            "(x)[5m]",
            "1:4: a range such as [5m] can only stand behind a selector; for a range of a computed value write a subquery: [5m:1m]",
        ),
        (
            "x offset 5m [5m]",
            "1:1: the range must stand before \"offset\" and \"@\"",
        ),
        (
            "x offset",
            "1:9: expected a duration such as 5m after \"offset\", found the end of the expression",
        ),
        ("x offset 5m offset 5m", "1:13: \"offset\" is there twice"),
        (
            "sum(x) offset 5m",
            "1:8: \"offset\" must stand behind a selector, a range or a subquery",
        ),
        (
            "x @ now()",
            "1:5: expected seconds since 1970, start() or end() after \"@\", found \"now\"",
        ),
        (
            "sum by job (x)",
            "1:8: expected \"(\" before the labels, found \"job\"",
        ),
        (
            "a + bool b",
            "1:5: expected an expression: only comparisons take \"bool\", found \"bool\"",
        ),
        ("a\n+\n  )", "3:3: expected an expression, found \")\""),
        ("ä", "1:1: unexpected character 'ä'"),
        ("é + \u{201c}x\u{201d}", "1:1: unexpected character 'é'"),
        (
            "x == \u{201c}x\u{201d}",
            "1:6: a typographic quote; write \" or '",
        ),
    ] {
        assert_eq!(error(text).to_string(), message, "{text}");
        assert_eq!(error(text).kind(), ErrorKind::Syntax, "{text}");
    }
}

#[test]
fn type_errors_say_what_is_needed_and_what_to_write() {
    for (text, message) in [
        (
            "rate(x)",
            "1:6: rate needs a range vector here, and this is an instant vector; add a range: x[5m]",
        ),
        (
            "rate(sum(x))",
            "1:6: rate needs a range vector here, and this is an instant vector; for a range of a computed value write a subquery: [5m:1m]",
        ),
        (
            "sum(x[5m])",
            "1:5: sum needs an instant vector here, and this is a range vector; leave the range out, or put a function such as rate() around it",
        ),
        (
            "x[5m] > 1",
            "1:1: \">\" stands between scalars and instant vectors, and this is a range vector; put a function such as rate() around it",
        ),
        (
            "histogram_quantile(0.95, x[5m])",
            "1:26: histogram_quantile needs an instant vector here, and this is a range vector; leave the range out, or put a function such as rate() around it",
        ),
        (
            "clamp_max(x, y)",
            "1:14: clamp_max needs a scalar here, and this is an instant vector; put scalar() around it",
        ),
        (
            "abs(1)",
            "1:5: abs needs an instant vector here, and this is a scalar; put vector() around it",
        ),
        ("topk(x)", "1:1: topk takes 2 arguments, found 1"),
        ("rate()", "1:1: rate takes 1 argument, found 0"),
        (
            "round(x, 1, 2)",
            "1:1: round takes 1 to 2 arguments, found 3",
        ),
        (
            "label_join(x, \"a\")",
            "1:1: label_join takes at least 3 arguments, found 2",
        ),
        (
            "1 > 2",
            "1:3: a comparison of two scalars needs \"bool\": > bool",
        ),
        (
            "x and 1",
            "1:7: \"and\" stands between instant vectors, and this is a scalar; put vector() around it",
        ),
        (
            "x * on (a) 2",
            "1:3: \"on\" and \"ignoring\" need an instant vector on both sides",
        ),
        (
            "-\"x\"",
            "1:2: a sign stands before a scalar or an instant vector, not before a string",
        ),
        (
            "time()[5m:]",
            "1:1: a subquery needs an instant vector, and this is a scalar",
        ),
    ] {
        assert_eq!(error(text).to_string(), message, "{text}");
        assert_eq!(error(text).kind(), ErrorKind::Type, "{text}");
    }
}

#[test]
fn what_is_not_offered_says_why() {
    for (text, message) in [
        (
            "histogram_avg(x)",
            "1:1: \"histogram_avg\" is not supported: it reads native histograms, which the store does not keep",
        ),
        (
            "holt_winters(x[5m], 0.5, 0.5)",
            "1:1: \"holt_winters\" is not supported: in this dialect it is called \"double_exponential_smoothing\"",
        ),
        (
            "limitk(1, x)",
            "1:1: \"limitk\" is not supported: it is experimental in Prometheus",
        ),
    ] {
        assert_eq!(error(text).to_string(), message, "{text}");
        assert_eq!(error(text).kind(), ErrorKind::Unsupported, "{text}");
    }
}

#[test]
fn a_snippet_marks_the_place() {
    let text = "sum by (job) (\n\trate(requests_total)\n)";
    let error = error(text);
    assert_eq!(error.range(), Some(21..35));
    assert_eq!(error.position(), Some((2, 7)));
    assert_eq!(
        error.render(text),
        "rate needs a range vector here, and this is an instant vector
  |
2 | \trate(requests_total)
  | \t     ^^^^^^^^^^^^^^ add a range: requests_total[5m]
"
    );
}

#[test]
fn a_snippet_of_a_long_line_is_short() {
    let text = format!(
        "{} + ) + {}",
        vec!["requests_total"; 40].join(" + "),
        vec!["x"; 400].join(" + ")
    );
    let rendered = error(&text).render(&text);
    let lines: Vec<&str> = rendered.lines().collect();
    assert!(lines[2].chars().count() <= 164, "{rendered}");
    let mark = lines[3].find('^').unwrap();
    assert_eq!(lines[2].as_bytes()[mark], b')', "{rendered}");
}

#[test]
fn depth_and_length_are_bounded() {
    let nested = format!("{}1{}", "(".repeat(100_000), ")".repeat(100_000));
    let error = error(&nested);
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert_eq!(
        error.message(),
        "the expression is nested deeper than 200 levels"
    );
    for text in [
        "-".repeat(100_000) + "1",
        vec!["1"; 100_000].join("^"),
        vec!["x"; 100_000].join(" or "),
        "abs(".repeat(100_000),
        "x{a=~\".\"".to_owned() + &",a=~\".\"".repeat(10_000) + "}",
        "y".repeat(2 << 20),
    ] {
        assert_eq!(
            Expr::parse(&text, Dialect::V3).unwrap_err().kind(),
            ErrorKind::Limit
        );
    }
    // A chain that a generator may write is none of that.
    Expr::parse(&vec!["x"; 200].join(" or "), Dialect::V3).unwrap();
    Expr::parse(
        &format!("{}1{}", "(".repeat(190), ")".repeat(190)),
        Dialect::V3,
    )
    .unwrap();
}

#[test]
fn dialects_differ_in_what_they_take() {
    for only_v3 in [
        "rate(x[300])",
        "{\"a.b\", c=\"d\"}",
        "1h",
        "x offset 300",
        "mad_over_time(x[5m])",
    ] {
        Expr::parse(only_v3, Dialect::V3).unwrap();
        Expr::parse(only_v3, Dialect::V2).unwrap_err();
    }
    let error = Expr::parse("rate(x[300])", Dialect::V2).unwrap_err();
    assert_eq!(
        error.to_string(),
        "1:8: expected a range such as 5m, found \"300\"; write the unit: 300s"
    );
    Expr::parse("holt_winters(x[5m], 0.5, 0.5)", Dialect::V2).unwrap();
}

#[test]
fn labels_of_a_series_are_read() {
    for (text, printed) in [
        ("up", "up"),
        ("{}", "{}"),
        ("up{job='a',b=\"c\",}", "up{b=\"c\", job=\"a\"}"),
        ("{__name__=\"up\",job=\"a\"}", "up{job=\"a\"}"),
        ("{\"a.b\", \"c d\"=\"e\"}", "{\"a.b\", \"c d\"=\"e\"}"),
    ] {
        let labels = Labels::parse(text).unwrap();
        assert_eq!(labels.to_string(), printed);
        assert_eq!(
            Labels::parse(&labels.to_string()).unwrap(),
            labels,
            "{text}"
        );
    }
    for wrong in ["", "up{a}", "up{a=1}", "up{a=~\"b\"}", "up x", "1up"] {
        Labels::parse(wrong).unwrap_err();
    }
}
