//! One trace, from the sender's frame to the recipient's.

use std::collections::HashSet;
use std::time::Duration;

use e2e::otlp::Span;
use e2e::{World, eventually};
use futures::future::try_join_all;
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

pub(crate) async fn a_common_commit_is_linked_with_its_sends(world: &World) {
    let people = world.people("member", 10).await;
    let others: Vec<_> = people[1..].iter().collect();
    let room = world.room(&people[0], &others).await;
    let devices = world.devices(&people).await;

    let mut traces = HashSet::new();
    let commit = eventually("a commit is linked with its sends", SOON, async || {
        let sending = devices.iter().map(|device| {
            let trace = Uuid::new_v4().simple().to_string();
            let traceparent = format!("00-{trace}-{SENDERS_SPAN}-01");
            traces.insert(trace);
            async move {
                let (id, context) = (Uuid::now_v7(), Some(&*traceparent));
                device.send_as(id, room, "together", context).await
            }
        });
        try_join_all(sending).await.unwrap();
        // Spans are exported some time after they have ended.
        let ours = |name: &str| {
            let named = |span: &Span| span.name == name && traces.contains(&span.trace);
            world.collector.find(named)
        };
        let sends = ours("send_message").into_iter().map(|span| span.id);
        let sends: HashSet<_> = sends.collect();
        let mut commits = ours("commit sends").into_iter();
        commits.find(|commit| commit.links.iter().all(|link| sends.contains(link)))
    })
    .await;

    assert!(commit.links.len() > 1, "{commit:?}");
    assert_eq!(commit.links[0], commit.parent, "{commit:?}");
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
