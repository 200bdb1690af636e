//! Every client sees each event exactly once and in order, whatever the routers do.

use serde_json::json;

use crate::world::*;

#[tokio::test]
async fn events_are_shown_in_order_whatever_the_order_of_their_delivery() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA, BEN]);
    let (mut anna, mut ben) = (world.live(ANNA).await, world.live(BEN).await);
    let mut router = world.router().await;
    let events: Vec<_> = (0..5)
        .map(|i| world.chat.write(room, ANNA, &i.to_string()))
        .collect();
    router
        .deliver(&[events[0].clone(), events[0].clone()])
        .await;
    router
        .deliver(&[events[2].clone(), events[1].clone()])
        .await;
    router.deliver(&events[3..]).await;
    router.deliver(&events).await;
    for client in [&mut anna, &mut ben] {
        assert_eq!(client.events(room, 5).await, [3, 4, 5, 6, 7]);
        client.assert_nothing_more().await;
    }
}

#[tokio::test]
async fn a_gap_is_fetched_once_for_all_and_never_holds_up_the_router() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA, BEN]);
    let (mut anna, mut ben) = (world.live(ANNA).await, world.live(BEN).await);
    let mut router = world.router().await;
    let permits = world.chat.fills.clone();
    permits.forget_permits(permits.available_permits());
    let _lost = world.chat.write(room, ANNA, "lost");
    let found = world.chat.write(room, ANNA, "found");
    // Noted, although the gap can't be filled yet.
    router.deliver(&[found]).await;
    let later = world.chat.write(room, ANNA, "later");
    router.deliver(&[later]).await;
    permits.add_permits(1_000);
    for client in [&mut anna, &mut ben] {
        assert_eq!(client.events(room, 3).await, [3, 4, 5]);
    }
    assert_eq!(world.chat.asked("fill_gap"), 1);
}

#[tokio::test]
async fn a_gap_is_filled_though_chat_fails_meanwhile() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA]);
    let mut anna = world.live(ANNA).await;
    let mut router = world.router().await;
    let _lost = world.chat.write(room, ANNA, "lost");
    let found = world.chat.write(room, ANNA, "found");
    world.chat.fails(3);
    router.deliver(&[found]).await;
    assert_eq!(anna.events(room, 2).await, [2, 3]);
}

#[tokio::test]
async fn what_a_cut_stream_lost_is_found_at_once() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA]);
    let mut anna = world.live(ANNA).await;
    let router = world.router().await;
    let _lost = world.chat.write(room, ANNA, "lost with the router");
    drop(router);
    assert_eq!(anna.events(room, 1).await, [2]);
}

#[tokio::test]
async fn what_was_lost_while_the_registry_had_forgotten_is_found() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA]);
    let mut anna = world.live(ANNA).await;
    world.registry.forget();
    let _lost = world.chat.write(room, ANNA, "routed to nobody");
    assert_eq!(anna.events(room, 1).await, [2]);
    for topic in [format!("room:{room}"), format!("user:{ANNA}")] {
        eventually("everything is announced again", || {
            world.registry.has(&topic)
        })
        .await;
    }
}

#[tokio::test]
async fn a_gateway_whose_stream_was_cut_attaches_again_and_announces_everything() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA]);
    let mut anna = world.live(ANNA).await;
    let _lost = world.chat.write(room, ANNA, "meanwhile");
    world.registry.cut();
    assert_eq!(anna.events(room, 1).await, [2]);
    assert!(world.registry.hellos() >= 2);
}

#[tokio::test]
async fn topics_are_wanted_as_long_as_somebody_listens() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA, BEN]);
    let topic = format!("room:{room}");
    let anna = world.live(ANNA).await;
    let ben = world.live(BEN).await;
    assert!(world.registry.has(&topic));
    drop(anna);
    let gone = format!("user:{ANNA}");
    eventually("Anna's topic is forgotten", || !world.registry.has(&gone)).await;
    assert!(world.registry.has(&topic));
    drop(ben);
    eventually("the room is forgotten", || !world.registry.has(&topic)).await;
}

#[tokio::test]
async fn an_event_shows_the_trace_of_its_delivery() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA]);
    let mut anna = world.live(ANNA).await;
    let mut router = world.router().await;
    let event = world.chat.write(room, ANNA, "traced");
    let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    router.deliver_traced(&event, traceparent).await;
    let shown = anna.expect("event").await;
    let shown = shown["traceparent"].as_str().unwrap();
    assert!(
        shown.contains("4bf92f3577b34da6a3ce929d0e0e4736"),
        "{shown}"
    );
}

#[tokio::test]
async fn an_event_looks_as_the_protocol_says() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA]);
    let mut anna = world.live(ANNA).await;
    let mut router = world.router().await;
    let event = world.chat.write(room, ANNA, "Good morning");
    router.deliver(std::slice::from_ref(&event)).await;
    let shown = anna.expect("event").await;
    let message = &shown["data"];
    assert_eq!(
        shown,
        json!({
            "t": "event", "room": room, "seq": 2, "n": 1, "type": "message.created",
            "id": event.event_id, "at": "2026-11-21T09:30:00.125Z", "actor": ANNA,
            "data": {
                "id": message["id"], "room_id": room, "seq": 2, "n": 1, "body": "Good morning",
                "sender": {
                    "id": ANNA, "username": "somebody", "display_name": "Somebody",
                    "kind": "person",
                },
                "attachments": [], "reactions": [], "created_at": "2026-11-21T09:30:00.125Z",
            },
        })
    );
}

#[tokio::test]
async fn after_a_restore_everybody_comes_back() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA]);
    let mut anna = world.live(ANNA).await;
    let mut router = world.router().await;
    let old = world.chat.write(room, ANNA, "before");
    world.chat.restore();
    let new = world.chat.write(room, ANNA, "after");
    router.deliver(&[old, new]).await;
    assert_eq!(anna.closed().await, 1012);

    let mut anna = world.client(ANNA).await;
    let welcome = anna.hello(json!({ "epoch": "first", "rooms": { room.to_string(): 2 } }));
    let welcome = welcome.await;
    assert_eq!(welcome["epoch"], "second");
    assert_eq!(welcome["rooms"][room.to_string()]["resync"], true);
}

#[tokio::test]
async fn an_event_of_another_life_does_not_throw_anybody_out() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA]);
    let mut anna = world.live(ANNA).await;
    let mut router = world.router().await;
    let mut foreign = world.chat.write(room, ANNA, "as it is");
    let real = foreign.clone();
    foreign.epoch = "before the restore".to_owned();
    router.deliver(&[foreign]).await;
    eventually("chat is asked which life it is", || {
        world.chat.asked("get_heads") > 0
    })
    .await;
    router.deliver(&[real]).await;
    assert_eq!(anna.events(room, 1).await, [2]);
}
