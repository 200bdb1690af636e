//! Logs on stderr, metrics for Prometheus, and both metrics and traces over OTLP where an endpoint is
//! set. Trace ids exist always, so that a log line or a frame can name its trace.

mod logs;
mod metrics;
mod traces;

use std::time::Duration;

use clap::{Args, ValueEnum};
use opentelemetry_sdk::{Resource, metrics::SdkMeterProvider, trace::SdkTracerProvider};
use tracing_subscriber::{layer::SubscriberExt, util::SubscriberInitExt};

pub use metrics::metrics_text;

/// How long the last spans and metrics may take to leave.
const FLUSH: Duration = Duration::from_secs(3);

/// Settings that every binary has; flatten them into its own.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Telemetry")]
pub struct TelemetrySettings {
    /// OTLP/gRPC endpoint for traces and metrics, such as <http://collector:4317>; none are exported without
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", value_name = "URL")]
    pub otlp_endpoint: Option<url::Url>,

    /// Share of traces that are exported; decided where they come in, whatever clients say
    #[arg(long, env = "CHAPPE_TRACE_RATIO", default_value = "1", value_parser = ratio)]
    pub trace_ratio: f64,

    /// What is logged: a level, or targets with levels such as `info,gateway=debug`
    #[arg(
        long,
        env = "CHAPPE_LOG",
        default_value = "info",
        value_name = "FILTER"
    )]
    pub log: String,

    /// The form of log lines
    #[arg(long, env = "CHAPPE_LOG_FORMAT", default_value = "text")]
    pub log_format: LogFormat,
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One object a line.
    Json,
}

/// Why telemetry could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The log filter can't be read.
    #[error("--log: {0}; write a level, or targets with levels such as `info,gateway=debug`")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// The exporter refuses its settings.
    #[error("--otlp-endpoint: {0}")]
    Otlp(#[from] opentelemetry_otlp::ExporterBuildError),
    /// Prometheus refuses the registry.
    #[error("metrics: {0}")]
    Metrics(String),
    /// A process has one telemetry.
    #[error("telemetry is set up already in this process")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

/// Sets up telemetry for the process, within the async runtime. Keep the guard, and shut it down last.
pub fn init(service: &'static str, settings: &TelemetrySettings) -> Result<Guard, Error> {
    let resource = Resource::builder().with_service_name(service).build();
    let endpoint = settings.otlp_endpoint.as_ref().map(url::Url::as_str);

    let tracer = traces::provider(resource.clone(), endpoint, settings.trace_ratio)?;
    let meter = metrics::provider(resource, endpoint)?;
    tracing_subscriber::registry()
        .with(logs::layer(&settings.log, settings.log_format)?)
        .with(traces::layer(&tracer, service))
        .try_init()?;
    opentelemetry::global::set_tracer_provider(tracer.clone());
    opentelemetry::global::set_meter_provider(meter.clone());
    opentelemetry::global::set_text_map_propagator(
        opentelemetry_sdk::propagation::TraceContextPropagator::new(),
    );
    Ok(Guard { tracer, meter })
}

/// Holds the exporters.
#[must_use = "spans still queued are lost unless the guard is shut down"]
#[derive(Debug)]
pub struct Guard {
    tracer: SdkTracerProvider,
    meter: SdkMeterProvider,
}

impl Guard {
    /// Sends what is queued; takes at most a few seconds. Blocks: call it at the end of `main`.
    pub fn shutdown(self) {
        if let Err(error) = self.tracer.shutdown_with_timeout(FLUSH) {
            tracing::warn!(%error, "the last spans were not exported");
        }
        if let Err(error) = self.meter.shutdown_with_timeout(FLUSH) {
            tracing::warn!(%error, "the last metrics were not exported");
        }
    }
}

fn ratio(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(ratio) if (0.0..=1.0).contains(&ratio) => Ok(ratio),
        _ => Err("not a number from 0 to 1".to_owned()),
    }
}
