//! What clients ask for in frames.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::*;

fn send(number: u128, room: Uuid, body: &str) -> Value {
    let id = Uuid::from_u128(number);
    json!({ "t": "send", "ref": number.to_string(), "id": id, "room": room, "body": body })
}

#[tokio::test]
async fn a_message_is_acknowledged_and_its_repetition_too() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA]);
    let mut anna = world.live(ANNA).await;
    for duplicate in [false, true] {
        anna.say(send(1, room, "once")).await;
        let expected = json!({
            "t": "ack", "ref": "1", "id": Uuid::from_u128(1), "seq": 2, "n": 1,
            "duplicate": duplicate,
        });
        assert_eq!(anna.answer("ack").await, expected);
    }
}

#[tokio::test]
async fn messages_into_one_room_are_committed_in_the_order_of_their_arrival() {
    let world = World::start().await;
    let rooms = [world.chat.room(&[ANNA]), world.chat.room(&[ANNA])];
    let mut anna = world.live(ANNA).await;
    for number in 0..200_usize {
        let room = rooms[number % 2];
        anna.say(send(number as u128, room, "in order")).await;
    }
    let mut last = [1, 1];
    for _ in 0..200 {
        let ack = anna.answer("ack").await;
        let number: usize = ack["ref"].as_str().unwrap().parse().unwrap();
        let seq = ack["seq"].as_i64().unwrap();
        assert_eq!(seq, last[number % 2] + 1);
        assert_eq!(usize::try_from(seq).unwrap() - 2, number / 2);
        last[number % 2] = seq;
    }
}

#[tokio::test]
async fn a_refused_message_is_answered_with_chats_code() {
    let world = World::start().await;
    let room = world.chat.room(&[BEN]);
    let mut anna = world.live(ANNA).await;
    anna.say(send(1, room, "let me in")).await;
    let refused = anna.answer("error").await;
    assert_eq!(
        (&refused["ref"], &refused["code"]),
        (&json!("1"), &json!("not_found"))
    );
}

#[tokio::test]
async fn while_chat_is_away_a_message_waits_a_moment_and_then_is_refused_for_now() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA]);
    let mut anna = world.live(ANNA).await;
    world.chat.fails(2);
    anna.say(send(1, room, "patience")).await;
    assert_eq!(anna.answer("ack").await["seq"], 2);
    world.chat.fails(100);
    anna.say(send(2, room, "too long")).await;
    let refused = anna.answer("error").await;
    assert_eq!(refused["code"], "unavailable");
    assert_eq!(refused["retry_after_ms"], 1_000);
}

#[tokio::test]
async fn wrong_fields_are_answered_and_the_connection_stays() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA]);
    let mut anna = world.live(ANNA).await;
    anna.say(json!({ "t": "send", "ref": 7, "id": "x", "room": room, "body": "b" }))
        .await;
    let refused = anna.answer("error").await;
    assert_eq!(
        (&refused["ref"], &refused["code"]),
        (&json!(7), &json!("invalid"))
    );
    assert_eq!(world.chat.asked("send_message"), 0);
    anna.say(send(1, room, "still here")).await;
    anna.answer("ack").await;
}

#[tokio::test]
async fn what_this_version_lacks_is_answered_as_unsupported() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA]);
    let mut anna = world.live(ANNA).await;
    for t in ["edit", "delete", "react", "unreact"] {
        anna.say(json!({ "t": t, "ref": t, "message": Uuid::nil(), "emoji": "+" }))
            .await;
        let refused = anna.answer("error").await;
        assert_eq!(
            (&refused["ref"], &refused["code"]),
            (&json!(t), &json!("unsupported"))
        );
    }
    for frame in [
        json!({ "t": "typing", "room": room }),
        json!({ "t": "watch", "users": [BEN] }),
    ] {
        anna.say(frame).await;
        assert_eq!(anna.answer("error").await["code"], "unsupported");
    }
}

#[tokio::test]
async fn a_room_is_marked_as_read() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA]);
    let mut anna = world.live(ANNA).await;
    anna.say(json!({ "t": "read", "room": room, "n": 3 })).await;
    eventually("chat is told", || world.chat.asked("mark_read") == 1).await;
}

#[tokio::test]
async fn a_replay_is_answered_by_the_events_while_live_ones_wait() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA]);
    let mut anna = world.live(ANNA).await;
    let mut router = world.router().await;
    let events: Vec<_> = (0..3)
        .map(|i| world.chat.write(room, ANNA, &i.to_string()))
        .collect();
    router.deliver(&events).await;
    assert_eq!(anna.events(room, 3).await, [2, 3, 4]);

    let permits = world.chat.fills.clone();
    permits.forget_permits(permits.available_permits());
    anna.say(json!({ "t": "replay", "ref": "r", "room": room, "after": 2 }))
        .await;
    // The reading of an answer to a later frame shows that the replay has begun.
    anna.assert_nothing_more().await;
    let live: Vec<_> = (0..2)
        .map(|_| world.chat.write(room, ANNA, "live"))
        .collect();
    router.deliver(&live).await;
    anna.assert_nothing_more().await;
    permits.add_permits(1_000);
    assert_eq!(anna.events(room, 4).await, [3, 4, 5, 6]);
    let replayed = anna.expect("replayed").await;
    let expected = json!({ "t": "replayed", "ref": "r", "room": room, "to": 6, "resync": false });
    assert_eq!(replayed, expected);
    let next = world.chat.write(room, ANNA, "next");
    router.deliver(&[next]).await;
    assert_eq!(anna.events(room, 1).await, [7]);
}

