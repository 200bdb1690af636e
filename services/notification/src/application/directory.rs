//! Which gateways there are, as far as this process knows: from the registry while that can be
//! believed, else from everything else.

use std::collections::HashMap;

use parking_lot::Mutex;
use tokio::time::Instant;

use super::ports::{Lookup, RegistryAway};
use crate::domain::{Address, Gateway, Incarnation, LEASE, Lease, ServerTime};

/// Remembers gateways for the time when the registry can't tell.
#[derive(Default)]
pub struct Directory {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Gateways with an Attach stream to this process; one entry per stream.
    attached: Vec<Gateway>,
    /// Gateways whose lease or open delivery stream was seen, and when last.
    seen: HashMap<Address, Seen>,
    /// What the configured name resolves to.
    resolved: Vec<Address>,
    away: bool,
    /// When the registry came back. What was acknowledged while it was away is not in it, and it may
    /// have come back with an old state: by a lease later every gateway has beaten, and its lease
    /// says whether it is complete.
    returned_at: Option<ServerTime>,
}

struct Seen {
    at: Instant,
    incarnation: Incarnation,
}

/// A gateway that a router may send to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Target {
    pub(super) address: Address,
    /// Unknown for an address that only the configured name led to.
    pub(super) incarnation: Option<Incarnation>,
}

/// Who gets what.
pub(super) enum Audience {
    /// The registry is believed.
    Registered {
        /// All gateways with a lease.
        present: Vec<Target>,
        /// These get everything: their registration is not complete.
        everything: Vec<Target>,
        /// These get what they asked for, by topic as in the lookup.
        interested: Vec<Vec<Target>>,
    },
    /// The registry can't tell: all of these get everything. While nobody is known nothing may be
    /// taken for delivered.
    Everyone(Vec<Target>),
}

impl Audience {
    /// Every gateway that may get something.
    pub(super) fn present(&self) -> &[Target] {
        match self {
            Self::Registered { present, .. } => present,
            Self::Everyone(targets) => targets,
        }
    }
}

impl Directory {
    /// A gateway opened an Attach stream.
    pub(super) fn attach(&self, gateway: Gateway) {
        self.state.lock().attached.push(gateway);
    }

    /// A gateway's Attach stream ended.
    pub(super) fn detach(&self, gateway: &Gateway) {
        let attached = &mut self.state.lock().attached;
        if let Some(position) = attached.iter().position(|other| other == gateway) {
            attached.swap_remove(position);
        }
    }

    /// The gateways with an Attach stream to this process.
    pub(super) fn attached(&self) -> Vec<Incarnation> {
        let state = self.state.lock();
        state
            .attached
            .iter()
            .map(|gateway| gateway.incarnation.clone())
            .collect()
    }

    /// A gateway left for good.
    pub(super) fn forget(&self, address: &Address) {
        let mut state = self.state.lock();
        state.seen.remove(address);
        state.attached.retain(|gateway| gateway.address != *address);
    }

    /// Whether the registry did not answer the last lookup.
    pub(super) fn is_away(&self) -> bool {
        self.state.lock().away
    }

    /// Whether the registry that gave this answer knows every gateway that is there.
    pub(super) fn believes(&self, lookup: &Lookup) -> bool {
        let state = self.state.lock();
        !state.away && lookup.trusted && state.has_been_back(lookup.at)
    }

    /// Replaces what the configured name resolves to.
    pub(super) fn resolved(&self, addresses: Vec<Address>) {
        self.state.lock().resolved = addresses;
    }

    /// Learns from an answer of the registry and says who gets what. `connected` are the gateways to
    /// which a delivery stream is open: these are there, whatever the registry says.
    pub(super) fn learn(
        &self,
        answer: &Result<Lookup, RegistryAway>,
        connected: &[Address],
    ) -> Audience {
        let now = Instant::now();
        let mut state = self.state.lock();
        match answer {
            Ok(lookup) => {
                if std::mem::take(&mut state.away) {
                    tracing::info!("the registry is back");
                    state.returned_at = Some(lookup.at);
                }
                let believed = lookup.trusted && state.has_been_back(lookup.at);
                if believed {
                    state.seen.clear();
                }
                state.see(&lookup.leases, now);
                if believed {
                    return registered(lookup);
                }
            }
            Err(away) => {
                if !std::mem::replace(&mut state.away, true) {
                    tracing::warn!(error = %away, "sending every event to every known gateway");
                }
            }
        }
        state.everyone(connected, now)
    }
}

impl State {
    fn see(&mut self, leases: &[Lease], now: Instant) {
        for lease in leases {
            let seen = Seen {
                at: now,
                incarnation: lease.gateway.incarnation.clone(),
            };
            self.seen.insert(lease.gateway.address.clone(), seen);
        }
    }

    /// Whether the registry has been there for a lease.
    fn has_been_back(&self, at: ServerTime) -> bool {
        self.returned_at
            .is_none_or(|back| at.0.saturating_sub(back.0) >= LEASE)
    }

    fn everyone(&mut self, connected: &[Address], now: Instant) -> Audience {
        for address in connected {
            if let Some(seen) = self.seen.get_mut(address) {
                seen.at = now;
            }
        }
        self.seen.retain(|_, seen| now - seen.at < LEASE);

        let mut targets: HashMap<&Address, Option<&Incarnation>> = HashMap::new();
        targets.extend(self.resolved.iter().map(|address| (address, None)));
        targets.extend(
            self.seen
                .iter()
                .map(|(address, seen)| (address, Some(&seen.incarnation))),
        );
        let attached = self.attached.iter();
        targets.extend(attached.map(|gateway| (&gateway.address, Some(&gateway.incarnation))));
        let targets = targets.into_iter().map(|(address, incarnation)| Target {
            address: address.clone(),
            incarnation: incarnation.cloned(),
        });
        Audience::Everyone(targets.collect())
    }
}

