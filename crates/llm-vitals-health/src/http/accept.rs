//! Which form of an answer a caller wants.

/// The form of an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Form {
    /// `{"status": "ok", ...}`.
    Json,
    /// `application/health+json`.
    HealthJson,
    /// A line for each check.
    Text,
}

impl Form {
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::HealthJson => "application/health+json",
            Self::Text => "text/plain; charset=utf-8",
        }
    }

    /// From an `Accept` header; plain JSON for whoever has no other wish.
    pub(crate) fn of(accept: &str) -> Self {
        let quality = |wanted: &str| {
            let ranges = accept.split(',').map(|range| {
                let mut parts = range.split(';').map(str::trim);
                let media = parts.next().unwrap_or_default();
                let quality = parts.find_map(|part| part.strip_prefix("q="));
                let quality = quality.and_then(|quality| quality.parse::<f32>().ok());
                (media, quality.unwrap_or(1.0))
            });
            ranges
                .filter(|(media, _)| media.eq_ignore_ascii_case(wanted))
                .map(|(_, quality)| quality)
                .fold(0.0, f32::max)
        };
        let json = quality("application/json").max(quality("*/*"));
        let wishes = [
            (Self::HealthJson, quality("application/health+json")),
            (Self::Text, quality("text/plain")),
        ];
        // Named is preferred to what would only do as well, and JSON to a text that is wanted no more than it.
        let (form, best) =
            wishes.into_iter().fold(
                (Self::Json, 0.0),
                |best, wish| if wish.1 > best.1 { wish } else { best },
            );
        match form {
            Self::HealthJson if best >= json => form,
            Self::Text if best > json => form,
            _ => Self::Json,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_gets_the_form_it_asks_for() {
        for (accept, expected) in [
            ("", Form::Json),
            ("*/*", Form::Json),
            ("application/json", Form::Json),
            ("application/health+json", Form::HealthJson),
            (
                "application/health+json, application/json",
                Form::HealthJson,
            ),
            (
                "application/health+json;q=0.5, application/json",
                Form::Json,
            ),
            ("Application/Health+JSON, */*;q=0.1", Form::HealthJson),
            ("text/plain", Form::Text),
            ("text/html,application/xhtml+xml,*/*;q=0.8", Form::Json),
            ("text/plain, */*", Form::Json),
            ("application/health+json;q=0", Form::Json),
        ] {
            assert_eq!(Form::of(accept), expected, "{accept}");
        }
    }
}
