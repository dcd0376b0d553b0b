//! The series that this crate itself adds to an exposition.

/// Every metric that an exposition has by itself: name, type, labels, help text.
///
/// ```
/// let (name, kind, labels, _help) = llm_vitals_prometheus::METRICS[0];
/// assert_eq!((name, kind, labels), ("process_cpu_seconds_total", "counter", ""));
/// ```
pub const METRICS: &[(&str, &str, &str, &str)] = &[
    CPU,
    MAX_DESCRIPTORS,
    OPEN_DESCRIPTORS,
    RESIDENT_MEMORY,
    START_TIME,
    VIRTUAL_MEMORY,
    ERRORS,
    DROPPED,
];

type Metric = (&'static str, &'static str, &'static str, &'static str);

// The figures of the process have the names that Prometheus' client libraries give them.
pub(crate) const CPU: Metric = (
    "process_cpu_seconds_total",
    "counter",
    "",
    "Processor time of the process, in user and system mode.",
);
pub(crate) const MAX_DESCRIPTORS: Metric = (
    "process_max_fds",
    "gauge",
    "",
    "Most file descriptors that the process may open.",
);
pub(crate) const OPEN_DESCRIPTORS: Metric = (
    "process_open_fds",
    "gauge",
    "",
    "File descriptors that are open.",
);
pub(crate) const RESIDENT_MEMORY: Metric = (
    "process_resident_memory_bytes",
    "gauge",
    "",
    "Memory of the process that is in RAM.",
);
pub(crate) const START_TIME: Metric = (
    "process_start_time_seconds",
    "gauge",
    "",
    "When the process started, in seconds since 1970.",
);
pub(crate) const VIRTUAL_MEMORY: Metric = (
    "process_virtual_memory_bytes",
    "gauge",
    "",
    "Address space of the process.",
);

/// Counts what was left out of an exposition: lines of a source that are no sample, samples of a family that has another
/// type, and samples that are there twice.
pub(crate) const ERRORS: Metric = (
    "llm_vitals_exposition_errors_total",
    "counter",
    "",
    "Lines that sources added to the exposition and that were left out because they are wrong or there twice.",
);

/// Counts histogram samples that are no number.
pub(crate) const DROPPED: Metric = (
    "llm_vitals_dropped_samples_total",
    "counter",
    "",
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
