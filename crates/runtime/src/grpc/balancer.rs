//! The addresses of one service, and which of them a call takes.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use parking_lot::RwLock;
use tokio::{net::lookup_host, time::Instant};

use super::{
    endpoint::{Address, Endpoint},
    network::InProcess,
    target::{HostPort, Target},
};

/// Names are looked up again after this time, while they are used.
const RESOLVE_EVERY: Duration = Duration::from_secs(3);
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(2);

pub(super) struct Balancer {
    /// As the setting names it, for errors.
    pub(super) target: String,
    /// What is looked up; empty inside the process.
    hosts: Vec<HostPort>,
    /// Whether an address may change: IP addresses do not.
    has_names: bool,
    resolved: RwLock<Resolved>,
    resolving: AtomicBool,
    /// Held while somebody waits for the look-up, so that many calls make one.
    refreshing: tokio::sync::Mutex<()>,
    turn: AtomicUsize,
}

struct Resolved {
    endpoints: Arc<[Arc<Endpoint>]>,
    at: Option<Instant>,
}

impl Balancer {
    pub(super) fn new(name: &str, target: Target, in_process: InProcess) -> Arc<Self> {
        let (hosts, endpoints) = match target {
            Target::InProcess(name) => {
                let endpoint = Endpoint::new(Address::InProcess(in_process, name));
                (Vec::new(), vec![endpoint])
            }
            Target::Tcp(hosts) => (hosts, Vec::new()),
        };
        let is_name = |host: &HostPort| host.host.parse::<std::net::IpAddr>().is_err();
        Arc::new(Self {
            target: name.to_owned(),
            has_names: hosts.iter().any(is_name),
            hosts,
            resolved: RwLock::new(Resolved {
                endpoints: endpoints.into(),
                at: None,
            }),
            resolving: AtomicBool::new(false),
            refreshing: tokio::sync::Mutex::default(),
            turn: AtomicUsize::new(0),
        })
    }

    /// All endpoints in the order a call tries them: by the route key or in turn, those that failed last.
    pub(super) async fn candidates(self: &Arc<Self>, route: Option<u64>) -> Vec<Arc<Endpoint>> {
        let endpoints = self.endpoints().await;
        let mut order = endpoints.to_vec();
        if order.len() < 2 {
            return order;
        }
        if let Some(key) = route {
            // Rendezvous: when an endpoint goes, only its own keys move.
            order.sort_by_key(|endpoint| std::cmp::Reverse(weight(endpoint, key)));
        } else {
            let first = self.turn.fetch_add(1, Ordering::Relaxed) % order.len();
            order.rotate_left(first);
        }
        order.sort_by_key(|endpoint| endpoint.is_failed());
        order
    }

    async fn endpoints(self: &Arc<Self>) -> Arc<[Arc<Endpoint>]> {
        let (endpoints, at) = {
            let resolved = self.resolved.read();
            (resolved.endpoints.clone(), resolved.at)
        };
        if endpoints.is_empty() {
            self.resolve().await;
            return self.resolved.read().endpoints.clone();
        }
        let is_old = self.has_names && at.is_some_and(|at| at.elapsed() > RESOLVE_EVERY);
        if is_old && !self.resolving.swap(true, Ordering::Relaxed) {
            let balancer = self.clone();
            tokio::spawn(async move {
                balancer.resolve().await;
                balancer.resolving.store(false, Ordering::Relaxed);
            });
        }
        endpoints
    }

    /// Looks all names up, unless that was done after `then`.
    pub(super) async fn refresh(&self, then: Instant) {
        let _turn = self.refreshing.lock().await;
        let at = self.resolved.read().at;
        if self.has_names && at.is_none_or(|at| at < then) {
            self.resolve().await;
        }
    }

    /// Looks all names up. What can't be found keeps its last addresses: a name server may be away too.
    async fn resolve(&self) {
        let mut found = Vec::new();
        let mut complete = true;
        for host in &self.hosts {
            let lookup = lookup_host((host.host.as_str(), host.port));
            match tokio::time::timeout(RESOLVE_TIMEOUT, lookup).await {
                Ok(Ok(addresses)) => found.extend(addresses),
                Ok(Err(error)) => {
                    complete = false;
                    tracing::debug!(host = host.host, %error, "name not found");
                }
                Err(_) => complete = false,
            }
        }
        let mut resolved = self.resolved.write();
        resolved.at = Some(Instant::now());
        let known = resolved.endpoints.clone();
        if !complete {
            found.extend(known.iter().filter_map(|endpoint| endpoint.socket()));
        }
        found.sort_unstable();
        found.dedup();
        let unchanged = known.len() == found.len()
            && known
                .iter()
                .zip(&found)
                .all(|(a, b)| a.socket() == Some(*b));
        if unchanged {
            return;
        }
        resolved.endpoints = found
            .into_iter()
            .map(|address| {
                let same = known.iter().find(|other| other.socket() == Some(address));
                same.cloned()
                    .unwrap_or_else(|| Endpoint::new(Address::Tcp(address)))
            })
            .collect();
    }
}

fn weight(endpoint: &Endpoint, key: u64) -> u64 {
    xxhash_rust::xxh3::xxh3_64_with_seed(&key.to_le_bytes(), endpoint.hash)
}
