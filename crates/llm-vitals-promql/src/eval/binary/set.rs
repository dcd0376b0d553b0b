//! `and`, `or`, `unless`.

use crate::ast::{BinaryOp, Matching};
use crate::error::Error;
use crate::eval::frame::{ABSENT, Frame, is_present};
use crate::eval::grouping::Groups;

pub(super) fn combine(
    op: BinaryOp,
    matching: &Matching,
    left: &Frame,
    right: &Frame,
) -> Result<Frame, Error> {
    let grouping = super::grouping(matching);
    let (left_labels, steps) = (left.labels(), left.steps());
    let mut groups = Groups::default();
    let left_groups = grouping.assign(&mut groups, left_labels);
    let right_groups = grouping.assign(&mut groups, right.labels());
    // Which groups the side that decides has, at each moment.
    let (deciding, deciding_groups) = if op == BinaryOp::Or {
        (left, &left_groups)
    } else {
        (right, &right_groups)
    };
    let mut has = vec![false; groups.len() * steps];
    for ((_, row), group) in deciding.rows().zip(deciding_groups) {
        for (has, value) in has[*group as usize * steps..].iter_mut().zip(row) {
            *has |= is_present(*value);
        }
    }
    if op == BinaryOp::Or {
        let mut result = left.clone();
        for ((labels, row), group) in right.rows().zip(&right_groups) {
            let has = &has[*group as usize * steps..][..steps];
            let added = row
                .iter()
                .zip(has)
                .map(|(value, has)| if *has { ABSENT } else { *value });
            result.push(labels.clone(), added);
        }
        return result.check_labels();
    }
    let keeps = op == BinaryOp::And;
    let mut result = Frame::new(steps);
    for ((labels, row), group) in left.rows().zip(&left_groups) {
        let has = &has[*group as usize * steps..][..steps];
        let kept = row
            .iter()
            .zip(has)
            .map(|(value, has)| if *has == keeps { *value } else { ABSENT });
        result.push(labels.clone(), kept);
    }
    Ok(result)
}
