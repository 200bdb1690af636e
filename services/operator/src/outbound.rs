//! What answers the ports: Chappe's own services over gRPC, and Kafka.

mod bots;
mod brokers;
mod edge;
mod registry;

pub use bots::GrpcBots;
pub use brokers::KafkaBrokers;
pub use edge::GrpcEdge;
pub use registry::GrpcRegistry;

use std::time::Duration;

use runtime::grpc::{Client, Network};
use tonic::Status;

use crate::ports::Unavailable;

/// How long a service may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

fn client(network: &Network, url: &str) -> Result<Client, Unavailable> {
    network.connect(url).map_err(|wrong| Unavailable {
        who: url.to_owned(),
        reason: wrong.to_string(),
    })
}

/// The answer, if it comes in time.
async fn answer<T>(
    url: &str,
    call: impl Future<Output = Result<tonic::Response<T>, Status>>,
) -> Result<T, Unavailable> {
    let reason = match tokio::time::timeout(ANSWER_WITHIN, call).await {
        Ok(Ok(answer)) => return Ok(answer.into_inner()),
        Ok(Err(status)) => format!("{:?}: {}", status.code(), status.message()),
        Err(_) => format!("nothing within {} s", ANSWER_WITHIN.as_secs()),
    };
    Err(Unavailable {
        who: url.to_owned(),
        reason,
    })
}
