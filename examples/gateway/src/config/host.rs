//! Names and addresses of the gateway itself.

use std::net::{IpAddr, SocketAddr};

use serde::de::{self, Deserialize, Deserializer};

use super::units::Text;

/// An address with its port, to listen on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Listen(pub(super) SocketAddr);

/// A name of this host, as it stands in a `Host` header, without the port.
#[derive(Clone, Debug)]
pub(super) struct HostName(pub(super) String);

impl<'de> Deserialize<'de> for Listen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = deserializer.deserialize_str(Text)?;
        text.parse().map(Self).map_err(|_| {
            let text: String = text.chars().take(80).collect();
            de::Error::custom(format!(
                "`{text}` is nowhere to listen: write an address and a port such as 127.0.0.1:8080"
            ))
        })
    }
}

impl<'de> Deserialize<'de> for HostName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = deserializer.deserialize_str(Text)?;
        let literal = text
            .strip_prefix('[')
            .and_then(|text| text.strip_suffix(']'));
        if let Ok(address) = literal.unwrap_or(&text).parse::<IpAddr>() {
            return Ok(Self(address.to_string()));
        }
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let name = text.strip_suffix('.').unwrap_or(&text);
        if name.is_empty() || name.starts_with('.') || !name.bytes().all(plain) {
            let text: String = text.chars().take(80).collect();
            return Err(de::Error::custom(format!(
                "`{text}` is no name of a host: write it without scheme, port and path, such as gateway.example.com"
            )));
        }
        Ok(Self(name.to_ascii_lowercase()))
    }
}
