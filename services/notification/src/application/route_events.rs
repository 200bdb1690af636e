//! Events find the gateways that want them.

mod hold;
mod link;
mod links;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

pub use hold::{Hold, Pending};
pub use links::Links;

use super::directory::{Audience, Target};
use super::ports::{Delivery, Registry};
use super::{Directory, Metrics};
use crate::domain::Topic;
use link::Job;

/// How long a gateway has to acknowledge a batch; then its stream is cut.
const ACK_WITHIN: Duration = Duration::from_secs(2);

/// How often the registry is asked again while no gateway is known and it can't be believed.
const ASK_AGAIN: Duration = Duration::from_millis(100);

/// At most so many bytes go into one batch, far below what a gRPC message may have.
const BATCH_BYTES: usize = 1024 * 1024;

/// Something that happened, and what it is about.
#[derive(Debug, Clone)]
pub struct Event {
    /// Gateways that want one of these get it.
    pub topics: Vec<Topic>,
    /// What they get.
    pub delivery: Delivery,
}

/// The router.
pub struct RouteEvents {
    registry: Arc<dyn Registry>,
    directory: Arc<Directory>,
    links: Arc<Links>,
    metrics: Metrics,
}

impl RouteEvents {
    /// Asks `registry` who wants an event, and sends it through `links`.
    pub fn new(
        registry: Arc<dyn Registry>,
        directory: Arc<Directory>,
        links: Arc<Links>,
        metrics: Metrics,
    ) -> Self {
        Self {
            registry,
            directory,
            links,
            metrics,
        }
    }

    /// Hands the events to the links of all gateways that want them, in order, and waits for no
    /// gateway: `hold` is let go when all have acknowledged, or were given up.
    ///
    /// While the registry can't be believed and no gateway is known at all, it waits for one.
    pub async fn route(&self, events: &[Event], hold: &Hold) {
        if events.is_empty() {
            return;
        }
        let handed_over = Instant::now();
        let mut topics: Vec<_> = events
            .iter()
            .flat_map(|event| &event.topics)
            .copied()
            .collect();
        topics.sort_unstable();
        topics.dedup();

        let audience = self.audience(&topics).await;
        for (target, deliveries) in share_out(events, &topics, audience) {
            for deliveries in in_batches(deliveries) {
                let job = Job {
                    deliveries,
                    handed_over,
                    deadline: Instant::now() + ACK_WITHIN,
                    _hold: hold.clone(),
                };
                self.links.send(&target, job);
            }
        }
    }

    async fn audience(&self, topics: &[Topic]) -> Audience {
        loop {
            // Read at the time of use: whoever had its interest acknowledged is in here.
            let answer = self.registry.lookup(topics).await;
            let audience = self.directory.learn(&answer, &self.links.connected());
            let Audience::Everyone(targets) = &audience else {
                self.metrics.broadcasting(false);
                return audience;
            };
            self.metrics.broadcasting(true);
            if !targets.is_empty() {
                return audience;
            }
            sleep(ASK_AGAIN).await;
        }
    }
}

/// Which gateway gets which of the events, in their order. `topics` are sorted, and as they were
/// looked up.
fn share_out(
    events: &[Event],
    topics: &[Topic],
    audience: Audience,
) -> HashMap<Target, Vec<Delivery>> {
    let (everything, interested) = match audience {
        Audience::Everyone(targets) => (targets, Vec::new()),
        Audience::Registered {
            everything,
            interested,
            ..
        } => (everything, interested),
    };
    let mut shares: HashMap<Target, Vec<usize>> = HashMap::new();
    for (position, event) in events.iter().enumerate() {
        for topic in &event.topics {
            let targets = topics
                .binary_search(topic)
                .ok()
                .and_then(|at| interested.get(at));
            for target in targets.into_iter().flatten() {
                let share = shares.entry(target.clone()).or_default();
                // It may want several topics of one event.
                if share.last() != Some(&position) {
                    share.push(position);
                }
            }
        }
    }
    for target in everything {
        shares.insert(target, (0..events.len()).collect());
    }
    let delivery = |position: usize| events[position].delivery.clone();
    shares
        .into_iter()
        .map(|(target, share)| (target, share.into_iter().map(delivery).collect()))
        .collect()
}

fn in_batches(deliveries: Vec<Delivery>) -> Vec<Vec<Delivery>> {
    let mut batches = Vec::new();
    let mut batch = Vec::new();
    let mut bytes = 0;
    for delivery in deliveries {
        if !batch.is_empty() && bytes + delivery.0.len() > BATCH_BYTES {
            batches.push(std::mem::take(&mut batch));
            bytes = 0;
        }
        bytes += delivery.0.len();
        batch.push(delivery);
    }
    if !batch.is_empty() {
        batches.push(batch);
    }
    batches
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use uuid::Uuid;

    use super::*;

    fn target(name: &str) -> Target {
        Target {
            address: format!("http://{name}:7001").parse().unwrap(),
            incarnation: None,
        }
    }

    fn event(name: &'static str, topics: &[Topic]) -> Event {
        Event {
            topics: topics.to_vec(),
            delivery: Delivery(Bytes::from_static(name.as_bytes())),
        }
    }

    fn names(deliveries: &[Delivery]) -> Vec<&str> {
        deliveries
            .iter()
            .map(|d| std::str::from_utf8(&d.0).unwrap())
            .collect()
    }

    #[test]
    fn every_gateway_gets_what_it_wants_once_and_in_order() {
        let room = Topic::Room(Uuid::from_u128(1));
        let user = Topic::User(Uuid::from_u128(2));
        let events = [
            event("1", &[room]),
            event("2", &[user, room]),
            event("3", &[user]),
        ];
        let audience = Audience::Registered {
            present: vec![],
            everything: vec![target("new")],
            interested: vec![
                vec![target("both"), target("room")],
                vec![target("both"), target("user")],
            ],
        };

        let shares = share_out(&events, &[room, user], audience);

        assert_eq!(names(&shares[&target("both")]), ["1", "2", "3"]);
        assert_eq!(names(&shares[&target("room")]), ["1", "2"]);
        assert_eq!(names(&shares[&target("user")]), ["2", "3"]);
        assert_eq!(names(&shares[&target("new")]), ["1", "2", "3"]);
        assert_eq!(shares.len(), 4);
    }

    #[test]
    fn a_batch_is_never_too_large_for_one_message() {
        let large = Delivery(Bytes::from(vec![0; BATCH_BYTES / 2]));
        let batches = in_batches(vec![large; 5]);
        let sizes: Vec<_> = batches.iter().map(Vec::len).collect();
        assert_eq!(sizes, [2, 2, 1]);
    }
}
