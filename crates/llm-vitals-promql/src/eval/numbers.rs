//! Scalars: one number for each moment.

/// A number that is the same at all moments, or one for each.
#[derive(Debug, Clone)]
pub(super) enum Numbers {
    Constant(f64),
    Steps(Vec<f64>),
}

impl Numbers {
    pub(super) fn at(&self, step: usize) -> f64 {
        match self {
            Self::Constant(value) => *value,
            // There are as many as steps.
            Self::Steps(values) => values.get(step).copied().unwrap_or(f64::NAN),
        }
    }

    pub(super) fn map(self, change: impl Fn(f64) -> f64) -> Self {
        match self {
            Self::Constant(value) => Self::Constant(change(value)),
            Self::Steps(mut values) => {
                values.iter_mut().for_each(|value| *value = change(*value));
                Self::Steps(values)
            }
        }
    }

    pub(super) fn combine(
        &self,
        other: &Self,
        steps: usize,
        with: impl Fn(f64, f64) -> f64,
    ) -> Self {
        match (self, other) {
            (Self::Constant(a), Self::Constant(b)) => Self::Constant(with(*a, *b)),
            _ => Self::Steps(
                (0..steps)
                    .map(|step| with(self.at(step), other.at(step)))
                    .collect(),
            ),
        }
    }
}
