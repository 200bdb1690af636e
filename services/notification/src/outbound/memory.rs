//! The registry of a single process.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::Mutex;
use tokio::time::Instant;

use crate::application::ports::{Changed, Lookup, Registered, Registry, RegistryAway, Verdict};
use crate::domain::{
    Address, BootEpoch, Change, Digest, Gateway, GatewayId, Incarnation, LEASE, Lease, Report,
    ServerTime, Step, Topic,
};

/// Keeps who is connected where in memory; empty after a start.
pub struct MemoryRegistry {
    started: Instant,
    lease: Duration,
    state: Mutex<State>,
}

struct State {
    gateways: HashMap<GatewayId, Entry>,
    topics: HashMap<Topic, HashSet<GatewayId>>,
    /// Used tickets, and when they end.
    tickets: HashMap<String, Instant>,
    trusted: bool,
}

struct Entry {
    epoch: BootEpoch,
    address: Address,
    last_step: Option<Step>,
    topics: HashSet<Topic>,
    connections: u32,
    complete: bool,
    doubted: bool,
    expires: ServerTime,
}

impl Default for MemoryRegistry {
    fn default() -> Self {
        Self::with_lease(LEASE)
    }
}

impl MemoryRegistry {
    /// An empty registry whose leases end after `lease`.
    pub fn with_lease(lease: Duration) -> Self {
        Self {
            started: Instant::now(),
            lease,
            state: Mutex::new(State {
                gateways: HashMap::new(),
                topics: HashMap::new(),
                tickets: HashMap::new(),
                trusted: false,
            }),
        }
    }

    fn now(&self) -> ServerTime {
        ServerTime(self.started.elapsed())
    }

    fn lease_end(&self) -> ServerTime {
        ServerTime(self.now().0 + self.lease)
    }
}

/// Why an update is refused.
enum Fenced {
    NoLease,
    Superseded,
}

impl State {
    /// The entry of this life, if its lease lives.
    fn entry(&mut self, of: &Incarnation, now: ServerTime) -> Result<&mut Entry, Fenced> {
        match self.gateways.get_mut(&of.id) {
            Some(entry) if entry.epoch > of.epoch => Err(Fenced::Superseded),
            Some(entry) if entry.epoch == of.epoch && entry.expires > now => Ok(entry),
            _ => Err(Fenced::NoLease),
        }
    }

    fn remove(&mut self, id: &GatewayId) {
        if let Some(entry) = self.gateways.remove(id) {
            for topic in entry.topics {
                self.unwant(topic, id);
            }
        }
    }

    fn unwant(&mut self, topic: Topic, id: &GatewayId) {
        if let Some(gateways) = self.topics.get_mut(&topic) {
            gateways.remove(id);
            if gateways.is_empty() {
                self.topics.remove(&topic);
            }
        }
    }
}

#[async_trait]
impl Registry for MemoryRegistry {
    async fn register(&self, gateway: &Gateway) -> Result<Registered, RegistryAway> {
        let now = self.now();
        let mut state = self.state.lock();
        let Gateway {
            incarnation,
            address,
        } = gateway;
        match state.entry(incarnation, now) {
            Err(Fenced::Superseded) => return Ok(Registered::Superseded),
            Ok(entry) => {
                entry.address = address.clone();
                entry.complete = false;
                entry.expires = self.lease_end();
            }
            Err(Fenced::NoLease) => {
                state.remove(&incarnation.id);
                let entry = Entry {
                    epoch: incarnation.epoch,
                    address: address.clone(),
                    last_step: None,
                    topics: HashSet::new(),
                    connections: 0,
                    complete: false,
                    doubted: false,
                    expires: self.lease_end(),
                };
                state.gateways.insert(incarnation.id.clone(), entry);
            }
        }
        Ok(Registered::Held)
    }

    async fn change_interest(
        &self,
        incarnation: &Incarnation,
        step: Step,
        change: &Change,
    ) -> Result<Changed, RegistryAway> {
        let mut state = self.state.lock();
        let entry = match state.entry(incarnation, self.now()) {
            Ok(entry) => entry,
            Err(Fenced::NoLease) => return Ok(Changed::NoLease),
            Err(Fenced::Superseded) => return Ok(Changed::Superseded),
        };
        match entry.last_step {
            Some(last) if last > step => return Ok(Changed::Stale),
            Some(last) if last == step => return Ok(Changed::Noted),
            _ => entry.last_step = Some(step),
        }
        let mut removed = change.remove.clone();
        if change.reset {
            entry.complete = false;
            removed = entry.topics.drain().collect();
        }
        for topic in &removed {
            entry.topics.remove(topic);
        }
        entry.topics.extend(&change.add);
        for topic in removed {
            state.unwant(topic, &incarnation.id);
        }
        for topic in &change.add {
            state
                .topics
                .entry(*topic)
                .or_default()
                .insert(incarnation.id.clone());
        }
        Ok(Changed::Noted)
    }

