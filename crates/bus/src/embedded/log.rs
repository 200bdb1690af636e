//! The log as this process knows it: topics, how far each partition goes, groups, and the queue to
//! the writer.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sqlite::Database;
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::Instant,
};

use super::{
    groups::{Groups, MemberId},
    retention,
    store::{self, Commit, NewRow, Place, Topic},
    writer::{self, What, Write},
};
use crate::{BusError, ConsumeError, PublishError, Record, headers, metrics::Metrics, port};

/// The shared heart of the adapter.
pub(super) struct Log {
    pub(super) db: Database,
    pub(super) metrics: Metrics,
    state: Mutex<State>,
    queue: mpsc::Sender<Write>,
    /// Told whenever there is more to read or partitions changed hands.
    changes: watch::Sender<()>,
}

#[derive(Default)]
struct State {
    topics: HashMap<String, Topic>,
    /// No record of the partition is behind this offset.
    ends: HashMap<Place, i64>,
    groups: Groups,
    /// Grows when partitions change hands.
    generation: u64,
}

/// A member's partitions at some generation.
pub(super) struct Assignment {
    pub(super) generation: u64,
    pub(super) places: BTreeSet<Place>,
}

impl Log {
    pub(super) async fn open(db: Database, metrics: Metrics) -> Result<Arc<Self>, BusError> {
        store::migrate(&db)
            .await
            .map_err(|error| BusError::Unavailable(error.to_string()))?;
        let mut state = State::default();
        for topic in store::topics(&db).await.map_err(Unavailable::from)? {
            state.topics.insert(topic.name.clone(), topic);
        }
        let (queue, writes) = mpsc::channel(writer::QUEUE);
        let log = Arc::new(Self {
            db: db.clone(),
            metrics,
            state: Mutex::new(state),
            queue,
            changes: watch::Sender::new(()),
        });
        tokio::spawn(writer::run(db.clone(), Arc::downgrade(&log), writes));
        tokio::spawn(retention::run(db, Arc::downgrade(&log)));
        Ok(log)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock, and the state is whole between any two lines.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    pub(super) async fn check(&self) -> Result<(), BusError> {
        store::topics(&self.db).await.map_err(Unavailable::from)?;
        Ok(())
    }

    pub(super) async fn ensure_topic(&self, name: &str, partitions: i32) -> Result<(), BusError> {
        let topic = store::ensure_topic(&self.db, name, partitions)
            .await
            .map_err(Unavailable::from)?;
        let mut state = self.state();
        state.topics.insert(name.to_owned(), topic);
        state.generation += 1;
        drop(state);
        self.changes.send_replace(());
        Ok(())
    }

    /// The name of a topic by its id.
    pub(super) fn topic_name(&self, id: i64) -> Option<String> {
        let state = self.state();
        let topic = state.topics.values().find(|topic| topic.id == id)?;
        Some(topic.name.clone())
    }

    pub(super) fn topic_id(&self, name: &str) -> Option<i64> {
        Some(self.state().topics.get(name)?.id)
    }

    /// Every partition of every topic.
    pub(super) fn places(&self) -> Vec<Place> {
        let state = self.state();
        let places = |topic: &Topic| {
            let topic_id = topic.id;
            (0..topic.partitions).map(move |partition| Place {
                topic: topic_id,
                partition,
            })
        };
        state.topics.values().flat_map(places).collect()
    }

    pub(super) async fn append(
        &self,
        topic: &str,
        records: Vec<Record>,
    ) -> Vec<Result<(), PublishError>> {
        let started = Instant::now();
        let count = records.len();
        let results = self.append_records(topic, records).await;
        let kept = results.iter().filter(|result| result.is_ok()).count();
        self.metrics
            .sent(topic, kept, count - kept, started.elapsed());
        results
    }

    async fn append_records(
        &self,
        topic: &str,
        records: Vec<Record>,
    ) -> Vec<Result<(), PublishError>> {
        let Some(topic) = self.state().topics.get(topic).cloned() else {
            let refusal = PublishError::Refused(format!("there is no topic {topic}"));
            return records.iter().map(|_| Err(refusal.clone())).collect();
        };
        let mut results = port::refuse_unfit(&records);
        let mut rows = Vec::with_capacity(records.len());
        for (record, result) in records.into_iter().zip(&mut results) {
            if result.is_err() {
                continue;
            }
            match new_row(&topic, record) {
                Ok(row) => rows.push(row),
                Err(reason) => *result = Err(PublishError::Refused(reason)),
            }
        }
        if rows.is_empty() {
            return results;
        }
        if let Err(error) = self.write(What::Append(rows)).await {
            for result in results.iter_mut().filter(|result| result.is_ok()) {
                *result = Err(PublishError::Unavailable(error.clone()));
            }
        }
        results
    }

    pub(super) async fn commit(&self, commits: Vec<Commit>) -> Result<(), ConsumeError> {
        self.write(What::Commit(commits))
            .await
            .map_err(ConsumeError::Unavailable)
    }

    async fn write(&self, what: What) -> Result<(), String> {
        let gone = || "event log is closed".to_owned();
        let (done, answer) = oneshot::channel();
        let write = Write { what, done };
        self.queue.send(write).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    /// What the writer has just committed: partitions go further now.
    pub(super) fn appended(&self, writes: &[Write], last: i64) {
        let mut state = self.state();
        let mut any = false;
        for write in writes {
            let What::Append(rows) = &write.what else {
                continue;
            };
            for row in rows {
                state.ends.insert(row.place, last);
                any = true;
            }
        }
        drop(state);
        if any {
            self.changes.send_replace(());
        }
    }

    /// No record of the partition is behind this offset, as far as this process wrote it.
    pub(super) fn end(&self, place: Place) -> i64 {
        self.state().ends.get(&place).copied().unwrap_or(0)
    }

    /// Looks in the file how far a partition goes.
    pub(super) async fn look_up_end(&self, place: Place) -> Result<(), ConsumeError> {
        let found = store::end(&self.db, place)
            .await
            .map_err(Unavailable::from)?;
        let mut state = self.state();
        let end = state.ends.entry(place).or_default();
        *end = found.max(*end);
        Ok(())
    }

    pub(super) fn join(&self, group: &str, topics: BTreeSet<String>) -> MemberId {
        let mut state = self.state();
        state.generation += 1;
        let member = state.groups.join(group, topics);
        drop(state);
        self.changes.send_replace(());
        member
    }

    pub(super) fn leave(&self, group: &str, member: MemberId) {
        let mut state = self.state();
        state.generation += 1;
        state.groups.leave(group, member);
        drop(state);
        self.changes.send_replace(());
    }

    pub(super) fn generation(&self) -> u64 {
        self.state().generation
    }

    pub(super) fn assignment(&self, group: &str, member: MemberId) -> Assignment {
        let state = self.state();
        let topics = state.topics.values();
        Assignment {
            generation: state.generation,
            places: state.groups.assignment(group, member, topics),
        }
    }
}

fn new_row(topic: &Topic, record: Record) -> Result<NewRow, String> {
    let headers = headers::encode(&record).map_err(|error| error.to_string())?;
    let headers = serde_json::to_string(&headers).map_err(|error| error.to_string())?;
    Ok(NewRow {
        place: Place {
            topic: topic.id,
            partition: partition(&record.key, topic.partitions),
        },
        key: record.key,
        headers,
        value: record.value,
    })
}

fn partition(key: &str, partitions: i32) -> i32 {
    let partitions = u64::from(partitions.unsigned_abs()).max(1);
    let partition = xxhash_rust::xxh3::xxh3_64(key.as_bytes()) % partitions;
    i32::try_from(partition).unwrap_or(0)
}

/// The file can't be read or written now.
pub(super) struct Unavailable(String);

impl From<sqlx::Error> for Unavailable {
    fn from(error: sqlx::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<Unavailable> for BusError {
    fn from(error: Unavailable) -> Self {
        Self::Unavailable(error.0)
    }
}

impl From<Unavailable> for ConsumeError {
    fn from(error: Unavailable) -> Self {
        Self::Unavailable(error.0)
    }
}
