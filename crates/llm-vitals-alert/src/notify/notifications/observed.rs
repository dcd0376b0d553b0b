//! What the evaluator's alerts were when they were looked at last.

use std::collections::BTreeMap;

use llm_vitals_promql::Labels;

use crate::alert::{AlertState, label_map};
use crate::evaluator::ActiveAlert;
use crate::notify::dispatcher::PostedAlert;
use crate::notify::notification::{Ended, Evidence};
use crate::transition::Transition;

/// How old evidence may be of an alert that goes on.
const EVIDENCE_AGE_MS: i64 = 5 * 60_000;
/// Bytes of one value of a label or of one annotation. What is longer is cut: an alert whose text is too long is told all the same.
const MOST_BYTES: usize = 4096;

/// By labels.
#[derive(Debug, Default)]
pub(crate) struct Observed(BTreeMap<Labels, Seen>);

#[derive(Debug, Clone)]
struct Seen {
    annotations: BTreeMap<String, String>,
    starts_at: i64,
    /// `None` while it fires.
    ends_at: Option<i64>,
    evidence: Option<Evidence>,
    evidence_at: i64,
}

impl Observed {
    /// For which of these evidence is to be gathered.
    pub(crate) fn wanted(&self, alerts: &[ActiveAlert<'_>], now_ms: i64) -> Vec<bool> {
        let is_wanted = |active: &ActiveAlert<'_>| {
            let alert = active.alert();
            let seen = self.0.get(alert.labels());
            let is_old = seen.is_none_or(|seen| {
                seen.ends_at.is_some() || now_ms >= seen.evidence_at.saturating_add(EVIDENCE_AGE_MS)
            });
            alert.state() == AlertState::Firing && is_old
        };
        alerts.iter().map(is_wanted).collect()
    }

    /// Takes the alerts as they are now, and gives what is to be put.
    pub(crate) fn update(
        &mut self,
        alerts: &[ActiveAlert<'_>],
        gathered: Vec<Option<Evidence>>,
        changes: &[Transition],
        now_ms: i64,
    ) -> Vec<PostedAlert> {
        let mut posted = Vec::new();
        let mut before = std::mem::take(&mut self.0);
        for (active, new_evidence) in alerts.iter().zip(gathered) {
            let alert = active.alert();
            if alert.state() == AlertState::Pending {
                continue;
            }
            let old = before.remove(alert.labels());
            let ends_at = match alert.state() {
                AlertState::Resolved => Some(alert.resolved_at().unwrap_or(now_ms)),
                _ => None,
            };
            // One that is over is kept for a while, and was put before.
            if let Some(old) = &old
                && ends_at.is_some()
                && old.ends_at == ends_at
            {
                self.0.insert(alert.labels().clone(), old.clone());
                continue;
            }
            let is_new = new_evidence.is_some();
            let kept = old.filter(|old| old.ends_at.is_none());
            let evidence_at = match &kept {
                Some(kept) if !is_new => kept.evidence_at,
                _ => now_ms,
            };
            let mut evidence = new_evidence.or_else(|| kept.and_then(|kept| kept.evidence));
            if ends_at.is_some() {
                let ended = ended(changes, alert.labels());
                if ended.is_some() {
                    evidence.get_or_insert_default().ended = ended;
                }
            }
            let seen = Seen {
                annotations: bounded(alert.annotations().iter().cloned()),
                starts_at: alert.fired_at().unwrap_or(alert.active_at()),
                ends_at,
                evidence,
                evidence_at,
            };
            posted.push(seen.post(alert.labels()));
            self.0.insert(alert.labels().clone(), seen);
        }
        // Their rules are gone.
        for (labels, mut gone) in before {
            if gone.ends_at.is_none() {
                gone.ends_at = Some(now_ms);
                gone.evidence.get_or_insert_default().ended = Some(Ended::RuleRemoved);
                posted.push(gone.post(&labels));
            }
        }
        posted
    }
}

impl Seen {
    fn post(&self, labels: &Labels) -> PostedAlert {
        let is_long = labels.iter().any(|(_, value)| value.len() > MOST_BYTES);
        let labels = match is_long {
            true => Labels::new(&bounded(label_map(labels))),
            false => labels.clone(),
        };
        let mut posted = PostedAlert::new(labels)
            .with_annotations(self.annotations.clone())
            .with_start(self.starts_at)
            .without_timeout();
        posted.ends_at = self.ends_at;
        posted.evidence = self.evidence.clone();
        posted
    }
}

fn ended(changes: &[Transition], labels: &Labels) -> Option<Ended> {
    let mut changes = changes.iter().rev();
    let change = changes.find(|change| {
        change.alert().labels() == labels && change.to() == Some(AlertState::Resolved)
    })?;
    Ended::of(change.reason())
}

/// The same texts, each cut to what may be.
fn bounded(texts: impl IntoIterator<Item = (String, String)>) -> BTreeMap<String, String> {
    let cut = |mut text: String| {
        if text.len() > MOST_BYTES {
            let mark = '…';
            let mut end = MOST_BYTES - mark.len_utf8();
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            text.truncate(end);
            text.push(mark);
        }
        text
    };
    let texts = texts.into_iter();
    texts.map(|(name, text)| (name, cut(text))).collect()
}
