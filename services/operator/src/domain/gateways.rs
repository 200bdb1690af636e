//! What is done next about the number of gateways: up at once, down one at a time, the emptiest first,
//! after it has drained.
//!
//! ```text
//!                   more needed                    ┌─────────────┐
//!         ┌──────────────────────────▶ ScaleTo ────┤             │
//!   look ─┤ fewer enough, nobody leaves            │ Deployment  │
//!         ├──────────────────────────▶ Drain(pod)  │ .replicas   │
//!         │ who leaves is empty, or out of time    │             │
//!         └──────────────────────────▶ ScaleTo ────┤             │
//!                                                  └─────────────┘
//! ```
//!
//! Invariants:
//! - the Deployment's number falls by one per gateway that has drained, and only while the Deployment is
//!   settled: a Pod that the `ReplicaSet` is about to remove for an earlier step is not counted again;
//! - and only while all who stay are ready: the `ReplicaSet` removes those who are not first, whatever they
//!   are marked with;
//! - it never falls below what is needed, nor while the counts can't be relied on;
//! - all state is in the cluster (the Deployment's number, annotations of Pods): an operator that was killed
//!   anywhere in between goes on where it stopped.

use std::cmp::Reverse;

use k8s_openapi::jiff::Timestamp;

/// The gateways of an installation, at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gateways {
    /// The Deployment's number.
    pub replicas: i32,
    /// There are exactly so many Pods, all of the newest template.
    pub settled: bool,
    /// Pods that are not being removed.
    pub pods: Vec<Gateway>,
}

/// One gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gateway {
    /// Its Pod.
    pub pod: String,
    /// When the Pod was made.
    pub created: Option<Timestamp>,
    /// It lets people in, or did until it was told to leave.
    pub ready: bool,
    /// Its connections; unknown while it is in no registry.
    pub connections: Option<u32>,
    /// It is on its way out.
    pub leaving: Option<Leaving>,
}

/// How far a gateway is on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaving {
    /// It leaves then at the latest.
    pub deadline: Timestamp,
    /// It may be removed now.
    pub done: bool,
}

/// How many there should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Goal {
    /// So many are needed now, besides those who leave.
    pub needed: i32,
    /// The counts can be relied on. If not, nobody is removed.
    pub reliable: bool,
    /// So many were enough for long enough; `None` where that is not known: nobody begins to leave.
    pub enough: Option<i32>,
}

/// What is done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Stay,
    /// The Deployment gets this number.
    ScaleTo(i32),
    /// This Pod begins to leave.
    Drain(String),
}

/// Decides the next step.
pub fn next_step(goal: Goal, gateways: &Gateways) -> Step {
    let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    // The number fell, and the ReplicaSet is about to remove so many.
    let going = (count(gateways.pods.len()) - gateways.replicas).max(0);
    let leaving = gateways.pods.iter().filter(|g| g.leaving.is_some());
    let leaving = (count(leaving.count()) - going).max(0);
    if gateways.replicas - leaving < goal.needed {
        return Step::ScaleTo(goal.needed + leaving);
    }
    let all_serve = || gateways.pods.iter().all(|g| g.ready || g.leaving.is_some());
    if !goal.reliable || !gateways.settled || !all_serve() {
        return Step::Stay;
    }
    let done = |gateway: &&Gateway| gateway.leaving.as_ref().is_some_and(|leaving| leaving.done);
    let done = count(gateways.pods.iter().filter(done).count());
    if done > 0 {
        return Step::ScaleTo((gateways.replicas - done).max(goal.needed));
    }
    match goal.enough {
        Some(enough) if leaving == 0 && gateways.replicas > enough.max(goal.needed) => {
            emptiest(&gateways.pods).map_or(Step::Stay, |pod| Step::Drain(pod.to_owned()))
        }
        _ => Step::Stay,
    }
}

