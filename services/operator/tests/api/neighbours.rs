//! A registry, gateways, brokers and bots that say what a test wants.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bus::KafkaSettings;
use operator::Neighbours;
use operator::domain::topics::{Change, Existing};
use operator::ports::{
    BotReport, Bots, Brokers, Bulletin, Counted, Counts, Edge, Registry, Unavailable,
};
use operator::resources::messenger::Topics;

/// Clones share everything.
#[derive(Clone, Default)]
pub(crate) struct Fakes(pub(crate) Arc<Mutex<State>>);

#[derive(Default)]
pub(crate) struct State {
    /// Connections by Pod; `None` for all where the registry is away.
    pub(crate) connections: HashMap<String, u32>,
    pub(crate) away: bool,
    pub(crate) stale: bool,
    /// Pods that were told to drain, in order, each once.
    pub(crate) drained: Vec<String>,
    /// Draining gateways keep their connections.
    pub(crate) stubborn: bool,
    pub(crate) topics: BTreeMap<String, Existing>,
    pub(crate) bots: Vec<BotReport>,
}

impl Fakes {
    pub(crate) fn neighbours(&self) -> Neighbours {
        Neighbours {
            registry: Arc::new(self.clone()),
            edge: Arc::new(self.clone()),
            brokers: Arc::new(self.clone()),
            bots: Arc::new(self.clone()),
        }
    }

    pub(crate) fn set(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.0.lock().unwrap());
    }

    pub(crate) fn get<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.0.lock().unwrap())
    }
}

fn away() -> Unavailable {
    Unavailable {
        who: "it".into(),
        reason: "the test says so".into(),
    }
}

#[async_trait]
impl Registry for Fakes {
    async fn gateways(&self, _: &str) -> Result<Counts, Unavailable> {
        self.get(|state| {
            if state.away {
                return Err(away());
            }
            let gateways = state.connections.iter().map(|(pod, &connections)| {
                let counted = Counted {
                    address: pod.clone(),
                    connections,
                };
                (pod.clone(), counted)
            });
            Ok(Counts {
                fresh: !state.stale,
                gateways: gateways.collect(),
            })
        })
    }
}

#[async_trait]
impl Edge for Fakes {
    async fn drain(&self, address: &str, _: u32, _: Duration) -> Result<u32, Unavailable> {
        let mut state = self.0.lock().unwrap();
        if !state.drained.iter().any(|pod| pod == address) {
            state.drained.push(address.to_owned());
        }
        let stubborn = state.stubborn;
        let left = state.connections.get_mut(address).ok_or_else(away)?;
        if !stubborn {
            *left = 0;
        }
        Ok(*left)
    }
}

#[async_trait]
impl Brokers for Fakes {
    async fn describe(
        &self,
        _: &KafkaSettings,
        _: &Topics,
    ) -> Result<BTreeMap<String, Existing>, Unavailable> {
        Ok(self.get(|state| state.topics.clone()))
    }

    async fn apply(&self, _: &KafkaSettings, change: &Change) -> Result<(), Unavailable> {
        self.set(|state| match change {
            Change::Create {
                topic,
                partitions,
                replication,
            } => {
                let made = Existing {
                    partitions: *partitions,
                    replication: *replication,
                };
                state.topics.insert(topic.clone(), made);
            }
            Change::Grow { topic, partitions } => {
                state.topics.get_mut(topic).unwrap().partitions = *partitions;
            }
        });
        Ok(())
    }
}

#[async_trait]
impl Bots for Fakes {
    async fn list(&self, _: &str) -> Result<Bulletin, Unavailable> {
        Ok(Bulletin {
            reports: self.get(|state| state.bots.clone()),
            complete: true,
        })
    }
}
