//! A registry that goes away and comes back.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use notification::application::ports::{
    Changed, Lookup, Registered, Registry, RegistryAway, Verdict,
};
use notification::domain::{Change, Gateway, Incarnation, Report, Step, Topic};
use notification::outbound::MemoryRegistry;
use parking_lot::RwLock;
use std::sync::Arc;

/// In memory; can be away, and can be emptied.
pub(crate) struct FickleRegistry {
    away: AtomicBool,
    lease: Duration,
    memory: RwLock<Arc<MemoryRegistry>>,
}

impl FickleRegistry {
    pub(crate) fn new(lease: Duration) -> Self {
        Self {
            away: AtomicBool::new(false),
            lease,
            memory: RwLock::new(Arc::new(MemoryRegistry::with_lease(lease))),
        }
    }

    pub(crate) fn go_away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }

    pub(crate) fn empty(&self) {
        *self.memory.write() = Arc::new(MemoryRegistry::with_lease(self.lease));
    }

    fn memory(&self) -> Result<Arc<MemoryRegistry>, RegistryAway> {
        if self.away.load(Ordering::SeqCst) {
            return Err(RegistryAway("the test says so".into()));
        }
        Ok(self.memory.read().clone())
    }
}

#[async_trait]
impl Registry for FickleRegistry {
    async fn register(&self, gateway: &Gateway) -> Result<Registered, RegistryAway> {
        self.memory()?.register(gateway).await
    }

    async fn change_interest(
        &self,
        incarnation: &Incarnation,
        step: Step,
        change: &Change,
    ) -> Result<Changed, RegistryAway> {
        self.memory()?
            .change_interest(incarnation, step, change)
            .await
    }

    async fn beat(
        &self,
        incarnation: &Incarnation,
        report: &Report,
    ) -> Result<Verdict, RegistryAway> {
        self.memory()?.beat(incarnation, report).await
    }

    async fn leave(&self, incarnation: &Incarnation) -> Result<(), RegistryAway> {
        self.memory()?.leave(incarnation).await
    }

    async fn doubt(&self, incarnation: &Incarnation) -> Result<(), RegistryAway> {
        self.memory()?.doubt(incarnation).await
    }

    async fn lookup(&self, topics: &[Topic]) -> Result<Lookup, RegistryAway> {
        self.memory()?.lookup(topics).await
    }

    async fn settle(&self, attached: &[Incarnation]) -> Result<bool, RegistryAway> {
        self.memory()?.settle(attached).await
    }

    async fn sweep(&self) -> Result<bool, RegistryAway> {
        self.memory()?.sweep().await
    }

    async fn redeem(&self, ticket: &str, lifetime: Duration) -> Result<bool, RegistryAway> {
        self.memory()?.redeem(ticket, lifetime).await
    }
}
