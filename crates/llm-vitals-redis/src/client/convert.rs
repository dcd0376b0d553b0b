//! From the driver's types to ours.

use redis::{RedisError, Value};

use crate::error::{Error, ErrorKind};
use crate::source::Reply;

/// Deeper replies than this are no answer to any command of ours.
const MAX_DEPTH: usize = 8;

pub(crate) fn reply(value: Value) -> Reply {
    convert(value, 0)
}

fn convert(value: Value, depth: usize) -> Reply {
    if depth > MAX_DEPTH {
        return Reply::Nil;
    }
    let list = |values: Vec<Value>| {
        Reply::List(
            values
                .into_iter()
                .map(|value| convert(value, depth + 1))
                .collect(),
        )
    };
    match value {
        Value::Int(number) => Reply::Integer(number),
        Value::BulkString(bytes) => Reply::Bytes(bytes),
        Value::SimpleString(text) => Reply::Bytes(text.into_bytes()),
        Value::VerbatimString { text, .. } => Reply::Bytes(text.into_bytes()),
        Value::Okay => Reply::Bytes(b"OK".to_vec()),
        Value::Boolean(yes) => Reply::Integer(i64::from(yes)),
        Value::Double(number) => Reply::Bytes(number.to_string().into_bytes()),
        Value::Array(values) | Value::Set(values) => list(values),
        Value::Map(pairs) => list(
            pairs
                .into_iter()
                .flat_map(|(key, value)| [key, value])
                .collect(),
        ),
        Value::ServerError(error) => Reply::Error(
            error.code().to_owned(),
            error.details().unwrap_or_default().to_owned(),
        ),
        _ => Reply::Nil,
    }
}

pub(crate) fn error(address: &str, tried: &str, error: RedisError) -> Error {
    let kind = match error.code() {
        Some("NOAUTH" | "WRONGPASS") => ErrorKind::Auth,
        Some("NOPERM") => ErrorKind::Denied,
        Some("ERR") if error.kind() == redis::ErrorKind::AuthenticationFailed => ErrorKind::Auth,
        _ if error.kind() == redis::ErrorKind::AuthenticationFailed => ErrorKind::Auth,
        _ if error.kind() == redis::ErrorKind::InvalidClientConfig => ErrorKind::Config,
        _ if error.kind() == redis::ErrorKind::Parse => ErrorKind::Protocol,
        _ if error.is_timeout() => ErrorKind::Timeout,
        _ if error.is_io_error() || error.is_connection_dropped() => ErrorKind::Connection,
        Some(_) => ErrorKind::Server,
        None => ErrorKind::Connection,
    };
    Error::new(kind, format!("{address} could not be {tried}: {kind}")).with_source(error)
}
