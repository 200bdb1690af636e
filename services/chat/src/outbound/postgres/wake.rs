//! Wakes relays of new rows in the outbox: our own at once, those of other replicas by `NOTIFY`.
//!
//! `NOTIFY` inside a transaction takes a lock of the whole database at commit, so it is sent after the
//! commit, by a task that says it once for all commits since it last did.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sqlx::{PgPool, postgres::PgListener};
use tokio::{sync::Notify, task::JoinSet, time::sleep};

use crate::outbound::facts::ShardSet;

const CHANNEL: &str = "chappe_outbox";
/// At most one `NOTIFY` in so long.
const PAUSE: Duration = Duration::from_millis(2);
/// Between attempts to listen or to notify while Postgres is away.
const RETRY: Duration = Duration::from_secs(1);

/// Wake-ups of this process and of others.
pub(super) struct Wake {
    signals: Arc<Signals>,
    /// Ends its tasks with itself.
    _tasks: JoinSet<()>,
}

#[derive(Default)]
struct Signals {
    /// Shards that this process relays, as bits of a [`ShardSet`].
    ours: AtomicU64,
    /// Something may be pending in a shard of ours.
    here: Notify,
    /// Something may be pending in a shard of others.
    elsewhere: Notify,
}

impl Wake {
    pub(super) fn start(pool: &PgPool) -> Self {
        let signals = Arc::new(Signals::default());
        let mut tasks = JoinSet::new();
        tasks.spawn(notify(pool.clone(), Arc::clone(&signals)));
        tasks.spawn(listen(pool.clone(), Arc::clone(&signals)));
        Self {
            signals,
            _tasks: tasks,
        }
    }

    /// Rows of these shards were committed.
    pub(super) fn committed(&self, shards: ShardSet) {
        let ours = ShardSet::of_bits(self.signals.ours.load(Ordering::Relaxed));
        if shards.intersects(ours) {
            self.signals.here.notify_one();
        }
        if shards.exceeds(ours) {
            self.signals.elsewhere.notify_one();
        }
    }

    /// From now on these shards are ours.
    pub(super) fn own(&self, shards: ShardSet) {
        self.signals.ours.store(shards.bits(), Ordering::Relaxed);
    }

    pub(super) async fn woken(&self) {
        self.signals.here.notified().await;
    }
}

async fn notify(pool: PgPool, signals: Arc<Signals>) {
    loop {
        signals.elsewhere.notified().await;
        match sqlx::query("SELECT pg_notify($1, '')")
            .bind(CHANNEL)
            .execute(&pool)
            .await
        {
            Ok(_) => sleep(PAUSE).await,
            // The others look by themselves from time to time.
            Err(error) => {
                tracing::debug!(%error, "could not notify other relays");
                sleep(RETRY).await;
            }
        }
    }
}

async fn listen(pool: PgPool, signals: Arc<Signals>) {
    loop {
        if let Err(error) = hear(&pool, &signals).await {
            tracing::debug!(%error, "not listening for other replicas' commits; trying again");
        }
        sleep(RETRY).await;
    }
}

async fn hear(pool: &PgPool, signals: &Signals) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    // What was said before is not heard.
    signals.here.notify_one();
    while listener.try_recv().await?.is_some() {
        signals.here.notify_one();
    }
    Ok(())
}
