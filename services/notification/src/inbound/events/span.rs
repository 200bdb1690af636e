//! The span of one record's way through the router.

use bus::Received;
use runtime::trace;
use tracing::{Span, info_span};

use super::GROUP;

/// A consumer span, child of the producer's: it lasts until the gateways have acknowledged.
pub(super) fn process(received: &Received) -> Span {
    let record = received.record.as_ref().ok();
    let span = info_span!(
        parent: None,
        "process chat.events.v1",
        otel.kind = "consumer",
        messaging.system = "kafka",
        messaging.operation.name = "process",
        messaging.operation.type = "process",
        messaging.destination.name = received.topic,
        messaging.destination.partition.id = %received.partition,
        messaging.kafka.offset = received.offset,
        messaging.consumer.group.name = GROUP,
        messaging.message.id = record.map(|record| record.event.id.as_str()),
        messaging.message.body.size = record.map(|record| record.value.len()),
        cloudevents.event_type = record.map(|record| record.event.r#type.as_str()),
    );
    if let Some(traceparent) = record.and_then(|record| record.event.traceparent.as_deref()) {
        trace::set_parent(&span, traceparent);
    }
    span
}
