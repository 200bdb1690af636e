//! Opens the database that the settings name.

use std::sync::Arc;

use crate::{application::ports, config::DatabaseUrl};

/// An open database whose schema is up to date.
#[derive(Clone)]
pub struct Store {
    pub(crate) main: Arc<dyn ports::Store>,
    pub(crate) outbox: Arc<dyn ports::Outbox>,
}
impl Store {
    pub async fn open(_url: &DatabaseUrl) -> anyhow::Result<Self> {
        anyhow::bail!("adapters come next")
    }
}
