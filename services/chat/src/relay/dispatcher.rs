//! Reads what is pending in our shards, sends it, removes what was acknowledged.

use std::{collections::BTreeMap, mem, sync::Arc, time::Duration};

use bus::Publisher;
use tokio::{
    sync::Notify,
    task::{JoinError, JoinSet},
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    metrics::Relayed,
    sending::{Sent, ShardRows, send},
    shards::Shards,
};
use crate::application::ports::{Outbox, OutboxPlace, OutboxRow, Shard, StoreError};

/// The backstop for a wake-up that was missed.
const POLL: Duration = Duration::from_millis(500);
/// While something is being sent, the next round begins so long after the last one: what is committed
/// or acknowledged meanwhile goes together, instead of each row costing a question and a removal.
const PACE: Duration = Duration::from_millis(3);
/// Rows of a shard in one send.
const ROWS: u32 = 200;
/// A send takes further shards until it has so many rows.
const ENOUGH_ROWS: usize = 400;
/// Sends at the same time. One that waits long for the log holds back its own shards only.
const SENDS: usize = 8;

/// The relay's working loop.
pub(super) struct Dispatcher {
    outbox: Arc<dyn Outbox>,
    publisher: Arc<dyn Publisher>,
    shards: Arc<Shards>,
    claimed: Arc<Notify>,
    sends: JoinSet<Vec<Sent>>,
    /// When the last round began.
    round: Instant,
    /// Whether something may be pending in a shard that is ready.
    look: bool,
    /// Whether a look left out shards that were busy: the rows it was made for may be theirs.
    passed_over: bool,
    relayed: Relayed,
}

impl Dispatcher {
    pub(super) fn new(
        outbox: Arc<dyn Outbox>,
        publisher: Arc<dyn Publisher>,
        shards: Arc<Shards>,
        claimed: Arc<Notify>,
    ) -> Self {
        Self {
            outbox,
            publisher,
            shards,
            claimed,
            sends: JoinSet::new(),
            round: Instant::now(),
            look: true,
            passed_over: false,
            relayed: Relayed::new(),
        }
    }

    /// Works until `stop`, then finishes what was begun.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        let mut finished = Vec::new();
        loop {
            self.round = Instant::now();
            let look = mem::take(&mut self.look) && !stop.is_cancelled();
            self.passed_over |= look && !(self.sends.is_empty() && finished.is_empty());
            // The shards of `finished` are busy until they are settled, so nothing is read twice.
            let (removed, rows) = tokio::join!(self.remove(&finished), self.read(look));
            self.settle(finished, &removed);
            self.start(rows);
            if stop.is_cancelled() && self.sends.is_empty() {
                return;
            }
            finished = self.wait(&stop).await;
        }
    }

    /// One question for all shards that are ready, by shard.
    async fn read(&self, look: bool) -> BTreeMap<Shard, Vec<OutboxRow>> {
        let mut by_shard = BTreeMap::<Shard, Vec<OutboxRow>>::new();
        let ready = self.shards.ready(Instant::now());
        if !look || ready.shards.is_empty() {
            return by_shard;
        }
        match self
            .outbox
            .pending(&ready.shards, &ready.except, ROWS)
            .await
        {
            Ok(rows) => {
                for row in rows {
                    by_shard.entry(row.place.shard).or_default().push(row);
                }
            }
            Err(error) => tracing::warn!(%error, "cannot read the outbox"),
        }
        by_shard
    }

    /// Begins to send, the shard that waits longest first, as far as there are places.
    fn start(&mut self, rows: BTreeMap<Shard, Vec<OutboxRow>>) {
        let mut waiting: Vec<ShardRows> = rows.into_iter().collect();
        waiting.sort_by_key(|(_, rows)| rows.first().map(|row| row.at));
        let mut waiting = waiting.into_iter().peekable();
        while waiting.peek().is_some() {
            if self.sends.len() >= SENDS {
                self.passed_over = true;
                return;
            }
            let (mut lot, mut size) = (Vec::new(), 0);
            while size < ENOUGH_ROWS
                && let Some((shard, rows)) = waiting.next()
            {
                if self.shards.begin(shard) {
                    size += rows.len();
                    lot.push((shard, rows));
                }
            }
            if !lot.is_empty() {
                self.sends.spawn(send(Arc::clone(&self.publisher), lot));
            }
        }
    }

    /// Removes what all these sends have done at once.
    async fn remove(&self, finished: &[Sent]) -> Result<(), StoreError> {
        let places: Vec<OutboxPlace> = finished.iter().flat_map(Sent::done).collect();
        if places.is_empty() {
            return Ok(());
        }
        self.outbox.remove(&places).await
    }

    fn settle(&mut self, finished: Vec<Sent>, removed: &Result<(), StoreError>) {
        if finished.is_empty() {
            return;
        }
        if let Err(error) = removed {
            tracing::warn!(%error, "cannot remove published facts; they will be sent once more");
        }
        let now = Instant::now();
        for sent in finished {
            self.relayed.sent(sent.rows.len(), sent.progress.done.len());
            if removed.is_err() {
                self.shards.finish_later(sent.shard, now);
                continue;
            }
            let keys: Vec<Uuid> = sent.rows.iter().map(|row| row.key).collect();
            self.shards.finish(sent.shard, &keys, &sent.progress, now);
            self.look |= sent.rows.len() >= ROWS as usize;
        }
        self.look |= mem::take(&mut self.passed_over);
    }

    /// Waits for sends that are over, or for a reason to look; while other sends are on their way, until
    /// the round has taken its [`PACE`].
    async fn wait(&mut self, stop: &CancellationToken) -> Vec<Sent> {
        let stopping = stop.is_cancelled();
        let mut finished = Vec::new();
        loop {
            let something = self.look || !finished.is_empty();
            if something && self.sends.is_empty() {
                return finished;
            }
            let due = if something {
                self.round + PACE
            } else {
                self.next_attempt()
            };
            tokio::select! {
                Some(sent) = self.sends.join_next() => finished.extend(whole(sent)),
                () = self.outbox.woken(), if !self.look && !stopping => self.look = true,
                () = self.claimed.notified(), if !stopping => self.look = true,
                () = sleep_until(due) => {
                    self.look |= !something;
                    return finished;
                }
                () = stop.cancelled(), if !stopping => return finished,
            }
        }
    }

    /// When to look without being woken.
    fn next_attempt(&self) -> Instant {
        let now = Instant::now();
        let poll = now + POLL;
        let rested = self.shards.next_attempt(now);
        rested.map_or(poll, |at| at.min(poll))
    }
}

/// A send that panicked is a defect: better no relay, which ends the process, than one without a
/// shard.
fn whole(sent: Result<Vec<Sent>, JoinError>) -> Vec<Sent> {
    match sent {
        Ok(sent) => sent,
        Err(failed) => std::panic::resume_unwind(failed.into_panic()),
    }
}
