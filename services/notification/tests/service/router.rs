//! From the event log to gateways.

use std::time::Duration;

use super::edge::FakeGateway;
use super::world::{LONG, TRACE, World, record, report, room, sequences, until};
use bus::{DEAD_LETTER_REASON, dead_letter_topic};
use notification::application::ports::{Registry, Verdict};
use proto::topics::CHAT_EVENTS;
use tokio::time::Instant;

#[tokio::test]
async fn an_event_reaches_the_gateways_that_want_it_in_order() {
    let world = World::settled().await;
    let a = world.gateway("a", &[room(1)]).await;
    let b = world.gateway("b", &[room(1), room(2)]).await;

    world.publish(room(1), 1..=50).await;
    world.publish(room(2), 101..=102).await;
    world.publish(room(3), 201..=202).await;

    sequences(&a, &(1..=50).collect::<Vec<_>>()).await;
    until("b has both rooms", async || b.sequences().len() == 52).await;
    let of_room = |from: i64| {
        let all = b.sequences().into_iter();
        all.filter(|seq| (from..from + 100).contains(seq))
            .collect::<Vec<_>>()
    };
    assert_eq!(of_room(1), (1..=50).collect::<Vec<_>>());
    assert_eq!(of_room(101), [101, 102]);
}

#[tokio::test]
async fn the_trace_goes_on_to_the_gateway() {
    let world = World::settled().await;
    let a = world.gateway("a", &[room(1)]).await;
    world.publish(room(1), [1]).await;
    sequences(&a, &[1]).await;

    let traceparent = a.received()[0].traceparent.clone().unwrap();
    assert_eq!(traceparent[..36], TRACE[..36]);
}

#[tokio::test]
async fn offsets_are_committed_only_after_every_gateway_has_acknowledged() {
    let mut world = World::settled().await;
    let quick = world.gateway("quick", &[room(1)]).await;
    let slow = world.gateway("slow", &[room(1)]).await;
    world.publish(room(1), [1]).await;
    sequences(&slow, &[1]).await;
    // Everything so far is committed; from here on one of them says nothing.
    until("the first is committed", async || {
        world.bus.committed() == 1
    })
    .await;
    slow.acknowledge(false);
    world.publish(room(1), [2, 3]).await;
    sequences(&slow, &[1, 2, 3]).await;
    sequences(&quick, &[1, 2, 3]).await;

    world.kill().await;

    assert_eq!(world.first_uncommitted().await, 2);
}

#[tokio::test]
async fn a_stop_finishes_what_is_under_way_and_commits_it() {
    let mut world = World::settled().await;
    let a = world.gateway("a", &[room(1)]).await;
    a.acknowledge(false);
    world.publish(room(1), [1, 2]).await;
    sequences(&a, &[1, 2]).await;
    tokio::join!(world.stop(), async {
        a.acknowledge(true);
    });
    world.publish(room(1), [3]).await;

    assert_eq!(world.first_uncommitted().await, 3);
    until("the streams are closed", async || {
        a.streams().0 == a.streams().1
    })
    .await;
}

