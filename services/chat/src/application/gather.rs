//! Gathers concurrent sends into common transactions.
//!
//! A transaction per message waits for the room's lock and for the disk once per message. Instead,
//! sends queue; while one transaction commits, the next ones collect, and are then committed in one
//! go, however many rooms they are for. A send that waits alone is not delayed.
//!
//! ```text
//! send ─┐                     ┌─ lock rooms, look up ids and members
//! send ─┼─▶ line (bounded) ─▶ ┤  decide each in order of arrival
//! send ─┘                     └─ write all, commit, answer each
//! ```

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::FutureExt;
use opentelemetry::{global, metrics::Histogram};
use runtime::trace;
use tokio::{
    sync::{mpsc, oneshot},
    time,
};
use tracing::{Instrument, Span};

use super::{
    Error,
    ports::{Store, StoreError},
    posting::{Facts, Sent, Submission, decide},
};

/// Most sends of one transaction.
const BATCH: usize = 256;
/// Sends that wait before the next is turned away.
const WAITING: usize = 8 * BATCH;
/// How often one send is repeated after it lost against another transaction.
const ATTEMPTS: usize = 5;
/// A transaction that takes so long is given up; whether it committed is then not known, and a send
/// with the same id finds out.
const PATIENCE: Duration = Duration::from_secs(10);

/// How the traceparent of a trace that is exported ends: W3C's flag `sampled`.
const EXPORTED: &str = "-01";

/// The line. When the last handle is gone, what waits is committed and its task ends.
pub(super) struct Gathering {
    line: mpsc::Sender<Waiting>,
}

struct Waiting {
    submission: Submission,
    answer: oneshot::Sender<Result<Sent, Error>>,
}

impl Gathering {
    /// Starts the line.
    pub(super) fn start(store: &Arc<dyn Store>) -> Self {
        let sizes = global::meter("chat")
            .u64_histogram("chappe.chat.send.batch_size")
            .with_description("Sends that were committed in one transaction.")
            .with_boundaries(vec![1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0])
            .build();
        let (line, waiting) = mpsc::channel(WAITING);
        let committer = Committer {
            store: Arc::clone(store),
            sizes,
        };
        tokio::spawn(committer.run(waiting));
        Self { line }
    }

    /// Queues behind the room's earlier sends and waits for the commit.
    pub(super) async fn send(&self, submission: Submission) -> Result<Sent, Error> {
        let (answer, answered) = oneshot::channel();
        self.line
            .try_send(Waiting { submission, answer })
            .map_err(|_| Error::Overloaded)?;
        answered
            .await
            .unwrap_or_else(|_| Err(Error::Broken("the line of sends has ended".to_owned())))
    }
}

struct Committer {
    store: Arc<dyn Store>,
    sizes: Histogram<u64>,
}

impl Committer {
    async fn run(self, mut queue: mpsc::Receiver<Waiting>) {
        let mut waiting = Vec::with_capacity(BATCH);
        while queue.recv_many(&mut waiting, BATCH).await > 0 {
            // Nobody waits for these any more, and nothing of them has happened.
            waiting.retain(|w: &Waiting| !w.answer.is_closed());
            self.sizes.record(waiting.len() as u64, &[]);
            self.commit(&mut waiting).await;
        }
    }

    async fn commit(&self, waiting: &mut Vec<Waiting>) {
        match self.attempt(waiting).await {
            Ok(results) => {
                for (waiting, result) in waiting.drain(..).zip(results) {
                    // The caller may have gone; the message is there all the same.
                    let _ = waiting.answer.send(result);
                }
            }
            Err(StoreError::Unavailable(reason)) => {
                tracing::warn!(%reason, sends = waiting.len(), "sends could not be committed");
                let reason = reason.to_string();
                for waiting in waiting.drain(..) {
                    let unavailable = StoreError::Unavailable(reason.clone().into());
                    let _ = waiting.answer.send(Err(unavailable.into()));
                }
            }
            // One of them clashes with another transaction, or cannot be written: find out which,
            // and spare the others.
            Err(StoreError::Conflict(_) | StoreError::Broken(_)) => {
                for waiting in waiting.drain(..) {
                    let result = self.commit_alone(&waiting).await;
                    let _ = waiting.answer.send(result);
                }
            }
        }
    }

    async fn commit_alone(&self, waiting: &Waiting) -> Result<Sent, Error> {
        let mut attempt = 1;
        loop {
            match self.attempt(std::slice::from_ref(waiting)).await {
                Ok(mut results) => {
                    return results.pop().expect("one submission has one result");
                }
                Err(StoreError::Conflict(_)) if attempt < ATTEMPTS => attempt += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn attempt(&self, waiting: &[Waiting]) -> Result<Vec<Result<Sent, Error>>, StoreError> {
        if waiting.is_empty() {
            return Ok(Vec::new());
        }
        let post = post(&*self.store, waiting).instrument(span(waiting));
        // A panic must not end the line: nobody could write until the next start.
        let post = AssertUnwindSafe(post).catch_unwind();
        match time::timeout(PATIENCE, post).await {
            Ok(Ok(results)) => results,
            Ok(Err(_)) => Err(StoreError::Broken("sending panicked".into())),
            Err(_) => {
                let patience = PATIENCE.as_secs();
                Err(StoreError::Unavailable(
                    format!("no commit within {patience} s").into(),
                ))
            }
        }
    }
}

/// The span of a transaction for several sends. It belongs to each of them, so it is linked with all whose
/// trace is exported, and is in the trace of the first: that makes it exported, too. There is none where
/// no trace is; one send has the span of its use case.
fn span(waiting: &[Waiting]) -> Span {
    let mut exported = waiting
        .iter()
        .filter_map(|waiting| waiting.submission.context.traceparent.as_deref())
        .filter(|traceparent| traceparent.ends_with(EXPORTED))
        .peekable();
    let first = exported.peek().filter(|_| waiting.len() > 1);
    let Some(first) = first else {
        return Span::none();
    };
    let span = tracing::info_span!(
        parent: None,
        "commit sends",
        chappe.chat.send.batch_size = waiting.len(),
    );
    trace::set_parent(&span, first);
    for traceparent in exported {
        trace::add_link(&span, traceparent);
    }
    span
}

/// One transaction.
async fn post(
    store: &dyn Store,
    waiting: &[Waiting],
) -> Result<Vec<Result<Sent, Error>>, StoreError> {
    let submissions = || waiting.iter().map(|w| &w.submission);
    let mut transaction = store.begin().await?;

    let mut rooms: Vec<_> = submissions().map(|s| s.room).collect();
    rooms.sort_unstable();
    rooms.dedup();
    let rooms = transaction.lock_rooms(&rooms).await?;

    // After the locks: a send of the same id into the same room has been committed by now.
    let ids: Vec<_> = submissions()
        .flat_map(|s| [Some(s.id), s.reply_to])
        .flatten()
        .collect();
    let messages = transaction.messages(&ids).await?;

    let mut posters: Vec<_> = submissions().map(|s| (s.room, s.author.id())).collect();
    posters.sort_unstable();
    posters.dedup();
    let posters = transaction.posters(&posters).await?;

    let facts = Facts {
        rooms: rooms.into_iter().map(|room| (room.id, room)).collect(),
        messages: messages
            .into_iter()
            .map(|message| (message.id, message))
            .collect(),
        posters: posters
            .into_iter()
            .map(|p| ((p.room, p.user.id), p))
            .collect(),
    };
    let (results, changes) = decide(submissions(), facts);
    if !changes.messages.is_empty() {
        transaction.record(&changes).await?;
        transaction.commit().await?;
    }
    Ok(results)
}
