//! Silences.

use http::StatusCode;
use llm_vitals_promql::{MatchOp, Matcher};
use serde::{Deserialize, Serialize};

use super::access::DispatcherAccess;
use super::answer::Answer;
use super::posted::{moment, read};
use super::query::Query;
use super::time::format;
use crate::notify::matchers::matcher;
use crate::notify::silence::Silence;
use crate::notify::silences::{SilenceError, check_bounds};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Posted {
    id: Option<String>,
    comment: Option<String>,
    created_by: Option<String>,
    ends_at: Option<String>,
    matchers: Option<Vec<Option<PostedMatcher>>>,
    starts_at: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PostedMatcher {
    is_equal: Option<bool>,
    is_regex: Option<bool>,
    name: Option<String>,
    value: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'s> {
    id: &'s str,
    status: Status,
    updated_at: String,
    comment: &'s str,
    created_by: &'s str,
    ends_at: String,
    matchers: Vec<ShownMatcher<'s>>,
    starts_at: String,
}

#[derive(Serialize)]
struct Status {
    state: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownMatcher<'s> {
    is_equal: bool,
    is_regex: bool,
    name: &'s str,
    value: &'s str,
}

#[derive(Serialize)]
struct Made {
    #[serde(rename = "silenceID")]
    id: String,
}

pub(super) fn list(
    dispatcher: &impl DispatcherAccess,
    query: &Query,
    now: i64,
) -> Result<Answer, Answer> {
    let matchers = query.filter()?;
    let creators: Vec<&str> = query.all("creator").collect();
    let is_wanted = |silence: &Silence| {
        matchers
            .iter()
            .all(|wanted| silence.matchers.contains(wanted))
            && (creators.is_empty() || creators.contains(&&*silence.created_by))
    };
    Ok(dispatcher.look(|dispatcher| {
        let silences = dispatcher.silences().query(now).into_iter();
        let wanted = silences.filter(|silence| is_wanted(silence));
        Answer::json(
            &wanted
                .map(|silence| shown(silence, now))
                .collect::<Vec<_>>(),
        )
    }))
}

pub(super) fn get(
    dispatcher: &impl DispatcherAccess,
    id: &str,
    now: i64,
) -> Result<Answer, Answer> {
    check_id(id)?;
    dispatcher.look(|dispatcher| {
        let silence = dispatcher.silences().get(id);
        let silence = silence.ok_or_else(|| Answer::status(StatusCode::NOT_FOUND))?;
        Ok(Answer::json(&shown(silence, now)))
    })
}

pub(super) fn delete(
    dispatcher: &impl DispatcherAccess,
    id: &str,
    now: i64,
) -> Result<Answer, Answer> {
    check_id(id)?;
    match dispatcher.change(|dispatcher| dispatcher.silences_mut().expire(id, now)) {
        // One that is over is what was asked for.
        Ok(()) | Err(SilenceError::Expired(_)) => Ok(Answer::done()),
        Err(_) => Err(Answer::status(StatusCode::NOT_FOUND)),
    }
}

pub(super) fn post(
    dispatcher: &impl DispatcherAccess,
    text: &[u8],
    now: i64,
) -> Result<Answer, Answer> {
    let posted: Option<Posted> = read(text, "silence")?;
    let silence = checked(posted.ok_or_else(|| Answer::missing("silence"))?)?;
    let made = dispatcher.change(|dispatcher| dispatcher.silences_mut().set(silence, now));
    made.map(|id| Answer::json(&Made { id }))
        .map_err(|error| refusal(&error))
}

fn refusal(error: &SilenceError) -> Answer {
    match error {
        SilenceError::NotFound(_) => Answer::refusal(404, "silence not found"),
        SilenceError::EndBeforeStart | SilenceError::EndInPast => {
            Answer::refusal(400, format!("Failed to create silence: {error}"))
        }
        SilenceError::TooMany { .. } | SilenceError::TooManyPatterns { .. } => {
            Answer::refusal(429, error.to_string())
        }
        error => Answer::refusal(400, format!("silence invalid: {error}")),
    }
}

/// Missing fields are told in the order in which Alertmanager looks for them.
fn checked(posted: Posted) -> Result<Silence, Answer> {
    let comment = posted.comment.ok_or_else(|| Answer::missing("comment"))?;
    let created_by = posted
        .created_by
        .ok_or_else(|| Answer::missing("createdBy"))?;
    let ends_at = posted.ends_at.ok_or_else(|| Answer::missing("endsAt"))?;
    let matchers = posted.matchers.ok_or_else(|| Answer::missing("matchers"))?;
    if matchers.is_empty() {
        let message = "matchers in body should have at least 1 items";
        return Err(Answer::error(422, 612, message));
    }
    let values = matchers.iter().flatten();
    let values = values.filter_map(|matcher| matcher.value.as_deref());
    check_bounds(values).map_err(|error| refusal(&error))?;
    let matchers = matchers.into_iter().enumerate();
    let matchers = matchers.map(|(number, posted)| checked_matcher(number, posted));
    let matchers: Vec<Matcher> = matchers.collect::<Result<_, _>>()?;
    let starts_at = posted
        .starts_at
        .ok_or_else(|| Answer::missing("startsAt"))?;
    let silence = Silence::new(
        matchers,
        moment(&starts_at, "silence")?,
        moment(&ends_at, "silence")?,
        created_by,
        comment,
    );
    Ok(silence.with_id(posted.id.unwrap_or_default()))
}

fn checked_matcher(number: usize, posted: Option<PostedMatcher>) -> Result<Matcher, Answer> {
    let missing = |name: &str| Answer::missing(&format!("matchers.{number}.{name}"));
    let posted = posted.ok_or_else(|| Answer::missing(&format!("matchers.{number}")))?;
    let is_regex = posted.is_regex.ok_or_else(|| missing("isRegex"))?;
    let name = posted.name.ok_or_else(|| missing("name"))?;
    let value = posted.value.ok_or_else(|| missing("value"))?;
    let op = match (posted.is_equal.unwrap_or(true), is_regex) {
        (true, false) => MatchOp::Equal,
        (false, false) => MatchOp::NotEqual,
        (true, true) => MatchOp::Regex,
        (false, true) => MatchOp::NotRegex,
    };
    matcher(&name, op, &value).map_err(|reason| {
        let sentence = format!("silence invalid: invalid label matcher {number}: {reason}");
        Answer::refusal(400, sentence)
    })
}

fn check_id(id: &str) -> Result<(), Answer> {
    let is_digit = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    if id.len() == 36 && id.bytes().enumerate().all(is_digit) {
        return Ok(());
    }
    let shown: String = id.chars().take(100).collect();
    let message = format!("silenceID in path must be of type uuid: {shown:?}");
    Err(Answer::error(422, 601, message))
}

fn shown(silence: &Silence, now: i64) -> Shown<'_> {
    let matchers = silence.matchers.iter().map(|matcher| ShownMatcher {
        is_equal: matches!(matcher.op(), MatchOp::Equal | MatchOp::Regex),
        is_regex: matches!(matcher.op(), MatchOp::Regex | MatchOp::NotRegex),
        name: matcher.name(),
        value: matcher.value(),
    });
    Shown {
        id: &silence.id,
        status: Status {
            state: silence.state(now).as_str(),
        },
        updated_at: format(silence.updated_at),
        comment: &silence.comment,
        created_by: &silence.created_by,
        ends_at: format(silence.ends_at),
        matchers: matchers.collect(),
        starts_at: format(silence.starts_at),
    }
}
