//! Numbers as they are shown.

/// A sample exactly, as Prometheus' API writes it.
pub(crate) fn exact(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e21).contains(&size) {
        return format!("{value:e}");
    }
    format!("{value}")
}

/// A sample for people: six digits that count.
pub(crate) fn short(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() || value == value.trunc() && size < 1e15 {
        return exact(value);
    }
    if !(1e-4..1e15).contains(&size) {
        return format!("{value:.5e}");
    }
    let digits = 5 - size.log10().floor() as i32;
    let text = format!("{value:.*}", digits.clamp(0, 10) as usize);
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_digits_are_shown() {
        let shown = [
            0.1 + 0.2,
            1234.5678,
            12.0,
            1e20,
            123_456_789.5,
            0.000_012_345,
            -0.25,
            f64::INFINITY,
        ];
        let shown = shown.map(short);
        assert_eq!(
            shown,
            [
                "0.3",
                "1234.57",
                "12",
                "1.00000e20",
                "123456790",
                "1.23450e-5",
                "-0.25",
                "+Inf"
            ]
        );
    }

    #[test]
    fn exact_numbers_lose_nothing() {
        assert_eq!(exact(0.1 + 0.2), "0.30000000000000004");
        assert_eq!(exact(1e-9), "1e-9");
        assert_eq!(exact(1e20), "100000000000000000000");
        assert_eq!(exact(f64::NAN), "NaN");
    }
}
