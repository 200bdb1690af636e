//! A gateway goes away for good.

use super::{Attachment, Registrations};

impl Registrations {
    /// Ends the gateway's lease, so that no router waits for it any more.
    pub async fn leave(&self, attachment: Attachment) {
        self.directory.forget(&attachment.gateway.address);
        match self.registry.leave(attachment.incarnation()).await {
            Ok(()) => tracing::info!(gateway = %attachment.incarnation().id, "gateway left"),
            // Its lease ends by itself.
            Err(away) => {
                tracing::warn!(gateway = %attachment.incarnation().id, error = %away,
                    "gateway left, but not yet the registry");
            }
        }
    }
}
