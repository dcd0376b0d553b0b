//! How hard the model is to think.

use serde_json::{Map, Value, json};

use crate::anthropic::request::output_config;
use crate::http::Unsupported;
use crate::request::ChatRequest;

/// The least tokens that may be thought with.
const LEAST: u64 = 1024;

/// How hard the model is to think, as its generation is told.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Thinking {
    /// The request does not say.
    Unsaid,
    Off,
    /// Models before 4.6 take a number of tokens.
    Budget(u64),
    /// Later ones decide themselves, by an effort.
    Adaptive(String),
}

impl Thinking {
    /// Reads the effort that a request asks for; `limit` is the limit on completion tokens that it gives.
    pub(super) fn of(request: &ChatRequest, limit: Option<u64>) -> Result<Self, Unsupported> {
        let Some(effort) = request.reasoning_effort.as_deref() else {
            return Ok(Self::Unsaid);
        };
        let refuse = |why: &str| Err(Unsupported::new("reasoning_effort", why));
        if request.extra.contains_key("thinking") {
            return refuse("the field thinking says it already");
        }
        if effort == "none" {
            return Ok(Self::Off);
        }
        if !takes_budget(&request.model) {
            return match effort {
                "low" | "medium" | "high" | "xhigh" | "max" => {
                    Ok(Self::Adaptive(effort.to_owned()))
                }
                _ => refuse("only none, low, medium, high, xhigh and max can be asked for"),
            };
        }
        let wanted = match effort {
            "minimal" | "low" => LEAST,
            "medium" => 8 * LEAST,
            "high" => 24 * LEAST,
            _ => return refuse("only none, minimal, low, medium and high can be asked for"),
        };
        // The limit holds thinking and answer; at least half is left for the answer.
        let budget = limit.map_or(wanted, |limit| wanted.min(limit / 2));
        if budget < LEAST {
            return refuse("a limit below 2048 completion tokens leaves no room to think");
        }
        Ok(Self::Budget(budget))
    }

    /// The tokens that are thought with beside those of the answer.
    pub(super) const fn budget(&self) -> u64 {
        match self {
            Self::Budget(budget) => *budget,
            Self::Unsaid | Self::Off | Self::Adaptive(_) => 0,
        }
    }

    pub(super) fn add(self, body: &mut Map<String, Value>) {
        let thinking = match self {
            Self::Unsaid => return,
            Self::Off => json!({"type": "disabled"}),
            Self::Budget(budget) => json!({"type": "enabled", "budget_tokens": budget}),
            Self::Adaptive(effort) => {
                output_config(body).insert("effort".to_owned(), effort.into());
                json!({"type": "adaptive"})
            }
        };
        body.insert("thinking".to_owned(), thinking);
    }
}

/// Whether a model takes a budget: 3.7 to 4.5 do, by the first two numbers in the name. A name without a number is a
/// later one.
fn takes_budget(model: &str) -> bool {
    let mut words = model.split(['-', '.', '/', '@', ':']).map(|word| {
        // A date is no version.
        word.parse::<u32>().ok().filter(|_| word.len() <= 2)
    });
    let Some(major) = words.by_ref().flatten().next() else {
        return false;
    };
    let minor = words.next().flatten().unwrap_or(0);
    (major, minor) < (4, 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generations_are_told_apart() {
        for model in [
            "claude-3-7-sonnet-20250219",
            "claude-opus-4-20250514",
            "claude-opus-4-1-20250805",
            "claude-sonnet-4-5",
            "anthropic/claude-haiku-4.5",
        ] {
            assert!(takes_budget(model), "{model}");
        }
        for model in [
            "claude-opus-4-6",
            "claude-sonnet-4.6",
            "claude-opus-4-7-20260401",
            "claude-opus-5",
            "claude-mythos-preview",
            "claude-opus-10-1",
        ] {
            assert!(!takes_budget(model), "{model}");
        }
    }

    #[test]
    fn a_budget_leaves_room_for_the_answer() {
        let read = |effort: &str, limit: Option<u64>| {
            let mut request = ChatRequest::new("claude-sonnet-4-5", []);
            request.reasoning_effort = Some(effort.to_owned());
            Thinking::of(&request, limit)
        };
        assert_eq!(read("high", None), Ok(Thinking::Budget(24_576)));
        assert_eq!(read("high", Some(10_000)), Ok(Thinking::Budget(5_000)));
        assert_eq!(read("low", Some(2_048)), Ok(Thinking::Budget(1_024)));
        assert!(read("low", Some(2_047)).is_err());
        assert_eq!(read("none", Some(10)), Ok(Thinking::Off));
    }
}
