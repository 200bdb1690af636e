//! One replica works at a time: it holds a Lease.

use anyhow::Context as _;
use kube::Client;
use kube_lease_manager::{LeaseManager, LeaseManagerBuilder};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The Lease's name.
const LEASE: &str = "chappe-operator";
/// A holder that was killed is followed after so long, seconds.
const DURATION: u64 = 15;
/// The holder renews so long before it ends, seconds.
const GRACE: u64 = 5;

/// This replica's part in the election.
pub(crate) struct Leadership {
    leads: watch::Receiver<bool>,
    task: JoinHandle<Result<LeaseManager, kube_lease_manager::LeaseManagerError>>,
}

impl Leadership {
    /// Takes part in the election under this name.
    pub(crate) async fn seek(
        client: &Client,
        namespace: &str,
        identity: &str,
    ) -> anyhow::Result<Self> {
        let manager = LeaseManagerBuilder::new(client.clone(), LEASE)
            .with_namespace(namespace)
            .with_identity(identity)
            .with_duration(DURATION)
            .with_grace(GRACE)
            .build()
            .await
            .context("the Lease can't be reached: has the service account the rights of the chart's Role?")?;
        let (leads, task) = manager.watch().await;
        Ok(Self { leads, task })
    }

    /// Waits until this replica leads.
    pub(crate) async fn won(&mut self) {
        self.becomes(true).await;
    }

    /// Waits until it does not.
    pub(crate) async fn lost(&mut self) {
        self.becomes(false).await;
    }

    async fn becomes(&mut self, wanted: bool) {
        if self.leads.wait_for(|leads| *leads == wanted).await.is_err() && wanted {
            // The election has ended with its task; a replica that can't lead is of no use, and the
            // shutdown ends this wait.
            std::future::pending::<()>().await;
        }
    }

    /// Lets another replica lead at once.
    pub(crate) async fn give_up(self) {
        drop(self.leads);
        if let Ok(Err(error)) = self.task.await {
            tracing::warn!(%error, "the Lease was not given back and ends by itself");
        }
    }
}
