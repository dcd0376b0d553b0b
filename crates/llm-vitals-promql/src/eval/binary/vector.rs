//! Arithmetic and comparisons between vectors.

use crate::ast::{Binary, Cardinality, Matching};
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind};
use crate::eval::frame::{Frame, duplicate, is_present};
use crate::eval::grouping::Groups;
use crate::labels::{Labels, LabelsBuilder, NAME};
use crate::store::LabelMap;

const NONE: u32 = u32::MAX;

pub(super) fn combine(
    binary: &Binary,
    matching: &Matching,
    left: &Frame,
    right: &Frame,
    dialect: Dialect,
) -> Result<Frame, Error> {
    let steps = left.steps();
    let mut result = Frame::new(steps);
    if left.len() == 0 || right.len() == 0 {
        return Ok(result);
    }
    let is_swapped = matching.cardinality == Cardinality::OneToMany;
    let (many, one) = if is_swapped {
        (right, left)
    } else {
        (left, right)
    };
    let grouping = super::grouping(matching);
    let mut groups = Groups::default();
    let many_groups = grouping.assign(&mut groups, many.labels());
    let one_groups = grouping.assign(&mut groups, one.labels());

    let one_to_one = matching.cardinality == Cardinality::OneToOne;
    // Between single series of each group no two results have the same labels.
    let is_plain = one_to_one && steps == 1;
    let mut rows: LabelMap<usize> = LabelMap::default();
    // The result's row of each row of the many, with the row of the one it was made from.
    let mut made = vec![(NONE, 0_usize); many.len()];
    let mut of_group = vec![NONE; groups.len()];
    let mut is_matched = vec![false; groups.len()];
    result.reserve(many.len());
    for step in 0..steps {
        if !has_any(many, step) || !has_any(one, step) {
            continue;
        }
        of_group.fill(NONE);
        is_matched.fill(false);
        for (row, group) in one_groups.iter().enumerate() {
            if !is_present(one.value(row, step)) {
                continue;
            }
            let first = &mut of_group[*group as usize];
            if *first != NONE {
                let side = if is_swapped { "left" } else { "right" };
                return Err(many_to_many(one, *first as usize, row, side, matching));
            }
            *first = number(row);
        }
        for (row, group) in many_groups.iter().enumerate() {
            let value = many.value(row, step);
            let partner = of_group[*group as usize];
            if partner == NONE || !is_present(value) {
                continue;
            }
            let other = one.value(partner as usize, step);
            let (left, right) = if is_swapped {
                (other, value)
            } else {
                (value, other)
            };
            let Some(value) = apply(binary, left, right) else {
                continue;
            };
            if one_to_one && std::mem::replace(&mut is_matched[*group as usize], true) {
                return Err(many_to_one(many, row));
            }
            let labels = || {
                let partner = &one.labels()[partner as usize];
                labels_of(binary, matching, &many.labels()[row], partner, dialect)
            };
            if is_plain {
                result.push(labels(), [value]);
                continue;
            }
            if made[row].0 != partner {
                let labels = labels();
                let into = *rows
                    .entry(labels.clone())
                    .or_insert_with(|| result.push_empty(labels));
                made[row] = (partner, into);
            }
            let into = made[row].1;
            let cell = result.value_mut(into, step);
            if is_present(*cell) {
                return Err(if one_to_one {
                    duplicate(&result.labels()[into])
                } else {
                    not_unique(&result, into)
                });
            }
            *cell = value;
        }
    }
    // With one metric's name against many a comparison can give the same labels twice.
    if is_plain {
        result.check_labels()
    } else {
        Ok(result)
    }
}

fn has_any(frame: &Frame, step: usize) -> bool {
    (0..frame.len()).any(|row| is_present(frame.value(row, step)))
}

/// The value of a pair; `None` if a comparison leaves it out.
fn apply(binary: &Binary, left: f64, right: f64) -> Option<f64> {
    if !binary.op.is_comparison() {
        return Some(super::arithmetic(binary.op, left, right));
    }
    let holds = super::compares(binary.op, left, right);
    if binary.returns_bool {
        return Some(f64::from(u8::from(holds)));
    }
    holds.then_some(left)
}

fn labels_of(
    binary: &Binary,
    matching: &Matching,
    many: &Labels,
    one: &Labels,
    dialect: Dialect,
) -> Labels {
    let drops_name = super::drops_name(binary.op, dialect) || binary.returns_bool;
    let one_to_one = matching.cardinality == Cardinality::OneToOne;
    let base = if drops_name {
        many.without_name()
    } else {
        many.clone()
    };
    if matching.include.is_empty() && (!one_to_one || !matching.is_on && matching.labels.is_empty())
    {
        return base;
    }
    let mut labels = LabelsBuilder::from_labels(&base);
    if one_to_one {
        labels.retain(|name| matching.labels.iter().any(|label| label == name) == matching.is_on);
    }
    for name in &matching.include {
        labels.set(name, one.get(name).unwrap_or_default());
    }
    if binary.returns_bool {
        labels.remove(NAME);
    }
    labels.build()
}

fn many_to_many(
    one: &Frame,
    first: usize,
    second: usize,
    side: &str,
    matching: &Matching,
) -> Error {
    let group = super::grouping(matching).apply(&one.labels()[first]);
    let message = format!(
        "many-to-many matching: the {side} side has two series for {group}: {} and {}",
        one.labels()[first],
        one.labels()[second]
    );
    let error = Error::new(ErrorKind::Matching, message);
    error.suggest("aggregate that side, or add a label that tells them apart to the matching")
}

fn many_to_one(many: &Frame, row: usize) -> Error {
    let message = format!(
        "several series of the left side, {} among them, match the same series of the right side",
        many.labels()[row]
    );
    Error::new(ErrorKind::Matching, message)
        .suggest("if that is meant, write group_left or group_right")
}

fn not_unique(result: &Frame, row: usize) -> Error {
    let message = format!(
        "several matches give the same labels: {}",
        result.labels()[row]
    );
    let error = Error::new(ErrorKind::Matching, message);
    error.suggest("list labels that tell them apart in group_left or group_right")
}

fn number(row: usize) -> u32 {
    // There are no more rows than series, which 32 bits number.
    u32::try_from(row).unwrap_or(NONE - 1)
}
