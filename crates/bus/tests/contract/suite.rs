//! What every event log keeps to. An adapter's test gives a [`World`] and instantiates the suite with
//! `contract!`.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{BuildHasher, Hasher, RandomState},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use bus::{
    Bus, CloudEvent, Consumer, DEAD_LETTER_REASON, MAX_VALUE_BYTES, PublishError, Received, Record,
    dead_letter, dead_letter_topic,
};
use time::macros::datetime;
use tokio::{sync::mpsc, time::timeout};

/// Longer than a group takes to share its partitions anew.
const DEADLINE: Duration = Duration::from_mins(1);
const PARTITIONS: i32 = 4;

/// An event log under test.
#[async_trait]
pub(crate) trait World: Send + Sync {
    /// The log itself.
    fn bus(&self) -> Arc<dyn Bus>;
    /// Puts something into the topic that has no headers, past the adapter.
    async fn put_without_headers(&self, topic: &str, key: &str, value: &str);
}

/// Instantiates the suite for a world.
#[macro_export]
macro_rules! contract {
    ($world:expr; $($test:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let world = $world.await;
                suite::$test(&world).await;
            }
        )*
    };
    ($world:expr) => {
        $crate::contract! { $world;
            records_of_a_key_arrive_in_the_order_of_publishing
            a_new_group_begins_with_the_oldest_record
            members_of_a_group_share_the_records
            a_member_that_is_dropped_hands_over_what_it_did_not_commit
            what_was_committed_does_not_come_again
            a_commit_covers_the_earlier_records_of_its_partition_only
            groups_do_not_notice_one_another
            rewinding_goes_back_to_the_last_commit
            a_cancelled_receive_loses_nothing
            attributes_and_headers_are_kept
            a_record_without_headers_is_put_aside_and_its_partition_goes_on
            a_value_that_nobody_can_decode_is_put_aside_and_its_partition_goes_on
            every_record_has_its_own_result_and_keeps_its_turn
            a_large_value_arrives_and_a_larger_one_is_refused
            more_partitions_are_added_and_none_taken_away
            a_topic_may_be_made_after_its_readers_came
            a_log_that_answers_is_healthy
        }
    };
}

/// A topic and a group that no other test has.
struct Fixture {
    bus: Arc<dyn Bus>,
    topic: String,
    group: String,
}

impl Fixture {
    async fn new(world: &dyn World) -> Self {
        let fixture = Self::without_topic(world);
        fixture
            .bus
            .ensure_topic(&fixture.topic, PARTITIONS)
            .await
            .expect("topic");
        fixture
    }

    fn without_topic(world: &dyn World) -> Self {
        let unique = RandomState::new().build_hasher().finish();
        Self {
            bus: world.bus(),
            topic: format!("test.{unique:x}.v1"),
            group: format!("group-{unique:x}"),
        }
    }

    async fn publish(&self, records: Vec<Record>) {
        let results = self.bus.publisher().publish(&self.topic, records).await;
        for result in results {
            result.expect("published");
        }
    }

    async fn publish_values(&self, key: &str, values: impl IntoIterator<Item = usize>) {
        let records = values.into_iter().map(|value| record(key, value));
        self.publish(records.collect()).await;
    }

    async fn consumer(&self) -> Box<dyn Consumer> {
        self.consumer_of(&self.group).await
    }

    async fn consumer_of(&self, group: &str) -> Box<dyn Consumer> {
        self.bus
            .subscribe(group, &[&self.topic])
            .await
            .expect("subscribed")
    }
}

fn record(key: &str, value: usize) -> Record {
    let event = CloudEvent {
        id: format!("{key}-{value}"),
        source: "/test".into(),
        r#type: "test.happened".into(),
        subject: None,
        time: datetime!(2026-11-21 10:00 UTC),
        traceparent: None,
    };
    Record::new(key, event, value.to_string())
}

fn key(received: &Received) -> String {
    received.record.as_ref().expect("a record").key.clone()
}

fn value(received: &Received) -> usize {
    let value = &received.record.as_ref().expect("a record").value;
    let text = std::str::from_utf8(value).expect("text");
    text.parse().expect("a number")
}

fn values(batch: &[Received]) -> Vec<usize> {
    batch.iter().map(value).collect()
}

async fn receive(consumer: &mut dyn Consumer, max: usize) -> Vec<Received> {
    let batch = timeout(DEADLINE, consumer.receive(max))
        .await
        .expect("records in time")
        .expect("received");
    assert!((1..=max).contains(&batch.len()));
    batch
}

/// Exactly so many records, in as many batches as it takes.
async fn receive_exactly(consumer: &mut dyn Consumer, count: usize) -> Vec<Received> {
    let mut all = Vec::new();
    while all.len() < count {
        all.extend(receive(consumer, count - all.len()).await);
    }
    all
}

