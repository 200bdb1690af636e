//! Spans leave over OTLP, the last ones when the process ends.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
    trace_service_server::{TraceService, TraceServiceServer},
};
use runtime::{
    telemetry::{self, LogFormat, TelemetrySettings},
    trace,
};
use tokio::{net::TcpListener, sync::mpsc};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status, transport::Server};

/// Hands on what it receives.
struct Collector(mpsc::UnboundedSender<ExportTraceServiceRequest>);

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let _ = self.0.send(request.into_inner());
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_spans_are_exported_with_the_name_of_the_service() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let (sender, mut received) = mpsc::unbounded_channel();
    let collector = Server::builder().add_service(TraceServiceServer::new(Collector(sender)));
    tokio::spawn(collector.serve_with_incoming(TcpListenerStream::new(listener)));

    let settings = TelemetrySettings {
        otlp_endpoint: Some(endpoint.parse().unwrap()),
        trace_ratio: 1.0,
        log: "info".to_owned(),
        log_format: LogFormat::Json,
    };
    let telemetry = telemetry::init("example", &settings).unwrap();
    let span = tracing::info_span!("send", otel.kind = "producer", chappe.room = "r");
    trace::set_parent(
        &span,
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    );
    trace::add_link(
        &span,
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    );
    span.in_scope(|| tracing::warn!("the fog is thick"));
    tracing::debug_span!("detail").in_scope(|| {});
    drop(span);
    tokio::task::spawn_blocking(|| telemetry.shutdown())
        .await
        .unwrap();

    let export = tokio::time::timeout(Duration::from_secs(10), received.recv());
    let export = export.await.unwrap().unwrap();
    let resource = export.resource_spans[0].resource.as_ref().unwrap();
    let service = resource.attributes.iter().find(|a| a.key == "service.name");
    assert!(format!("{service:?}").contains("example"), "{service:?}");
    let spans = &export.resource_spans[0].scope_spans[0].spans;
    let names: Vec<_> = spans.iter().map(|span| span.name.as_str()).collect();
    assert_eq!(names, ["send"]);
    assert_eq!(spans[0].trace_id[..2], [0x4b, 0xf9]);
    assert_eq!(spans[0].parent_span_id[6..], [0x02, 0xb7]);
    assert_eq!(spans[0].links[0].trace_id[..2], [0x0a, 0xf7]);
    assert_eq!(spans[0].events.len(), 1);
}
