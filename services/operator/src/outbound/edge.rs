//! `chappe.gateway.v1.EdgeService`.

use std::time::Duration;

use async_trait::async_trait;
use proto::gateway::DrainRequest;
use proto::gateway::edge_service_client::EdgeServiceClient;
use runtime::grpc::Network;

use super::{answer, client};
use crate::ports::{Edge, Unavailable};

/// The gateways themselves.
pub struct GrpcEdge(pub Network);

#[async_trait]
impl Edge for GrpcEdge {
    async fn drain(
        &self,
        address: &str,
        closes_per_second: u32,
        reconnect_jitter: Duration,
    ) -> Result<u32, Unavailable> {
        let mut edge = EdgeServiceClient::new(client(&self.0, address)?);
        let request = DrainRequest {
            closes_per_second,
            reconnect_jitter_ms: u32::try_from(reconnect_jitter.as_millis()).unwrap_or(u32::MAX),
        };
        Ok(answer(address, edge.drain(request)).await?.connections)
    }
}