pub(crate) async fn records_of_a_key_arrive_in_the_order_of_publishing(world: &dyn World) {
    let fixture = Fixture::new(world).await;
    let keys: Vec<String> = (0..10).map(|key| format!("key-{key}")).collect();
    let mut consumer = fixture.consumer().await;
    for round in 0..5 {
        let numbers = round * 20..(round + 1) * 20;
        let records = numbers.flat_map(|value| keys.iter().map(move |key| record(key, value)));
        fixture.publish(records.collect()).await;
    }

    let mut seen: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for received in receive_exactly(&mut *consumer, 1000).await {
        seen.entry(key(&received))
            .or_default()
            .push(value(&received));
    }
    assert_eq!(seen.len(), keys.len());
    for (key, values) in seen {
        assert_eq!(values, (0..100).collect::<Vec<_>>(), "{key}");
    }
}

pub(crate) async fn a_new_group_begins_with_the_oldest_record(world: &dyn World) {
    let fixture = Fixture::new(world).await;
    fixture.publish_values("key", 0..3).await;
    let mut consumer = fixture.consumer().await;
    let batch = receive_exactly(&mut *consumer, 3).await;
    assert_eq!(values(&batch), [0, 1, 2]);
}

pub(crate) async fn members_of_a_group_share_the_records(world: &dyn World) {
    let fixture = Fixture::new(world).await;
    let (seen, mut all_seen) = mpsc::channel(100);
    for member in 0..2 {
        let mut consumer = fixture.consumer().await;
        let seen = seen.clone();
        tokio::spawn(async move {
            loop {
                let batch = consumer.receive(10).await.expect("received");
                consumer.commit(&batch).await.expect("committed");
                for received in batch {
                    if seen.send((member, value(&received))).await.is_err() {
                        return;
                    }
                }
            }
        });
    }

    // Both get some, as soon as both are in the group; together they get all.
    let mut published = 0;
    let mut received = BTreeSet::new();
    let mut members = BTreeSet::new();
    let sharing = async {
        while members.len() < 2 {
            for value in published..published + 20 {
                fixture
                    .publish_values(&format!("key-{value}"), [value])
                    .await;
            }
            published += 20;
            while received.len() < published {
                let (member, value) = all_seen.recv().await.expect("members live");
                members.insert(member);
                received.insert(value);
            }
        }
    };
    timeout(DEADLINE, sharing).await.expect("shared in time");
    assert_eq!(received, (0..published).collect());
}

pub(crate) async fn a_member_that_is_dropped_hands_over_what_it_did_not_commit(world: &dyn World) {
    let fixture = Fixture::new(world).await;
    fixture.publish_values("key", 0..10).await;
    let mut first = fixture.consumer().await;
    let batch = receive_exactly(&mut *first, 10).await;
    first.commit(&batch[..4]).await.expect("committed");
    drop(first);

    let mut second = fixture.consumer().await;
    let batch = receive_exactly(&mut *second, 6).await;
    assert_eq!(values(&batch), [4, 5, 6, 7, 8, 9]);
}

pub(crate) async fn what_was_committed_does_not_come_again(world: &dyn World) {
    let fixture = Fixture::new(world).await;
    fixture.publish_values("key", 0..10).await;
    let mut first = fixture.consumer().await;
    let batch = receive_exactly(&mut *first, 10).await;
    first.commit(&batch).await.expect("committed");
    drop(first);

    let mut second = fixture.consumer().await;
    fixture.publish_values("key", [10]).await;
    assert_eq!(values(&receive(&mut *second, 100).await), [10]);
}

pub(crate) async fn a_commit_covers_the_earlier_records_of_its_partition_only(world: &dyn World) {
    let fixture = Fixture::new(world).await;
    for number in 0..20 {
        fixture
            .publish_values(&format!("key-{number}"), [number])
            .await;
    }
    let mut first = fixture.consumer().await;
    let batch = receive_exactly(&mut *first, 20).await;
    let chosen = batch[0].partition;
    let of_partition = batch.iter().filter(|received| received.partition == chosen);
    let (done, others): (Vec<_>, Vec<_>) = batch
        .iter()
        .partition(|received| received.partition == chosen);
    assert!(!others.is_empty(), "keys are spread over partitions");
    let last = of_partition.last().expect("at least the first").clone();
    assert_eq!(
        done.last().map(|received| received.offset),
        Some(last.offset)
    );
    first.commit(&[last]).await.expect("committed");
    drop(first);

    let mut second = fixture.consumer().await;
    let again = receive_exactly(&mut *second, others.len()).await;
    let again: BTreeSet<usize> = values(&again).into_iter().collect();
    let others: BTreeSet<usize> = others.into_iter().map(value).collect();
    assert_eq!(again, others);
}

