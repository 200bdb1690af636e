//! What every registry does, whatever it is kept in.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use notification::application::ports::{Changed, Registered, Registry, Verdict};
use notification::domain::{Change, Gateway, LEASE, Step, Topic};
use tokio::time::Instant;

use super::fixtures::{SHORT, add, gateway, names, report, room, step, until, wanting};

async fn registered(registry: &dyn Registry, gateway: &Gateway) {
    assert_eq!(registry.register(gateway).await.unwrap(), Registered::Held);
}

async fn noted(registry: &dyn Registry, gateway: &Gateway, operation: u64, change: &Change) {
    let changed = registry
        .change_interest(&gateway.incarnation, step(operation), change)
        .await;
    assert_eq!(changed.unwrap(), Changed::Noted);
}

async fn verdict(registry: &dyn Registry, gateway: &Gateway, topics: &[Topic]) -> Verdict {
    registry
        .beat(&gateway.incarnation, &report(topics))
        .await
        .unwrap()
}

pub(crate) async fn a_new_lease_is_incomplete_and_has_no_topics(
    make: impl AsyncFn(Duration) -> Arc<dyn Registry>,
) {
    let registry = make(LEASE).await;
    let a = gateway("a", 1);
    registered(&*registry, &a).await;

    let lookup = registry.lookup(&[room(1)]).await.unwrap();

    assert_eq!(lookup.leases.len(), 1);
    let lease = &lookup.leases[0];
    assert_eq!(lease.gateway, a);
    assert!(!lease.complete);
    assert_eq!(lease.topics, 0);
    assert_eq!(names(&lookup, 0), BTreeSet::new());
}

pub(crate) async fn a_lookup_tells_who_wants_each_topic(
    make: impl AsyncFn(Duration) -> Arc<dyn Registry>,
) {
    let registry = make(LEASE).await;
    let (a, b) = (gateway("a", 1), gateway("b", 1));
    registered(&*registry, &a).await;
    registered(&*registry, &b).await;
    noted(&*registry, &a, 1, &add(&[room(1), room(2)])).await;
    noted(&*registry, &b, 1, &add(&[room(2)])).await;

    let lookup = registry.lookup(&[room(3), room(2), room(1)]).await.unwrap();

    assert_eq!(names(&lookup, 0), BTreeSet::new());
    assert_eq!(names(&lookup, 1), BTreeSet::from(["a".into(), "b".into()]));
    assert_eq!(names(&lookup, 2), BTreeSet::from(["a".into()]));
}

pub(crate) async fn a_removed_topic_is_not_wanted_any_more(
    make: impl AsyncFn(Duration) -> Arc<dyn Registry>,
) {
    let registry = make(LEASE).await;
    let a = gateway("a", 1);
    registered(&*registry, &a).await;
    noted(&*registry, &a, 1, &add(&[room(1), room(2)])).await;
    let remove = Change {
        remove: vec![room(1), room(9)],
        ..Change::default()
    };
    noted(&*registry, &a, 2, &remove).await;

    assert_eq!(wanting(&*registry, room(1)).await, BTreeSet::new());
    assert_eq!(
        wanting(&*registry, room(2)).await,
        BTreeSet::from(["a".into()])
    );
    assert_eq!(verdict(&*registry, &a, &[room(2)]).await, Verdict::Agrees);
}

pub(crate) async fn a_reset_replaces_everything_and_makes_the_lease_incomplete(
    make: impl AsyncFn(Duration) -> Arc<dyn Registry>,
) {
    let registry = make(LEASE).await;
    let a = gateway("a", 1);
    registered(&*registry, &a).await;
    noted(&*registry, &a, 1, &add(&[room(1), room(2)])).await;
    assert_eq!(
        verdict(&*registry, &a, &[room(1), room(2)]).await,
        Verdict::Agrees
    );
    let reset = Change {
        reset: true,
        add: vec![room(2), room(3)],
        ..Change::default()
    };
    noted(&*registry, &a, 2, &reset).await;

    assert_eq!(wanting(&*registry, room(1)).await, BTreeSet::new());
    assert_eq!(
        wanting(&*registry, room(2)).await,
        BTreeSet::from(["a".into()])
    );
    assert_eq!(
        wanting(&*registry, room(3)).await,
        BTreeSet::from(["a".into()])
    );
    assert!(!registry.lookup(&[]).await.unwrap().leases[0].complete);
    assert_eq!(
        verdict(&*registry, &a, &[room(3), room(2)]).await,
        Verdict::Agrees
    );
}

