//! Connections that are slow, many, or in the way of a shutdown.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::world::*;

const SOON: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_head_larger_than_any_needs_to_be_is_refused() {
    let world = World::start().await;
    let request = world
        .request("GET", "/api/v1/me")
        .header("x-long", "a".repeat(100_000));
    // The connection may be closed before the whole head is written.
    if let Ok(response) = request.send().await {
        assert_eq!(response.status(), 431);
    }
    assert_eq!(world.chat.asked(), []);
}

#[tokio::test]
async fn a_connection_beyond_the_limit_waits_for_a_place() {
    let world = World::with(&["--max-connections=1"]).await;
    let mut first = TcpStream::connect(world.address).await.unwrap();
    let mut second = TcpStream::connect(world.address).await.unwrap();
    let request = b"GET /api HTTP/1.1\r\nhost: chappe.test\r\nconnection: close\r\n\r\n";
    first.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    second.write_all(request).await.unwrap();
    let mut answer = [0; 12];
    timeout(Duration::from_millis(200), second.read_exact(&mut answer))
        .await
        .unwrap_err();

    drop(first);
    timeout(SOON, second.read_exact(&mut answer))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(&answer, b"HTTP/1.1 404");
}

#[tokio::test]
async fn idle_connections_do_not_hold_up_a_shutdown() {
    let world = World::start().await;
    let mut idle = TcpStream::connect(world.address).await.unwrap();
    idle.write_all(b"GET / HTTP/1.1\r\nhost: chappe.test\r\n\r\n")
        .await
        .unwrap();
    let mut answer = [0; 12];
    timeout(SOON, idle.read_exact(&mut answer))
        .await
        .unwrap()
        .unwrap();
    world.shutdown.trigger();
    let mut rest = Vec::new();
    timeout(SOON, idle.read_to_end(&mut rest))
        .await
        .unwrap()
        .unwrap();
    assert!(TcpStream::connect(world.address).await.is_err());
}
