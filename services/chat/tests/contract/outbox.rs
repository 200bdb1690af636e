//! Facts between commit and publication.

use std::time::Duration;

use chat::{
    application::{leave_room::LeaveRoom, ports::OutboxRow},
    domain::RoomEvent,
};
use prost::Message as _;
use proto::event::{self, PersonalEvent, personal_event::Body};
use tokio::time::timeout;

use super::world::World;

pub(crate) async fn every_event_is_in_the_outbox_in_order(world: &World) {
    let [anna, bert] = world.people(["anna", "bert"]).await;
    let room = world.group(anna, &[bert]).await;
    world.say_many(anna, room, 5).await;
    let rows: Vec<_> = world
        .pending()
        .await
        .into_iter()
        .filter(|row| row.key == room.uuid())
        .collect();
    assert!(rows.windows(2).all(|pair| pair[0].place < pair[1].place));

    let events = world.events(room).await;
    assert_eq!(rows.len(), events.len());
    for (row, event) in rows.iter().zip(&events) {
        let published = event::RoomEvent::decode(row.payload.clone()).unwrap();
        assert_eq!(published.seq, event.seq().get());
        assert_eq!((row.event_id, row.at), (event.id.uuid(), event.at));
        assert_eq!(published.event_id, event.id.to_string());
        assert_eq!(published.epoch, world.store.epoch().to_string());
        assert_eq!(
            Some(row.event_type.as_str()),
            proto::topics::room_event_type(&published)
        );
    }
}

pub(crate) async fn joins_and_leaves_are_told_to_the_person(world: &World) {
    let [anna, bert] = world.people(["anna", "bert"]).await;
    let room = world.group(anna, &[bert]).await;
    world.ask(LeaveRoom { caller: bert, room }).await.unwrap();
    let rows = world.pending().await;
    let told: Vec<_> = rows
        .into_iter()
        .filter(|row| row.key == bert.uuid())
        .map(|row| PersonalEvent::decode(row.payload).unwrap().body.unwrap())
        .collect();
    let [Body::RoomAdded(added), Body::RoomRemoved(removed)] = told.as_slice() else {
        panic!("{told:?}")
    };
    let left = world.events(room).await.last().map(RoomEvent::seq).unwrap();
    assert_eq!((added.seq, added.membership_version), (3, 1));
    assert_eq!((removed.seq, removed.membership_version), (left.get(), 2));
    assert_eq!(removed.room_id, room.to_string());
}

pub(crate) async fn removed_rows_are_gone_and_others_stay(world: &World) {
    let anna = world.person("anna").await;
    let room = world.group(anna, &[]).await;
    world.say_many(anna, room, 3).await;
    let rows = world.pending().await;
    let backlog = world.outbox.backlog().await.unwrap();
    assert_eq!(backlog.rows, rows.len() as u64);
    assert_eq!(backlog.oldest, rows.iter().map(|row| row.at).min());

    let places: Vec<_> = rows[..2].iter().map(|row| row.place).collect();
    world.outbox.remove(&places).await.unwrap();
    world.outbox.remove(&places).await.unwrap();
    let ids = |rows: &[OutboxRow]| rows.iter().map(|row| row.event_id).collect::<Vec<_>>();
    assert_eq!(ids(&world.pending().await), ids(&rows[2..]));
    let rest: Vec<_> = rows[2..].iter().map(|row| row.place).collect();
    world.outbox.remove(&rest).await.unwrap();
    let backlog = world.outbox.backlog().await.unwrap();
    assert_eq!((backlog.rows, backlog.oldest), (0, None));
}

pub(crate) async fn a_blocked_key_does_not_hold_up_its_shard(world: &World) {
    let anna = world.person("anna").await;
    let room = world.group(anna, &[]).await;
    world.say_many(anna, room, 3).await;
    let shard = chat::application::ports::Shard::of(room.uuid());
    let first = async |except: &[_]| {
        let rows = world.outbox.pending(&[shard], except, 2).await.unwrap();
        rows.iter().filter(|row| row.key == room.uuid()).count()
    };
    assert_eq!(first(&[]).await, 2);
    assert_eq!(first(&[room.uuid()]).await, 0);
}

pub(crate) async fn a_commit_wakes_the_relay(world: &World) {
    let anna = world.person("anna").await;
    let room = world.group(anna, &[]).await;
    let mut ownership = world.outbox.ownership().await.unwrap();
    assert_eq!(ownership.replicas().await.unwrap(), 1);
    for shard in chat::application::ports::Shard::all() {
        assert!(ownership.try_claim(shard).await.unwrap());
    }
    let patience = Duration::from_secs(10);
    let woken = async {
        loop {
            timeout(patience, world.outbox.woken())
                .await
                .expect("a commit wakes the relay");
            let rows = world.pending().await;
            if rows.iter().any(|row| row.event_type == "message.created") {
                return;
            }
        }
    };
    tokio::join!(woken, world.say(anna, room, "hello"));
}

pub(crate) async fn the_signing_key_is_the_first_one(world: &World) {
    use secrecy::ExposeSecret;
    let first = world
        .store
        .signing_key_or_insert(&"one".into())
        .await
        .unwrap();
    let second = world
        .store
        .signing_key_or_insert(&"two".into())
        .await
        .unwrap();
    assert_eq!(
        (first.expose_secret(), second.expose_secret()),
        ("one", "one")
    );
}
