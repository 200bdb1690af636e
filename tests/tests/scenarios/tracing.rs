//! One trace, from the sender's frame to the recipient's.

use std::time::Duration;

use e2e::otlp::Span;
use e2e::{World, eventually};
use uuid::Uuid;

const SOON: Duration = Duration::from_secs(30);
/// The span that the sender says it is in.
const SENDERS_SPAN: &str = "00f067aa0ba902b7";

pub(crate) async fn one_trace_leads_from_the_sender_to_the_recipient(world: &World) {
    let [anna, ben] = [world.person("anna").await, world.person("ben").await];
    let room = world.room(&anna, &[&ben]).await;
    let [sender, recipient] = [world.device(&anna, 0).await, world.device(&ben, 1).await];
    let trace = Uuid::new_v4().simple().to_string();

    let traceparent = format!("00-{trace}-{SENDERS_SPAN}-01");
    let ack = sender
        .send_as(Uuid::now_v7(), room, "traced", Some(&traceparent))
        .await
        .unwrap();
    recipient.reaches(room, ack.seq, SOON).await;

    let event = recipient
        .look(|seen| seen.events(room).last().cloned())
        .unwrap();
    let delivered = event["traceparent"]
        .as_str()
        .expect("the frame names its trace")
        .to_owned();
    let [_, delivered_trace, delivery, _] = delivered.split('-').collect::<Vec<_>>()[..] else {
        panic!("not a trace context: {delivered}");
    };
    assert_eq!(delivered_trace, trace);

    // From the recipient back to the sender, each span the child of the one before.
    let way = eventually("the whole way is exported", SOON, async || {
        way_back(&world.collector.trace(&trace), delivery)
    })
    .await;
    let way: Vec<_> = way
        .iter()
        .map(|span| (span.service.as_str(), span.name.as_str()))
        .collect();
    let services: Vec<_> =
        way.iter()
            .map(|(service, _)| *service)
            .fold(Vec::new(), |mut services, service| {
                if services.last() != Some(&service) {
                    services.push(service);
                }
                services
            });
    assert_eq!(
        services,
        ["gateway", "notification", "chat", "gateway"],
        "{way:?}"
    );
    assert!(
        way.first()
            .is_some_and(|(_, name)| name.contains("deliver")),
        "{way:?}"
    );
    assert!(
        way.contains(&("notification", "process chat.events.v1")),
        "{way:?}"
    );
    assert!(way.contains(&("chat", "send chat.events.v1")), "{way:?}");
    assert!(
        way.last().is_some_and(|(_, name)| name.contains("send")),
        "{way:?}"
    );
}

/// From this span to the one whose parent is the client's; `None` while any of them is missing.
fn way_back(spans: &[Span], from: &str) -> Option<Vec<Span>> {
    let mut way = Vec::new();
    let mut next = from.to_owned();
    while next != SENDERS_SPAN {
        let span = spans.iter().find(|span| span.id == next)?;
        next.clone_from(&span.parent);
        way.push(span.clone());
    }
    Some(way)
}