pub(crate) async fn a_beat_that_agrees_completes_the_lease(
    make: impl AsyncFn(Duration) -> Arc<dyn Registry>,
) {
    let registry = make(LEASE).await;
    let a = gateway("a", 1);
    registered(&*registry, &a).await;
    // Hashes whose halves have their highest bits set are among so many.
    let topics: Vec<_> = (0..3_000).map(room).collect();
    noted(&*registry, &a, 1, &add(&topics)).await;

    assert_eq!(verdict(&*registry, &a, &topics).await, Verdict::Agrees);

    let lookup = registry.lookup(&[]).await.unwrap();
    let lease = &lookup.leases[0];
    assert!(lease.complete);
    assert_eq!((lease.topics, lease.connections), (3_000, 7));
}

pub(crate) async fn a_beat_with_other_topics_differs(
    make: impl AsyncFn(Duration) -> Arc<dyn Registry>,
) {
    let registry = make(LEASE).await;
    let a = gateway("a", 1);
    registered(&*registry, &a).await;
    noted(&*registry, &a, 1, &add(&[room(1), room(2)])).await;
    assert_eq!(
        verdict(&*registry, &a, &[room(1), room(2)]).await,
        Verdict::Agrees
    );

    for others in [
        &[room(1)][..],
        &[room(1), room(3)],
        &[room(1), room(2), room(3)],
        &[],
    ] {
        assert_eq!(verdict(&*registry, &a, others).await, Verdict::Differs);
        assert!(!registry.lookup(&[]).await.unwrap().leases[0].complete);
    }
}

pub(crate) async fn a_restarted_gateway_inherits_nothing(
    make: impl AsyncFn(Duration) -> Arc<dyn Registry>,
) {
    let registry = make(LEASE).await;
    let first = gateway("a", 1);
    registered(&*registry, &first).await;
    noted(&*registry, &first, 9, &add(&[room(1)])).await;
    let second = gateway("a", 2);
    registered(&*registry, &second).await;

    assert_eq!(wanting(&*registry, room(1)).await, BTreeSet::new());
    assert_eq!(verdict(&*registry, &second, &[]).await, Verdict::Agrees);
    noted(&*registry, &second, 1, &add(&[room(2)])).await;
    assert_eq!(
        wanting(&*registry, room(2)).await,
        BTreeSet::from(["a".into()])
    );
}

pub(crate) async fn an_old_epochs_late_operation_changes_nothing(
    make: impl AsyncFn(Duration) -> Arc<dyn Registry>,
) {
    let registry = make(LEASE).await;
    let (old, new) = (gateway("a", 1), gateway("a", 2));
    registered(&*registry, &old).await;
    registered(&*registry, &new).await;
    noted(&*registry, &new, 1, &add(&[room(1)])).await;
    assert_eq!(verdict(&*registry, &new, &[room(1)]).await, Verdict::Agrees);
    let state = async || registry.lookup(&[room(1), room(2)]).await.unwrap();
    let before = state().await;

    let reset = Change {
        reset: true,
        add: vec![room(2)],
        ..Change::default()
    };
    let late = registry
        .change_interest(&old.incarnation, step(99), &reset)
        .await
        .unwrap();
    assert_eq!(late, Changed::Superseded);
    assert_eq!(verdict(&*registry, &old, &[]).await, Verdict::Superseded);
    assert_eq!(
        registry.register(&old).await.unwrap(),
        Registered::Superseded
    );
    registry.doubt(&old.incarnation).await.unwrap();
    registry.leave(&old.incarnation).await.unwrap();

    let after = state().await;
    assert_eq!(after.leases, before.leases);
    assert_eq!(after.interested, before.interested);
}

