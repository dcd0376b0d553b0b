//! How often a series changed.

use super::Window;

#[expect(clippy::cast_precision_loss, reason = "a count of samples")]
pub(super) fn changes(window: &Window<'_>) -> f64 {
    let changed = |pair: &&[f64]| {
        #[expect(clippy::float_cmp, reason = "any change counts")]
        let differs = pair[0] != pair[1];
        differs && !(pair[0].is_nan() && pair[1].is_nan())
    };
    window.values.windows(2).filter(changed).count() as f64
}

#[expect(clippy::cast_precision_loss, reason = "a count of samples")]
pub(super) fn resets(window: &Window<'_>) -> f64 {
    window
        .values
        .windows(2)
        .filter(|pair| pair[1] < pair[0])
        .count() as f64
}
