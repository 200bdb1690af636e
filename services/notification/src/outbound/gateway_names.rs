//! Where gateways are when the registry can't tell: what DNS says.

use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use tokio::net::lookup_host;
use tokio::time::timeout;

use crate::application::ports::FindGateways;
use crate::domain::Address;

/// DNS has so long to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// Names of gateways, such as that of a headless service, which resolves to every one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GatewayNames(Vec<Name>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Name {
    /// `http://host:port`, by host and port.
    Host(String),
    /// Nothing to be resolved, such as `inproc://gateway`.
    Address(Address),
}

/// A text does not name gateways.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("write http://host:port, several separated by commas, not {0:?}")]
pub struct BadGatewayNames(String);

impl FromStr for GatewayNames {
    type Err = BadGatewayNames;

    fn from_str(text: &str) -> Result<Self, BadGatewayNames> {
        let bad = || BadGatewayNames(text.into());
        text.split(',')
            .map(|name| {
                let name = name.trim().trim_end_matches('/');
                if let Some(host) = name.strip_prefix("http://") {
                    let (_, port) = host.rsplit_once(':').ok_or_else(bad)?;
                    port.parse::<u16>().map_err(|_| bad())?;
                    return Ok(Name::Host(host.into()));
                }
                name.parse().map(Name::Address).map_err(|_| bad())
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

#[async_trait]
impl FindGateways for GatewayNames {
    async fn addresses(&self) -> Vec<Address> {
        let mut addresses = Vec::new();
        for name in &self.0 {
            match name {
                Name::Address(address) => addresses.push(address.clone()),
                Name::Host(host) => addresses.extend(resolve(host).await),
            }
        }
        addresses
    }
}

async fn resolve(host: &str) -> Vec<Address> {
    match timeout(ANSWER_WITHIN, lookup_host(host)).await {
        Ok(Ok(found)) => found
            .filter_map(|ip| format!("http://{ip}").parse().ok())
            .collect(),
        Ok(Err(error)) => {
            tracing::debug!(host, %error, "the name of the gateways does not resolve");
            Vec::new()
        }
        Err(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_stands_for_all_its_addresses() {
        let names: GatewayNames = "http://127.0.0.1:7001, http://127.0.0.2:7001/,inproc://gateway"
            .parse()
            .unwrap();
        let addresses = names.addresses().await;
        let addresses: Vec<_> = addresses.iter().map(Address::as_str).collect();
        assert_eq!(
            addresses,
            [
                "http://127.0.0.1:7001",
                "http://127.0.0.2:7001",
                "inproc://gateway"
            ]
        );
    }

    #[test]
    fn what_names_no_gateway_is_refused() {
        for text in ["", "gateway", "http://gateway", "http://gateway:port"] {
            assert!(text.parse::<GatewayNames>().is_err(), "{text}");
        }
    }
}
