//! The dense sequence under concurrency.

use chat::{
    application::{
        Error,
        leave_room::LeaveRoom,
        update_room::{TopicChange, UpdateRoom},
    },
    domain::RoomId,
};
use futures::future::join_all;

use super::world::{World, assert_dense, kinds};

pub(crate) async fn concurrent_senders_get_a_dense_sequence_in_each_room(world: &World) {
    let people = world.people(["anna", "bert", "carl", "dora"]).await;
    let mut rooms = Vec::new();
    for _ in 0..3 {
        rooms.push(world.group(people[0], &people[1..]).await);
    }
    let senders = people.map(|person| {
        let rooms = &rooms;
        async move {
            let mut ns = Vec::new();
            for i in 0..40 {
                let room = rooms[i % rooms.len()];
                ns.push((room, world.say(person, room, "hello").await.message.n));
            }
            ns
        }
    });
    for sent in join_all(senders).await {
        for room in &rooms {
            let mine = sent.iter().filter(|(r, _)| r == room).map(|(_, n)| n);
            assert!(mine.is_sorted(), "one sender's messages keep their order");
        }
    }
    for room in rooms {
        assert_room(world, room).await;
    }
}

pub(crate) async fn events_of_all_kinds_share_one_sequence(world: &World) {
    let people = world.people(["anna", "bert", "carl", "dora"]).await;
    let room = world.square(people[0], "Square").await;
    let guests = people[1..].iter().map(|person| async move {
        for _ in 0..6 {
            world.join(*person, room).await;
            world.say(*person, room, "hello").await;
            world
                .ask(LeaveRoom {
                    caller: *person,
                    room,
                })
                .await?;
        }
        Ok::<_, Error>(())
    });
    let owner = async {
        for i in 0..6 {
            let topic = TopicChange::Set(format!("topic {i}").parse().unwrap());
            world
                .ask(UpdateRoom {
                    caller: people[0],
                    room,
                    title: None,
                    topic,
                })
                .await?;
            world.say(people[0], room, "hello").await;
        }
        Ok::<_, Error>(())
    };
    let (guests, owner) = tokio::join!(join_all(guests), owner);
    owner.unwrap();
    assert!(guests.iter().all(Result::is_ok));
    assert_room(world, room).await;
    let events = world.events(room).await;
    let count = |kind| kinds(&events).iter().filter(|k| **k == kind).count();
    assert_eq!(
        (count("joined"), count("left"), count("message")),
        (19, 18, 24)
    );
    assert_eq!(world.view(people[0], room).await.room.member_count, 1);
}

pub(crate) async fn two_replicas_give_one_dense_sequence(one: &World, two: &World) {
    let anna = one.person("anna").await;
    let rooms = [one.group(anna, &[]).await, one.group(anna, &[]).await];
    let sends = (0..120).map(|i| {
        let world = if i % 3 == 0 { one } else { two };
        world.ask(world.message(anna, rooms[i % 2], "hello"))
    });
    assert!(join_all(sends).await.iter().all(Result::is_ok));
    for room in rooms {
        assert_room(one, room).await;
        assert_eq!(two.view(anna, room).await.room.head.n.get(), 60);
    }
}

/// The events have no gap, and the outbox has them in the same order.
async fn assert_room(world: &World, room: RoomId) {
    let events = world.events(room).await;
    assert_dense(&events);
    let rows = world.pending().await;
    let published = rows
        .iter()
        .filter(|row| row.key == room.uuid())
        .map(|row| row.event_id);
    assert!(published.eq(events.iter().map(|event| event.id.uuid())));
}
