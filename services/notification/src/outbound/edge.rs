//! Delivery streams to gateways over gRPC.

use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use http::uri::PathAndQuery;
use proto::gateway::DeliverResponse;
use runtime::grpc::Network;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Status};
use tonic_prost::ProstCodec;

use crate::application::ports::{Batch, DeliveryFailed, DeliveryStream, Dial};
use crate::domain::Address;

/// So many batches wait for the network before the router's own queue grows.
const OUTGOING: usize = 64;

/// `chappe.gateway.v1.DeliverRequest` with deliveries that are encoded already: on the wire an
/// embedded message is its bytes, so an event is encoded once for all gateways.
#[derive(Clone, PartialEq, prost::Message)]
struct DeliverBatch {
    #[prost(uint64, tag = "1")]
    batch: u64,
    #[prost(bytes = "bytes", repeated, tag = "2")]
    deliveries: Vec<Bytes>,
}

/// Opens `EdgeService.Deliver` streams.
pub struct EdgeDialer {
    network: Network,
}

impl EdgeDialer {
    /// Dials in this network.
    pub fn new(network: Network) -> Self {
        Self { network }
    }
}

#[async_trait]
impl Dial for EdgeDialer {
    async fn open(&self, address: &Address) -> Result<DeliveryStream, DeliveryFailed> {
        let client = self
            .network
            .connect(address.as_str())
            .map_err(|wrong| DeliveryFailed(wrong.to_string()))?;
        let mut grpc = tonic::client::Grpc::new(client);
        grpc.ready().await.map_err(|status| failed(&status))?;

        let (outgoing, batches) = mpsc::channel(OUTGOING);
        let requests = ReceiverStream::new(batches).map(|batch: Batch| DeliverBatch {
            batch: batch.number,
            deliveries: batch
                .deliveries
                .into_iter()
                .map(|delivery| delivery.0)
                .collect(),
        });
        let path = PathAndQuery::from_static("/chappe.gateway.v1.EdgeService/Deliver");
        let codec = ProstCodec::<DeliverBatch, DeliverResponse>::default();
        let response = grpc.streaming(Request::new(requests), path, codec).await;
        let acknowledged = response
            .map_err(|status| failed(&status))?
            .into_inner()
            .map_ok(|response| response.batch)
            .map_err(|status| failed(&status))
            .boxed();
        Ok(DeliveryStream {
            outgoing,
            acknowledged,
        })
    }
}

fn failed(status: &Status) -> DeliveryFailed {
    DeliveryFailed(format!("{}: {}", status.code(), status.message()))
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use proto::gateway::{DeliverRequest, Delivery};

    use super::*;

    #[test]
    fn a_batch_is_a_deliver_request_on_the_wire() {
        let delivery = Delivery {
            traceparent: Some("00-trace".into()),
            event: None,
        };
        let batch = DeliverBatch {
            batch: 7,
            deliveries: vec![delivery.encode_to_vec().into()],
        };
        let request = DeliverRequest::decode(&*batch.encode_to_vec()).unwrap();
        assert_eq!(
            request,
            DeliverRequest {
                batch: 7,
                deliveries: vec![delivery],
            }
        );
    }
}
