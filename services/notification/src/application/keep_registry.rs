//! What has to be done from time to time, whether events flow or not.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use super::ports::{FindGateways, Lookup, Registry, RegistryAway};
use super::{Directory, Links, Metrics};

/// Often enough to know every gateway before the registry goes away.
const PERIOD: Duration = Duration::from_secs(1);

/// The configured name is resolved once in so many periods.
const PERIODS_PER_RESOLUTION: u32 = 5;

/// So many times in a row something is swept: the rest waits for the next period.
const SWEEPS: u32 = 20;

/// Looks after the registry: knows who is there before it goes away, finds out when it may be trusted
/// after it was emptied, and removes what dead gateways left.
pub struct KeepRegistry {
    registry: Arc<dyn Registry>,
    directory: Arc<Directory>,
    links: Arc<Links>,
    find: Arc<dyn FindGateways>,
    metrics: Metrics,
}

impl KeepRegistry {
    /// Looks after `registry` with what `directory` knows.
    pub fn new(
        registry: Arc<dyn Registry>,
        directory: Arc<Directory>,
        links: Arc<Links>,
        find: Arc<dyn FindGateways>,
        metrics: Metrics,
    ) -> Self {
        Self {
            registry,
            directory,
            links,
            find,
            metrics,
        }
    }

    /// Never ends; to be dropped.
    pub async fn run(self) {
        let mut period = interval(PERIOD);
        period.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for round in 0_u32.. {
            period.tick().await;
            if round.is_multiple_of(PERIODS_PER_RESOLUTION) {
                self.directory.resolved(self.find.addresses().await);
            }
            let answer = self.registry.lookup(&[]).await;
            let audience = self.directory.learn(&answer, &self.links.connected());
            self.links.keep(&audience);
            self.report(&answer);
            if let Ok(lookup) = answer
                && let Err(away) = self.tidy(&lookup).await
            {
                tracing::debug!(error = %away, "the registry is tidied later");
            }
        }
    }

    fn report(&self, answer: &Result<Lookup, RegistryAway>) {
        let trusted = answer.as_ref().is_ok_and(|lookup| lookup.trusted);
        self.metrics.broadcasting(!trusted);
        if let Ok(lookup) = answer {
            self.metrics.registry(lookup);
        }
    }

    async fn tidy(&self, lookup: &Lookup) -> Result<(), RegistryAway> {
        if !lookup.trusted && self.registry.settle(&self.directory.attached()).await? {
            tracing::info!("every gateway has announced itself: the registry is trusted");
        }
        for _ in 0..SWEEPS {
            if !self.registry.sweep().await? {
                break;
            }
        }
        Ok(())
    }
}
