//! The registry's contract, in memory.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

#[path = "contract/fixtures.rs"]
mod fixtures;
#[path = "contract/model.rs"]
mod model;
#[path = "contract/suite.rs"]
mod suite;

use std::sync::Arc;
use std::time::Duration;

use notification::application::ports::Registry;
use notification::outbound::MemoryRegistry;

async fn registry(lease: Duration) -> Arc<dyn Registry> {
    Arc::new(MemoryRegistry::with_lease(lease))
}

suite::contract!(registry);

#[test]
fn every_history_is_as_the_model_says() {
    model::every_history_is_as_the_model_says(registry, 512);
}
