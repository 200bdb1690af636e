//! Live delivery: every event, once, in order, on every screen.

use std::collections::HashSet;
use std::time::Duration;

use e2e::{Connection, World};
use futures::future::{join_all, try_join_all};
use serde_json::json;
use uuid::Uuid;

const SOON: Duration = Duration::from_secs(15);

pub(crate) async fn a_message_reaches_every_member_on_every_gateway(world: &World) {
    let people = world.people("reader", 20).await;
    let others: Vec<_> = people[1..].iter().collect();
    let room = world.room(&people[0], &others).await;
    let devices = world.devices(&people).await;

    for body in ["the first", "the second", "the third"] {
        devices[0].send(room, body).await.unwrap();
    }

    for device in &devices {
        device
            .sees("three messages", SOON, |seen| {
                seen.bodies(room) == ["the first", "the second", "the third"]
            })
            .await;
        device.assert_faultless();
    }
}

pub(crate) async fn concurrent_senders_make_one_order_that_everybody_sees(world: &World) {
    const EACH: usize = 50;
    let people = world.people("sender", 10).await;
    let others: Vec<_> = people[1..].iter().collect();
    let room = world.room(&people[0], &others).await;
    let devices = world.devices(&people).await;

    let sending = devices.iter().map(async |device| {
        let bodies: Vec<_> = (0..EACH)
            .map(|number| format!("{} {number}", device.person.username))
            .collect();
        // All at once: one connection's sends commit in the order of their arrival.
        let acks = try_join_all(bodies.iter().map(|body| device.send(room, body)))
            .await
            .unwrap();
        assert!(
            acks.is_sorted_by_key(|ack| ack.seq),
            "{} was committed out of order",
            device.person.username
        );
        acks
    });
    let acks: Vec<_> = join_all(sending).await.into_iter().flatten().collect();

    let last = acks.iter().map(|ack| ack.seq).max().unwrap();
    let seqs: HashSet<_> = acks.iter().map(|ack| ack.seq).collect();
    assert_eq!(seqs.len(), EACH * people.len(), "two messages share a seq");
    for device in &devices {
        device.reaches(room, last, SOON).await;
        device.assert_faultless();
    }
    let first = devices[0].look(|seen| seen.message_ids(room));
    assert_eq!(first.len(), EACH * people.len());
    for device in &devices {
        assert_eq!(device.look(|seen| seen.message_ids(room)), first);
    }
}

pub(crate) async fn a_resent_message_returns_the_first_result(world: &World) {
    let [anna, ben] = [world.person("anna").await, world.person("ben").await];
    let room = world.room(&anna, &[&ben]).await;
    let reader = world.device(&ben, 0).await;
    let id = Uuid::now_v7();

    let (mut first, _) = Connection::greet(world.gateway(0), &anna.access_token, json!({}))
        .await
        .unwrap();
    let ack = first.send(room, id, "once").await.unwrap();
    assert_eq!(
        (&ack["t"], &ack["duplicate"]),
        (&json!("ack"), &json!(false)),
        "{ack}"
    );

    let (mut second, _) = Connection::greet(world.gateway(1), &anna.access_token, json!({}))
        .await
        .unwrap();
    let again = second.send(room, id, "once, and changed").await.unwrap();
    assert_eq!(again["duplicate"], true, "{again}");
    assert_eq!((&again["seq"], &again["n"]), (&ack["seq"], &ack["n"]));

    let by_rest = world.api.send(&anna, room, id, "once more").await.unwrap();
    assert_eq!(by_rest.status, 200);
    assert_eq!(by_rest.body["body"], "once");
    assert_eq!(by_rest.body["seq"], ack["seq"]);

    let of_another = world.api.send(&ben, room, id, "mine").await.unwrap();
    assert_eq!(
        (of_another.status.as_u16(), of_another.code()),
        (409, "id_taken")
    );

    let last = reader.send(room, "the end").await.unwrap();
    reader.reaches(room, last.seq, SOON).await;
    assert_eq!(reader.look(|seen| seen.message_ids(room)), [id, last.id]);
    reader.assert_faultless();
}

pub(crate) async fn a_read_position_moves_on_all_devices_and_is_shown_to_the_others(world: &World) {
    let [anna, ben] = [world.person("anna").await, world.person("ben").await];
    let room = world.room(&anna, &[&ben]).await;
    let writer = world.device(&anna, 0).await;
    let [phone, laptop] = [world.device(&ben, 0).await, world.device(&ben, 1).await];
    for body in ["one", "two", "three"] {
        writer.send(room, body).await.unwrap();
    }
    let unread = async || {
        let rooms = world.api.get(&ben, "/rooms").await.unwrap().ok().unwrap();
        let rooms = rooms["items"].as_array().unwrap().clone();
        let mine = rooms
            .iter()
            .find(|item| item["id"] == room.to_string())
            .cloned();
        mine.unwrap()["unread"].as_i64().unwrap()
    };
    assert_eq!(unread().await, 3);

    phone.say(json!({ "t": "read", "room": room, "n": 2 }));

    let is_read =
        |frame: &serde_json::Value| frame["room"] == room.to_string() && frame["read_n"] == 2;
    laptop
        .sees("the position that was read on the phone", SOON, |seen| {
            seen.personal_frames()
                .iter()
                .any(|frame| frame["type"] == "read" && is_read(frame))
        })
        .await;
    writer
        .sees("the receipt", SOON, |seen| {
            let mut receipts = seen.receipts().iter();
            receipts.any(|frame| frame["user"] == ben.id.to_string() && is_read(frame))
        })
        .await;
    assert_eq!(unread().await, 1);
}