#[tokio::test]
async fn a_slow_gateway_is_cut_and_holds_up_nobody() {
    let world = World::settled().await;
    let quick = world.gateway("quick", &[room(1)]).await;
    let slow = world.gateway("slow", &[room(1)]).await;
    slow.acknowledge(false);
    let begun = Instant::now();
    for seq in 1..=20 {
        world.publish(room(1), [seq]).await;
        sequences(&quick, &(1..=seq).collect::<Vec<_>>()).await;
    }
    assert!(
        begun.elapsed() < Duration::from_secs(2),
        "somebody was waited for"
    );

    until("the slow one is cut", async || slow.streams().1 > 0).await;
    // What it missed is found by itself, at its next beat at the latest; what comes is sent again.
    slow.acknowledge(true);
    world.publish(room(1), [21]).await;
    until("the slow one is sent events again", async || {
        slow.sequences().contains(&21)
    })
    .await;
    until("everything is committed", async || {
        world.bus.committed() == 21
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_missed_something_is_told_at_its_next_beat() {
    let world = World::settled().await;
    let deaf = FakeGateway::start(&world.network, "deaf", 1).await;
    deaf.stop();
    world.register(&deaf, &[room(1)]).await;
    world.publish(room(1), [1]).await;

    until("the gateway is told", async || {
        let beat = world
            .registry
            .beat(&deaf.gateway.incarnation, &report(&[room(1)]))
            .await;
        beat.unwrap() == Verdict::Differs
    })
    .await;
    until("the event is committed", async || {
        world.bus.committed() == 1
    })
    .await;
}

#[tokio::test]
async fn a_dead_lease_is_not_waited_for() {
    let world = World::settled().await;
    let alive = world.gateway("alive", &[room(1)]).await;
    let dead = FakeGateway::start(&world.network, "dead", 1).await;
    dead.acknowledge(false);
    world.register(&dead, &[room(1)]).await;
    until("its lease ends", async || {
        world.registry.lookup(&[]).await.unwrap().leases.len() == 1
    })
    .await;
    world.publish(room(1), [1]).await;

    sequences(&alive, &[1]).await;
    until("the event is committed", async || {
        world.bus.committed() == 1
    })
    .await;
    assert!(dead.sequences().is_empty());
}

#[tokio::test]
async fn with_nobody_there_events_are_done_with() {
    let world = World::settled().await;
    world.publish(room(1), [1]).await;
    until("the event is committed", async || {
        world.bus.committed() == 1
    })
    .await;
}

#[tokio::test]
async fn a_record_that_can_not_be_read_goes_to_the_dead_letters_and_stops_nothing() {
    let world = World::settled().await;
    let a = world.gateway("a", &[room(1)]).await;
    world.publish(room(1), [1]).await;
    world
        .publish_records(vec![record(room(1), b"\xff\xffnonsense".to_vec())])
        .await;
    world.publish(room(1), [2]).await;

    sequences(&a, &[1, 2]).await;
    let mut letters = world
        .consumer("test", &dead_letter_topic(CHAT_EVENTS))
        .await;
    let letter = letters.receive(1).await.unwrap().remove(0).record.unwrap();
    assert_eq!(&letter.value[..], b"\xff\xffnonsense");
    let reason = letter
        .headers
        .iter()
        .find(|(name, _)| name == DEAD_LETTER_REASON);
    assert!(reason.unwrap().1.contains("RoomEvent"));
    until("everything is committed", async || {
        world.bus.committed() == 2
    })
    .await;
}

#[tokio::test]
async fn with_the_registry_away_every_known_gateway_gets_everything() {
    let mut world = World::new(LONG).await;
    world.start().await;
    let a = world.gateway("a", &[room(1)]).await;
    let b = world.gateway("b", &[]).await;
    until("the gateways are known", async || {
        a.streams().0 > 0 && b.streams().0 > 0
    })
    .await;
    world.registry.go_away(true);

    world.publish(room(1), [1, 2]).await;

    sequences(&a, &[1, 2]).await;
    sequences(&b, &[1, 2]).await;
    until("both are committed", async || world.bus.committed() == 2).await;
}

#[tokio::test]
async fn an_emptied_registry_loses_nothing() {
    let world = World::settled().await;
    let a = world.gateway("a", &[room(1)]).await;
    world.publish(room(1), [1]).await;
    sequences(&a, &[1]).await;
    until("the first is committed", async || {
        world.bus.committed() == 1
    })
    .await;

    // The gateway's beats find no lease from here on.
    world.registry.empty();
    world.publish(room(1), [2, 3]).await;

    sequences(&a, &[1, 2, 3]).await;
}

#[tokio::test]
async fn while_nobody_is_known_nothing_is_committed() {
    let mut world = World::new(LONG).await;
    world.registry.go_away(true);
    world.start().await;
    world.publish(room(1), [1, 2]).await;
    world.stop().await;
    assert_eq!(world.first_uncommitted().await, 1);

    world.start().await;
    let a = FakeGateway::start(&world.network, "a", 1).await;
    let _attached = world.attach(&a).await;
    until("the events arrive", async || {
        a.sequences().ends_with(&[1, 2])
    })
    .await;
    until("both are committed", async || world.bus.committed() == 2).await;
}

#[tokio::test]
async fn an_event_is_routed_within_milliseconds() {
    let world = World::settled().await;
    let a = world.gateway("a", &[room(1)]).await;
    world.publish(room(1), [0]).await;
    sequences(&a, &[0]).await;

    let mut took = Vec::new();
    for seq in 1..=50_usize {
        let begun = Instant::now();
        world.publish(room(1), [i64::try_from(seq).unwrap()]).await;
        while a.sequences().len() <= seq {
            tokio::task::yield_now().await;
        }
        took.push(begun.elapsed());
    }
    took.sort();
    // The publishing syncs a file, and other tests run besides: a batching delay would still show.
    assert!(
        took[25] < Duration::from_millis(50),
        "half of them took {:?}",
        took[25]
    );
}
