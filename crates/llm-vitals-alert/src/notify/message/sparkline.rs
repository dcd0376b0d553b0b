//! A row of values as a row of blocks.

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// What stands for a value that is not there.
const GAP: char = '·';

/// The values as blocks of heights from 0, or the least value if that is below 0, to the greatest; `·` where there is none.
///
/// Empty if there is no value at all.
///
/// ```
/// use llm_vitals_alert::notify::sparkline;
///
/// assert_eq!(sparkline(&[Some(0.0), Some(0.5), None, Some(1.0)]), "▁▅·█");
/// ```
#[must_use]
pub fn sparkline(values: &[Option<f64>]) -> String {
    let present = |value: &Option<f64>| value.filter(|value| !value.is_nan());
    let finite = values
        .iter()
        .filter_map(present)
        .filter(|value| value.is_finite());
    let (low, high) = finite.fold((0.0_f64, 0.0_f64), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    if values.iter().filter_map(present).next().is_none() {
        return String::new();
    }
    let block = |value: Option<f64>| match value {
        None => GAP,
        Some(value) if high <= low => BLOCKS[if value > 0.0 { 7 } else { 0 }],
        Some(value) => {
            // Halves, so that the distance of two numbers near the largest is one.
            let share = (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
            // A cast saturates, infinities included.
            BLOCKS[((share * 8.0) as usize).min(7)]
        }
    };
    values.iter().map(|value| block(present(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heights_begin_at_zero_and_gaps_are_shown() {
        assert_eq!(sparkline(&[]), "");
        assert_eq!(sparkline(&[None, Some(f64::NAN)]), "");
        assert_eq!(sparkline(&[Some(0.0), Some(0.0)]), "▁▁");
        assert_eq!(sparkline(&[Some(3.0), Some(3.0)]), "██");
        assert_eq!(
            sparkline(&[Some(90.0), Some(100.0), Some(f64::NAN), Some(1.0)]),
            "██·▁"
        );
        let steps: Vec<_> = (0..8).map(|step| Some(f64::from(step))).collect();
        assert_eq!(sparkline(&steps), "▁▂▃▄▅▆▇█");
    }

    #[test]
    fn negative_and_endless_values_have_a_place() {
        assert_eq!(sparkline(&[Some(-1.0), Some(0.0), Some(1.0)]), "▁▅█");
        assert_eq!(
            sparkline(&[Some(f64::NEG_INFINITY), Some(1.0), Some(f64::INFINITY)]),
            "▁██"
        );
        assert_eq!(sparkline(&[Some(f64::INFINITY)]), "█");
        assert_eq!(sparkline(&[Some(f64::MAX), Some(f64::MIN)]), "█▁");
    }
}
