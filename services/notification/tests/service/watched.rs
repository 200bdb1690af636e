//! An event log that tells what was committed.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use bus::{Bus, BusError, ConsumeError, Consumer, Publisher, Received};
use prost::Message;
use proto::event::RoomEvent;

/// Passes everything on, and notes the highest `seq` among the committed records.
pub(crate) struct WatchedBus {
    inner: Arc<dyn Bus>,
    committed: Arc<AtomicI64>,
}

struct WatchedConsumer {
    inner: Box<dyn Consumer>,
    committed: Arc<AtomicI64>,
}

impl WatchedBus {
    pub(crate) fn new(inner: Arc<dyn Bus>) -> Self {
        Self {
            inner,
            committed: Arc::default(),
        }
    }

    /// The highest `seq` of a committed event.
    pub(crate) fn committed(&self) -> i64 {
        self.committed.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Bus for WatchedBus {
    fn publisher(&self) -> Arc<dyn Publisher> {
        self.inner.publisher()
    }

    async fn subscribe(
        &self,
        group: &str,
        topics: &[&str],
    ) -> Result<Box<dyn Consumer>, ConsumeError> {
        Ok(Box::new(WatchedConsumer {
            inner: self.inner.subscribe(group, topics).await?,
            committed: self.committed.clone(),
        }))
    }

    async fn ensure_topic(&self, topic: &str, partitions: i32) -> Result<(), BusError> {
        self.inner.ensure_topic(topic, partitions).await
    }

    async fn healthy(&self) -> Result<(), BusError> {
        self.inner.healthy().await
    }
}

#[async_trait]
impl Consumer for WatchedConsumer {
    async fn receive(&mut self, max: usize) -> Result<Vec<Received>, ConsumeError> {
        self.inner.receive(max).await
    }

    async fn commit(&mut self, done: &[Received]) -> Result<(), ConsumeError> {
        self.inner.commit(done).await?;
        for record in done
            .iter()
            .filter_map(|received| received.record.as_ref().ok())
        {
            if let Ok(event) = RoomEvent::decode(record.value.clone()) {
                self.committed.fetch_max(event.seq, Ordering::SeqCst);
            }
        }
        Ok(())
    }

    async fn rewind(&mut self) -> Result<(), ConsumeError> {
        self.inner.rewind().await
    }
}
