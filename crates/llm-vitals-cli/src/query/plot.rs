//! Small plots of block characters.

const STEPS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The parts of a cell from the left, for bars.
const PARTS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

/// A line of blocks, one for each value, as high as its share of the way from `low` to `high`; a blank where there is none.
pub(crate) fn sparkline(values: &[Option<f64>], low: f64, high: f64) -> String {
    let cell = |value: &Option<f64>| match value.filter(|value| value.is_finite()) {
        Some(value) if high > low => {
            STEPS[((value - low) / (high - low) * 7.0).round().clamp(0.0, 7.0) as usize]
        }
        Some(_) => STEPS[3],
        None => ' ',
    };
    values.iter().map(cell).collect()
}

/// A bar of at most `width` cells for a share from 0 to 1.
pub(crate) fn bar(share: f64, width: usize) -> String {
    if !share.is_finite() || share <= 0.0 {
        return String::new();
    }
    let eighths = (share.min(1.0) * width as f64 * 8.0).round() as usize;
    let mut text: String = std::iter::repeat_n('█', eighths / 8).collect();
    if !eighths.is_multiple_of(8) {
        text.push(PARTS[eighths % 8 - 1]);
    }
    text
}

/// Lines of a plot `height` high, from the top, one column for each value.
pub(crate) fn plot(values: &[Option<f64>], low: f64, high: f64, height: usize) -> Vec<String> {
    let level = |value: f64| {
        let share = if high > low {
            (value - low) / (high - low)
        } else {
            0.5
        };
        // The lowest value still shows.
        ((share * (height * 8) as f64).round() as usize).clamp(1, height * 8)
    };
    let line = |row: usize| {
        let cell = |value: &Option<f64>| match value.filter(|value| value.is_finite()).map(level) {
            Some(level) => match level.saturating_sub(row * 8) {
                0 => ' ',
                filled => STEPS[filled.min(8) - 1],
            },
            None => ' ',
        };
        values
            .iter()
            .map(cell)
            .collect::<String>()
            .trim_end()
            .to_owned()
    };
    (0..height).rev().map(line).collect()
}

/// Puts points into `width` cells from `start` to `end` milliseconds; the last of each cell stays.
pub(crate) fn cells(points: &[(i64, f64)], start: i64, end: i64, width: usize) -> Vec<Option<f64>> {
    let mut cells = vec![None; width];
    for (time, value) in points {
        let share = if end > start {
            (time - start) as f64 / (end - start) as f64
        } else {
            0.0
        };
        cells[(share * (width - 1) as f64)
            .round()
            .clamp(0.0, (width - 1) as f64) as usize] = Some(*value);
    }
    cells
}

/// The least and the greatest finite value.
pub(crate) fn bounds(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values
        .filter(|value| value.is_finite())
        .fold(None, |bounds, value| match bounds {
            None => Some((value, value)),
            Some((low, high)) => Some((value.min(low), value.max(high))),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heights_follow_the_values() {
        let values = [Some(0.0), None, Some(3.5), Some(7.0), Some(f64::NAN)];
        assert_eq!(sparkline(&values, 0.0, 7.0), "▁ ▅█ ");
        assert_eq!(plot(&values[..4], 0.0, 7.0, 2), ["   █", "▁ ██"]);
        assert_eq!(bar(0.5, 4), "██");
        assert_eq!(bar(0.03, 4), "▏");
        assert_eq!(bar(f64::NAN, 4), "");
    }

    #[test]
    fn a_cell_holds_the_last_of_its_points() {
        let points = [(0, 1.0), (10, 2.0), (90, 3.0), (100, 4.0)];
        assert_eq!(cells(&points, 0, 100, 3), [Some(2.0), None, Some(4.0)]);
        assert_eq!(
            bounds([1.0, f64::INFINITY, -2.0].into_iter()),
            Some((-2.0, 1.0))
        );
    }
}