pub(crate) async fn an_earlier_step_changes_nothing(
    make: impl AsyncFn(Duration) -> Arc<dyn Registry>,
) {
    let registry = make(LEASE).await;
    let a = gateway("a", 1);
    registered(&*registry, &a).await;
    let change = async |operation, part, topic| {
        let step = Step { operation, part };
        registry
            .change_interest(&a.incarnation, step, &add(&[room(topic)]))
            .await
            .unwrap()
    };
    assert_eq!(change(5, 0, 1).await, Changed::Noted);
    assert_eq!(change(5, 1, 2).await, Changed::Noted);
    assert_eq!(change(5, 0, 3).await, Changed::Stale);
    assert_eq!(change(4, 9, 4).await, Changed::Stale);
    // Beyond what a floating-point number tells apart.
    assert_eq!(change(u64::MAX, 0, 5).await, Changed::Noted);
    assert_eq!(change(u64::MAX - 1, 0, 6).await, Changed::Stale);

    assert_eq!(
        verdict(&*registry, &a, &[room(1), room(2), room(5)]).await,
        Verdict::Agrees
    );
}

pub(crate) async fn a_step_can_be_written_again(make: impl AsyncFn(Duration) -> Arc<dyn Registry>) {
    let registry = make(LEASE).await;
    let a = gateway("a", 1);
    registered(&*registry, &a).await;
    noted(&*registry, &a, 1, &add(&[room(1)])).await;
    noted(&*registry, &a, 1, &add(&[room(1)])).await;

    assert_eq!(verdict(&*registry, &a, &[room(1)]).await, Verdict::Agrees);
}

pub(crate) async fn registering_again_in_the_same_life_keeps_the_topics(
    make: impl AsyncFn(Duration) -> Arc<dyn Registry>,
) {
    let registry = make(LEASE).await;
    let a = gateway("a", 1);
    registered(&*registry, &a).await;
    noted(&*registry, &a, 1, &add(&[room(1)])).await;
    let moved = Gateway {
        address: "http://elsewhere:7001".parse().unwrap(),
        ..a.clone()
    };
    registered(&*registry, &moved).await;

    let lookup = registry.lookup(&[room(1)]).await.unwrap();
    assert_eq!(names(&lookup, 0), BTreeSet::from(["a".into()]));
    assert_eq!(lookup.leases[0].gateway, moved);
    assert!(!lookup.leases[0].complete);
    assert_eq!(
        registry
            .change_interest(&a.incarnation, step(0), &add(&[room(2)]))
            .await
            .unwrap(),
        Changed::Stale
    );
}

pub(crate) async fn a_lease_ends_without_beats(make: impl AsyncFn(Duration) -> Arc<dyn Registry>) {
    let registry = make(SHORT).await;
    let a = gateway("a", 1);
    registered(&*registry, &a).await;
    noted(&*registry, &a, 1, &add(&[room(1)])).await;
    until("the lease ends", async || {
        registry.lookup(&[]).await.unwrap().leases.is_empty()
    })
    .await;

    assert_eq!(wanting(&*registry, room(1)).await, BTreeSet::new());
    assert_eq!(verdict(&*registry, &a, &[room(1)]).await, Verdict::NoLease);
    assert_eq!(
        registry
            .change_interest(&a.incarnation, step(2), &add(&[room(2)]))
            .await
            .unwrap(),
        Changed::NoLease
    );
    // Its life goes on, but from nothing.
    registered(&*registry, &a).await;
    assert_eq!(wanting(&*registry, room(1)).await, BTreeSet::new());
    assert_eq!(verdict(&*registry, &a, &[room(1)]).await, Verdict::Differs);
}

pub(crate) async fn beats_keep_a_lease(make: impl AsyncFn(Duration) -> Arc<dyn Registry>) {
    let registry = make(2 * SHORT).await;
    let (a, b) = (gateway("a", 1), gateway("b", 1));
    registered(&*registry, &a).await;
    registered(&*registry, &b).await;
    until("the other lease ends", async || {
        assert_eq!(verdict(&*registry, &a, &[]).await, Verdict::Agrees);
        registry.lookup(&[]).await.unwrap().leases.len() == 1
    })
    .await;
}

pub(crate) async fn a_doubted_gateway_differs_once(
    make: impl AsyncFn(Duration) -> Arc<dyn Registry>,
) {
    let registry = make(LEASE).await;
    let a = gateway("a", 1);
    registered(&*registry, &a).await;
    assert_eq!(verdict(&*registry, &a, &[]).await, Verdict::Agrees);
    registry.doubt(&a.incarnation).await.unwrap();

    assert!(!registry.lookup(&[]).await.unwrap().leases[0].complete);
    assert_eq!(verdict(&*registry, &a, &[]).await, Verdict::Differs);
    assert_eq!(verdict(&*registry, &a, &[]).await, Verdict::Agrees);
}

