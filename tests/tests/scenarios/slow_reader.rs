//! Nobody waits for a slow reader.

use std::time::Duration;

use e2e::connection::Frame;
use e2e::{Connection, History, World};
use futures::future::try_join_all;
use serde_json::json;
use tokio::time::timeout;

const SLOW_READER: u16 = 4503;
const SOON: Duration = Duration::from_secs(30);

pub(crate) async fn a_slow_reader_is_closed_and_resumes(world: &World) {
    let [anna, ben, cleo] = [
        world.person("anna").await,
        world.person("ben").await,
        world.person("cleo").await,
    ];
    let room = world.room(&anna, &[&ben, &cleo]).await;
    let writer = world.device(&anna, 0).await;
    let quick = world.device(&cleo, 0).await;
    let mut slow = Connection::open(world.gateway(0), &ben.access_token)
        .await
        .unwrap();
    let mut seen = History::default();
    seen.take(&slow.hello(json!({})).await.unwrap_or_default());

    // Newlines take two bytes each in JSON. It is more than the system's buffers (4 MiB) and the
    // connection's queue (sixteen times its limit in a burst) hold together.
    let body = format!("x{}x", "\n".repeat(9_000));
    let mut last = 0;
    for _ in 0..40 {
        let acks = try_join_all((0..20).map(|_| writer.send(room, &body)))
            .await
            .unwrap();
        last = acks.iter().map(|ack| ack.seq).max().unwrap();
        // It is there and answers, so that only what it does not read can be held against it.
        let _ = slow.say(&json!({ "t": "pong" })).await;
    }

    // It wakes, finds what was on its way, and then the end.
    let code = loop {
        match timeout(SOON, slow.next()).await.unwrap() {
            Frame::Text(frame) => seen.take(&frame),
            Frame::Closed(code) => break code,
        }
    };
    assert_eq!(code, SLOW_READER);
    assert!(seen.seq(room) < last, "it was not slow enough to be closed");
    assert_eq!(seen.violations(), <[String; 0]>::default());

    let (mut back, welcome) = Connection::greet(world.gateway(1), &ben.access_token, seen.hello())
        .await
        .unwrap();
    seen.take(&welcome);
    for missing in seen.missing() {
        let events = world.api.events(&ben, room, missing.after).await.unwrap();
        seen.fetched(missing, &events);
    }
    while seen.seq(room) < last {
        seen.take(&back.next_frame().await.unwrap());
    }
    assert_eq!(seen.violations(), <[String; 0]>::default());
    quick.reaches(room, last, SOON).await;
    quick.assert_faultless();
}
