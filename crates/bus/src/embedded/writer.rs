//! The writer: everything that queued up since the last transaction goes into the next one, so the
//! file is synced once for all of it.

use std::sync::Weak;

use sqlite::Database;
use tokio::sync::{mpsc, oneshot};

use super::{
    log::Log,
    store::{self, Commit, NewRow},
};

/// Callers that may wait for the writer; the next one waits to be let in.
pub(super) const QUEUE: usize = 1024;

/// Callers whose writes share one transaction: bounds how long chat's own transactions wait.
const PER_TRANSACTION: usize = 256;

/// What a caller wants written, and where it hears that it is durable.
pub(super) struct Write {
    pub(super) what: What,
    pub(super) done: oneshot::Sender<Result<(), String>>,
}

pub(super) enum What {
    Append(Vec<NewRow>),
    Commit(Vec<Commit>),
}

/// Writes until the log is dropped.
pub(super) async fn run(db: Database, log: Weak<Log>, mut queue: mpsc::Receiver<Write>) {
    let mut writes = Vec::with_capacity(PER_TRANSACTION);
    while queue.recv_many(&mut writes, PER_TRANSACTION).await > 0 {
        let result = write(&db, &writes).await;
        if let (Ok(last), Some(log)) = (&result, log.upgrade()) {
            log.appended(&writes, *last);
        }
        let answer = result.map(|_| ()).map_err(|error| error.to_string());
        if let Err(error) = &answer {
            tracing::warn!(
                error,
                writes = writes.len(),
                "event log could not be written"
            );
        }
        for write in writes.drain(..) {
            // Who stopped waiting does not need the answer.
            let _ = write.done.send(answer.clone());
        }
    }
}

/// All in one transaction; answers the offset of the last record.
async fn write(db: &Database, writes: &[Write]) -> Result<i64, sqlx::Error> {
    let mut transaction = db.write().await?;
    let mut last = 0;
    for write in writes {
        match &write.what {
            What::Append(rows) => last = store::append(&mut transaction, rows).await?,
            What::Commit(commits) => {
                for commit in commits {
                    store::commit(&mut transaction, commit).await?;
                }
            }
        }
    }
    transaction.commit().await?;
    Ok(last)
}
