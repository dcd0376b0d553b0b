//! The trace that a client's request belongs to, as its `traceparent` header has it.

use http::HeaderMap;

const TRACEPARENT: &str = "traceparent";

/// The identity of a trace: 32 hexadecimal digits.
pub(crate) type TraceId = Box<str>;

tokio::task_local! {
    static CURRENT: Option<TraceId>;
}

/// What W3C's Trace Context calls `trace-id`; `None` where the header is not there or is none.
pub(crate) fn of(headers: &HeaderMap) -> Option<TraceId> {
    let text = headers.get(TRACEPARENT)?.to_str().ok()?;
    let mut parts = text.split('-');
    let (version, id) = (parts.next()?, parts.next()?);
    let is_hex = |text: &str| {
        text.bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let is_one = version.len() == 2
        && version != "ff"
        && id.len() == 32
        && is_hex(version)
        && is_hex(id)
        && id.bytes().any(|byte| byte != b'0');
    is_one.then(|| id.into())
}

/// Runs what belongs to a trace.
pub(crate) async fn within<F: Future>(id: Option<TraceId>, future: F) -> F::Output {
    CURRENT.scope(id, future).await
}

/// The trace that the caller runs within.
pub(crate) fn current() -> Option<TraceId> {
    CURRENT.try_with(Clone::clone).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_trace_id_is_one() {
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(TRACEPARENT, text.parse().unwrap());
            of(&headers).map(String::from)
        };
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(
            of(&format!("00-{id}-00f067aa0ba902b7-01")).as_deref(),
            Some(id)
        );
        for wrong in [
            "",
            id,
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        ] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }

    #[tokio::test]
    async fn what_runs_within_a_trace_knows_it() {
        assert_eq!(current(), None);
        let seen = within(Some("a".into()), async { current() }).await;
        assert_eq!(seen.as_deref(), Some("a"));
    }
}
