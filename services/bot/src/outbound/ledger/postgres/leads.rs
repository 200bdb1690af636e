//! Leading by advisory locks: those of all bots of this process are in one session, for a server has few
//! connections and there may be many bots.

use std::{
    collections::HashSet,
    future::Future,
    io,
    sync::{Arc, Weak},
    time::Duration,
};

use async_trait::async_trait;
use parking_lot::Mutex;
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use tokio::{
    runtime::Handle,
    sync::Notify,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::application::ports::Leadership;

/// The first key of the advisory locks by which one process leads for a bot.
const LOCK_SPACE: i32 = 0x0043_6842;
/// How often a standby tries, and how often a leader looks whether it still leads.
const LOOK: Duration = Duration::from_secs(2);
/// An answer takes so long at most, or the session counts as lost.
const PATIENCE: Duration = Duration::from_secs(5);
/// The server notices within about 5 s that a leader's machine is gone, and frees its locks. By its own
/// defaults it would take two hours, and nobody would bridge meanwhile.
const KEEPALIVES: [(&str, &str); 3] = [
    ("tcp_keepalives_idle", "2"),
    ("tcp_keepalives_interval", "1"),
    ("tcp_keepalives_count", "3"),
];

/// What this process leads for.
pub(super) struct Leads {
    options: PgConnectOptions,
    session: tokio::sync::Mutex<Option<Arc<Session>>>,
}

impl Leads {
    /// Connects when it is first used.
    pub(super) fn new(options: PgConnectOptions) -> Self {
        Self {
            options: options.options(KEEPALIVES),
            session: tokio::sync::Mutex::default(),
        }
    }

    /// Waits for the lead. A lock is the session's, so it ends with the connection, whatever happens to
    /// the process.
    pub(super) async fn take(&self, bot: i64) -> sqlx::Result<Box<dyn Leadership>> {
        loop {
            let session = self.session().await?;
            let freed = session.freed.clone();
            let freed = freed.notified();
            // A task of its own: a lock that was asked for must not be forgotten.
            let taken = tokio::spawn(session.take(bot)).await;
            if let Some(held) = taken.map_err(|_| sqlx::Error::WorkerCrashed)?? {
                return Ok(Box::new(held));
            }
            timeout(LOOK, freed).await.ok();
        }
    }

    async fn session(&self) -> sqlx::Result<Arc<Session>> {
        let mut session = self.session.lock().await;
        if let Some(session) = &*session
            && !session.lost.is_cancelled()
        {
            return Ok(session.clone());
        }
        let connection = answer(PgConnection::connect_with(&self.options)).await?;
        let new = Arc::new(Session {
            connection: tokio::sync::Mutex::new(Some(connection)),
            lost: CancellationToken::new(),
            held: Mutex::default(),
            freed: Arc::default(),
        });
        tokio::spawn(watch(Arc::downgrade(&new)));
        *session = Some(new.clone());
        Ok(new)
    }
}

/// A connection and the locks that it holds.
struct Session {
    /// `None` once it is lost: its locks are free then.
    connection: tokio::sync::Mutex<Option<PgConnection>>,
    lost: CancellationToken,
    /// The server would give the session a lock again that it has.
    held: Mutex<HashSet<i64>>,
    /// Rung when one here lets go.
    freed: Arc<Notify>,
}

impl Session {
    /// `None` where somebody leads, here or elsewhere.
    async fn take(self: Arc<Self>, bot: i64) -> sqlx::Result<Option<Held>> {
        if !self.held.lock().insert(bot) {
            return Ok(None);
        }
        // From here on it is taken out again when this is dropped.
        let mut held = Held {
            session: self.clone(),
            bot,
            is_locked: false,
        };
        held.is_locked = self
            .ask("SELECT pg_try_advisory_lock($1, hashint8($2))", bot)
            .await?;
        Ok(held.is_locked.then_some(held))
    }

    async fn ask(&self, question: &'static str, bot: i64) -> sqlx::Result<bool> {
        let mut connection = self.connection.lock().await;
        let Some(open) = connection.as_mut() else {
            return Err(sqlx::Error::PoolClosed);
        };
        let asked = sqlx::query_scalar(question)
            .bind(LOCK_SPACE)
            .bind(bot)
            .fetch_one(open);
        let answered = answer(asked).await;
        if answered.is_err() {
            self.lose(&mut connection);
        }
        answered
    }

    async fn is_alive(&self) -> bool {
        let mut connection = self.connection.lock().await;
        let Some(open) = connection.as_mut() else {
            return false;
        };
        let alive = matches!(timeout(LOOK, open.ping()).await, Ok(Ok(())));
        if !alive {
            self.lose(&mut connection);
        }
        alive
    }

    fn lose(&self, connection: &mut Option<PgConnection>) {
        *connection = None;
        self.lost.cancel();
    }

    fn forget(&self, bot: i64) {
        self.held.lock().remove(&bot);
        self.freed.notify_waiters();
    }
}

async fn watch(session: Weak<Session>) {
    loop {
        sleep(LOOK).await;
        match session.upgrade() {
            Some(session) if session.is_alive().await => {}
            _ => return,
        }
    }
}

async fn answer<T>(question: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    timeout(PATIENCE, question).await.unwrap_or_else(|_| {
        let reason = "no answer in the session of the locks";
        let error = io::Error::new(io::ErrorKind::TimedOut, reason);
        Err(sqlx::Error::Io(error))
    })
}

/// The lead for one bot.
struct Held {
    session: Arc<Session>,
    bot: i64,
    is_locked: bool,
}

#[async_trait]
impl Leadership for Held {
    async fn lost(&mut self) {
        self.session.lost.cancelled().await;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let (session, bot) = (self.session.clone(), self.bot);
        match Handle::try_current() {
            Ok(runtime) if self.is_locked => {
                runtime.spawn(async move {
                    let unlock = "SELECT pg_advisory_unlock($1, hashint8($2))";
                    if let Err(error) = session.ask(unlock, bot).await {
                        tracing::debug!(%error, bot, "the lead ended with its session");
                    }
                    session.forget(bot);
                });
            }
            _ => session.forget(bot),
        }
    }
}
