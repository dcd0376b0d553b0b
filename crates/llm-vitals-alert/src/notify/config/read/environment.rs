//! `${NAME}` in secrets and addresses.

/// The text with the variables in it, or the name of one that is not set.
pub(super) fn expand(
    text: &str,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, from) = rest.split_at(at);
        let end = from.find('}');
        let name = end.map(|end| &from[2..end]).filter(|name| is_name(name));
        let (Some(name), Some(end)) = (name, end) else {
            out.push_str(before);
            out.push_str("${");
            rest = &from[2..];
            continue;
        };
        if let Some(before) = before.strip_suffix('$') {
            out.push_str(before);
            out.push_str(&from[..=end]);
        } else {
            out.push_str(before);
            out.push_str(&environment(name).ok_or_else(|| name.to_owned())?);
        }
        rest = &from[end + 1..];
    }
    Ok(out + rest)
}

fn is_name(name: &str) -> bool {
    let starts = name
        .bytes()
        .next()
        .is_some_and(|byte| !byte.is_ascii_digit());
    starts
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_put_in_and_what_looks_like_none_stays() {
        let environment = |name: &str| (name == "KEY").then(|| "s3cret".to_owned());
        let expand = |text| expand(text, &environment);
        assert_eq!(expand("a/${KEY}/b"), Ok("a/s3cret/b".to_owned()));
        assert_eq!(expand("$${KEY}"), Ok("${KEY}".to_owned()));
        assert_eq!(
            expand("$KEY ${} ${1} ${KEY"),
            Ok("$KEY ${} ${1} ${KEY".to_owned())
        );
        assert_eq!(expand("${NO_SUCH}"), Err("NO_SUCH".to_owned()));
    }
}
