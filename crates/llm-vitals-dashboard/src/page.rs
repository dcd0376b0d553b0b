//! The page: a few files that are part of the program.

use std::sync::LazyLock;

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    HeaderName, HeaderValue, IF_NONE_MATCH, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::{HeaderMap, Method, Response, StatusCode};

/// No script and no style but its own, no frame around it, nobody else is asked.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A file of the page, packed by gzip.
#[derive(Debug)]
pub(crate) struct File {
    name: &'static str,
    content_type: &'static str,
    packed: &'static [u8],
}

static FILES: [File; 4] = [
    File {
        name: "",
        content_type: "text/html; charset=utf-8",
        packed: include_bytes!("../dist/index.html.gz"),
    },
    File {
        name: "app.js",
        content_type: "text/javascript; charset=utf-8",
        packed: include_bytes!("../dist/app.js.gz"),
    },
    File {
        name: "app.css",
        content_type: "text/css; charset=utf-8",
        packed: include_bytes!("../dist/app.css.gz"),
    },
    File {
        name: "icon.svg",
        content_type: "image/svg+xml",
        packed: include_bytes!("../dist/icon.svg.gz"),
    },
];

/// By the name of a file, what tells one version of it from another.
static TAGS: LazyLock<[String; 4]> = LazyLock::new(|| FILES.each_ref().map(File::tag));

impl File {
    /// The file of a path without the slash at its start.
    pub(crate) fn of(path: &str) -> Option<&'static Self> {
        let name = if path == "index.html" { "" } else { path };
        FILES.iter().find(|file| file.name == name)
    }

    /// The answer with the file, or that the caller has it. Always packed: every browser can unpack it.
    pub(crate) fn answer(&self, method: &Method, headers: &HeaderMap) -> Response<Bytes> {
        let at = FILES.iter().position(|file| file.name == self.name);
        let tag = at.and_then(|at| TAGS.get(at)).map_or("", String::as_str);
        let asked = headers.get_all(IF_NONE_MATCH).iter();
        let is_known = asked
            .filter_map(|asked| asked.to_str().ok())
            .flat_map(|asked| asked.split(','))
            .any(|asked| {
                let asked = asked.trim();
                asked == "*" || asked.strip_prefix("W/").unwrap_or(asked) == tag
            });
        let mut response = Response::new(Bytes::new());
        if is_known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        } else {
            if method == Method::GET {
                *response.body_mut() = Bytes::from_static(self.packed);
            }
            let own = [
                (CONTENT_TYPE, HeaderValue::from_static(self.content_type)),
                (CONTENT_ENCODING, HeaderValue::from_static("gzip")),
                (CONTENT_LENGTH, HeaderValue::from(self.packed.len())),
            ];
            response.headers_mut().extend(own);
        }
        let headers = response.headers_mut();
        if let Ok(tag) = HeaderValue::from_str(tag) {
            headers.insert(ETAG, tag);
        }
        // A new program has new files: the browser asks, and is told that it has them.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        protect(headers);
        response
    }

    fn tag(&self) -> String {
        // FNV-1a, which is the same in every process.
        let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        let hash = self.packed.iter().fold(0xcbf2_9ce4_8422_2325, mix);
        format!("\"{hash:016x}\"")
    }
}

/// Headers of every answer that a browser may show.
pub(crate) fn protect(headers: &mut HeaderMap) {
    let all: [(HeaderName, &str); 5] = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ];
    for (name, value) in all {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
