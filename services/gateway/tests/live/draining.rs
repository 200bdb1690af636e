//! A gateway that is told to stop.

use proto::gateway::DrainRequest;
use serde_json::json;

use crate::client::Client;
use crate::world::*;

#[tokio::test]
async fn everybody_is_told_when_to_come_back_and_sees_everything_until_the_end() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA, BEN]);
    let (mut anna, mut ben) = (world.live(ANNA).await, world.live(BEN).await);
    let mut router = world.router().await;
    world.shutdown.trigger();
    for client in [&mut anna, &mut ben] {
        let drain = client.expect("drain").await;
        assert!(
            drain["reconnect_in_ms"].as_u64().unwrap() <= 1_000,
            "{drain}"
        );
    }
    assert!(!world.health.is_ready());
    let event = world.chat.write(room, ANNA, "until the end");
    router.deliver(&[event]).await;
    assert_eq!(ben.events(room, 1).await, [3]);
    let id = uuid::Uuid::from_u128(1);
    anna.say(json!({ "t": "send", "ref": 1, "id": id, "room": room, "body": "last words" }))
        .await;
    assert_eq!(anna.answer("ack").await["seq"], 4);
    // Ben comes back elsewhere at once; Anna stays until she is sent away.
    drop(ben);
    assert_eq!(anna.closed().await, 1012);
    eventually("the gateway leaves the registry", || {
        world.registry.was_left()
    })
    .await;
}

#[tokio::test]
async fn nobody_is_let_in_any_more() {
    let world = World::start().await;
    let mut anna = world.live(ANNA).await;
    world.shutdown.trigger();
    anna.expect("drain").await;
    let bearer = format!("Bearer {}", token(BEN, 600));
    let headers = [(http::header::AUTHORIZATION, bearer.as_str())];
    let refused = tokio::net::TcpStream::connect(world.gateway).await.is_err()
        || Client::try_open(world.gateway, &headers).await.is_err();
    assert!(refused);
}

async fn ask_to_drain(world: &World) -> u32 {
    let request = DrainRequest {
        closes_per_second: 1_000,
        reconnect_jitter_ms: 1,
    };
    let drained = world.edge().drain(request).await;
    drained.unwrap().into_inner().connections
}

#[tokio::test]
async fn a_gateway_that_is_told_to_leave_empties_itself_and_stays_until_it_is_stopped() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA, BEN]);
    let (mut anna, mut ben) = (world.live(ANNA).await, world.live(BEN).await);
    let mut router = world.router().await;

    assert_eq!(ask_to_drain(&world).await, 2);
    for client in [&mut anna, &mut ben] {
        client.expect("drain").await;
    }
    assert!(!world.health.is_ready());
    let event = world.chat.write(room, ANNA, "until the end");
    router.deliver(&[event]).await;
    assert_eq!(ben.events(room, 1).await, [3]);

    // Who does not go is closed, and nobody is let in.
    assert_eq!(anna.closed().await, 1012);
    assert_eq!(ben.closed().await, 1012);
    let bearer = format!("Bearer {}", token(BEN, 600));
    let headers = [(http::header::AUTHORIZATION, bearer.as_str())];
    assert!(Client::try_open(world.gateway, &headers).await.is_err());
    let empty = async { while ask_to_drain(&world).await > 0 {} };
    let within = std::time::Duration::from_secs(10);
    tokio::time::timeout(within, empty)
        .await
        .expect("it is empty");
    eventually("the registry hears that the gateway drains", || {
        world.registry.is_draining()
    })
    .await;
    assert!(!world.registry.was_left());

    world.shutdown.trigger();
    eventually("the gateway leaves the registry", || {
        world.registry.was_left()
    })
    .await;
}
