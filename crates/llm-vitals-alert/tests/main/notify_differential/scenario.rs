//! What is posted, silenced and broken, and when. Times are milliseconds from the beginning of a scenario.

/// A configuration and what happens under it.
#[derive(Debug, Clone)]
pub(super) struct Scenario {
    pub(super) name: String,
    pub(super) config: String,
    pub(super) steps: Vec<(i64, Step)>,
    pub(super) end: i64,
}

#[derive(Debug, Clone)]
pub(super) enum Step {
    Post(Vec<Posted>),
    /// Makes a silence, or changes the one that was made under the same name.
    Silence {
        name: &'static str,
        matchers: Vec<(String, &'static str, String)>,
        from: i64,
        to: i64,
    },
    Expire(&'static str),
    /// The receiver's integration answers 400 from now on, or 200 again.
    Break(&'static str, bool),
    /// The process ends and a new one begins with what the old one has kept.
    Restart,
    /// Compares what the API shows.
    Look,
}

#[derive(Debug, Clone)]
pub(super) struct Posted {
    pub(super) labels: Vec<(String, String)>,
    pub(super) annotation: &'static str,
    pub(super) from: Option<i64>,
    pub(super) to: Option<i64>,
}

/// Further away than any scenario takes.
const LATER: i64 = 600_000;

impl Scenario {
    pub(super) fn new(name: impl Into<String>, config: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            config: config.into(),
            steps: Vec::new(),
            end: 0,
        }
    }

    pub(super) fn step(mut self, at: i64, step: Step) -> Self {
        self.steps.push((at, step));
        self
    }

    /// Alerts that begin at this moment.
    pub(super) fn fire(self, at: i64, alerts: &[&str]) -> Self {
        self.post(at, alerts, Some(at), Some(at + LATER))
    }

    /// Alerts that began before.
    pub(super) fn fire_since(self, at: i64, from: i64, alerts: &[&str]) -> Self {
        self.post(at, alerts, Some(from), Some(at + LATER))
    }

    /// Alerts that began at one moment and end at this one.
    pub(super) fn resolve(self, at: i64, from: i64, alerts: &[&str]) -> Self {
        self.post(at, alerts, Some(from), Some(at))
    }

    pub(super) fn post(self, at: i64, alerts: &[&str], from: Option<i64>, to: Option<i64>) -> Self {
        let posted = alerts.iter().map(|text| Posted {
            labels: pairs(text),
            annotation: "",
            from,
            to,
        });
        let posted = posted.collect();
        self.step(at, Step::Post(posted))
    }

    pub(super) fn silence(
        self,
        at: i64,
        name: &'static str,
        matchers: &[(&str, &'static str, &str)],
        from: i64,
        to: i64,
    ) -> Self {
        let matchers = matchers
            .iter()
            .map(|(label, op, value)| ((*label).to_owned(), *op, (*value).to_owned()));
        let step = Step::Silence {
            name,
            matchers: matchers.collect(),
            from,
            to,
        };
        self.step(at, step)
    }

    pub(super) fn until(mut self, end: i64) -> Self {
        self.end = end;
        // Steps of one moment stay in their order.
        self.steps.sort_by_key(|(at, _)| *at);
        self
    }
}

/// `a=b;c=d`
pub(super) fn pairs(text: &str) -> Vec<(String, String)> {
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap();
        (name.to_owned(), value.to_owned())
    };
    text.split(';').map(pair).collect()
}

/// A message that a receiver got.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) at: i64,
    /// `receiver/index`.
    pub(super) place: String,
    pub(super) group_key: String,
    pub(super) status: String,
    pub(super) alerts: Vec<ToldAlert>,
    /// Whether the receiver took it.
    pub(super) is_taken: bool,
}

#[derive(Debug, Clone)]
pub(super) struct ToldAlert {
    /// Labels, annotation, fingerprint, status.
    pub(super) text: String,
    pub(super) from: i64,
    /// 0 while it fires.
    pub(super) to: i64,
}

/// What one side has given.
#[derive(Debug, Clone, Default)]
pub(super) struct Outcome {
    pub(super) told: Vec<Told>,
    /// What the API has shown.
    pub(super) seen: Vec<String>,
}

/// Times that the two sides take from their own clocks may differ by this much.
const TOLERANCE: i64 = 300;

impl Outcome {
    /// The first difference, with both sides.
    pub(super) fn difference(&self, other: &Self) -> Option<String> {
        let mut keys: Vec<(&str, &str)> = Vec::new();
        for told in self.told.iter().chain(&other.told) {
            let key = (&*told.place, &*told.group_key);
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        for (place, group_key) in keys {
            let of = |outcome: &Self| -> Vec<Told> {
                let told = outcome.told.iter();
                let told =
                    told.filter(|told| (&*told.place, &*told.group_key) == (place, group_key));
                told.cloned().collect()
            };
            let (one, two) = (of(self), of(other));
            let is_same =
                one.len() == two.len() && one.iter().zip(&two).all(|(one, two)| one.is_same(two));
            if !is_same {
                let text = |told: &[Told]| {
                    let lines: Vec<String> = told.iter().map(Told::to_string).collect();
                    lines.join("\n  ")
                };
                return Some(format!(
                    "{place} {group_key}\n Alertmanager:\n  {}\n ours:\n  {}",
                    text(&one),
                    text(&two)
                ));
            }
        }
        (self.seen != other.seen).then(|| {
            format!(
                "the API\n Alertmanager:\n  {}\n ours:\n  {}",
                self.seen.join("\n  "),
                other.seen.join("\n  ")
            )
        })
    }
}

impl Told {
    fn is_same(&self, other: &Self) -> bool {
        (&self.status, self.is_taken) == (&other.status, other.is_taken)
            && (self.at - other.at).abs() <= TOLERANCE
            && self.alerts.len() == other.alerts.len()
            && self.alerts.iter().zip(&other.alerts).all(|(one, two)| {
                one.text == two.text
                    && (one.from - two.from).abs() <= TOLERANCE
                    && (one.to - two.to).abs() <= TOLERANCE
            })
    }
}

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let alerts: Vec<String> = self
            .alerts
            .iter()
            .map(|alert| format!("{} {}..{}", alert.text, alert.from, alert.to))
            .collect();
        let taken = if self.is_taken { "" } else { " (refused)" };
        write!(
            f,
            "{} {}{taken} [{}]",
            self.at,
            self.status,
            alerts.join(" | ")
        )
    }
}
