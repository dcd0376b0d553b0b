//! What kind of failure a provider's refusal is.

use serde::de::{IgnoredAny, MapAccess, SeqAccess};

use crate::kind::ErrorKind;
use crate::wire::lenient::{Into, Lenient, Text, from_slice, lenient};
use crate::wire::redact::{prefix, redact};

/// How much of a message is searched for what it says.
const LONGEST_MESSAGE: usize = 4096;

/// What a refusal says.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorClass {
    /// The kind of failure.
    pub kind: ErrorKind,
    /// The provider's own code, such as `insufficient_quota`.
    pub code: Option<String>,
    /// The provider's message, bounded and without keys.
    pub message: Option<String>,
}

/// Classifies a refusal by its status and the beginning of its body, in the shape of any provider.
///
/// A body that is no JSON, or was cut, is searched for the sentences that tell a kind.
#[must_use]
pub fn classify(status: Option<u16>, body: &[u8]) -> ErrorClass {
    let parsed = from_slice::<Refusal<'_>>(body).ok();
    let is_json = parsed.is_some();
    let refusal = parsed.unwrap_or_default();
    let said = refusal.said();
    let names = [
        &said.code.name,
        &said.kind,
        &said.status.name,
        &said.exception,
    ];
    let names = names.into_iter().filter_map(Text::filled);
    let by_name = names.clone().find_map(classify_code);
    let message = said.message.filled().or_else(|| said.text.filled());
    let by_text = match message {
        Some(message) => classify_message(prefix(message, LONGEST_MESSAGE)),
        None if !is_json => {
            let begin = &body[..body.len().min(LONGEST_MESSAGE)];
            classify_message(&String::from_utf8_lossy(begin))
        }
        None => None,
    };
    let status = status
        .filter(|status| *status >= 400)
        .or_else(|| said.number());
    let by_status = status.map(classify_status);
    let kind = match (by_name, by_text, by_status) {
        // A name or a text may say more than "bad request" or "too many requests".
        (Some(kind), _, Some(ErrorKind::InvalidRequest | ErrorKind::RateLimited))
            if kind != ErrorKind::InvalidRequest && kind != ErrorKind::RateLimited =>
        {
            kind
        }
        (_, Some(kind), Some(ErrorKind::InvalidRequest)) => kind,
        (_, Some(ErrorKind::Quota), Some(ErrorKind::RateLimited)) => ErrorKind::Quota,
        (Some(ErrorKind::Overloaded), _, Some(ErrorKind::Server)) => ErrorKind::Overloaded,
        (_, _, Some(kind)) => kind,
        (Some(ErrorKind::InvalidRequest) | None, Some(kind), None) | (Some(kind), _, None) => kind,
        (None, None, None) => ErrorKind::Server,
    };
    ErrorClass {
        kind,
        code: names.clone().next().map(redact),
        message: message.map(redact),
    }
}

/// The body of a refusal: the error under `error`, under `response`, or by itself; Gemini puts it into a list when it was
/// asked for a stream.
#[derive(Debug, Default)]
struct Refusal<'a> {
    error: Said<'a>,
    response: Nested<'a>,
    itself: Said<'a>,
    in_list: bool,
}

#[derive(Debug, Default)]
struct Nested<'a> {
    error: Said<'a>,
}

lenient!(Nested<'a> { "error" => error });

/// What an error says: its fields, or a text in its place.
#[derive(Debug, Default)]
struct Said<'a> {
    text: Text<'a>,
    message: Text<'a>,
    code: Code<'a>,
    kind: Text<'a>,
    status: Code<'a>,
    exception: Text<'a>,
    any: bool,
}

/// A code, which may be a name or a status.
#[derive(Debug, Default)]
struct Code<'a> {
    name: Text<'a>,
    number: Option<u16>,
}

impl<'a> Refusal<'a> {
    fn said(&self) -> &Said<'a> {
        let nested = [&self.error, &self.response.error];
        nested
            .into_iter()
            .find(|said| said.any)
            .unwrap_or(&self.itself)
    }
}

impl<'a, 'de: 'a> Lenient<'de> for Refusal<'a> {
    fn entry<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "error" => map.next_value_seed(Into(&mut self.error)),
            "response" => map.next_value_seed(Into(&mut self.response)),
            _ => self.itself.entry(key, map),
        }
    }

    fn item<A: SeqAccess<'de>>(&mut self, seq: &mut A) -> Result<Option<()>, A::Error> {
        if std::mem::replace(&mut self.in_list, true) {
            return Ok(seq.next_element::<IgnoredAny>()?.map(|_| ()));
        }
        seq.next_element_seed(Into(self))
    }
}

impl Said<'_> {
    /// The status that the body tells.
    fn number(&self) -> Option<u16> {
        let numbers = [self.code.number, self.status.number];
        let mut statuses = numbers.into_iter().flatten();
        statuses.find(|number| (400..600).contains(number))
    }
}

