//! Coming and coming back: nothing falls between the snapshot and the live events.

use serde_json::json;
use uuid::Uuid;

use crate::world::*;

#[tokio::test]
async fn a_newcomer_is_told_all_rooms_and_sees_what_follows() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA, BEN]);
    let mut anna = world.client(ANNA).await;
    let welcome = anna.hello(json!({})).await;
    assert_eq!(welcome["user"], ANNA.to_string());
    assert_eq!(welcome["epoch"], "first");
    assert_eq!(welcome["heartbeat_ms"], 25_000);
    assert_eq!(
        welcome["rooms"][room.to_string()],
        json!({ "seq": 2, "n": 0, "read_n": 0, "replay": false, "resync": false })
    );
    let event = world.chat.write(room, BEN, "hi");
    world.router().await.deliver(&[event]).await;
    assert_eq!(anna.events(room, 1).await, [3]);
}

#[tokio::test]
async fn who_comes_back_gets_what_was_missed_and_no_more() {
    let world = World::start().await;
    let missed = world.chat.room(&[ANNA]);
    let quiet = world.chat.room(&[ANNA]);
    let left = world.chat.room(&[ANNA]);
    world.chat.leave(left, ANNA);
    for i in 0..3 {
        world.chat.write(missed, BEN, &i.to_string());
    }
    let mut anna = world.client(ANNA).await;
    let rooms = json!({ missed.to_string(): 2, quiet.to_string(): 1, left.to_string(): 1 });
    let welcome = anna
        .hello(json!({ "epoch": "first", "rooms": rooms }))
        .await;
    assert_eq!(welcome["gone"], json!([left]));
    assert!(welcome["rooms"].get(quiet.to_string()).is_none());
    assert_eq!(welcome["rooms"][missed.to_string()]["replay"], true);
    assert_eq!(anna.events(missed, 2).await, [3, 4]);

    let mut router = world.router().await;
    let last = world.chat.write(quiet, BEN, "quiet no more");
    router.deliver(&[last]).await;
    assert_eq!(anna.events(quiet, 1).await, [2]);
}

#[tokio::test]
async fn what_was_read_on_another_device_meanwhile_is_told_to_who_asks() {
    let world = World::start().await;
    let (read, same) = (world.chat.room(&[ANNA]), world.chat.room(&[ANNA]));
    let mut anna = world.client(ANNA).await;
    let rooms = json!({ read.to_string(): 1, same.to_string(): 1 });
    let reads = json!({ read.to_string(): 4, same.to_string(): 0 });
    let welcome = anna
        .hello(json!({ "epoch": "first", "rooms": rooms, "reads": reads }))
        .await;
    let told = json!({ "seq": 1, "n": 0, "read_n": 0, "replay": false, "resync": false });
    assert_eq!(welcome["rooms"], json!({ read.to_string(): told }));
}

#[tokio::test]
async fn beyond_the_cap_or_the_head_a_client_is_told_to_refetch() {
    let world = World::start().await;
    let (long, ahead) = (world.chat.room(&[ANNA]), world.chat.room(&[ANNA]));
    for i in 0..501 {
        world.chat.write(long, BEN, &i.to_string());
    }
    let mut anna = world.client(ANNA).await;
    let rooms = json!({ long.to_string(): 1, ahead.to_string(): 99 });
    let welcome = anna.hello(json!({ "rooms": rooms })).await;
    for (room, seq) in [(long, 502), (ahead, 1)] {
        let entry = &welcome["rooms"][room.to_string()];
        assert_eq!(
            (&entry["seq"], &entry["resync"]),
            (&json!(seq), &json!(true))
        );
    }
    let event = world.chat.write(long, BEN, "live");
    world.router().await.deliver(&[event]).await;
    assert_eq!(anna.events(long, 1).await, [503]);
}

#[tokio::test]
async fn events_between_the_registration_and_the_snapshot_are_shown_once() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA, BEN]);
    let mut router = world.router().await;
    // Ben is there already, so the room's feed moves on while Anna joins.
    let mut ben = world.live(BEN).await;
    let permits = world.chat.snapshots.clone();
    permits.forget_permits(permits.available_permits());
    let mut anna = world.client(ANNA).await;
    anna.say(json!({ "t": "hello", "rooms": { room.to_string(): 2 } }))
        .await;
    let topic = format!("user:{ANNA}");
    eventually("Anna is registered", || world.registry.has(&topic)).await;
    let before: Vec<_> = (0..3)
        .map(|_| world.chat.write(room, BEN, "before"))
        .collect();
    router.deliver(&before).await;
    permits.add_permits(1);
    let welcome = anna.expect("welcome").await;
    assert_eq!(welcome["rooms"][room.to_string()]["seq"], 5);
    let after = world.chat.write(room, BEN, "after");
    router.deliver(&[after]).await;
    assert_eq!(anna.events(room, 4).await, [3, 4, 5, 6]);
    assert_eq!(ben.events(room, 4).await, [3, 4, 5, 6]);
    anna.assert_nothing_more().await;
}

#[tokio::test]
async fn more_events_than_are_held_during_a_join_are_fetched() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA, BEN]);
    let mut router = world.router().await;
    let mut ben = world.live(BEN).await;
    let permits = world.chat.snapshots.clone();
    permits.forget_permits(permits.available_permits());
    let mut anna = world.client(ANNA).await;
    anna.say(json!({ "t": "hello" })).await;
    eventually("Anna waits for her snapshot", || {
        world.chat.asked("get_memberships") >= 2
    })
    .await;
    permits.add_permits(1);
    let welcome = anna.expect("welcome").await;
    let seq = welcome["rooms"][room.to_string()]["seq"].as_i64().unwrap();

    let events: Vec<_> = (0..400)
        .map(|i| world.chat.write(room, BEN, &i.to_string()))
        .collect();
    router.deliver(&events).await;
    let expected: Vec<i64> = (seq + 1..=seq + 400).collect();
    assert_eq!(anna.events(room, 400).await, expected);
    assert_eq!(ben.events(room, 400).await, expected);
}