    async fn beat(
        &self,
        incarnation: &Incarnation,
        report: &Report,
    ) -> Result<Verdict, RegistryAway> {
        let mut state = self.state.lock();
        let entry = match state.entry(incarnation, self.now()) {
            Ok(entry) => entry,
            Err(Fenced::NoLease) => return Ok(Verdict::NoLease),
            Err(Fenced::Superseded) => return Ok(Verdict::Superseded),
        };
        entry.expires = self.lease_end();
        entry.connections = report.connections;
        let same = entry.topics.len() as u64 == report.topics
            && Digest::of(&entry.topics) == report.digest;
        let doubted = std::mem::take(&mut entry.doubted);
        entry.complete = same && !doubted;
        Ok(if entry.complete {
            Verdict::Agrees
        } else {
            Verdict::Differs
        })
    }

    async fn leave(&self, incarnation: &Incarnation) -> Result<(), RegistryAway> {
        let mut state = self.state.lock();
        if state.entry(incarnation, self.now()).is_ok() {
            state.remove(&incarnation.id);
        }
        Ok(())
    }

    async fn doubt(&self, incarnation: &Incarnation) -> Result<(), RegistryAway> {
        if let Ok(entry) = self.state.lock().entry(incarnation, self.now()) {
            entry.complete = false;
            entry.doubted = true;
        }
        Ok(())
    }

    async fn lookup(&self, topics: &[Topic]) -> Result<Lookup, RegistryAway> {
        let now = self.now();
        let state = self.state.lock();
        let mut positions = HashMap::new();
        let mut leases = Vec::new();
        for (id, entry) in state
            .gateways
            .iter()
            .filter(|(_, entry)| entry.expires > now)
        {
            positions.insert(id, leases.len());
            leases.push(Lease {
                gateway: Gateway {
                    incarnation: Incarnation {
                        id: id.clone(),
                        epoch: entry.epoch,
                    },
                    address: entry.address.clone(),
                },
                complete: entry.complete,
                topics: entry.topics.len() as u64,
                connections: entry.connections,
            });
        }
        let wanting = |topic| {
            let gateways = state.topics.get(topic).into_iter().flatten();
            gateways
                .filter_map(|id| positions.get(id).copied())
                .collect()
        };
        Ok(Lookup {
            at: now,
            trusted: state.trusted,
            interested: topics.iter().map(wanting).collect(),
            leases,
        })
    }

    async fn settle(&self, attached: &[Incarnation]) -> Result<bool, RegistryAway> {
        let now = self.now();
        let mut state = self.state.lock();
        if !state.trusted {
            let a_lease_ago = self.started.elapsed() >= self.lease;
            let mut live = state.gateways.values().filter(|entry| entry.expires > now);
            let complete = live.all(|entry| entry.complete);
            let present = attached.iter().all(|of| state.entry(of, now).is_ok());
            state.trusted = a_lease_ago && complete && present;
        }
        Ok(state.trusted)
    }

    async fn sweep(&self) -> Result<bool, RegistryAway> {
        let now = self.now();
        let mut state = self.state.lock();
        // For one lease more an ended one still tells an earlier life that it is over.
        let kept = |entry: &Entry| entry.expires.0 + self.lease > now.0;
        let ended: Vec<_> = state
            .gateways
            .iter()
            .filter(|(_, entry)| !kept(entry))
            .map(|(id, _)| id.clone())
            .collect();
        for id in &ended {
            state.remove(id);
        }
        state.tickets.retain(|_, ends| *ends > Instant::now());
        Ok(false)
    }

    async fn redeem(&self, ticket: &str, lifetime: Duration) -> Result<bool, RegistryAway> {
        let ends = Instant::now() + lifetime;
        Ok(self
            .state
            .lock()
            .tickets
            .insert(ticket.to_owned(), ends)
            .is_none())
    }
}