impl<'a, 'de: 'a> Lenient<'de> for Said<'a> {
    fn text(&mut self, text: &str) {
        self.any |= !text.is_empty();
        self.text.text(text);
    }

    fn borrowed(&mut self, text: &'de str) {
        self.any |= !text.is_empty();
        self.text.borrowed(text);
    }

    fn entry<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        self.any = true;
        match key {
            "message" | "Message" => map.next_value_seed(Into(&mut self.message)),
            "code" => map.next_value_seed(Into(&mut self.code)),
            "type" => map.next_value_seed(Into(&mut self.kind)),
            "status" | "statusCode" | "status_code" => map.next_value_seed(Into(&mut self.status)),
            "__type" => map.next_value_seed(Into(&mut self.exception)),
            _ => map.next_value::<IgnoredAny>().map(|_| ()),
        }
    }
}

impl<'a, 'de: 'a> Lenient<'de> for Code<'a> {
    fn text(&mut self, text: &str) {
        // Azure writes its status as a text.
        match text.parse() {
            Ok(number) => self.number = Some(number),
            Err(_) => self.name.text(text),
        }
    }

    fn borrowed(&mut self, text: &'de str) {
        match text.parse() {
            Ok(number) => self.number = Some(number),
            Err(_) => self.name.borrowed(text),
        }
    }

    fn count(&mut self, value: u64) {
        self.number = u16::try_from(value).ok();
    }
}

/// The kind that a status stands for, where nothing says more.
fn classify_status(status: u16) -> ErrorKind {
    match status {
        401 | 403 => ErrorKind::Auth,
        402 => ErrorKind::Quota,
        408 | 504 => ErrorKind::Timeout,
        413 => ErrorKind::ContextLength,
        429 => ErrorKind::RateLimited,
        503 | 529 => ErrorKind::Overloaded,
        400..=499 => ErrorKind::InvalidRequest,
        500..=599 => ErrorKind::Server,
        _ => ErrorKind::Other,
    }
}

/// The kind that a provider's code, type or status name stands for.
pub(crate) fn classify_code(code: &str) -> Option<ErrorKind> {
    Some(match code {
        "insufficient_quota"
        | "billing_error"
        | "billing_hard_limit_reached"
        | "billing_not_active"
        | "insufficient_balance"
        | "insufficient_credits" => ErrorKind::Quota,
        "rate_limit_exceeded"
        | "rate_limit_error"
        | "tokens"
        | "requests"
        | "RESOURCE_EXHAUSTED"
        | "ThrottlingException"
        | "throttlingException"
        | "TooManyRequestsException"
        | "too_many_requests" => ErrorKind::RateLimited,
        "context_length_exceeded" | "request_too_large" | "string_above_max_length" => {
            ErrorKind::ContextLength
        }
        "content_filter"
        | "content_policy_violation"
        | "ResponsibleAIPolicyViolation"
        | "content_filtered"
        | "moderation_blocked"
        | "SAFETY"
        | "PROHIBITED_CONTENT" => ErrorKind::ContentFilter,
        "authentication_error"
        | "permission_error"
        | "invalid_api_key"
        | "invalid_authentication"
        | "UNAUTHENTICATED"
        | "PERMISSION_DENIED"
        | "AccessDeniedException"
        | "UnrecognizedClientException"
        | "ExpiredTokenException" => ErrorKind::Auth,
        "overloaded_error"
        | "overloaded"
        | "server_overloaded"
        | "UNAVAILABLE"
        | "engine_overloaded"
        | "ServiceUnavailableException"
        | "serviceUnavailableException"
        | "ModelNotReadyException" => ErrorKind::Overloaded,
        "timeout"
        | "timeout_error"
        | "DEADLINE_EXCEEDED"
        | "ModelTimeoutException"
        | "modelTimeoutException" => ErrorKind::Timeout,
        "server_error"
        | "api_error"
        | "internal_server_error"
        | "internal_error"
        | "INTERNAL"
        | "InternalServerException"
        | "internalServerException"
        | "modelStreamErrorException"
        | "ModelStreamErrorException"
        | "ModelErrorException" => ErrorKind::Server,
        "invalid_request_error"
        | "not_found_error"
        | "model_not_found"
        | "INVALID_ARGUMENT"
        | "NOT_FOUND"
        | "FAILED_PRECONDITION"
        | "ValidationException"
        | "validationException"
        | "ResourceNotFoundException" => ErrorKind::InvalidRequest,
        _ => return None,
    })
}

