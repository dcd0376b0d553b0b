//! Paths.

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Path<'p> {
    Alerts,
    Groups,
    Silences,
    Silence(&'p str),
    Status,
    Receivers,
    /// `/-/ready` and `/-/healthy`.
    Alive,
}

impl<'p> Path<'p> {
    pub(super) fn of(path: &'p str) -> Option<Self> {
        let path = path.strip_suffix('/').unwrap_or(path);
        if path.ends_with("/-/ready") || path.ends_with("/-/healthy") {
            return Some(Self::Alive);
        }
        // A router that nests the API may have taken the prefix off.
        let path = path.rsplit_once("/api/v2").map_or(path, |(_, path)| path);
        match path {
            "/alerts" => Some(Self::Alerts),
            "/alerts/groups" => Some(Self::Groups),
            "/silences" => Some(Self::Silences),
            "/status" => Some(Self::Status),
            "/receivers" => Some(Self::Receivers),
            _ => {
                let id = path.strip_prefix("/silence/")?;
                (!id.is_empty() && !id.contains('/')).then_some(Self::Silence(id))
            }
        }
    }

    pub(super) fn methods(self) -> &'static [&'static str] {
        match self {
            Self::Alerts | Self::Silences => &["GET", "POST"],
            Self::Groups | Self::Status | Self::Receivers => &["GET"],
            Self::Silence(_) => &["GET", "DELETE"],
            Self::Alive => &["GET", "HEAD"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_may_be_there_or_taken_off() {
        for path in [
            "/api/v2/alerts",
            "/alerts",
            "/x/api/v2/alerts/",
            "/api/v2/alerts/",
        ] {
            assert_eq!(Path::of(path), Some(Path::Alerts), "{path}");
        }
        assert_eq!(Path::of("/api/v2/silence/x"), Some(Path::Silence("x")));
        assert_eq!(Path::of("/-/ready"), Some(Path::Alive));
        for path in [
            "/",
            "",
            "/api/v2",
            "/api/v1/alerts",
            "/api/v2/silence/",
            "/api/v2/silence/a/b",
            "/x/alerts",
        ] {
            assert_eq!(Path::of(path), None, "{path}");
        }
    }
}
