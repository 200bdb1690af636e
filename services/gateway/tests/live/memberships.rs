//! Rooms come and go while somebody is connected.

use serde_json::json;

use crate::world::*;

#[tokio::test]
async fn who_is_removed_sees_the_own_leave_and_nothing_after_it() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA, BEN]);
    let (mut anna, mut ben) = (world.live(ANNA).await, world.live(BEN).await);
    let mut router = world.router().await;
    let (left, removed) = world.chat.leave(room, BEN);
    let secret = world.chat.write(room, ANNA, "secret");
    // The person's own event overtakes the room's.
    router.deliver_personal(&removed).await;
    router.deliver(&[left, secret]).await;
    assert_eq!(ben.events(room, 1).await, [3]);
    let end = ben.expect("personal").await;
    assert_eq!(
        (&end["type"], &end["room"]),
        (&json!("room.removed"), &json!(room))
    );
    ben.assert_nothing_more().await;
    assert_eq!(anna.events(room, 2).await, [3, 4]);
}

#[tokio::test]
async fn a_removal_that_no_router_brought_is_fetched_from_the_room() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA, BEN]);
    let mut ben = world.live(BEN).await;
    let mut router = world.router().await;
    let (_lost, removed) = world.chat.leave(room, BEN);
    router.deliver_personal(&removed).await;
    assert_eq!(ben.events(room, 1).await, [3]);
    assert_eq!(ben.expect("personal").await["type"], "room.removed");
}

#[tokio::test]
async fn who_is_added_is_shown_the_room_and_what_follows_its_head() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA]);
    let (mut anna, mut ben) = (world.live(ANNA).await, world.live(BEN).await);
    let mut router = world.router().await;
    let (joined, added) = world.chat.join(room, BEN);
    let passed = world.chat.write(room, ANNA, "before Ben is shown the room");
    router.deliver(&[joined, passed]).await;
    router.deliver_personal(&added).await;
    let shown = ben.expect("personal").await;
    assert_eq!(shown["type"], "room.added");
    assert_eq!(shown["room"]["id"], room.to_string());
    assert_eq!(shown["room"]["head"]["seq"], 3);
    let event = world.chat.write(room, ANNA, "welcome");
    router.deliver(&[event]).await;
    assert_eq!(ben.events(room, 1).await, [4]);
    assert_eq!(anna.events(room, 3).await, [2, 3, 4]);

    // Once more changes nothing.
    router.deliver_personal(&added).await;
    ben.assert_nothing_more().await;
}

#[tokio::test]
async fn who_is_added_again_sees_nothing_of_the_time_between() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA, BEN]);
    let mut ben = world.live(BEN).await;
    let _anna = world.live(ANNA).await;
    let mut router = world.router().await;
    let (left, removed) = world.chat.leave(room, BEN);
    let secret = world.chat.write(room, ANNA, "secret");
    let (joined, added) = world.chat.join(room, BEN);
    router.deliver_personal(&removed).await;
    router.deliver(&[left, secret, joined]).await;
    router.deliver_personal(&added).await;
    assert_eq!(ben.events(room, 1).await, [3]);
    assert_eq!(ben.expect("personal").await["type"], "room.removed");
    let shown = ben.expect("personal").await;
    assert_eq!(shown["room"]["head"]["seq"], 5);
    let event = world.chat.write(room, ANNA, "hello again");
    router.deliver(&[event]).await;
    assert_eq!(ben.events(room, 1).await, [6]);
}

#[tokio::test]
async fn who_leaves_and_comes_back_before_the_room_tells_is_shown_the_room_again() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA, BEN]);
    let mut ben = world.live(BEN).await;
    let mut router = world.router().await;
    // The room's feed is to learn of the leave by the router only, and nobody compares.
    for permits in [&world.chat.fills, &world.chat.lists] {
        permits.forget_permits(permits.available_permits());
    }
    let (left, removed) = world.chat.leave(room, BEN);
    let secret = world.chat.write(room, ANNA, "secret");
    let (joined, added) = world.chat.join(room, BEN);
    let other = world.chat.room(&[]);
    let (_, added_elsewhere) = world.chat.join(other, BEN);
    for event in [&removed, &added, &added_elsewhere] {
        router.deliver_personal(event).await;
    }
    // One comes after the other, so both of the room were dealt with.
    let shown = ben.expect("personal").await;
    assert_eq!(shown["room"]["id"], other.to_string());
    router.deliver(&[left, secret, joined]).await;
    assert_eq!(ben.events(room, 1).await, [3]);
    assert_eq!(ben.expect("personal").await["type"], "room.removed");
    let shown = ben.expect("personal").await;
    assert_eq!(
        (&shown["type"], &shown["room"]["head"]["seq"]),
        (&json!("room.added"), &json!(5))
    );
    let event = world.chat.write(room, ANNA, "hello again");
    router.deliver(&[event]).await;
    assert_eq!(ben.events(room, 1).await, [6]);
    ben.assert_nothing_more().await;
}

