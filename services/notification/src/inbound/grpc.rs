//! `chappe.notification.v1.RegistryService`.

mod attach;
mod convert;

use std::sync::Arc;

use proto::notification::registry_service_server::RegistryService;
use proto::notification::{
    AttachRequest, AttachResponse, ListGatewaysRequest, ListGatewaysResponse, RedeemTicketRequest,
    RedeemTicketResponse,
};
use time::OffsetDateTime;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};
use tracing::Instrument;

use crate::application::Registrations;
use attach::Session;
use convert::{invalid, refusal, registered};

/// Answers that a gateway has not read yet; then its session waits.
const ANSWERS: usize = 16;

/// The longest id of a ticket, in bytes.
const TICKET_BYTES: usize = 128;

/// The service that gateways call, and whoever scales them.
#[derive(Clone)]
pub struct RegistryServer {
    registrations: Arc<Registrations>,
    stopping: CancellationToken,
}

impl RegistryServer {
    /// Serves until `stopping`: then gateways attach to another replica.
    pub fn new(registrations: Arc<Registrations>, stopping: CancellationToken) -> Self {
        Self {
            registrations,
            stopping,
        }
    }
}

#[tonic::async_trait]
impl RegistryService for RegistryServer {
    type AttachStream = ReceiverStream<Result<AttachResponse, Status>>;

    async fn attach(
        &self,
        request: Request<Streaming<AttachRequest>>,
    ) -> Result<Response<Self::AttachStream>, Status> {
        let (answers, responses) = mpsc::channel(ANSWERS);
        let session = Session::new(self.registrations.clone(), request.into_inner(), answers);
        let stopping = self.stopping.clone();
        // It ends with the stream, which both sides bound by beats.
        tokio::spawn(async move { session.run(stopping).await }.in_current_span());
        Ok(Response::new(ReceiverStream::new(responses)))
    }

    async fn redeem_ticket(
        &self,
        request: Request<RedeemTicketRequest>,
    ) -> Result<Response<RedeemTicketResponse>, Status> {
        let request = request.into_inner();
        let ticket = request.ticket_id;
        if !(1..=TICKET_BYTES).contains(&ticket.len()) {
            return Err(invalid("ticket_id has 1–128 bytes"));
        }
        let ends = OffsetDateTime::from_unix_timestamp(request.expires_at)
            .map_err(|_| invalid("expires_at is no time"))?;
        let first_use = self
            .registrations
            .redeem_ticket(&ticket, ends)
            .await
            .map_err(|error| refusal(&error))?;
        Ok(Response::new(RedeemTicketResponse { first_use }))
    }

    async fn list_gateways(
        &self,
        _: Request<ListGatewaysRequest>,
    ) -> Result<Response<ListGatewaysResponse>, Status> {
        let roll = self.registrations.list_gateways().await;
        Ok(Response::new(ListGatewaysResponse {
            fresh: roll.fresh,
            gateways: roll.leases.iter().map(registered).collect(),
        }))
    }
}
