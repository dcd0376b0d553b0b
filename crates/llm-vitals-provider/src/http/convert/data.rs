//! `data:` URLs.

/// What a `data:` URL holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Data<'a> {
    /// The media type, without parameters.
    pub(crate) media: &'a str,
    /// The content in base64.
    pub(crate) base64: &'a str,
}

impl<'a> Data<'a> {
    /// Reads an URL; `None` when it is no `data:` URL in base64 with a media type.
    pub(crate) fn parse(url: &'a str) -> Option<Self> {
        let scheme = url.get(..5)?;
        let (kind, base64) = url[5..].split_once(',')?;
        let kind = kind.strip_suffix(";base64")?;
        let media = kind.split(';').next().unwrap_or_default();
        let whole = scheme.eq_ignore_ascii_case("data:") && media.contains('/');
        whole.then_some(Self { media, base64 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_base64_with_a_type_is_read() {
        let read = |url| Data::parse(url).map(|data| (data.media, data.base64));
        assert_eq!(
            read("data:image/png;base64,iVBO"),
            Some(("image/png", "iVBO"))
        );
        assert_eq!(
            read("DATA:audio/wav;codecs=1;base64,UklG"),
            Some(("audio/wav", "UklG"))
        );
        assert_eq!(read("data:,hello"), None);
        assert_eq!(read("data:;base64,aGk="), None);
        assert_eq!(read("https://host/a.png"), None);
        assert_eq!(read("da"), None);
        assert_eq!(read("datä:image/png;base64,a"), None);
    }
}
