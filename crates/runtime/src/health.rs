//! Whether this process can do its work. Being alive needs no asking: the admin server answers.

use std::{collections::BTreeMap, sync::Arc};

use tokio::sync::watch;

/// The readiness of all components of the process; clones share it.
#[derive(Clone, Debug)]
pub struct Health {
    components: Arc<watch::Sender<BTreeMap<&'static str, State>>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Ready,
    NotReady(String),
}

impl Default for Health {
    fn default() -> Self {
        Self::new()
    }
}

impl Health {
    /// Without components, and so ready.
    pub fn new() -> Self {
        Self {
            components: Arc::new(watch::Sender::new(BTreeMap::new())),
        }
    }

    /// Adds a component, not ready until it says so.
    pub fn component(&self, name: &'static str) -> Component {
        let component = Component {
            name,
            health: self.clone(),
        };
        component.not_ready("starting");
        component
    }

    /// Whether every component is ready.
    pub fn is_ready(&self) -> bool {
        self.components
            .borrow()
            .values()
            .all(|state| *state == State::Ready)
    }

    /// The components that are not ready, with their reasons.
    pub fn reasons(&self) -> Vec<(&'static str, String)> {
        let components = self.components.borrow();
        components
            .iter()
            .filter_map(|(name, state)| match state {
                State::Ready => None,
                State::NotReady(reason) => Some((*name, reason.clone())),
            })
            .collect()
    }

    /// Waits for `is_ready` to differ from `seen`, and answers the new value.
    pub async fn changed_from(&self, seen: bool) -> bool {
        let mut components = self.components.subscribe();
        let outcome = components
            .wait_for(|all| all.values().all(|state| *state == State::Ready) != seen)
            .await;
        // The sender lives as long as `self`, so the wait ends with a change only.
        match outcome {
            Ok(_) => !seen,
            Err(_) => seen,
        }
    }

    fn set(&self, name: &'static str, state: State) {
        self.components.send_if_modified(|components| {
            if components.get(name) == Some(&state) {
                return false;
            }
            if let State::NotReady(reason) = &state
                && components.contains_key(name)
            {
                tracing::warn!(component = name, reason, "not ready");
            }
            components.insert(name, state);
            true
        });
    }
}

/// One part of the process, such as its database.
#[derive(Clone, Debug)]
pub struct Component {
    name: &'static str,
    health: Health,
}

impl Component {
    /// It can do its work.
    pub fn ready(&self) {
        self.health.set(self.name, State::Ready);
    }

    /// It can't, and why: shown by `/readyz`.
    pub fn not_ready(&self, reason: impl Into<String>) {
        self.health.set(self.name, State::NotReady(reason.into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_process_is_ready_when_every_component_is() {
        let health = Health::new();
        let store = health.component("store");
        let bus = health.component("bus");
        store.ready();
        assert!(!health.is_ready());
        assert_eq!(health.reasons(), [("bus", "starting".to_owned())]);

        bus.ready();
        assert!(health.changed_from(false).await);
        store.not_ready("connection refused");
        assert!(!health.changed_from(true).await);
        assert_eq!(
            health.reasons(),
            [("store", "connection refused".to_owned())]
        );
    }
}