pub(crate) async fn groups_do_not_notice_one_another(world: &dyn World) {
    let fixture = Fixture::new(world).await;
    fixture.publish_values("key", 0..5).await;
    let mut first = fixture.consumer().await;
    let batch = receive_exactly(&mut *first, 5).await;
    first.commit(&batch).await.expect("committed");

    let mut other = fixture
        .consumer_of(&format!("{}-other", fixture.group))
        .await;
    let batch = receive_exactly(&mut *other, 5).await;
    assert_eq!(values(&batch), [0, 1, 2, 3, 4]);
}

pub(crate) async fn rewinding_goes_back_to_the_last_commit(world: &dyn World) {
    let fixture = Fixture::new(world).await;
    fixture.publish_values("key", 0..500).await;
    let mut consumer = fixture.consumer().await;
    let batch = receive_exactly(&mut *consumer, 10).await;
    consumer.commit(&batch[..4]).await.expect("committed");
    consumer.rewind().await.expect("rewound");
    let batch = receive_exactly(&mut *consumer, 496).await;
    assert_eq!(values(&batch), (4..500).collect::<Vec<_>>());

    // Twice in a row, before anything was received, changes nothing.
    consumer.rewind().await.expect("rewound");
    consumer.rewind().await.expect("rewound");
    let batch = receive_exactly(&mut *consumer, 496).await;
    assert_eq!(values(&batch), (4..500).collect::<Vec<_>>());

    consumer.commit(&batch).await.expect("committed");
    consumer.rewind().await.expect("rewound");
    fixture.publish_values("key", [500]).await;
    assert_eq!(values(&receive(&mut *consumer, 100).await), [500]);
}

pub(crate) async fn a_cancelled_receive_loses_nothing(world: &dyn World) {
    let fixture = Fixture::new(world).await;
    let mut consumer = fixture.consumer().await;
    let publishing = async {
        for number in 0..50 {
            fixture.publish_values("key", [number]).await;
        }
    };
    let receiving = async {
        let mut seen = Vec::new();
        while seen.len() < 50 {
            // Too short for most: the future is dropped in all its states.
            if let Ok(batch) = timeout(Duration::from_micros(200), consumer.receive(3)).await {
                seen.extend(values(&batch.expect("received")));
            }
        }
        seen
    };
    let both = timeout(DEADLINE, async { tokio::join!(publishing, receiving) });
    let ((), seen) = both.await.expect("received in time");
    assert_eq!(seen, (0..50).collect::<Vec<_>>());
}

pub(crate) async fn attributes_and_headers_are_kept(world: &dyn World) {
    let fixture = Fixture::new(world).await;
    let mut published = record("key", 1);
    published.event.subject = Some("room".into());
    published.event.time = datetime!(2026-11-21 10:00:00.123 UTC);
    published.event.traceparent =
        Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".into());
    published
        .headers
        .push(("further".into(), "kept — ✓".into()));
    fixture.publish(vec![published.clone()]).await;

    let mut consumer = fixture.consumer().await;
    let received = receive(&mut *consumer, 1).await.remove(0);
    assert_eq!(received.topic, fixture.topic);
    assert_eq!(received.record, Ok(published));
}

pub(crate) async fn a_record_without_headers_is_put_aside_and_its_partition_goes_on(
    world: &dyn World,
) {
    let fixture = Fixture::new(world).await;
    world
        .put_without_headers(&fixture.topic, "key", "whatever")
        .await;
    let mut consumer = fixture.consumer().await;
    let batch = receive(&mut *consumer, 1).await;
    let malformed = batch[0].record.clone().expect_err("no record");
    assert_eq!(malformed.key, "key");

    let reason = malformed.to_string();
    put_aside(&fixture, &mut *consumer, &batch, &reason).await;

    let letter = only_dead_letter(&fixture).await;
    assert_eq!(letter.key, "key");
    assert_eq!(letter.value, "whatever");
    assert_eq!(header(&letter, DEAD_LETTER_REASON), reason);
}

pub(crate) async fn a_value_that_nobody_can_decode_is_put_aside_and_its_partition_goes_on(
    world: &dyn World,
) {
    let fixture = Fixture::new(world).await;
    let mut undecodable = record("key", 1);
    undecodable.headers.push(("further".into(), "kept".into()));
    fixture.publish(vec![undecodable.clone()]).await;
    let mut consumer = fixture.consumer().await;
    let batch = receive(&mut *consumer, 1).await;
    put_aside(&fixture, &mut *consumer, &batch, "wire type 7").await;

    let letter = only_dead_letter(&fixture).await;
    assert_eq!(letter.event, undecodable.event);
    assert_eq!(letter.value, undecodable.value);
    assert_eq!(header(&letter, "further"), "kept");
    assert_eq!(header(&letter, DEAD_LETTER_REASON), "wire type 7");
}

