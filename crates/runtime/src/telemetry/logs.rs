//! Log lines on stderr, each with the trace that it belongs to.

use std::{fmt, io::IsTerminal};

use tracing::{Event, Subscriber};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt, ParseError, filter_fn},
    fmt::{
        FmtContext, FormatEvent, FormatFields,
        format::{Format, Writer},
    },
    registry::LookupSpan,
};

use super::LogFormat;
use crate::trace;

/// Libraries that tell at INFO what they are made of; a filter that names them overrules this.
const QUIET: &str = "opentelemetry=warn,opentelemetry_sdk=warn,opentelemetry-otlp=warn";

/// Lines have what their event says and the trace's id, not the spans around it: formatting each span's
/// fields for lines that are rarely written would cost every message.
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
            .event_format(Traced {
                inner: Format::default().with_ansi(std::io::stderr().is_terminal()),
                end: "",
                before: " trace_id=",
                after: "",
            })
            .with_filter(filter)
            .boxed(),
        LogFormat::Json => lines
            .json()
            .event_format(Traced {
                inner: Format::default()
                    .json()
                    .flatten_event(true)
                    .with_current_span(false)
                    .with_span_list(false),
                end: "}",
                before: r#","trace_id":""#,
                after: r#"""#,
            })
            .with_filter(filter)
            .boxed(),
    })
}

/// Writes the trace's id before the end of each line.
struct Traced<F> {
    inner: F,
    /// What a line ends with.
    end: &'static str,
    before: &'static str,
    after: &'static str,
}

impl<S, N, F> FormatEvent<S, N> for Traced<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let Some(trace) = trace::current_trace_id() else {
            return self.inner.format_event(context, writer, event);
        };
        let mut line = String::new();
        self.inner
            .format_event(context, Writer::new(&mut line), event)?;
        let line = line.trim_end();
        let line = line.strip_suffix(self.end).unwrap_or(line);
        let (before, after, end) = (self.before, self.after, self.end);
        writeln!(writer, "{line}{before}{trace}{after}{end}")
    }
}