fn registered(lookup: &Lookup) -> Audience {
    let target = |lease: &Lease| Target {
        address: lease.gateway.address.clone(),
        incarnation: Some(lease.gateway.incarnation.clone()),
    };
    let leases = lookup.leases.iter();
    let interested = |positions: &Vec<usize>| {
        let leases = positions
            .iter()
            .filter_map(|&position| lookup.leases.get(position));
        leases.filter(|lease| lease.complete).map(target).collect()
    };
    Audience::Registered {
        present: leases.clone().map(target).collect(),
        everything: leases.filter(|lease| !lease.complete).map(target).collect(),
        interested: lookup.interested.iter().map(interested).collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn gateway(name: &str) -> Gateway {
        Gateway {
            incarnation: Incarnation {
                id: name.parse().unwrap(),
                epoch: 1.into(),
            },
            address: format!("http://{name}:7001").parse().unwrap(),
        }
    }

    fn lease(name: &str) -> Lease {
        Lease {
            gateway: gateway(name),
            complete: true,
            topics: 0,
            connections: 0,
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "an answer of the registry")]
    fn lookup(trusted: bool, at: u64, leases: Vec<Lease>) -> Result<Lookup, RegistryAway> {
        Ok(Lookup {
            at: ServerTime(Duration::from_millis(at)),
            trusted,
            leases,
            interested: vec![],
        })
    }

    fn away() -> Result<Lookup, RegistryAway> {
        Err(RegistryAway("connection refused".into()))
    }

    fn everything(audience: Audience) -> Vec<String> {
        let (Audience::Everyone(targets)
        | Audience::Registered {
            everything: targets,
            ..
        }) = audience;
        let mut names: Vec<_> = targets
            .iter()
            .map(|target| target.address.to_string())
            .collect();
        names.sort();
        names
    }

    #[tokio::test(start_paused = true)]
    async fn with_the_registry_away_everybody_known_from_anywhere_gets_everything() {
        let directory = Directory::default();
        directory.learn(&lookup(true, 1, vec![lease("leased")]), &[]);
        directory.attach(gateway("attached"));
        directory.resolved(vec!["http://named:7001".parse().unwrap()]);

        assert_eq!(
            everything(directory.learn(&away(), &[])),
            [
                "http://attached:7001",
                "http://leased:7001",
                "http://named:7001"
            ]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_gateway_is_remembered_for_a_lease_or_as_long_as_its_stream_is_open() {
        let directory = Directory::default();
        directory.learn(&lookup(true, 1, vec![lease("a"), lease("b")]), &[]);
        for _ in 0..20 {
            tokio::time::advance(Duration::from_secs(1)).await;
            directory.learn(&away(), &[gateway("a").address]);
        }
        assert_eq!(everything(directory.learn(&away(), &[])), ["http://a:7001"]);
        tokio::time::advance(LEASE).await;
        assert!(everything(directory.learn(&away(), &[])).is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_registry_that_came_back_is_believed_a_lease_later() {
        let directory = Directory::default();
        directory.learn(&lookup(true, 1, vec![lease("a")]), &[]);
        directory.learn(&away(), &[]);
        // Perhaps with an old state, in which the lease of `a` has lapsed.
        let back = directory.learn(&lookup(true, 100, vec![lease("b")]), &[]);
        assert_eq!(everything(back), ["http://a:7001", "http://b:7001"]);
        let later = directory.learn(&lookup(true, 10_099, vec![lease("b")]), &[]);
        assert_eq!(everything(later), ["http://a:7001", "http://b:7001"]);
        let believed = directory.learn(&lookup(true, 10_100, vec![lease("b")]), &[]);
        assert!(matches!(believed, Audience::Registered { .. }));
        assert!(everything(believed).is_empty());
    }

    #[test]
    fn who_is_incomplete_gets_everything() {
        let directory = Directory::default();
        let incomplete = Lease {
            complete: false,
            ..lease("new")
        };
        let answer = lookup(true, 1, vec![lease("old"), incomplete]);
        assert_eq!(
            everything(directory.learn(&answer, &[])),
            ["http://new:7001"]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_gateway_whose_lease_ended_is_forgotten_when_the_registry_is_trusted() {
        let directory = Directory::default();
        directory.learn(&lookup(true, 1, vec![lease("a")]), &[]);
        directory.learn(&lookup(true, 2, vec![]), &[]);
        assert!(everything(directory.learn(&away(), &[gateway("a").address])).is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn an_emptied_registry_does_not_make_gateways_forgotten() {
        let directory = Directory::default();
        directory.learn(&lookup(true, 1, vec![lease("a")]), &[]);
        assert_eq!(
            everything(directory.learn(&lookup(false, 2, vec![]), &[])),
            ["http://a:7001"]
        );
    }

    #[test]
    fn a_gateway_stays_attached_until_its_last_stream_ends() {
        let directory = Directory::default();
        directory.attach(gateway("a"));
        directory.attach(gateway("a"));
        directory.detach(&gateway("a"));
        assert_eq!(directory.attached().len(), 1);
        directory.detach(&gateway("a"));
        assert!(directory.attached().is_empty());
    }
}
