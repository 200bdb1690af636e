//! The addresses of one service, and which of them a call takes.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use parking_lot::RwLock;
use tokio::time::Instant;

use super::{
    endpoint::{Address, Endpoint},
    names::Names,
    network::InProcess,
    target::{HostPort, Target},
};

/// Names are looked up again after this time, while they are used.
const RESOLVE_EVERY: Duration = Duration::from_secs(3);
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(2);

pub(super) struct Balancer {
    /// As the setting names it, for errors.
    pub(super) target: String,
    names: Arc<dyn Names>,
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
    pub(super) fn new(
        name: &str,
        target: Target,
        in_process: InProcess,
        names: Arc<dyn Names>,
    ) -> Arc<Self> {
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
            names,
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
            let lookup = self.names.look_up(host);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grpc::names::fixture::{Book, socket};

    fn balancer(target: &str, book: &Arc<Book>) -> Arc<Balancer> {
        let parsed = Target::parse(target).unwrap();
        Balancer::new(target, parsed, InProcess::default(), book.clone())
    }

    async fn sockets(balancer: &Arc<Balancer>) -> Vec<String> {
        let all = balancer.candidates(Some(0)).await;
        let mut names: Vec<_> = all.iter().map(|endpoint| endpoint.name.clone()).collect();
        names.sort();
        names
    }

    #[tokio::test(start_paused = true)]
    async fn while_calls_come_a_name_is_looked_up_from_time_to_time() {
        let book = Book::of(&[socket(1)]);
        let chat = balancer("http://chat:7000", &book);
        assert_eq!(sockets(&chat).await, ["10.0.0.1:7000"]);
        book.write(&[socket(2)]);
        tokio::time::advance(RESOLVE_EVERY / 2).await;
        assert_eq!(sockets(&chat).await, ["10.0.0.1:7000"]);
        assert_eq!(book.looked_up(), 1);

        // A call does not wait for it, and one look-up is enough for all.
        tokio::time::advance(RESOLVE_EVERY).await;
        for _ in 0..3 {
            assert_eq!(sockets(&chat).await, ["10.0.0.1:7000"]);
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
        assert_eq!(sockets(&chat).await, ["10.0.0.2:7000"]);
        assert_eq!(book.looked_up(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn many_calls_that_failed_make_one_look_up() {
        let book = Book::of(&[socket(1)]);
        let chat = balancer("http://chat:7000", &book);
        chat.candidates(None).await;
        book.write(&[socket(2)]);
        tokio::time::advance(Duration::from_millis(1)).await;
        let began = Instant::now();
        futures::future::join_all((0..10).map(|_| chat.refresh(began))).await;
        assert_eq!(sockets(&chat).await, ["10.0.0.2:7000"]);
        assert_eq!(book.looked_up(), 2);

        // What began later may have met later changes.
        tokio::time::advance(Duration::from_millis(1)).await;
        chat.refresh(Instant::now()).await;
        assert_eq!(book.looked_up(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn addresses_without_names_are_not_looked_up_again() {
        let book = Book::of(&[socket(1)]);
        let chat = balancer("http://10.0.0.1:7000", &book);
        chat.candidates(None).await;
        tokio::time::advance(2 * RESOLVE_EVERY).await;
        chat.candidates(None).await;
        chat.refresh(Instant::now()).await;
        assert_eq!(book.looked_up(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn while_a_name_cannot_be_found_its_last_addresses_are_kept() {
        let book = Book::of(&[socket(1), socket(2)]);
        let chat = balancer("http://chat:7000", &book);
        let before = chat.candidates(Some(0)).await;
        for trouble in [Book::lose, Book::hang] {
            trouble(&book);
            tokio::time::advance(RESOLVE_EVERY).await;
            chat.refresh(Instant::now()).await;
            assert_eq!(sockets(&chat).await, ["10.0.0.1:7000", "10.0.0.2:7000"]);
        }
        // And who stays keeps the connection.
        book.write(&[socket(2), socket(3)]);
        tokio::time::advance(RESOLVE_EVERY).await;
        chat.refresh(Instant::now()).await;
        assert_eq!(sockets(&chat).await, ["10.0.0.2:7000", "10.0.0.3:7000"]);
        let after = chat.candidates(Some(0)).await;
        let kept = |endpoint| before.iter().any(|other| Arc::ptr_eq(other, endpoint));
        assert_eq!(after.iter().filter(|endpoint| kept(endpoint)).count(), 1);
    }
}
