//! The servers below: emptied, stopped and back.

use std::time::Duration;

use e2e::world::stack::{Server, Stack};
use e2e::{Connection, Device, World, eventually};
use serde_json::json;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

const SOON: Duration = Duration::from_secs(15);
const LATER: Duration = Duration::from_secs(90);

/// A room of ten on both gateways.
async fn meeting(world: &World) -> (Uuid, Vec<Device>) {
    let people = world.people("member", 10).await;
    let others: Vec<_> = people[1..].iter().collect();
    let room = world.room(&people[0], &others).await;
    let devices = world.devices(&people).await;
    write(&devices, room, "all is well", 1).await;
    (room, devices)
}

/// Everybody writes in turn; the last position.
async fn write(devices: &[Device], room: Uuid, body: &str, rounds: usize) -> i64 {
    let mut last = 0;
    for round in 0..rounds {
        for device in devices {
            last = device
                .send(room, &format!("{body} {round}"))
                .await
                .unwrap()
                .seq;
        }
    }
    last
}

async fn all_reach(devices: &[Device], room: Uuid, seq: i64, within: Duration) {
    for device in devices {
        device.reaches(room, seq, within).await;
        device.assert_faultless();
    }
}

/// A server that the environment named is not ours to stop.
fn may_stop(server: Server) -> bool {
    let ours = server.is_ours();
    if !ours {
        eprintln!("not tried: {server:?} was not started by scripts/stack");
    }
    ours
}

pub(crate) async fn an_emptied_registry_delays_and_loses_nothing(world: &World) {
    let (room, devices) = meeting(world).await;
    let stack = Stack::from_environment().unwrap();
    for _ in 0..3 {
        stack.forget_registry().await.unwrap();
        let last = write(&devices, room, "after it", 3).await;
        all_reach(&devices, room, last, SOON).await;
    }
}

pub(crate) async fn without_the_registry_messages_still_arrive(world: &World) {
    if !may_stop(Server::Redis) {
        return;
    }
    let (room, devices) = meeting(world).await;

    Server::Redis.kill().await.unwrap();
    let last = write(&devices, room, "without the registry", 5).await;
    all_reach(&devices, room, last, SOON).await;
    // And one who comes only now.
    let (late, _) = Connection::greet(world.gateway(0), &devices[3].person.access_token, json!({}))
        .await
        .unwrap();
    drop(late);

    Server::Redis.start().await.unwrap();
    let last = write(&devices, room, "with it again", 3).await;
    all_reach(&devices, room, last, SOON).await;
}

pub(crate) async fn without_the_event_log_messages_are_kept_and_follow(world: &World) {
    const AWAY: Duration = Duration::from_secs(20);
    if !may_stop(Server::Kafka) {
        return;
    }
    let (room, devices) = meeting(world).await;

    let back = Instant::now() + AWAY;
    Server::Kafka.kill().await.unwrap();
    // They are acknowledged meanwhile: the database has them.
    let last = write(&devices, room, "kept", 5).await;
    sleep_until(back).await;
    Server::Kafka.start().await.unwrap();

    all_reach(&devices, room, last, LATER).await;
    let last = write(&devices, room, "afterwards", 3).await;
    all_reach(&devices, room, last, LATER).await;
}

pub(crate) async fn without_the_database_sends_fail_clearly_and_succeed_after(world: &World) {
    if !may_stop(Server::Postgres) {
        return;
    }
    let (room, devices) = meeting(world).await;
    let person = &devices[0].person;
    let (mut connection, _) = Connection::greet(world.gateway(0), &person.access_token, json!({}))
        .await
        .unwrap();
    let id = Uuid::now_v7();

    connection
        .stay_during(Server::Postgres.stop())
        .await
        .unwrap()
        .unwrap();
    let refusal = connection.send(room, id, "too early").await.unwrap();
    assert_eq!(
        (&refusal["t"], &refusal["code"]),
        (&json!("error"), &json!("unavailable")),
        "{refusal}"
    );
    let answer = world
        .api
        .send(person, room, Uuid::now_v7(), "too early")
        .await
        .unwrap();
    assert_eq!(
        (answer.status.as_u16(), answer.code()),
        (503, "unavailable")
    );
    connection
        .stay_during(Server::Postgres.start())
        .await
        .unwrap()
        .unwrap();

    let ack = eventually("the same message is taken", LATER, async || {
        let answer = connection.send(room, id, "in time").await.ok()?;
        (answer["t"] == "ack").then_some(answer)
    })
    .await;
    assert_eq!(ack["duplicate"], false);
    let last = write(&devices, room, "afterwards", 3).await;
    all_reach(&devices, room, last, LATER).await;
    for device in &devices {
        let times = device.look(|seen| {
            seen.message_ids(room)
                .iter()
                .filter(|seen| **seen == id)
                .count()
        });
        assert_eq!(times, 1);
    }
}
