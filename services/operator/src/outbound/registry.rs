//! `chappe.notification.v1.RegistryService`.

use async_trait::async_trait;
use proto::notification::ListGatewaysRequest;
use proto::notification::registry_service_client::RegistryServiceClient;
use runtime::grpc::Network;

use super::{answer, client};
use crate::ports::{Counted, Counts, Registry, Unavailable};

/// The registry behind notification.
pub struct GrpcRegistry(pub Network);

#[async_trait]
impl Registry for GrpcRegistry {
    async fn gateways(&self, notification_url: &str) -> Result<Counts, Unavailable> {
        let mut registry = RegistryServiceClient::new(client(&self.0, notification_url)?);
        let list = registry.list_gateways(ListGatewaysRequest {});
        let list = answer(notification_url, list).await?;
        let gateways = list.gateways.into_iter().map(|gateway| {
            let counted = Counted {
                address: gateway.address,
                connections: gateway.connections,
            };
            (gateway.gateway_id, counted)
        });
        Ok(Counts {
            fresh: list.fresh,
            gateways: gateways.collect(),
        })
    }
}