/// The one whose leaving disturbs the fewest people; of equal ones the youngest. Nobody is chosen while one
/// is not known: it may be the emptiest.
fn emptiest(pods: &[Gateway]) -> Option<&str> {
    if pods.iter().any(|gateway| gateway.connections.is_none()) {
        return None;
    }
    pods.iter()
        .min_by_key(|gateway| (gateway.connections, Reverse(gateway.created), &gateway.pod))
        .map(|gateway| gateway.pod.as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn gateway(pod: &str, connections: u32) -> Gateway {
        Gateway {
            pod: pod.to_owned(),
            created: None,
            ready: true,
            connections: Some(connections),
            leaving: None,
        }
    }

    fn leaving(pod: &str, done: bool) -> Gateway {
        Gateway {
            leaving: Some(Leaving {
                deadline: Timestamp::UNIX_EPOCH,
                done,
            }),
            ..gateway(pod, 0)
        }
    }

    fn settled(pods: Vec<Gateway>) -> Gateways {
        Gateways {
            replicas: i32::try_from(pods.len()).unwrap(),
            settled: true,
            pods,
        }
    }

    const fn goal(needed: i32, enough: i32) -> Goal {
        Goal {
            needed,
            reliable: true,
            enough: Some(enough),
        }
    }

    #[test]
    fn more_come_at_once_and_those_who_leave_do_not_count() {
        let mut gateways = settled(vec![gateway("a", 9), leaving("b", false)]);
        gateways.settled = false;
        assert_eq!(next_step(goal(3, 3), &gateways), Step::ScaleTo(4));
    }

    #[test]
    fn the_emptiest_leaves_first_and_alone() {
        let mut gateways = settled(vec![gateway("a", 9), gateway("b", 2), gateway("c", 5)]);
        assert_eq!(next_step(goal(1, 1), &gateways), Step::Drain("b".into()));
        gateways.pods[1] = leaving("b", false);
        assert_eq!(next_step(goal(1, 1), &gateways), Step::Stay);
        gateways.pods[1] = leaving("b", true);
        assert_eq!(next_step(goal(1, 1), &gateways), Step::ScaleTo(2));
    }

    #[test]
    fn a_step_that_is_not_settled_is_not_repeated() {
        // The number fell, and the Pod is not gone yet.
        let gateways = Gateways {
            replicas: 2,
            settled: false,
            pods: vec![gateway("a", 9), leaving("b", true), gateway("c", 5)],
        };
        assert_eq!(next_step(goal(1, 1), &gateways), Step::Stay);
    }

    #[test]
    fn who_is_being_removed_is_not_replaced() {
        let gateways = Gateways {
            replicas: 1,
            settled: false,
            pods: vec![gateway("a", 9), leaving("b", true)],
        };
        assert_eq!(next_step(goal(1, 1), &gateways), Step::Stay);
        assert_eq!(next_step(goal(2, 2), &gateways), Step::ScaleTo(2));
    }

    #[test]
    fn nobody_leaves_while_counts_are_not_known() {
        let gateways = settled(vec![gateway("a", 9), gateway("b", 2)]);
        let unknown = Goal {
            needed: 1,
            reliable: false,
            enough: None,
        };
        assert_eq!(next_step(unknown, &gateways), Step::Stay);
        let done = settled(vec![gateway("a", 9), leaving("b", true)]);
        assert_eq!(next_step(unknown, &done), Step::Stay);

        let mut gateways = gateways;
        gateways.pods[0].connections = None;
        assert_eq!(next_step(goal(1, 1), &gateways), Step::Stay);
    }

    #[test]
    fn who_has_left_is_removed_though_it_is_not_known_for_how_long_fewer_are_enough() {
        let gateways = settled(vec![gateway("a", 9), leaving("b", true)]);
        let just_begun = Goal {
            enough: None,
            ..goal(1, 1)
        };
        assert_eq!(next_step(just_begun, &gateways), Step::ScaleTo(1));
    }

    #[test]
    fn nobody_is_removed_while_a_newcomer_is_not_ready() {
        let mut gateways = settled(vec![gateway("a", 9), leaving("b", true), gateway("c", 0)]);
        gateways.pods[2].ready = false;
        assert_eq!(next_step(goal(1, 1), &gateways), Step::Stay);
        gateways.pods[2].ready = true;
        assert_eq!(next_step(goal(1, 1), &gateways), Step::ScaleTo(2));
    }

    #[test]
    fn of_equally_empty_ones_the_youngest_leaves() {
        let mut gateways = settled(vec![gateway("a", 0), gateway("b", 0)]);
        gateways.pods[0].created = Timestamp::from_second(20).ok();
        gateways.pods[1].created = Timestamp::from_second(10).ok();
        assert_eq!(next_step(goal(1, 1), &gateways), Step::Drain("a".into()));
    }

    proptest! {
        /// Played against a Deployment that follows, any load ends at the number that is enough, never
        /// goes below what is needed, and never lets two leave at a time.
        #[test]
        fn every_way_down_is_one_by_one(begin in 1..9i32, needed in 1..9i32, slack in 0..3i32) {
            let enough = needed + slack;
            let pods = (0..begin).map(|n| gateway(&format!("g{n}"), n.unsigned_abs() * 10)).collect();
            let mut gateways = settled(pods);
            let mut fresh = begin;
            for _ in 0..100 {
                match next_step(goal(needed, enough), &gateways) {
                    Step::Stay if gateways.pods.iter().all(|g| g.leaving.is_none() && g.ready) => break,
                    Step::Stay => {
                        for gateway in &mut gateways.pods {
                            gateway.ready = true;
                            if let Some(leaving) = &mut gateway.leaving {
                                leaving.done = true;
                            }
                        }
                    }
                    Step::Drain(pod) => {
                        let chosen = gateways.pods.iter_mut().find(|g| g.pod == pod).unwrap();
                        chosen.leaving = leaving("", false).leaving;
                    }
                    Step::ScaleTo(replicas) => {
                        prop_assert!(replicas >= gateways.replicas - 1);
                        gateways.replicas = replicas;
                        // As the ReplicaSet does it: those who are not ready first.
                        while gateways.pods.len() > usize::try_from(replicas).unwrap() {
                            let pods = &gateways.pods;
                            let cheapest = pods.iter().position(|g| !g.ready && g.leaving.is_none());
                            let gone = cheapest.or(pods.iter().position(|g| g.leaving.is_some()));
                            let gone = gateways.pods.remove(gone.expect("only who left is removed"));
                            prop_assert!(gone.leaving.is_some_and(|leaving| leaving.done));
                        }
                        while gateways.pods.len() < usize::try_from(replicas).unwrap() {
                            let newcomer = gateway(&format!("g{fresh}"), 0);
                            gateways.pods.push(Gateway { ready: false, ..newcomer });
                            fresh += 1;
                        }
                    }
                }
                let leaving = gateways.pods.iter().filter(|g| g.leaving.is_some()).count();
                prop_assert!(leaving <= 1);
                let staying = i32::try_from(gateways.pods.len() - leaving).unwrap();
                prop_assert!(staying >= needed.min(begin));
            }
            prop_assert_eq!(gateways.replicas, begin.clamp(needed, enough));
        }
    }
}