pub(crate) async fn who_leaves_has_no_lease(make: impl AsyncFn(Duration) -> Arc<dyn Registry>) {
    let registry = make(LEASE).await;
    let a = gateway("a", 1);
    registered(&*registry, &a).await;
    noted(&*registry, &a, 1, &add(&[room(1)])).await;
    registry.leave(&a.incarnation).await.unwrap();
    registry.leave(&a.incarnation).await.unwrap();

    let lookup = registry.lookup(&[room(1)]).await.unwrap();
    assert!(lookup.leases.is_empty());
    assert!(lookup.interested[0].is_empty());
    assert_eq!(verdict(&*registry, &a, &[]).await, Verdict::NoLease);
}

pub(crate) async fn an_empty_registry_is_trusted_after_a_lease_once_all_are_complete(
    make: impl AsyncFn(Duration) -> Arc<dyn Registry>,
) {
    let registry = make(SHORT).await;
    assert!(!registry.lookup(&[]).await.unwrap().trusted);
    let (a, b) = (gateway("a", 1), gateway("b", 1));
    registered(&*registry, &a).await;
    let attached = [a.incarnation.clone(), b.incarnation.clone()];
    assert!(
        !registry.settle(&attached).await.unwrap(),
        "a lease has not passed"
    );

    let deadline = Instant::now() + 3 * SHORT;
    while Instant::now() < deadline {
        assert_eq!(verdict(&*registry, &a, &[]).await, Verdict::Agrees);
        assert!(!registry.settle(&attached).await.unwrap(), "b has no lease");
    }
    registered(&*registry, &b).await;
    assert!(
        !registry.settle(&attached).await.unwrap(),
        "b is not complete"
    );
    until("the registry is trusted", async || {
        verdict(&*registry, &a, &[]).await;
        verdict(&*registry, &b, &[]).await;
        registry.settle(&attached).await.unwrap()
    })
    .await;
    assert!(registry.lookup(&[]).await.unwrap().trusted);
}

pub(crate) async fn a_ticket_is_redeemed_once(make: impl AsyncFn(Duration) -> Arc<dyn Registry>) {
    let registry = make(LEASE).await;
    let lifetime = Duration::from_secs(30);
    assert!(registry.redeem("first", lifetime).await.unwrap());
    assert!(!registry.redeem("first", lifetime).await.unwrap());
    assert!(registry.redeem("second", lifetime).await.unwrap());
}

pub(crate) async fn sweeping_removes_nothing_that_counts(
    make: impl AsyncFn(Duration) -> Arc<dyn Registry>,
) {
    let registry = make(LEASE).await;
    let a = gateway("a", 1);
    registered(&*registry, &a).await;
    for operation in 0..3 {
        let reset = Change {
            reset: true,
            add: (0..700).map(room).collect(),
            ..Change::default()
        };
        noted(&*registry, &a, operation, &reset).await;
    }
    while registry.sweep().await.unwrap() {}

    let topics: Vec<_> = (0..700).map(room).collect();
    let lookup = registry.lookup(&topics).await.unwrap();
    assert!(lookup.interested.iter().all(|gateways| gateways == &[0]));
    assert_eq!(verdict(&*registry, &a, &topics).await, Verdict::Agrees);
}

/// One test per sentence above, on the registry that `$make` makes for a lease.
macro_rules! contract {
    ($make:path; $($name:ident)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                suite::$name($make).await;
            }
        )*
    };
    ($make:path) => {
        suite::contract! {
            $make;
            a_new_lease_is_incomplete_and_has_no_topics
            a_lookup_tells_who_wants_each_topic
            a_removed_topic_is_not_wanted_any_more
            a_reset_replaces_everything_and_makes_the_lease_incomplete
            a_beat_that_agrees_completes_the_lease
            a_beat_with_other_topics_differs
            a_restarted_gateway_inherits_nothing
            an_old_epochs_late_operation_changes_nothing
            an_earlier_step_changes_nothing
            a_step_can_be_written_again
            registering_again_in_the_same_life_keeps_the_topics
            a_lease_ends_without_beats
            beats_keep_a_lease
            a_doubted_gateway_differs_once
            who_leaves_has_no_lease
            an_empty_registry_is_trusted_after_a_lease_once_all_are_complete
            a_ticket_is_redeemed_once
            sweeping_removes_nothing_that_counts
        }
    };
}
pub(crate) use contract;