#[tokio::test]
async fn a_newcomer_ahead_of_the_feed_sees_nothing_twice() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA, BEN]);
    let mut ben = world.live(BEN).await;
    // Committed, and still on its way.
    let late = world.chat.write(room, BEN, "late");
    let mut anna = world.client(ANNA).await;
    let welcome = anna
        .hello(json!({ "rooms": { room.to_string(): 2 } }))
        .await;
    assert_eq!(welcome["rooms"][room.to_string()]["seq"], 3);
    assert_eq!(anna.events(room, 1).await, [3]);
    let mut router = world.router().await;
    router.deliver(&[late]).await;
    let next = world.chat.write(room, BEN, "next");
    router.deliver(&[next]).await;
    assert_eq!(ben.events(room, 2).await, [3, 4]);
    assert_eq!(anna.events(room, 1).await, [4]);
}

#[tokio::test]
async fn a_room_joined_between_the_list_and_the_snapshot_is_live_too() {
    let world = World::start().await;
    let permits = world.chat.snapshots.clone();
    permits.forget_permits(permits.available_permits());
    let mut anna = world.client(ANNA).await;
    anna.say(json!({ "t": "hello" })).await;
    eventually("Anna's rooms were listed", || {
        world.chat.asked("get_memberships") > 0
    })
    .await;
    let topic = format!("user:{ANNA}");
    eventually("Anna is registered", || world.registry.has(&topic)).await;
    let room = world.chat.room(&[ANNA]);
    permits.add_permits(1);
    let welcome = anna.expect("welcome").await;
    assert_eq!(welcome["rooms"][room.to_string()]["seq"], 1);
    let topic = format!("room:{room}");
    eventually("the room is registered", || world.registry.has(&topic)).await;
    let event = world.chat.write(room, ANNA, "live");
    world.router().await.deliver(&[event]).await;
    assert_eq!(anna.events(room, 1).await, [2]);
}

#[tokio::test]
async fn nobody_is_welcomed_before_the_registry_knows() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA]);
    let permits = world.registry.operations.clone();
    permits.forget_permits(permits.available_permits());
    let mut anna = world.client(ANNA).await;
    anna.say(json!({ "t": "hello" })).await;
    eventually("Anna's rooms were listed", || {
        world.chat.asked("get_memberships") > 0
    })
    .await;
    assert_eq!(world.chat.asked("resume"), 0);
    permits.add_permits(1_000);
    let welcome = anna.expect("welcome").await;
    assert_eq!(welcome["rooms"][room.to_string()]["seq"], 1);
}

#[tokio::test]
async fn what_is_asked_before_the_welcome_is_answered_behind_it() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA]);
    for i in 0..2 {
        world.chat.write(room, BEN, &i.to_string());
    }
    let permits = world.chat.snapshots.clone();
    permits.forget_permits(permits.available_permits());
    let mut anna = world.client(ANNA).await;
    let id = Uuid::from_u128(1);
    for frame in [
        json!({ "t": "hello", "rooms": { room.to_string(): 1 } }),
        json!({ "t": "replay", "ref": "again", "room": room, "after": 2 }),
        json!({ "t": "typing", "room": room }),
        json!({ "t": "send", "ref": "early", "id": id, "room": room, "body": "early" }),
    ] {
        anna.say(frame).await;
    }
    anna.is_heard().await;
    permits.add_permits(1);
    anna.expect("welcome").await;
    anna.expect("error").await;
    // The replay does not let the room go on before the join has shown what was missed.
    assert_eq!(anna.events(room, 3).await, [2, 3, 3]);
    assert_eq!(anna.expect("replayed").await["ref"], "again");
    // Requests for one room keep their order.
    assert_eq!(anna.expect("ack").await["ref"], "early");
}

#[tokio::test]
async fn what_is_too_much_to_wait_for_the_welcome_is_read_behind_it() {
    let world = World::start().await;
    let permits = world.chat.snapshots.clone();
    permits.forget_permits(permits.available_permits());
    let mut anna = world.client(ANNA).await;
    anna.say(json!({ "t": "hello" })).await;
    for _ in 0..200 {
        anna.say(json!({ "t": "typing", "room": Uuid::nil() }))
            .await;
    }
    permits.add_permits(1);
    anna.expect("welcome").await;
    for _ in 0..200 {
        anna.expect("error").await;
    }
}

#[tokio::test]
async fn a_join_survives_a_restart_of_chat() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA]);
    world.chat.fails(2);
    let mut anna = world.client(ANNA).await;
    let welcome = anna.hello(json!({})).await;
    assert_eq!(welcome["rooms"][room.to_string()]["seq"], 1);
}

#[tokio::test]
async fn a_hello_may_name_20_000_rooms() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA]);
    let mut rooms: serde_json::Map<_, _> = (0..20_000)
        .map(|i| (Uuid::from_u128(i).to_string(), json!(i)))
        .collect();
    rooms.insert(room.to_string(), json!(1));
    let mut anna = world.client(ANNA).await;
    let welcome = anna.hello(json!({ "rooms": rooms })).await;
    assert_eq!(welcome["gone"].as_array().unwrap().len(), 20_000);
}
