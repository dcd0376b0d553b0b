//! Windows cut to what was seen.

use llm_vitals_promql::Expr;
use llm_vitals_promql::ast::NodeKind;

use crate::failure::Failure;

/// The expression with every range longer than `longest_ms` cut to it.
///
/// Two scrapes five seconds apart do not fill `[5m]`, and `rate` divides by the whole window: the rate would be a sixtieth of
/// what it is. Over the span that was seen it is right.
pub(crate) fn shorten(expr: &Expr, longest_ms: i64) -> Result<Expr, Failure> {
    let mut text = expr.text().to_owned();
    let mut places = Vec::new();
    expr.root().walk(&mut |node| {
        if let NodeKind::Range(range) = node.kind()
            && range.range_ms > longest_ms
        {
            places.push(node.range());
        }
    });
    // From the back, so that the places in front stay where they are. No range lies within another.
    places.sort_by_key(|place| std::cmp::Reverse(place.start));
    for place in places {
        // What follows the last bracket is `offset` and `@`, which have none.
        let part = &text[place.clone()];
        if let (Some(open), Some(close)) = (part.rfind('['), part.rfind(']')) {
            text.replace_range(
                place.start + open + 1..place.start + close,
                &format!("{longest_ms}ms"),
            );
        }
    }
    Expr::parse(&text, expr.dialect()).map_err(|error| Failure::Other(error.render(&text)))
}

#[cfg(test)]
mod tests {
    use llm_vitals_promql::Dialect;

    use super::*;

    #[test]
    fn only_longer_windows_are_cut() {
        let text = r#"rate(a{b="[9h]"}[5m] offset 1h) + max_over_time(c[2s]) + sum_over_time(rate(d[1h])[2h:])"#;
        let expr = Expr::parse(text, Dialect::V3).unwrap();
        assert_eq!(
            shorten(&expr, 10_000).unwrap().text(),
            r#"rate(a{b="[9h]"}[10000ms] offset 1h) + max_over_time(c[2s]) + sum_over_time(rate(d[10000ms])[2h:])"#
        );
    }
}