/// What a message says that its code does not.
fn classify_message(message: &str) -> Option<ErrorKind> {
    let message = message.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    if says(&[
        "maximum context length",
        "context length",
        "context window",
        "prompt is too long",
        "input is too long",
        "too many tokens",
        "exceeds the maximum number of tokens",
        "input token count",
    ]) {
        Some(ErrorKind::ContextLength)
    } else if says(&[
        "content management policy",
        "content filter",
        "safety system",
        "content policy",
    ]) {
        Some(ErrorKind::ContentFilter)
    } else if says(&[
        "exceeded your current quota",
        "credit balance is too low",
        "insufficient balance",
    ]) {
        Some(ErrorKind::Quota)
    } else if says(&["api key not valid", "incorrect api key", "invalid api key"]) {
        Some(ErrorKind::Auth)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_of_every_provider() {
        for (status, body, kind) in [
            (
                401,
                r#"{"error":{"message":"Incorrect API key provided","type":"invalid_request_error","code":"invalid_api_key"}}"#,
                ErrorKind::Auth,
            ),
            (
                403,
                r#"{"type":"error","error":{"type":"permission_error","message":"no"}}"#,
                ErrorKind::Auth,
            ),
            (
                402,
                r#"{"error":{"message":"Insufficient credits","code":402}}"#,
                ErrorKind::Quota,
            ),
            (
                429,
                r#"{"error":{"message":"Rate limit reached","type":"tokens","code":"rate_limit_exceeded"}}"#,
                ErrorKind::RateLimited,
            ),
            (
                429,
                r#"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}"#,
                ErrorKind::Quota,
            ),
            (429, "slow down", ErrorKind::RateLimited),
            (
                400,
                r#"{"error":{"message":"This model's maximum context length is 8192 tokens","type":"invalid_request_error","code":"context_length_exceeded"}}"#,
                ErrorKind::ContextLength,
            ),
            (
                400,
                r#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}}"#,
                ErrorKind::ContextLength,
            ),
            (
                400,
                r#"{"error":{"code":"content_filter","message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy","status":400}}"#,
                ErrorKind::ContentFilter,
            ),
            (
                400,
                r#"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low"}}"#,
                ErrorKind::Quota,
            ),
            (
                400,
                r#"{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}"#,
                ErrorKind::Auth,
            ),
            (
                400,
                r#"{"error":{"message":"unknown field"}}"#,
                ErrorKind::InvalidRequest,
            ),
            (
                404,
                r#"{"error":{"message":"no such model","code":"model_not_found"}}"#,
                ErrorKind::InvalidRequest,
            ),
            (408, "", ErrorKind::Timeout),
            (
                400,
                r#"{"error":{"message":"This model's maximum context length is 8192 tokens and the mess"#,
                ErrorKind::ContextLength,
            ),
            (
                413,
                r#"{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}"#,
                ErrorKind::ContextLength,
            ),
            (
                500,
                r#"{"error":{"message":"The server had an error","type":"server_error"}}"#,
                ErrorKind::Server,
            ),
            (502, "<html>bad gateway</html>", ErrorKind::Server),
            (503, "", ErrorKind::Overloaded),
            (504, "", ErrorKind::Timeout),
            (
                529,
                r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
                ErrorKind::Overloaded,
            ),
        ] {
            assert_eq!(
                classify(Some(status), body.as_bytes()).kind,
                kind,
                "{status} {body}"
            );
        }
    }

    #[test]
    fn errors_in_a_stream_have_no_status() {
        for (body, kind) in [
            (
                r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
                ErrorKind::Overloaded,
            ),
            (
                r#"{"error":{"code":429,"message":"Rate limited upstream"}}"#,
                ErrorKind::RateLimited,
            ),
            (
                r#"{"error":{"message":"Upstream went away","code":502}}"#,
                ErrorKind::Server,
            ),
            (
                r#"{"type":"response.failed","response":{"error":{"code":"server_error","message":"x"}}}"#,
                ErrorKind::Server,
            ),
            (
                r#"[{"error":{"code":503,"status":"UNAVAILABLE","message":"x"}}]"#,
                ErrorKind::Overloaded,
            ),
            (r#"{"error":"model exploded"}"#, ErrorKind::Server),
            (
                r#"{"type":"response.failed","response":{"error":{"code":"rate_limit_exceeded","message":"x"}}}"#,
                ErrorKind::RateLimited,
            ),
            (
                r#"{"error":{"code":"429","message":"call rate limit"}}"#,
                ErrorKind::RateLimited,
            ),
            (
                r#"{"statusCode":401,"message":"Access denied"}"#,
                ErrorKind::Auth,
            ),
            (
                r#"{"object":"error","message":"x","type":"BadRequestError","param":null,"code":400}"#,
                ErrorKind::InvalidRequest,
            ),
            (
                r#"{"error":{"code":[],"message":{},"type":"overloaded_error"}}"#,
                ErrorKind::Overloaded,
            ),
        ] {
            assert_eq!(classify(None, body.as_bytes()).kind, kind, "{body}");
        }
    }

    #[test]
    fn a_message_is_kept_without_keys() {
        let class = classify(
            Some(401),
            br#"{"error":{"message":"bad key sk-abcdefghijkl","code":"invalid_api_key"}}"#,
        );
        assert_eq!(class.message.as_deref(), Some("bad key sk-***"));
        assert_eq!(class.code.as_deref(), Some("invalid_api_key"));
    }
}
