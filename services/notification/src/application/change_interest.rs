//! A gateway wants other topics than before.

use std::time::Duration;

use tokio::time::sleep;

use super::ports::{Changed, Registered, RegistryAway};
use super::{Attachment, Error, Registrations};
use crate::domain::{Change, Step};

/// The pause before the registry is asked a second time.
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(100);

/// So many topics are written at once: about a millisecond of the registry's time.
const PART: usize = 1_000;

impl Registrations {
    /// Applies a gateway's operation. Once it returns, events of the added topics reach the gateway:
    /// by the registry, or, while that is away, because routers broadcast; in that case the
    /// next beat finds the difference and has the topics announced again.
    pub async fn change_interest(
        &self,
        attachment: &Attachment,
        operation: u64,
        change: Change,
    ) -> Result<(), Error> {
        for (part, change) in (0..).zip(change.in_parts(PART)) {
            let step = Step { operation, part };
            match self.write(attachment, step, &change).await {
                Ok(Changed::Noted) => {}
                Ok(Changed::Stale) => return Err(Error::StaleOperation),
                // Without a lease twice: another life is coming and going. It will attach again.
                Ok(Changed::NoLease | Changed::Superseded) => return Err(Error::Superseded),
                Err(away) => {
                    tracing::debug!(gateway = %attachment.incarnation().id, operation,
                        error = %away, "interest noted while broadcasting");
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    async fn write(
        &self,
        attachment: &Attachment,
        step: Step,
        change: &Change,
    ) -> Result<Changed, RegistryAway> {
        let incarnation = attachment.incarnation();
        let mut outcome = self
            .registry
            .change_interest(incarnation, step, change)
            .await;
        if outcome.is_err() && !self.directory.is_away() {
            // Perhaps only a connection broke, or only the answer was lost: the step makes asking
            // again safe.
            sleep(ASK_AGAIN_AFTER).await;
            outcome = self
                .registry
                .change_interest(incarnation, step, change)
                .await;
        }
        if outcome
            .as_ref()
            .is_ok_and(|changed| *changed == Changed::NoLease)
        {
            // It lapsed or was lost with the registry. The new lease is incomplete, so the gateway
            // gets everything until its next beat has it announce the rest.
            if self.registry.register(&attachment.gateway).await? == Registered::Superseded {
                return Ok(Changed::Superseded);
            }
            outcome = self
                .registry
                .change_interest(incarnation, step, change)
                .await;
        }
        outcome
    }
}
