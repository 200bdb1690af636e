//! What Kubernetes and Prometheus are told.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::time::Duration;

use runtime::{Health, Shutdown, admin};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

async fn get(admin: &admin::Admin, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(admin.address()).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let status = answer[9..12].parse().unwrap();
    (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
}

#[tokio::test]
async fn the_admin_server_tells_life_readiness_and_metrics() {
    let health = Health::new();
    let shutdown = Shutdown::new(Duration::from_secs(5));
    let address = "127.0.0.1:0".parse().unwrap();
    let admin = admin::serve(address, health.clone(), shutdown.clone())
        .await
        .unwrap();
    assert_eq!(get(&admin, "/healthz").await.0, 200);
    assert_eq!(get(&admin, "/readyz").await.0, 200);

    let store = health.component("store");
    let (status, body) = get(&admin, "/readyz").await;
    assert_eq!((status, body.as_str()), (503, "store: starting\n"));
    assert_eq!(get(&admin, "/healthz").await.0, 200);
    store.ready();
    assert_eq!(get(&admin, "/readyz").await.0, 200);
    assert_eq!(get(&admin, "/metrics").await.0, 200);

    shutdown.trigger();
    let (status, body) = get(&admin, "/readyz").await;
    assert_eq!((status, body.as_str()), (503, "process: stopping\n"));
}

#[tokio::test]
async fn a_taken_address_is_refused_with_its_setting() {
    let address = "127.0.0.1:0".parse().unwrap();
    let shutdown = Shutdown::new(Duration::ZERO);
    let first = admin::serve(address, Health::new(), shutdown.clone())
        .await
        .unwrap();
    let refused = admin::serve(first.address(), Health::new(), shutdown)
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("--admin-listen"), "{refused}");
}
