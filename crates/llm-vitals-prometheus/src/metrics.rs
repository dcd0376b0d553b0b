//! The series that this crate itself adds to an exposition.

/// Counts what was left out of an exposition: lines of a source that are no sample, samples of a family that has another
/// type, and samples that are there twice.
pub(crate) const ERRORS: (&str, &str) = (
    "llm_vitals_exposition_errors_total",
    "Lines that sources added to the exposition and that were left out because they are wrong or there twice.",
);

/// Counts histogram samples that are no number.
pub(crate) const DROPPED: (&str, &str) = (
    "llm_vitals_dropped_samples_total",
    "Histogram samples that were left out because they are not finite.",
);

/// Times: from 10 ms to 5 minutes.
pub(crate) const SECONDS_BUCKETS: &[f64] = &[
    0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0,
];

/// Sizes: from 256 bytes to 64 MiB, each four times the one before.
pub(crate) const BYTES_BUCKETS: &[f64] = &[
    256.0,
    1_024.0,
    4_096.0,
    16_384.0,
    65_536.0,
    262_144.0,
    1_048_576.0,
    4_194_304.0,
    16_777_216.0,
    67_108_864.0,
];

/// Anything else, such as counts: from 1 to a million, each four times the one before.
pub(crate) const OTHER_BUCKETS: &[f64] = &[
    1.0,
    4.0,
    16.0,
    64.0,
    256.0,
    1_024.0,
    4_096.0,
    16_384.0,
    65_536.0,
    262_144.0,
    1_048_576.0,
];
