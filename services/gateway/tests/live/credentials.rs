//! Who may open a WebSocket, and for how long.

use std::time::Duration;

use http::header;
use serde_json::json;
use tokio::time::timeout;

use crate::client::Client;
use crate::world::*;

const SOON: Duration = Duration::from_secs(10);

#[tokio::test]
async fn who_shows_no_valid_token_is_told_by_the_close_code() {
    let world = World::start().await;
    for token in ["", "nonsense", &token(ANNA, -1)] {
        let mut stranger = Client::with_token(world.gateway, token).await;
        assert_eq!(stranger.closed().await, 4401, "{token}");
    }
    let mut stranger = Client::open(world.gateway, &[]).await;
    assert_eq!(stranger.closed().await, 4401);
}

#[tokio::test]
async fn a_ticket_opens_one_connection() {
    let world = World::start().await;
    let offer = format!("chappe.v1, ticket.{}", ticket(ANNA, 1));
    let headers = [(header::SEC_WEBSOCKET_PROTOCOL, offer.as_str())];
    let mut anna = Client::open(world.gateway, &headers).await;
    assert_eq!(anna.hello(json!({})).await["user"], ANNA.to_string());
    let mut again = Client::open(world.gateway, &headers).await;
    assert_eq!(again.closed().await, 4401);
}

#[tokio::test]
async fn whose_ticket_was_lost_on_the_way_is_told_to_come_back_and_not_that_it_was_used() {
    let world = World::start().await;
    world.registry.loses_answer();
    let offer = format!("chappe.v1, ticket.{}", ticket(ANNA, 1));
    let headers = [(header::SEC_WEBSOCKET_PROTOCOL, offer.as_str())];
    let refused = Client::try_open(world.gateway, &headers).await;
    let refused = refused
        .err()
        .expect("it was upgraded, and so closed with 4401");
    assert!(refused.to_string().contains("503"), "{refused}");
}

#[tokio::test]
async fn a_token_is_no_ticket_and_a_ticket_no_token() {
    let world = World::start().await;
    let offer = format!("chappe.v1, ticket.{}", token(ANNA, 600));
    let headers = [(header::SEC_WEBSOCKET_PROTOCOL, offer.as_str())];
    let mut stranger = Client::open(world.gateway, &headers).await;
    assert_eq!(stranger.closed().await, 4401);
    let mut stranger = Client::with_token(world.gateway, &ticket(ANNA, 2)).await;
    assert_eq!(stranger.closed().await, 4401);
}

#[tokio::test]
async fn pages_of_other_sites_and_other_protocols_are_refused() {
    let world = World::start().await;
    let bearer = format!("Bearer {}", token(ANNA, 600));
    for (name, value) in [
        (header::ORIGIN, "https://evil.example.org"),
        (header::SEC_WEBSOCKET_PROTOCOL, "chappe.v9"),
    ] {
        let headers = [(header::AUTHORIZATION, bearer.as_str()), (name, value)];
        assert!(
            Client::try_open(world.gateway, &headers).await.is_err(),
            "{value}"
        );
    }
}

#[tokio::test]
async fn a_session_ends_with_its_token() {
    let world = World::start().await;
    let mut anna = Client::with_token(world.gateway, &token(ANNA, 2)).await;
    anna.hello(json!({})).await;
    assert_eq!(anna.closed().await, 4401);
}

#[tokio::test]
async fn a_fresh_token_of_the_same_person_prolongs_the_session() {
    let world = World::with(&["--heartbeat-seconds=1"]).await;
    let mut anna = Client::with_token(world.gateway, &token(ANNA, 40)).await;
    // Sooner than the usual minute before, for there is less than that.
    anna.say(json!({ "t": "hello" })).await;
    let mut kinds = [anna.next().await.unwrap(), anna.next().await.unwrap()];
    kinds.sort_by_key(|frame| frame["t"].to_string());
    assert_eq!(
        (&kinds[0]["t"], &kinds[1]["t"]),
        (&json!("auth.expiring"), &json!("welcome"))
    );
    assert!(kinds[0]["in_ms"].as_u64().unwrap() <= 40_000);

    let mut ending = Client::with_token(world.gateway, &token(ANNA, 3)).await;
    ending.hello(json!({})).await;
    ending
        .say(json!({ "t": "auth", "token": token(ANNA, 600) }))
        .await;
    // Longer than the first token lasted.
    for _ in 0..5 {
        ending.ping().await;
        ending.say(json!({ "t": "pong" })).await;
    }
}

#[tokio::test]
async fn another_persons_or_a_bad_token_ends_the_session() {
    let world = World::start().await;
    for (token, code) in [(token(BEN, 600), 4403), ("nonsense".to_owned(), 4401)] {
        let mut anna = world.live(ANNA).await;
        anna.say(json!({ "t": "auth", "token": token })).await;
        assert_eq!(anna.closed().await, code);
    }
}

#[tokio::test]
async fn an_address_has_only_so_many_connections() {
    let world = World::with(&["--address-connections=1"]).await;
    let first = world.live(ANNA).await;
    let bearer = format!("Bearer {}", token(BEN, 600));
    let headers = [(header::AUTHORIZATION, bearer.as_str())];
    assert!(Client::try_open(world.gateway, &headers).await.is_err());
    drop(first);
    let reopened = async {
        loop {
            if let Ok(client) = Client::try_open(world.gateway, &headers).await {
                return client;
            }
        }
    };
    let mut ben = timeout(SOON, reopened).await.unwrap();
    ben.hello(json!({})).await;
}
