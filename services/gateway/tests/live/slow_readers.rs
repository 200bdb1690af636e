//! Who does not read is let go, and holds up nobody.

use serde_json::json;

use crate::world::*;

#[tokio::test]
async fn a_slow_reader_is_closed_and_resumes_while_others_go_on() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA, BEN]);
    let (mut slow, mut quick) = (world.live(ANNA).await, world.live(BEN).await);
    let mut router = world.router().await;
    let body = "x".repeat(8_000);
    let mut seen = 2;
    // More than the kernel's buffers and the queue take.
    for _ in 0..2_000 {
        let event = world.chat.write(room, BEN, &body);
        router.deliver(&[event]).await;
        seen += 1;
        assert_eq!(quick.events(room, 1).await, [seen]);
    }
    let mut last = 2;
    let code = loop {
        match slow.next().await {
            Ok(event) => {
                assert_eq!(event["seq"], last + 1);
                last += 1;
            }
            Err(code) => break code,
        }
    };
    assert_eq!(code, 4503);
    assert!(last < seen);

    let mut again = world.client(ANNA).await;
    let welcome = again
        .hello(json!({ "rooms": { room.to_string(): seen - 3 } }))
        .await;
    assert_eq!(welcome["rooms"][room.to_string()]["replay"], true);
    assert_eq!(again.events(room, 3).await, [seen - 2, seen - 1, seen]);
}

#[tokio::test]
async fn a_burst_that_no_queue_holds_closes_nobody_who_reads() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA, BEN]);
    let mut readers = [world.live(ANNA).await, world.live(BEN).await];
    let body = "x".repeat(8_000);
    let burst: Vec<_> = (0..200)
        .map(|_| world.chat.write(room, BEN, &body))
        .collect();
    // One batch of a router, which no reader's task can interrupt.
    world.router().await.deliver(&burst).await;
    let expected: Vec<i64> = (3..=202).collect();
    for reader in &mut readers {
        assert_eq!(reader.events(room, 200).await, expected);
        reader.assert_nothing_more().await;
    }
}

#[tokio::test]
async fn a_replay_larger_than_the_queue_waits_for_its_reader() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA]);
    let body = "x".repeat(8_000);
    for _ in 0..500 {
        world.chat.write(room, ANNA, &body);
    }
    let mut anna = world.client(ANNA).await;
    anna.hello(json!({ "rooms": { room.to_string(): 1 } }))
        .await;
    let expected: Vec<i64> = (2..=501).collect();
    assert_eq!(anna.events(room, 500).await, expected);
}

#[tokio::test]
async fn the_oldest_connection_of_a_person_with_too_many_gives_way() {
    let world = World::with(&["--person-connections=2"]).await;
    let mut devices = [world.live(ANNA).await, world.live(ANNA).await];
    let mut third = world.live(ANNA).await;
    assert_eq!(devices[0].closed().await, 4409);
    devices[1].assert_nothing_more().await;
    third.assert_nothing_more().await;
}
