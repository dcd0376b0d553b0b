//! Texts of the file that may name environment variables: `${OPENAI_API_KEY}`.

use llm_vitals_provider::Secret;
use serde::de::{self, Deserialize, Deserializer};

/// A text in which `${NAME}` stands for an environment variable; `$$` stands for `$`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct EnvText(pub(crate) String);

/// The same for a text that nobody may see.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct EnvSecret(pub(crate) Secret);

impl<'de> Deserialize<'de> for EnvText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        expanded(deserializer).map(Self)
    }
}

impl<'de> Deserialize<'de> for EnvSecret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = expanded(deserializer)?;
        if text.trim().is_empty() {
            return Err(de::Error::custom(
                "is empty: leave it out where no key is needed",
            ));
        }
        if text.trim() != text {
            return Err(de::Error::custom(
                "begins or ends with a blank or a line end, which no header can carry: leave it out",
            ));
        }
        if !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Err(de::Error::custom(
                "holds something besides ASCII letters, digits and signs, which no header can carry: write another key",
            ));
        }
        Ok(Self(Secret::new(text)))
    }
}

fn expanded<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    expand(&text, |name| std::env::var(name).ok()).map_err(de::Error::custom)
}

/// Replaces the variables in `text`. The errors name variables and never show a value.
fn expand(text: &str, lookup: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some((name, after)) = after
            .strip_prefix('{')
            .and_then(|after| after.split_once('}'))
        {
            let value = lookup(name).filter(|value| !value.is_empty()).ok_or_else(|| {
                let name: String = name.chars().take(64).collect();
                format!("the environment variable {name} is not set: set it before starting the gateway")
            })?;
            out.push_str(&value);
            rest = after;
        } else {
            return Err(
                "a `$` stands alone: write ${NAME} for an environment variable, or $$ for the sign"
                    .to_owned(),
            );
        }
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_key(text: &str) -> Result<String, String> {
        expand(text, |name| (name == "KEY").then(|| "secret".to_owned()))
    }

    #[test]
    fn variables_are_replaced_anywhere() {
        assert_eq!(with_key("plain"), Ok("plain".to_owned()));
        assert_eq!(
            with_key("a-${KEY}-${KEY}"),
            Ok("a-secret-secret".to_owned())
        );
        assert_eq!(with_key("$$5"), Ok("$5".to_owned()));
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(
            with_key("${KEI}"),
            Err(
                "the environment variable KEI is not set: set it before starting the gateway"
                    .to_owned()
            )
        );
        assert!(with_key("5$").is_err());
        assert!(with_key("${KEY").is_err());
    }
}
