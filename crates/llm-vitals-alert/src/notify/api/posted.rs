//! Alerts that are posted.

use std::collections::BTreeMap;

use llm_vitals_promql::Labels;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::access::DispatcherAccess;
use super::answer::Answer;
use super::time::{is_zero, parse};
use crate::notify::dispatcher::{PostedAlert, Refusal, RefusalReason};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Posted {
    labels: Option<BTreeMap<String, String>>,
    annotations: Option<BTreeMap<String, String>>,
    starts_at: Option<String>,
    ends_at: Option<String>,
    #[serde(rename = "generatorURL")]
    generator_url: Option<String>,
}

/// So many refused alerts are told of.
const MOST_TOLD: usize = 20;

pub(super) fn post(
    dispatcher: &impl DispatcherAccess,
    text: &[u8],
    now: i64,
) -> Result<Answer, Answer> {
    let posted: Option<Vec<Option<Posted>>> = read(text, "alerts")?;
    let posted = posted.unwrap_or_default().into_iter().enumerate();
    let alerts = posted.map(|(number, alert)| checked(number, alert));
    let refused = dispatcher.put(alerts.collect::<Result<_, _>>()?, now);
    if refused.is_empty() {
        return Ok(Answer::done());
    }
    let is_full = refused
        .iter()
        .any(|refusal| refusal.reason() == RefusalReason::TooMany);
    let told: Vec<String> = refused
        .iter()
        .take(MOST_TOLD)
        .map(Refusal::to_string)
        .collect();
    let status = if is_full { 429 } else { 400 };
    Err(Answer::refusal(status, told.join("; ")))
}

/// What a body says; `what` names it in errors.
pub(super) fn read<T: DeserializeOwned>(text: &[u8], what: &str) -> Result<T, Answer> {
    if text.iter().all(u8::is_ascii_whitespace) {
        return Err(Answer::missing(what));
    }
    serde_json::from_slice(text).map_err(|error| {
        let message = format!("parsing {what} body from \"\" failed, because {error}");
        Answer::error(400, 400, message)
    })
}

/// A moment of a body.
pub(super) fn moment(text: &str, what: &str) -> Result<i64, Answer> {
    parse(text).ok_or_else(|| {
        let shown: String = text.chars().take(100).collect();
        let message = format!("parsing {what} body from \"\" failed, because {shown:?} is no time");
        Answer::error(400, 400, message)
    })
}

fn checked(number: usize, posted: Option<Posted>) -> Result<PostedAlert, Answer> {
    let labels = |posted: &mut Posted| posted.labels.take();
    let mut posted = posted.ok_or_else(|| Answer::missing(&number.to_string()))?;
    let labels = labels(&mut posted);
    let labels = labels.ok_or_else(|| Answer::missing(&format!("{number}.labels")))?;
    let mut alert = PostedAlert::new(Labels::new(labels));
    let time = |text: Option<String>| match text {
        Some(text) if !text.is_empty() => {
            moment(&text, "alerts").map(|time| Some(time).filter(|time| !is_zero(*time)))
        }
        _ => Ok(None),
    };
    alert.starts_at = time(posted.starts_at)?;
    alert.ends_at = time(posted.ends_at)?;
    alert.annotations = posted.annotations.unwrap_or_default();
    alert.generator_url = posted.generator_url.unwrap_or_default();
    if !is_uri(&alert.generator_url) {
        let shown: String = alert.generator_url.chars().take(100).collect();
        let message = format!("{number}.generatorURL in body must be of type uri: {shown:?}");
        return Err(Answer::error(422, 601, message));
    }
    Ok(alert)
}

/// Whether it is an address with a scheme, or a path, or nothing.
fn is_uri(text: &str) -> bool {
    if text.is_empty() || text.starts_with('/') {
        return true;
    }
    let scheme = text.split_once(':').map(|(scheme, _)| scheme);
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|char: char| char.is_ascii_alphabetic()) && scheme.bytes().all(is_part)
    };
    scheme.is_some_and(is_scheme) && !text.contains(char::is_control)
}