#[tokio::test]
async fn a_long_replay_is_asked_for_page_by_page() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA]);
    let mut anna = world.live(ANNA).await;
    for i in 0..120 {
        world.chat.write(room, ANNA, &i.to_string());
    }
    anna.say(json!({ "t": "replay", "ref": "r", "room": room, "after": 1 }))
        .await;
    let expected: Vec<i64> = (2..=121).collect();
    assert_eq!(anna.events(room, 120).await, expected);
    let replayed = anna.expect("replayed").await;
    assert_eq!(
        (&replayed["to"], &replayed["resync"]),
        (&json!(121), &json!(false))
    );
    assert_eq!(world.chat.asked("list_events"), 3);
    let next = world.chat.write(room, ANNA, "next");
    world.router().await.deliver(&[next]).await;
    assert_eq!(anna.events(room, 1).await, [122]);
}

#[tokio::test]
async fn who_is_removed_during_a_replay_sees_everything_up_to_the_own_leave_once() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA]);
    let mut anna = world.live(ANNA).await;
    for i in 0..120 {
        world.chat.write(room, ANNA, &i.to_string());
    }
    let permits = world.chat.fills.clone();
    permits.forget_permits(permits.available_permits() - 1);
    anna.say(json!({ "t": "replay", "ref": "r", "room": room, "after": 1 }))
        .await;
    let first_page: Vec<i64> = (2..=51).collect();
    assert_eq!(anna.events(room, 50).await, first_page);
    // The second page is not for her any more.
    let (left, _) = world.chat.leave(room, ANNA);
    permits.add_permits(1_000);
    let refused = anna.expect("error").await;
    assert_eq!(
        (&refused["ref"], &refused["code"]),
        (&json!("r"), &json!("not_found"))
    );
    world.router().await.deliver(&[left]).await;
    let rest: Vec<i64> = (52..=122).collect();
    assert_eq!(anna.events(room, 71).await, rest);
    assert_eq!(anna.expect("personal").await["type"], "room.removed");
}

#[tokio::test]
async fn a_connection_has_one_replay_at_a_time() {
    let world = World::start().await;
    let rooms = [world.chat.room(&[ANNA]), world.chat.room(&[ANNA])];
    let other = world.chat.room(&[ANNA]);
    let mut anna = world.live(ANNA).await;
    let permits = world.chat.fills.clone();
    permits.forget_permits(permits.available_permits());
    for room in rooms {
        anna.say(json!({ "t": "replay", "ref": room, "room": room, "after": 0 }))
            .await;
    }
    // Other commands do not wait, and their calls of chat come after those of the replays.
    anna.say(send(1, other, "meanwhile")).await;
    anna.expect("ack").await;
    assert_eq!(world.chat.asked("list_events"), 1);
    permits.add_permits(1_000);
    for room in rooms {
        assert_eq!(anna.events(room, 1).await, [1]);
        assert_eq!(anna.expect("replayed").await["ref"], room.to_string());
    }
}

#[tokio::test]
async fn a_replay_of_too_much_is_a_resync() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA]);
    let mut anna = world.live(ANNA).await;
    for i in 0..501 {
        world.chat.write(room, ANNA, &i.to_string());
    }
    anna.say(json!({ "t": "replay", "ref": "r", "room": room, "after": 1 }))
        .await;
    let replayed = anna.expect("replayed").await;
    assert_eq!(
        (&replayed["to"], &replayed["resync"]),
        (&json!(502), &json!(true))
    );
    let next = world.chat.write(room, ANNA, "next");
    world.router().await.deliver(&[next]).await;
    assert_eq!(anna.events(room, 1).await, [503]);
}

#[tokio::test]
async fn a_replay_from_the_future_or_of_a_foreign_room_is_refused() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA]);
    let foreign = world.chat.room(&[BEN]);
    let mut anna = world.live(ANNA).await;
    for (room, after, code) in [(room, 99, "invalid"), (foreign, 0, "not_found")] {
        anna.say(json!({ "t": "replay", "ref": "r", "room": room, "after": after }))
            .await;
        let refused = anna.answer("error").await;
        assert_eq!(
            (&refused["ref"], &refused["code"]),
            (&json!("r"), &json!(code))
        );
    }
    let event = world.chat.write(room, ANNA, "live");
    world.router().await.deliver(&[event]).await;
    assert_eq!(anna.events(room, 1).await, [2]);
}

#[tokio::test]
async fn pings_name_the_heads_that_moved() {
    let world = World::with(&["--heartbeat-seconds=1"]).await;
    let (moved, quiet) = (world.chat.room(&[ANNA]), world.chat.room(&[ANNA]));
    let mut anna = world.live(ANNA).await;
    let event = world.chat.write(moved, ANNA, "moved");
    world.router().await.deliver(&[event]).await;
    let ping = anna.ping().await;
    assert_eq!(
        ping["heads"],
        json!({ moved.to_string(): 2 }),
        "not {quiet}"
    );
    anna.say(json!({ "t": "pong" })).await;
    assert_eq!(anna.ping().await["heads"], json!({}));
}

#[tokio::test]
async fn two_unanswered_pings_close_the_connection() {
    let world = World::with(&["--heartbeat-seconds=1"]).await;
    let mut anna = world.live(ANNA).await;
    anna.ping().await;
    anna.ping().await;
    assert_eq!(anna.closed().await, 4503);
}
