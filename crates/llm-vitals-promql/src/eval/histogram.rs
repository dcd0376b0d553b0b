//! `histogram_quantile` over buckets with `le`.

use crate::ast::Call;
use crate::dialect::Dialect;
use crate::error::Error;
use crate::labels::{Labels, NAME};
use crate::text::parse_float;

use super::context::Context;
use super::frame::{ABSENT, Frame, is_present};
use super::grid::Grid;
use super::grouping::{Grouping, Groups};

/// The label with the upper bound of a bucket.
const BOUND: &str = "le";

/// How many of the observations are at most `bound`.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    bound: f64,
    count: f64,
}

impl Context<'_> {
    pub(super) fn histogram_quantile(&self, call: &Call, grid: Grid) -> Result<Frame, Error> {
        let quantile = self.scalar(&call.arguments[0], grid)?;
        let frame = self.vector(&call.arguments[1], grid)?;
        let bound_of = |labels: &Labels| labels.get(BOUND).and_then(parse_float);
        let rows: Vec<(usize, f64)> = (0..frame.len())
            .filter_map(|row| bound_of(&frame.labels()[row]).map(|bound| (row, bound)))
            .collect();

        // The name is part of what makes a histogram, so that two of them with the same labels clash and do not mix.
        let grouping = Grouping::without([BOUND]);
        let mut groups = Groups::default();
        let numbers = grouping.assign(&mut groups, frame.labels());
        let mut members = vec![Vec::new(); groups.len()];
        for (row, bound) in rows {
            members[numbers[row] as usize].push((row, bound));
        }

        let without_bound = Grouping::without([BOUND, NAME]);
        let mut result = Frame::new(grid.count);
        let mut buckets = Vec::new();
        for (first, mut rows) in groups.first().iter().zip(members) {
            rows.sort_by(|(_, a), (_, b)| a.total_cmp(b));
            let labels = without_bound.apply(first);
            self.charge(rows.len() * grid.count)?;
            result.push(
                labels,
                (0..grid.count).map(|step| {
                    buckets.clear();
                    let counts = rows
                        .iter()
                        .map(|(row, bound)| (*bound, frame.value(*row, step)));
                    let present = counts.filter(|(_, count)| is_present(*count));
                    buckets.extend(present.map(|(bound, count)| Bucket { bound, count }));
                    if buckets.is_empty() {
                        return ABSENT;
                    }
                    bucket_quantile(quantile.at(step), &mut buckets, self.dialect)
                }),
            );
        }
        result.check_labels()
    }
}

/// The value that a part `q` of the observations is at most, as if they lay evenly in their buckets. The buckets are sorted.
fn bucket_quantile(q: f64, buckets: &mut Vec<Bucket>, dialect: Dialect) -> f64 {
    if q.is_nan() {
        return f64::NAN;
    }
    if q < 0.0 {
        return f64::NEG_INFINITY;
    }
    if q > 1.0 {
        return f64::INFINITY;
    }
    let is_complete = buckets
        .last()
        .is_some_and(|last| last.bound == f64::INFINITY);
    if !is_complete {
        return f64::NAN;
    }
    merge_equal(buckets);
    repair(buckets, dialect);
    let [.., before_last, last] = buckets[..] else {
        return f64::NAN;
    };
    if last.count == 0.0 {
        return f64::NAN;
    }
    let rank = q * last.count;
    // A NaN is reached by no count.
    let reaches = |bucket: &Bucket| bucket.count >= rank;
    let below = buckets[..buckets.len() - 1].partition_point(|bucket| !reaches(bucket));
    if below == buckets.len() - 1 {
        return before_last.bound;
    }
    let bucket = buckets[below];
    if below == 0 && bucket.bound <= 0.0 {
        return bucket.bound;
    }
    let (start, count_below) = match below.checked_sub(1) {
        Some(previous) => (buckets[previous].bound, buckets[previous].count),
        None => (0.0, 0.0),
    };
    start + (bucket.bound - start) * ((rank - count_below) / (bucket.count - count_below))
}

/// Makes buckets with the same bound, written in two ways, one.
fn merge_equal(buckets: &mut Vec<Bucket>) {
    buckets.dedup_by(|next, kept| {
        #[expect(clippy::float_cmp, reason = "the same bound, exactly")]
        let same = next.bound == kept.bound;
        if same {
            kept.count += next.count;
        }
        same
    });
}

/// Counts must not fall from one bucket to the next. They do where buckets were scraped at different moments, or by rounding.
fn repair(buckets: &mut [Bucket], dialect: Dialect) {
    /// A difference of this part is one of rounding.
    const ROUNDING: f64 = 1e-12;
    let mut previous = f64::NEG_INFINITY;
    for bucket in buckets {
        let falls = bucket.count < previous;
        let equals = dialect == Dialect::V3
            && (bucket.count - previous).abs()
                < ROUNDING
                    * bucket
                        .count
                        .abs()
                        .min(previous.abs())
                        .max(f64::MIN_POSITIVE);
        if falls || equals {
            bucket.count = previous;
        } else {
            previous = bucket.count;
        }
    }
}
