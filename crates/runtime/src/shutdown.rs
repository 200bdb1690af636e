//! Leaving in order: first take no new work, then finish what was begun, and be gone by a deadline.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use tokio::{
    signal::unix::{SignalKind, signal},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

/// Told by a signal or by the program itself; clones share it.
#[derive(Clone, Debug)]
pub struct Shutdown {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    grace: Duration,
    triggered_at: OnceLock<Instant>,
    soft: CancellationToken,
    hard: CancellationToken,
}

impl Shutdown {
    /// `grace` is the time between being told to stop and stopping whatever is still going on.
    pub fn new(grace: Duration) -> Self {
        Self {
            inner: Arc::new(Inner {
                grace,
                triggered_at: OnceLock::new(),
                soft: CancellationToken::new(),
                hard: CancellationToken::new(),
            }),
        }
    }

    /// Begins the shutdown; later calls change nothing.
    pub fn trigger(&self) {
        self.inner.triggered_at.get_or_init(Instant::now);
        self.inner.soft.cancel();
    }

    /// Ends the grace now.
    pub fn force(&self) {
        self.trigger();
        self.inner.hard.cancel();
    }

    /// Whether the shutdown has begun.
    pub fn is_triggered(&self) -> bool {
        self.inner.soft.is_cancelled()
    }

    /// Waits until no new work shall be taken.
    pub async fn soft(&self) {
        self.inner.soft.cancelled().await;
    }

    /// Waits until the grace is over: what still runs is dropped.
    pub async fn hard(&self) {
        self.soft().await;
        tokio::select! {
            () = self.inner.hard.cancelled() => {}
            () = tokio::time::sleep(self.remaining()) => {}
        }
    }

    /// What is left of the grace; all of it before the shutdown has begun.
    pub fn remaining(&self) -> Duration {
        let Some(triggered_at) = self.inner.triggered_at.get() else {
            return self.inner.grace;
        };
        if self.inner.hard.is_cancelled() {
            return Duration::ZERO;
        }
        self.inner.grace.saturating_sub(triggered_at.elapsed())
    }

    /// Begins the shutdown on SIGTERM or SIGINT; a second one ends the grace.
    pub fn on_signals(&self) -> std::io::Result<()> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let shutdown = self.clone();
        tokio::spawn(async move {
            loop {
                let name = tokio::select! {
                    _ = terminate.recv() => "SIGTERM",
                    _ = interrupt.recv() => "SIGINT",
                };
                if shutdown.is_triggered() {
                    tracing::warn!(signal = name, "stopping now");
                    shutdown.force();
                    return;
                }
                tracing::info!(signal = name, grace = ?shutdown.inner.grace, "stopping");
                shutdown.trigger();
            }
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn hard_follows_soft_after_the_grace() {
        let shutdown = Shutdown::new(Duration::from_secs(20));
        assert!(!shutdown.is_triggered());
        assert_eq!(shutdown.remaining(), Duration::from_secs(20));

        shutdown.trigger();
        shutdown.soft().await;
        let begun = Instant::now();
        shutdown.hard().await;
        assert_eq!(begun.elapsed(), Duration::from_secs(20));
        assert_eq!(shutdown.remaining(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_second_trigger_does_not_prolong_the_grace() {
        let shutdown = Shutdown::new(Duration::from_secs(20));
        shutdown.trigger();
        tokio::time::advance(Duration::from_secs(15)).await;
        shutdown.trigger();
        assert_eq!(shutdown.remaining(), Duration::from_secs(5));
    }

    #[tokio::test(start_paused = true)]
    async fn forcing_ends_the_grace_at_once() {
        let shutdown = Shutdown::new(Duration::from_secs(20));
        let begun = Instant::now();
        shutdown.force();
        shutdown.hard().await;
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }
}
