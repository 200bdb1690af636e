//! One trace from the caller's span to the handler's. A process has one telemetry, so there is one test.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::{pin::Pin, sync::Arc, time::Duration};

use proto::notification::{
    AttachRequest, AttachResponse, ListGatewaysRequest, ListGatewaysResponse, RedeemTicketRequest,
    RedeemTicketResponse,
    registry_service_client::RegistryServiceClient,
    registry_service_server::{RegistryService, RegistryServiceServer},
};
use runtime::{
    Health, Shutdown,
    grpc::{self, InternalCredential, Network},
    telemetry::{self, LogFormat, TelemetrySettings},
    trace,
};
use tokio_stream::Stream;
use tonic::{Request, Response, Status, Streaming};
use tracing::Instrument;

/// Remembers the trace context that a call was handled in.
#[derive(Clone, Default)]
struct Example {
    seen: Arc<std::sync::Mutex<Option<String>>>,
}

#[tonic::async_trait]
impl RegistryService for Example {
    type AttachStream = Pin<Box<dyn Stream<Item = Result<AttachResponse, Status>> + Send>>;

    async fn attach(
        &self,
        _: Request<Streaming<AttachRequest>>,
    ) -> Result<Response<Self::AttachStream>, Status> {
        Err(Status::unimplemented("not used"))
    }

    async fn redeem_ticket(
        &self,
        _: Request<RedeemTicketRequest>,
    ) -> Result<Response<RedeemTicketResponse>, Status> {
        *self.seen.lock().unwrap() = trace::current_traceparent();
        Ok(Response::new(RedeemTicketResponse::default()))
    }

    async fn list_gateways(
        &self,
        _: Request<ListGatewaysRequest>,
    ) -> Result<Response<ListGatewaysResponse>, Status> {
        Err(Status::unimplemented("not used"))
    }
}

#[tokio::test]
async fn a_callers_trace_reaches_the_handler_and_calls_are_measured() {
    let settings = TelemetrySettings {
        otlp_endpoint: None,
        trace_ratio: 1.0,
        log: "info".to_owned(),
        log_format: LogFormat::Text,
    };
    let telemetry = telemetry::init("example", &settings).unwrap();
    assert!(telemetry::init("again", &settings).is_err());

    let network = Network::new(InternalCredential::random());
    let shutdown = Shutdown::new(Duration::from_secs(5));
    let example = Example::default();
    let routes = tonic::service::Routes::new(RegistryServiceServer::new(example.clone()));
    let listener = network.listen("inproc://example").await.unwrap();
    let serving = tokio::spawn(grpc::serve(
        listener,
        routes,
        Health::new(),
        shutdown.clone(),
    ));
    let mut client = RegistryServiceClient::new(network.connect("inproc://example").unwrap());

    let span = tracing::info_span!("send");
    trace::set_parent(
        &span,
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    );
    let ours = trace::traceparent(&span).unwrap();
    assert!(
        ours.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-"),
        "{ours}"
    );
    async {
        let request = RedeemTicketRequest::default();
        client.redeem_ticket(request).await.unwrap();
    }
    .instrument(span)
    .await;
    let theirs = example.seen.lock().unwrap().take().unwrap();
    assert_eq!(theirs[3..35], ours[3..35], "one trace");
    assert_ne!(theirs[36..52], ours[36..52], "a span of its own");

    assert_eq!(trace::current_traceparent(), None);
    client
        .redeem_ticket(RedeemTicketRequest::default())
        .await
        .unwrap();
    let fresh = example.seen.lock().unwrap().take().unwrap();
    assert_ne!(
        fresh[3..35],
        ours[3..35],
        "a call outside of any span begins a trace"
    );

    let metrics = telemetry::metrics_text();
    for side in ["client", "server"] {
        let name = format!("rpc_{side}_call_duration_seconds_count");
        let line = metrics.lines().find(|line| line.starts_with(&name));
        let line = line.unwrap_or_else(|| panic!("{name} is missing in\n{metrics}"));
        assert!(
            line.contains(r#"rpc_method="chappe.notification.v1.RegistryService/RedeemTicket""#),
            "{line}"
        );
        assert!(line.contains(r#"rpc_response_status_code="OK""#), "{line}");
        assert!(line.ends_with(" 2"), "{line}");
    }
    shutdown.force();
    serving.await.unwrap().unwrap();
    telemetry.shutdown();
}