#[tokio::test]
async fn who_left_and_came_back_unnoticed_is_shown_the_room_again() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA, BEN]);
    let mut ben = world.live(BEN).await;
    for permits in [&world.chat.fills, &world.chat.lists] {
        permits.forget_permits(permits.available_permits());
    }
    let _lost = world.chat.leave(room, BEN);
    let _lost = world.chat.join(room, BEN);
    let other = world.chat.room(&[BEN]);
    // Memberships are compared once, while what the room's feed misses is still on its way.
    drop(world.router().await);
    world.chat.lists.add_permits(1);
    let shown = ben.expect("personal").await;
    assert_eq!(shown["room"]["id"], other.to_string());
    world.chat.fills.add_permits(1_000);
    assert_eq!(ben.events(room, 1).await, [3]);
    assert_eq!(ben.expect("personal").await["type"], "room.removed");
    let shown = ben.expect("personal").await;
    assert_eq!(
        (&shown["type"], &shown["room"]["head"]["seq"]),
        (&json!("room.added"), &json!(4))
    );
    let event = world.chat.write(room, ANNA, "hello again");
    world.router().await.deliver(&[event]).await;
    assert_eq!(ben.events(room, 1).await, [5]);
}

#[tokio::test]
async fn nobody_waits_for_the_comparison_of_another_person() {
    let world = World::start().await;
    let (mut anna, mut ben) = (world.live(ANNA).await, world.live(BEN).await);
    let permits = world.chat.looks.clone();
    permits.forget_permits(permits.available_permits());
    let _lost = world.chat.room(&[ANNA, BEN]);
    drop(world.router().await);
    eventually("both are compared", || world.chat.asked("get_room") == 2).await;
    permits.add_permits(2);
    for client in [&mut anna, &mut ben] {
        assert_eq!(client.expect("personal").await["type"], "room.added");
    }
}

#[tokio::test]
async fn memberships_that_no_router_brought_are_found_by_comparing() {
    let world = World::start().await;
    let left = world.chat.room(&[ANNA, BEN]);
    let mut ben = world.live(BEN).await;
    let router = world.router().await;
    world.chat.leave(left, BEN);
    let joined = world.chat.room(&[BEN]);
    drop(router);
    assert_eq!(ben.events(left, 1).await, [3]);
    let mut types = vec![];
    for _ in 0..2 {
        types.push(ben.expect("personal").await["type"].clone());
    }
    types.sort_by_key(ToString::to_string);
    assert_eq!(types, ["room.added", "room.removed"]);
    let event = world.chat.write(joined, BEN, "here");
    world.router().await.deliver(&[event]).await;
    assert_eq!(ben.events(joined, 1).await, [2]);
}

#[tokio::test]
async fn a_read_position_is_told_to_own_devices_and_shown_to_the_others() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA, BEN]);
    let (mut anna, mut phone) = (world.live(ANNA).await, world.live(ANNA).await);
    let mut ben = world.live(BEN).await;
    let read = world.chat.read(room, ANNA, 7);
    world.router().await.deliver_personal(&read).await;
    for device in [&mut anna, &mut phone] {
        let told = device.expect("personal").await;
        let expected = json!({ "t": "personal", "type": "read", "room": room, "read_n": 7 });
        assert_eq!(told, expected);
        device.assert_nothing_more().await;
    }
    let shown = ben.expect("receipt").await;
    let expected = json!({ "t": "receipt", "room": room, "user": ANNA, "read_n": 7 });
    assert_eq!(shown, expected);
}
