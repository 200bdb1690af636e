//! Log lines on stderr.

use tracing::Subscriber;
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt, ParseError, filter_fn},
    registry::LookupSpan,
};

use super::LogFormat;

/// Libraries that tell at INFO what they are made of; a filter that names them overrules this.
const QUIET: &str = "opentelemetry=warn,opentelemetry_sdk=warn,opentelemetry-otlp=warn";

/// Lines have what their event says, not the spans around it: formatting each span's fields for lines
/// that are rarely written would cost every message.
pub(super) fn layer<S>(
    filter: &str,
    format: LogFormat,
) -> Result<impl Layer<S> + use<S>, ParseError>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let filter = EnvFilter::builder()
        .parse(format!("{QUIET},{filter}"))?
        .and(filter_fn(|metadata| !metadata.is_span()));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    Ok(match format {
        LogFormat::Text => lines
            .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .with_filter(filter)
            .boxed(),
        LogFormat::Json => lines
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .with_filter(filter)
            .boxed(),
    })
}
