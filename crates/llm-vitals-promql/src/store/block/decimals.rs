//! Floats that are decimals with few places.

/// 10 to the power of the index.
const POWERS: [f64; 10] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
/// Whole floats are exact to here.
const LARGEST: f64 = 9_007_199_254_740_992.0;

/// The fewest decimal places with which all values are whole numbers that give the same floats back, and those numbers.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the scaled value is whole and below 2^53"
)]
pub(super) fn scale(values: &[f64]) -> Option<(u8, Vec<i64>)> {
    (0_u8..).zip(POWERS).find_map(|(decimals, power)| {
        let scaled = values.iter().map(|value| {
            let number = (value * power).round();
            let exact = number.abs() < LARGEST
                && unscale(number as i64, decimals).to_bits() == value.to_bits();
            exact.then_some(number as i64)
        });
        scaled
            .collect::<Option<Vec<i64>>>()
            .map(|scaled| (decimals, scaled))
    })
}

#[expect(clippy::cast_precision_loss, reason = "below 2^53")]
pub(super) fn whole(number: i64) -> f64 {
    number as f64
}

pub(super) fn unscale(number: i64, decimals: u8) -> f64 {
    whole(number) / POWERS.get(usize::from(decimals)).unwrap_or(&1.0)
}
