//! A gateway is still there.

use super::ports::{Registered, RegistryAway, Verdict};
use super::{Attachment, Error, Registrations};
use crate::domain::Report;

/// What the gateway has to do after its beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beaten {
    /// Nothing.
    Fine,
    /// Announce all its topics again and compare heads with chat.
    AnnounceAgain,
}

impl Registrations {
    /// Renews the gateway's lease and compares its topics with what is registered.
    pub async fn beat(&self, attachment: &Attachment, report: Report) -> Result<Beaten, Error> {
        match self.renew(attachment, &report).await {
            // While the registry is away routers broadcast, and a beat after its return compares.
            Ok(Verdict::Agrees) | Err(_) => Ok(Beaten::Fine),
            Ok(Verdict::Differs) => {
                tracing::info!(gateway = %attachment.incarnation().id, topics = report.topics,
                    "the registry differs from the gateway, which announces its topics again");
                Ok(Beaten::AnnounceAgain)
            }
            // Without a lease even after registering: a later life is about to take over.
            Ok(Verdict::NoLease | Verdict::Superseded) => Err(Error::Superseded),
        }
    }

    async fn renew(
        &self,
        attachment: &Attachment,
        report: &Report,
    ) -> Result<Verdict, RegistryAway> {
        let verdict = self.registry.beat(attachment.incarnation(), report).await?;
        if verdict != Verdict::NoLease {
            return Ok(verdict);
        }
        if self.registry.register(&attachment.gateway).await? == Registered::Superseded {
            return Ok(Verdict::Superseded);
        }
        // While there was no lease nobody routed to it: it has to look for what it missed, even if
        // it wants no topic.
        self.registry.doubt(attachment.incarnation()).await?;
        self.registry.beat(attachment.incarnation(), report).await
    }
}
