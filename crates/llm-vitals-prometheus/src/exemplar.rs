//! The trace that a sample belongs to.

use std::cell::RefCell;
use std::time::SystemTime;

/// OpenMetrics allows so many characters in names and values of an exemplar's labels together.
const LONGEST: usize = 128;
/// What the label's own name takes of that.
const NAME: &str = "trace_id";

thread_local! {
    static TRACE: RefCell<Option<Box<str>>> = const { RefCell::new(None) };
}

/// The last sample of a bucket that came with a trace.
#[derive(Clone, Debug)]
pub(crate) struct Exemplar {
    pub(crate) trace_id: Box<str>,
    pub(crate) value: f64,
    /// Seconds since 1970.
    pub(crate) at: f64,
}

/// Runs `f`; the samples that histograms record meanwhile, in this thread, name the trace `trace_id` as their exemplar.
///
/// An id that is empty, longer than OpenMetrics allows (120 characters), or not of visible ASCII is not used.
///
/// ```
/// # let (recorder, exposition) = llm_vitals_prometheus::Prometheus::builder().without_process_metrics().build()?;
/// # metrics::with_local_recorder(&recorder, || {
/// llm_vitals_prometheus::with_exemplar("4bf92f35", || metrics::histogram!("wait_seconds").record(0.2));
/// # });
/// assert!(exposition.render_openmetrics().contains(r#"# {trace_id="4bf92f35"} 0.2 "#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn with_exemplar<T>(trace_id: &str, f: impl FnOnce() -> T) -> T {
    struct Restore(Option<Box<str>>);
    impl Drop for Restore {
        fn drop(&mut self) {
            TRACE.with_borrow_mut(|trace| *trace = self.0.take());
        }
    }
    let fits = !trace_id.is_empty()
        && trace_id.len() + NAME.len() <= LONGEST
        && trace_id.bytes().all(|byte| byte.is_ascii_graphic());
    let trace = fits.then(|| trace_id.into());
    let _restore = Restore(TRACE.replace(trace));
    f()
}

/// The exemplar of a sample that is recorded now.
pub(crate) fn current(value: f64) -> Option<Exemplar> {
    // In a thread that is being torn down there is no trace any more.
    let trace_id = TRACE.try_with(|trace| trace.borrow().clone()).ok()??;
    let since_1970 = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    Some(Exemplar {
        trace_id,
        value,
        at: since_1970.as_secs_f64(),
    })
}
