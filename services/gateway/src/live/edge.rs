//! `chappe.gateway.v1.EdgeService`: routers deliver, feeds note, the batch is acknowledged; and whoever
//! scales gateways sends the connections of one away.

use std::sync::Arc;
use std::time::Duration;

use proto::gateway::delivery::Event;
use proto::gateway::edge_service_server::EdgeService;
use proto::gateway::{DeliverRequest, DeliverResponse, Delivery, DrainRequest, DrainResponse};
use runtime::trace;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};

use super::Shared;

/// Acknowledgements on their way to a router.
const WINDOW: usize = 16;
/// Nobody is kept away for longer.
const LONGEST_JITTER: Duration = Duration::from_mins(5);

/// The inner side of the gateway.
#[derive(Clone)]
pub struct Edge {
    pub(super) shared: Arc<Shared>,
    /// The gateway has left: nobody is served here any more.
    pub(super) left: CancellationToken,
}

#[tonic::async_trait]
impl EdgeService for Edge {
    type DeliverStream = ReceiverStream<Result<DeliverResponse, Status>>;

    async fn deliver(
        &self,
        request: Request<Streaming<DeliverRequest>>,
    ) -> Result<Response<Self::DeliverStream>, Status> {
        let (answers, answering) = mpsc::channel(WINDOW);
        let edge = self.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = edge.take(request.into_inner(), answers) => edge.shared.hub.reconcile_all(),
                () = edge.left.cancelled() => {}
            }
        });
        Ok(Response::new(ReceiverStream::new(answering)))
    }

    async fn drain(
        &self,
        request: Request<DrainRequest>,
    ) -> Result<Response<DrainResponse>, Status> {
        let DrainRequest {
            closes_per_second,
            reconnect_jitter_ms,
        } = request.into_inner();
        let mut terms = self.shared.settings.drain;
        if closes_per_second > 0 {
            terms.per_second = closes_per_second;
        }
        if reconnect_jitter_ms > 0 {
            let jitter = Duration::from_millis(reconnect_jitter_ms.into());
            terms.spread = jitter.min(LONGEST_JITTER);
        }
        self.shared.departure.begin(terms);
        let connections = self.shared.hub.connections();
        Ok(Response::new(DrainResponse {
            connections: u32::try_from(connections).unwrap_or(u32::MAX),
        }))
    }
}

impl Edge {
    /// Notes batch after batch until the router goes. What it had not sent by then may be lost to
    /// this gateway, so heads are compared afterwards.
    async fn take(
        &self,
        mut batches: Streaming<DeliverRequest>,
        answers: mpsc::Sender<Result<DeliverResponse, Status>>,
    ) {
        loop {
            match batches.message().await {
                Ok(Some(batch)) => {
                    for delivery in batch.deliveries {
                        self.note(delivery);
                    }
                    let answer = DeliverResponse { batch: batch.batch };
                    if answers.send(Ok(answer)).await.is_err() {
                        return;
                    }
                }
                Ok(None) => return,
                Err(status) => {
                    tracing::debug!(reason = status.message(), "a router's stream broke");
                    return;
                }
            }
        }
    }

    /// One span per event, whoever many connections get it.
    fn note(&self, delivery: Delivery) {
        let span = tracing::info_span!(
            "deliver",
            otel.kind = "consumer",
            messaging.operation.name = "deliver",
            messaging.operation.r#type = "process",
        );
        if let Some(parent) = &delivery.traceparent {
            trace::set_parent(&span, parent);
        }
        let traceparent = trace::traceparent(&span).or(delivery.traceparent);
        span.in_scope(|| match delivery.event {
            Some(Event::Room(event)) => self.shared.hub.deliver(event, traceparent),
            Some(Event::Personal(event)) => self.shared.hub.deliver_personal(event),
            None => {}
        });
    }
}
