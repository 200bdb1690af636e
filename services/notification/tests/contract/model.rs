//! The registry as plainly as it can be said, and random histories to compare others with it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use notification::application::ports::{Changed, Registered, Registry, Verdict};
use notification::domain::{Change, LEASE, Step, Topic};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::fixtures::{gateway, names, report, room};

const GATEWAYS: [&str; 3] = ["a", "b", "c"];
const ROOMS: u128 = 6;

#[derive(Debug, Clone)]
struct Act {
    gateway: usize,
    epoch: u64,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    Register,
    Change(Step, Change),
    /// With the topics as they are registered, or others.
    Beat(bool),
    Doubt,
    Leave,
    Sweep,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let topics = || vec((0..ROOMS).prop_map(room), 0..4);
    let change = (any::<bool>(), topics(), topics()).prop_map(|(reset, remove, add)| Change {
        reset,
        remove,
        add,
    });
    let step = (0..6_u64, 0..2_u32).prop_map(|(operation, part)| Step { operation, part });
    let what = prop_oneof![
        3 => Just(What::Register),
        8 => (step, change).prop_map(|(step, change)| What::Change(step, change)),
        4 => any::<bool>().prop_map(What::Beat),
        1 => Just(What::Doubt),
        1 => Just(What::Leave),
        2 => Just(What::Sweep),
    ];
    let act = (0..GATEWAYS.len(), 1..4_u64, what).prop_map(|(gateway, epoch, what)| Act {
        gateway,
        epoch,
        what,
    });
    vec(act, 1..40)
}

#[derive(Default)]
struct Model {
    gateways: BTreeMap<&'static str, Entry>,
}

#[derive(Default)]
struct Entry {
    epoch: u64,
    step: Option<Step>,
    topics: BTreeSet<Topic>,
    complete: bool,
    doubted: bool,
}

enum Fence {
    NoLease,
    Superseded,
}

impl Model {
    fn entry(&mut self, name: &str, epoch: u64) -> Result<&mut Entry, Fence> {
        match self.gateways.get_mut(name) {
            Some(entry) if entry.epoch == epoch => Ok(entry),
            Some(entry) if entry.epoch > epoch => Err(Fence::Superseded),
            _ => Err(Fence::NoLease),
        }
    }

    fn register(&mut self, name: &'static str, epoch: u64) -> Registered {
        match self.entry(name, epoch) {
            Ok(entry) => entry.complete = false,
            Err(Fence::Superseded) => return Registered::Superseded,
            Err(Fence::NoLease) => {
                let entry = Entry {
                    epoch,
                    ..Entry::default()
                };
                self.gateways.insert(name, entry);
            }
        }
        Registered::Held
    }

    fn change(&mut self, name: &str, epoch: u64, step: Step, change: &Change) -> Changed {
        let entry = match self.entry(name, epoch) {
            Ok(entry) => entry,
            Err(Fence::NoLease) => return Changed::NoLease,
            Err(Fence::Superseded) => return Changed::Superseded,
        };
        if entry.step > Some(step) {
            return Changed::Stale;
        }
        if entry.step < Some(step) {
            entry.step = Some(step);
            if change.reset {
                entry.complete = false;
                entry.topics.clear();
            }
            entry.topics.retain(|topic| !change.remove.contains(topic));
            entry.topics.extend(&change.add);
        }
        Changed::Noted
    }

    fn beat(&mut self, name: &str, epoch: u64, same: bool) -> Verdict {
        let entry = match self.entry(name, epoch) {
            Ok(entry) => entry,
            Err(Fence::NoLease) => return Verdict::NoLease,
            Err(Fence::Superseded) => return Verdict::Superseded,
        };
        entry.complete = same && !entry.doubted;
        entry.doubted = false;
        if entry.complete {
            Verdict::Agrees
        } else {
            Verdict::Differs
        }
    }
}

async fn act(model: &mut Model, registry: &dyn Registry, act: &Act) {
    let name = GATEWAYS[act.gateway];
    let gateway = gateway(name, act.epoch);
    let incarnation = &gateway.incarnation;
    match &act.what {
        What::Register => assert_eq!(
            registry.register(&gateway).await.unwrap(),
            model.register(name, act.epoch)
        ),
        What::Change(step, change) => assert_eq!(
            registry
                .change_interest(incarnation, *step, change)
                .await
                .unwrap(),
            model.change(name, act.epoch, *step, change)
        ),
        What::Beat(same) => {
            let mut topics: Vec<Topic> = model
                .entry(name, act.epoch)
                .map(|entry| entry.topics.iter().copied().collect())
                .unwrap_or_default();
            if !same {
                topics.push(room(ROOMS));
            }
            assert_eq!(
                registry.beat(incarnation, &report(&topics)).await.unwrap(),
                model.beat(name, act.epoch, *same)
            );
        }
        What::Doubt => {
            registry.doubt(incarnation).await.unwrap();
            if let Ok(entry) = model.entry(name, act.epoch) {
                entry.complete = false;
                entry.doubted = true;
            }
        }
        What::Leave => {
            registry.leave(incarnation).await.unwrap();
            if model.entry(name, act.epoch).is_ok() {
                model.gateways.remove(name);
            }
        }
        What::Sweep => {
            registry.sweep().await.unwrap();
        }
    }
}

async fn compare(model: &Model, registry: &dyn Registry) {
    let topics: Vec<_> = (0..ROOMS).map(room).collect();
    let lookup = registry.lookup(&topics).await.unwrap();

    let leases: BTreeMap<_, _> = lookup
        .leases
        .iter()
        .map(|lease| {
            let of = &lease.gateway.incarnation;
            (
                of.id.as_str(),
                (of.epoch.get(), lease.complete, lease.topics),
            )
        })
        .collect();
    let expected: BTreeMap<_, _> = model
        .gateways
        .iter()
        .map(|(name, entry)| {
            (
                *name,
                (entry.epoch, entry.complete, entry.topics.len() as u64),
            )
        })
        .collect();
    assert_eq!(leases, expected);

    for (position, topic) in topics.iter().enumerate() {
        let wanting = model
            .gateways
            .iter()
            .filter(|(_, entry)| entry.topics.contains(topic));
        let expected: BTreeSet<_> = wanting.map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(names(&lookup, position), expected, "{topic}");
    }
}

/// Random histories have the same answers and the same outcome as the model.
pub(crate) fn every_history_is_as_the_model_says(
    make: impl AsyncFn(Duration) -> Arc<dyn Registry>,
    cases: u32,
) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(Config {
        cases,
        // No file beside the sources: the failing history is in the message.
        failure_persistence: None,
        ..Config::default()
    });
    let outcome = runner.run(&acts(), |history| {
        runtime.block_on(async {
            let registry = make(LEASE).await;
            let mut model = Model::default();
            for step in &history {
                act(&mut model, &*registry, step).await;
                compare(&model, &*registry).await;
            }
        });
        Ok(())
    });
    if let Err(failed) = outcome {
        panic!("{failed}");
    }
}
