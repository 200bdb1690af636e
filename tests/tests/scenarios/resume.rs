//! Coming back: with nothing missing, something, too much, and to another life of the database.

use std::time::Duration;

use e2e::{Connection, Device, World, eventually};
use futures::future::try_join_all;
use serde_json::{Value, json};
use uuid::Uuid;

/// The protocol's cap of a replay.
const REPLAY_CAP: usize = 500;

const SOON: Duration = Duration::from_mins(1);

async fn write(device: &Device, room: Uuid, count: usize) -> i64 {
    let bodies: Vec<_> = (1..=count).map(|number| number.to_string()).collect();
    let acks = try_join_all(bodies.iter().map(|body| device.send(room, body)))
        .await
        .unwrap();
    acks.iter().map(|ack| ack.seq).max().unwrap()
}

async fn epoch_and_seq(world: &World, token: &str, room: Uuid) -> (Value, i64) {
    let (_, welcome) = Connection::greet(world.gateway(0), token, json!({}))
        .await
        .unwrap();
    let seq = welcome["rooms"][room.to_string()]["seq"].as_i64().unwrap();
    (welcome["epoch"].clone(), seq)
}

pub(crate) async fn a_client_that_missed_nothing_is_told_nothing(world: &World) {
    let anna = world.person("anna").await;
    let room = world.room(&anna, &[]).await;
    let seq = write(&world.device(&anna, 0).await, room, 3).await;
    let (epoch, head) = epoch_and_seq(world, &anna.access_token, room).await;
    assert_eq!(head, seq);

    let hello = json!({ "epoch": epoch, "rooms": { room.to_string(): seq } });
    let (mut connection, welcome) = Connection::greet(world.gateway(1), &anna.access_token, hello)
        .await
        .unwrap();

    assert_eq!(welcome["rooms"], json!({}));
    assert_eq!(welcome["gone"], json!([]));
    let ack = connection
        .send(room, Uuid::now_v7(), "the next")
        .await
        .unwrap();
    assert_eq!(ack["seq"], seq + 1);
}

pub(crate) async fn a_client_that_missed_events_gets_them_in_order(world: &World) {
    let [anna, ben] = [world.person("anna").await, world.person("ben").await];
    let room = world.room(&anna, &[&ben]).await;
    let elsewhere = Uuid::now_v7();
    let (epoch, seq) = epoch_and_seq(world, &ben.access_token, room).await;
    let writer = world.device(&anna, 0).await;
    let last = write(&writer, room, 60).await;

    let hello =
        json!({ "epoch": epoch, "rooms": { room.to_string(): seq, elsewhere.to_string(): 7 } });
    let (mut connection, welcome) = Connection::greet(world.gateway(1), &ben.access_token, hello)
        .await
        .unwrap();

    let state = &welcome["rooms"][room.to_string()];
    assert_eq!(
        (&state["replay"], &state["resync"], &state["seq"]),
        (&json!(true), &json!(false), &json!(last))
    );
    assert_eq!(welcome["gone"], json!([elsewhere]));
    let next = writer.send(room, "live").await.unwrap();
    for expected in seq + 1..=next.seq {
        let event = connection.until("event").await.unwrap();
        assert_eq!(event["seq"], expected);
    }
}

pub(crate) async fn a_client_that_missed_too_much_is_told_to_fetch_the_room(world: &World) {
    let [anna, ben] = [world.person("anna").await, world.person("ben").await];
    let room = world.room(&anna, &[&ben]).await;
    let (epoch, seq) = epoch_and_seq(world, &ben.access_token, room).await;
    let writer = world.device(&anna, 0).await;
    let last = write(&writer, room, REPLAY_CAP + 1).await;

    let hello = json!({ "epoch": epoch, "rooms": { room.to_string(): seq } });
    let (mut connection, welcome) = Connection::greet(world.gateway(1), &ben.access_token, hello)
        .await
        .unwrap();

    let state = &welcome["rooms"][room.to_string()];
    assert_eq!(
        (&state["replay"], &state["resync"], &state["seq"]),
        (&json!(false), &json!(true), &json!(last))
    );
    let next = writer.send(room, "live").await.unwrap();
    assert_eq!(connection.until("event").await.unwrap()["seq"], next.seq);
    // What it fetches is complete.
    let events = world.api.events(&ben, room, seq).await.unwrap();
    let seqs: Vec<_> = events
        .iter()
        .map(|event| event["seq"].as_i64().unwrap())
        .collect();
    assert_eq!(seqs, (seq + 1..=next.seq).collect::<Vec<_>>());
}

