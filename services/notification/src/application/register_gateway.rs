//! A gateway introduces itself.

use std::sync::Arc;

use super::ports::Registered;
use super::{Directory, Error, Registrations};
use crate::domain::{Gateway, Incarnation};

/// A gateway that is attached to this process, for as long as this value lives. While the registry
/// is away it is among those that get everything.
pub struct Attachment {
    pub(super) gateway: Gateway,
    directory: Arc<Directory>,
}

impl Attachment {
    fn new(gateway: Gateway, directory: Arc<Directory>) -> Self {
        directory.attach(gateway.clone());
        Self { gateway, directory }
    }

    pub(super) fn incarnation(&self) -> &Incarnation {
        &self.gateway.incarnation
    }
}

impl Drop for Attachment {
    fn drop(&mut self) {
        self.directory.detach(&self.gateway);
    }
}

impl Registrations {
    /// Opens or renews a gateway's lease. With the registry away it is only noted here: then every
    /// router broadcasts, and the next beat makes up for it.
    pub async fn register_gateway(&self, gateway: Gateway) -> Result<Attachment, Error> {
        let attachment = Attachment::new(gateway, self.directory.clone());
        match self.registry.register(&attachment.gateway).await {
            Ok(Registered::Held) => {
                tracing::info!(gateway = %attachment.gateway.incarnation.id,
                    address = %attachment.gateway.address, "gateway attached");
            }
            Ok(Registered::Superseded) => return Err(Error::Superseded),
            Err(away) => {
                tracing::warn!(gateway = %attachment.gateway.incarnation.id, error = %away,
                    "gateway attached, noted in this process only");
            }
        }
        Ok(attachment)
    }
}
