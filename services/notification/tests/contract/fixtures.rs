//! Gateways, rooms and beats for the registry's contract.

use std::collections::BTreeSet;
use std::time::Duration;

use notification::application::ports::{Lookup, Registry};
use notification::domain::{Change, Digest, Gateway, Incarnation, Report, Step, Topic};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

/// A lease that a test can wait for.
pub(crate) const SHORT: Duration = Duration::from_millis(300);

pub(crate) fn gateway(name: &str, epoch: u64) -> Gateway {
    Gateway {
        incarnation: Incarnation {
            id: name.parse().unwrap(),
            epoch: epoch.into(),
        },
        address: format!("http://{name}:7001").parse().unwrap(),
    }
}

pub(crate) fn room(number: u128) -> Topic {
    Topic::Room(Uuid::from_u128(number))
}

pub(crate) fn step(operation: u64) -> Step {
    Step { operation, part: 0 }
}

pub(crate) fn add(topics: &[Topic]) -> Change {
    Change {
        add: topics.to_vec(),
        ..Change::default()
    }
}

pub(crate) fn report(topics: &[Topic]) -> Report {
    Report {
        connections: 7,
        topics: topics.len() as u64,
        digest: Digest::of(topics),
        draining: false,
    }
}

/// Who wants a topic, by name.
pub(crate) async fn wanting(registry: &dyn Registry, topic: Topic) -> BTreeSet<String> {
    let lookup = registry.lookup(&[topic]).await.unwrap();
    names(&lookup, 0)
}

pub(crate) fn names(lookup: &Lookup, topic: usize) -> BTreeSet<String> {
    let positions = lookup.interested[topic].iter();
    positions
        .map(|&at| lookup.leases[at].gateway.incarnation.id.to_string())
        .collect()
}

pub(crate) async fn until<F: Future<Output = bool>>(what: &str, condition: impl Fn() -> F) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !condition().await {
        assert!(Instant::now() < deadline, "not within 10 s: {what}");
        sleep(Duration::from_millis(10)).await;
    }
}