pub(crate) async fn a_client_with_another_epoch_starts_anew(world: &World) {
    let anna = world.person("anna").await;
    let room = world.room(&anna, &[]).await;
    let seq = write(&world.device(&anna, 0).await, room, 3).await;
    let (epoch, _) = epoch_and_seq(world, &anna.access_token, room).await;

    for hello in [
        json!({ "epoch": Uuid::now_v7(), "rooms": { room.to_string(): seq - 1 } }),
        json!({ "epoch": epoch, "rooms": { room.to_string(): seq + 1000 } }),
    ] {
        let (_, welcome) = Connection::greet(world.gateway(1), &anna.access_token, hello)
            .await
            .unwrap();
        assert_eq!(welcome["epoch"], epoch);
        let state = &welcome["rooms"][room.to_string()];
        assert_eq!(
            (&state["replay"], &state["resync"], &state["seq"]),
            (&json!(false), &json!(true), &json!(seq))
        );
    }
}

pub(crate) async fn after_a_restore_clients_start_anew(world: &World) {
    let anna = world.person("anna").await;
    let room = world.room(&anna, &[]).await;
    let seq = write(&world.device(&anna, 0).await, room, 3).await;
    let (before, _) = epoch_and_seq(world, &anna.access_token, room).await;
    let (mut open, _) = Connection::greet(world.gateway(0), &anna.access_token, json!({}))
        .await
        .unwrap();

    let restoring = async {
        for chat in world.of_service("chat") {
            assert!(chat.stop().await.unwrap());
        }
        world.new_epoch().await.unwrap();
        for chat in world.of_service("chat") {
            chat.start_again().await.unwrap();
        }
        world.ready().await;
        // A gateway that learns of the new epoch sends everybody away, also who told it.
        let hello = json!({ "epoch": before, "rooms": { room.to_string(): seq } });
        let mut greeted = Vec::new();
        for number in 0..2 {
            let welcomed = eventually("anna is welcomed again", SOON, async || {
                let gateway = world.gateway(number);
                let greeting = Connection::greet(gateway, &anna.access_token, hello.clone());
                greeting.await.ok()
            });
            greeted.push(welcomed.await);
        }
        greeted
    };
    // Who was connected all the time has positions of the old life, and is sent away.
    let watching = async { while open.next_frame().await.is_ok() {} };
    let (greeted, ()) = tokio::join!(restoring, watching);

    for (number, (mut connection, welcome)) in (1..).zip(greeted) {
        assert_ne!(welcome["epoch"], before);
        let state = &welcome["rooms"][room.to_string()];
        assert_eq!(
            (&state["replay"], &state["resync"], &state["seq"]),
            (&json!(false), &json!(true), &json!(seq))
        );
        let ack = connection.send(room, Uuid::now_v7(), "anew").await.unwrap();
        assert_eq!(ack["seq"], seq + number);
    }
}

pub(crate) async fn a_client_can_ask_for_events_again(world: &World) {
    let anna = world.person("anna").await;
    let room = world.room(&anna, &[]).await;
    let last = write(&world.device(&anna, 0).await, room, 5).await;
    let (mut connection, _) = Connection::greet(world.gateway(1), &anna.access_token, json!({}))
        .await
        .unwrap();

    let request = json!({ "t": "replay", "ref": "again", "room": room, "after": last - 3 });
    connection.say(&request).await.unwrap();

    for expected in last - 2..=last {
        assert_eq!(connection.expect("event").await.unwrap()["seq"], expected);
    }
    let end = connection.expect("replayed").await.unwrap();
    assert_eq!(
        (&end["ref"], &end["to"], &end["resync"]),
        (&json!("again"), &json!(last), &json!(false))
    );
}
