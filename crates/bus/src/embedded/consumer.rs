//! One member of a consumer group.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use tokio::{
    sync::watch,
    time::{Instant, timeout},
};

use super::{
    groups::MemberId,
    log::{Log, Unavailable},
    store::{self, Commit, Place},
};
use crate::{ConsumeError, Consumer, Received};

/// How often a waiting consumer looks into the file itself, should a wake-up ever be missing.
const POLL: Duration = Duration::from_secs(1);

/// A member that reads its share of the partitions.
pub(super) struct EmbeddedConsumer {
    log: Arc<Log>,
    group: String,
    member: MemberId,
    topics: BTreeSet<String>,
    /// Topics for which the file knows that this group reads them.
    noted: BTreeSet<i64>,
    changes: watch::Receiver<()>,
    generation: u64,
    positions: BTreeMap<Place, Position>,
    /// The partition that was read first the last time: the next one comes first now.
    first: Option<Place>,
}

/// How far a partition was received and committed.
#[derive(Clone, Copy)]
struct Position {
    received: i64,
    committed: i64,
}

impl EmbeddedConsumer {
    pub(super) async fn join(
        log: Arc<Log>,
        group: &str,
        topics: &[&str],
    ) -> Result<Self, ConsumeError> {
        let topics: BTreeSet<String> = topics.iter().map(|&topic| topic.to_owned()).collect();
        let mut consumer = Self {
            member: log.join(group, topics.clone()),
            group: group.to_owned(),
            topics,
            noted: BTreeSet::new(),
            changes: log.changes(),
            generation: 0,
            positions: BTreeMap::new(),
            first: None,
            log,
        };
        consumer.take_share().await?;
        Ok(consumer)
    }

    /// Takes over its partitions when they changed: new ones begin at the group's last commit.
    async fn take_share(&mut self) -> Result<(), ConsumeError> {
        if self.generation == self.log.generation() {
            return Ok(());
        }
        self.note_topics().await?;
        let share = self.log.assignment(&self.group, self.member);
        let mut positions = BTreeMap::new();
        for place in share.places {
            let position = match self.positions.get(&place) {
                Some(position) => *position,
                None => self.start_of(place).await?,
            };
            positions.insert(place, position);
        }
        self.positions = positions;
        self.generation = share.generation;
        Ok(())
    }

    /// Makes sure that nothing is trimmed before this group has read it.
    async fn note_topics(&mut self) -> Result<(), ConsumeError> {
        for name in &self.topics {
            // A topic may be made after its readers came.
            let Some(id) = self.log.topic_id(name) else {
                continue;
            };
            if !self.noted.contains(&id) {
                store::join(&self.log.db, &self.group, id)
                    .await
                    .map_err(Unavailable::from)?;
                self.noted.insert(id);
            }
        }
        Ok(())
    }

    async fn start_of(&self, place: Place) -> Result<Position, ConsumeError> {
        self.log.look_up_end(place).await?;
        let committed = store::committed(&self.log.db, &self.group, place)
            .await
            .map_err(Unavailable::from)?;
        Ok(Position {
            received: committed,
            committed,
        })
    }

    /// What is there now, up to `max`; the partitions take turns at coming first.
    async fn take(&mut self, max: usize) -> Result<Vec<Received>, ConsumeError> {
        let mut batch = Vec::new();
        // Positions move only when nothing can be cancelled any more.
        let mut moved = Vec::new();
        for place in self.in_turn() {
            let after = self.positions[&place].received;
            let end = self.log.end(place);
            if after >= end {
                continue;
            }
            let Some(topic) = self.log.topic_name(place.topic) else {
                continue;
            };
            let wanted = max - batch.len();
            let rows = store::read(&self.log.db, place, after, wanted)
                .await
                .map_err(Unavailable::from)?;
            let last = rows.last().map_or(after, |row| row.offset);
            let all = rows.len() < wanted;
            moved.push((place, if all { last.max(end) } else { last }));
            batch.extend(rows.into_iter().map(|row| Received {
                topic: topic.clone(),
                partition: place.partition,
                offset: row.offset,
                record: row.record,
            }));
            if batch.len() >= max {
                break;
            }
        }
        self.first = moved.first().map(|(place, _)| *place);
        for (place, received) in moved {
            if let Some(position) = self.positions.get_mut(&place) {
                position.received = received;
            }
        }
        Ok(batch)
    }

    fn in_turn(&self) -> Vec<Place> {
        let mut places: Vec<Place> = self.positions.keys().copied().collect();
        if let Some(first) = self.first {
            let later = places.partition_point(|place| *place <= first);
            places.rotate_left(later);
        }
        places
    }

    /// Waits for more to read; looks into the file when none is announced.
    async fn wait(&mut self) -> Result<(), ConsumeError> {
        if timeout(POLL, self.changes.changed()).await.is_err() {
            for place in self.positions.keys() {
                self.log.look_up_end(*place).await?;
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Consumer for EmbeddedConsumer {
    async fn receive(&mut self, max: usize) -> Result<Vec<Received>, ConsumeError> {
        loop {
            // Seen before looking: what is announced from here on wakes the wait below.
            self.changes.mark_unchanged();
            self.take_share().await?;
            let batch = self.take(max.max(1)).await?;
            if !batch.is_empty() {
                self.log.metrics.consumed(&self.group, &batch);
                return Ok(batch);
            }
            self.wait().await?;
        }
    }

    async fn commit(&mut self, done: &[Received]) -> Result<(), ConsumeError> {
        let started = Instant::now();
        // Another member may have taken partitions over since.
        let share = self.log.assignment(&self.group, self.member).places;
        let mut offsets: BTreeMap<Place, i64> = BTreeMap::new();
        for received in done {
            let Some(topic) = self.log.topic_id(&received.topic) else {
                continue;
            };
            let place = Place {
                topic,
                partition: received.partition,
            };
            if share.contains(&place) && self.positions.contains_key(&place) {
                let offset = offsets.entry(place).or_default();
                *offset = received.offset.max(*offset);
            }
        }
        if offsets.is_empty() {
            return Ok(());
        }
        let commit = |(&place, &offset): (&Place, &i64)| Commit {
            group: self.group.clone(),
            place,
            offset,
        };
        self.log
            .commit(offsets.iter().map(commit).collect())
            .await?;
        for (place, offset) in offsets {
            if let Some(position) = self.positions.get_mut(&place) {
                position.committed = position.committed.max(offset);
            }
        }
        self.log.metrics.committed(&self.group, started.elapsed());
        Ok(())
    }

    async fn rewind(&mut self) -> Result<(), ConsumeError> {
        for position in self.positions.values_mut() {
            position.received = position.committed;
        }
        Ok(())
    }
}

impl Drop for EmbeddedConsumer {
    fn drop(&mut self) {
        self.log.leave(&self.group, self.member);
    }
}
