//! Who holds connections, and where it is reached.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// A gateway's name; the same after a restart. 1–128 characters of `A-Z a-z 0-9 . _ : -`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GatewayId(Arc<str>);

/// A text is no gateway's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a gateway id has 1–128 characters of A-Z a-z 0-9 . _ : -")]
pub struct BadGatewayId;

impl GatewayId {
    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for GatewayId {
    type Err = BadGatewayId;

    fn from_str(text: &str) -> Result<Self, BadGatewayId> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'-');
        if (1..=128).contains(&text.len()) && text.bytes().all(fits) {
            Ok(Self(text.into()))
        } else {
            Err(BadGatewayId)
        }
    }
}

impl fmt::Display for GatewayId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for GatewayId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// New at every start of a gateway, and rising.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BootEpoch(u64);

impl BootEpoch {
    /// The number itself, as the wire carries it.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl From<u64> for BootEpoch {
    fn from(value: u64) -> Self {
        Self(value)
    }
}

/// One life of a gateway, from its start to its end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Incarnation {
    /// Whose life.
    pub id: GatewayId,
    /// Which one.
    pub epoch: BootEpoch,
}

/// Where a router dials a gateway, as a URI.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(Arc<str>);

/// A text is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an address is a URI such as http://10.0.0.7:7001, of at most 512 characters")]
pub struct BadAddress;

impl Address {
    /// The URI.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Address {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        let visible = text.bytes().all(|b| b.is_ascii_graphic());
        let names_a_host = text
            .split_once("://")
            .is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty());
        if visible && names_a_host && text.len() <= 512 {
            Ok(Self(text.into()))
        } else {
            Err(BadAddress)
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A gateway as it introduces itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gateway {
    /// Which life of which gateway.
    pub incarnation: Incarnation,
    /// Where it is dialled.
    pub address: Address,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gateway_id_is_a_plain_name() {
        assert!("gateway-0.chappe_1:7".parse::<GatewayId>().is_ok());
        for text in ["", "a/1", "a b", "ä", &"g".repeat(129)] {
            assert_eq!(text.parse::<GatewayId>(), Err(BadGatewayId), "{text}");
        }
    }

    #[test]
    fn an_address_is_a_uri() {
        assert!("http://10.0.0.7:7001".parse::<Address>().is_ok());
        assert!("inproc://gateway".parse::<Address>().is_ok());
        for text in ["", "10.0.0.7:7001", "http://", "http://a b", "://host"] {
            assert_eq!(text.parse::<Address>(), Err(BadAddress), "{text}");
        }
    }
}