/// Puts the one record aside, and sees that the next one of its key arrives.
async fn put_aside(
    fixture: &Fixture,
    consumer: &mut dyn Consumer,
    batch: &[Received],
    reason: &str,
) {
    dead_letter(&*fixture.bus.publisher(), &batch[0], reason)
        .await
        .expect("put aside");
    consumer.commit(batch).await.expect("committed");
    fixture.publish_values("key", [7]).await;
    assert_eq!(values(&receive(consumer, 10).await), [7]);
}

async fn only_dead_letter(fixture: &Fixture) -> Record {
    let mut letters = fixture
        .bus
        .subscribe(&fixture.group, &[&dead_letter_topic(&fixture.topic)])
        .await
        .expect("subscribed");
    let letter = receive(&mut *letters, 1).await.remove(0);
    letter.record.expect("a dead letter is a record")
}

fn header<'a>(record: &'a Record, wanted: &str) -> &'a str {
    let found = record.headers.iter().find(|(name, _)| name == wanted);
    &found.expect("header").1
}

pub(crate) async fn every_record_has_its_own_result_and_keeps_its_turn(world: &dyn World) {
    let fixture = Fixture::new(world).await;
    let mut too_large = record("b", 1);
    too_large.value = vec![0; MAX_VALUE_BYTES + 1].into();
    let records = vec![record("a", 0), too_large, record("a", 2), record("b", 3)];
    let results = fixture
        .bus
        .publisher()
        .publish(&fixture.topic, records)
        .await;
    assert!(results[0].is_ok() && results[2].is_ok(), "{results:?}");
    assert!(matches!(results[1], Err(PublishError::Refused(_))));
    assert!(matches!(results[3], Err(PublishError::OutOfTurn)));

    fixture.publish_values("b", [4]).await;
    let mut consumer = fixture.consumer().await;
    let batch = receive_exactly(&mut *consumer, 3).await;
    let received: BTreeSet<usize> = values(&batch).into_iter().collect();
    assert_eq!(received, BTreeSet::from([0, 2, 4]));
}

pub(crate) async fn a_large_value_arrives_and_a_larger_one_is_refused(world: &dyn World) {
    let fixture = Fixture::new(world).await;
    // Not compressible: what counts is the size on the wire.
    let mut noise = 1_u64;
    let bytes = std::iter::repeat_with(|| {
        noise ^= noise << 13;
        noise ^= noise >> 7;
        noise ^= noise << 17;
        noise.to_le_bytes()[0]
    });
    let mut largest = record("key", 0);
    largest.value = bytes.take(MAX_VALUE_BYTES).collect();
    fixture.publish(vec![largest.clone()]).await;
    let mut consumer = fixture.consumer().await;
    let received = receive(&mut *consumer, 1).await.remove(0);
    assert_eq!(received.record.expect("a record").value, largest.value);

    let mut mebibyte = record("key", 1);
    mebibyte.value = vec![0; 1024 * 1024].into();
    let publisher = fixture.bus.publisher();
    let results = publisher.publish(&fixture.topic, vec![mebibyte]).await;
    assert!(matches!(results[..], [Err(PublishError::Refused(_))]));
}

pub(crate) async fn more_partitions_are_added_and_none_taken_away(world: &dyn World) {
    let fixture = Fixture::new(world).await;
    for partitions in [PARTITIONS + 2, 1] {
        fixture
            .bus
            .ensure_topic(&fixture.topic, partitions)
            .await
            .expect("topic");
    }
    let mut consumer = fixture.consumer().await;
    let mut partitions = BTreeSet::new();
    let mut number = 0;
    let spreading = async {
        while partitions.len() < 6 {
            fixture
                .publish_values(&format!("key-{number}"), [number])
                .await;
            number += 1;
            partitions.insert(receive(&mut *consumer, 1).await[0].partition);
        }
    };
    timeout(DEADLINE, spreading).await.expect("spread in time");
}

pub(crate) async fn a_topic_may_be_made_after_its_readers_came(world: &dyn World) {
    let fixture = Fixture::without_topic(world);
    let mut consumer = fixture.consumer().await;
    let making = async {
        fixture
            .bus
            .ensure_topic(&fixture.topic, PARTITIONS)
            .await
            .expect("topic");
        fixture.publish_values("key", [1]).await;
    };
    let (batch, ()) = tokio::join!(receive(&mut *consumer, 1), making);
    assert_eq!(values(&batch), [1]);
}

pub(crate) async fn a_log_that_answers_is_healthy(world: &dyn World) {
    world.bus().healthy().await.expect("healthy");
}
