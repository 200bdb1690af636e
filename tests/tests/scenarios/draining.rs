//! A gateway that is told to stop.

use std::time::Duration;

use e2e::{Connection, World};
use serde_json::json;

const GOING_AWAY: u16 = 1012;
const SOON: Duration = Duration::from_mins(1);

pub(crate) async fn a_gateway_that_stops_sends_its_clients_away_and_loses_nothing(world: &World) {
    let people = world.people("member", 10).await;
    let others: Vec<_> = people[1..].iter().collect();
    let room = world.room(&people[0], &others).await;
    let devices = world.devices(&people).await;
    let (mut watched, _) = Connection::greet(world.gateway(0), &people[0].access_token, json!({}))
        .await
        .unwrap();
    let gateway = world.of_service("gateway").next().unwrap();

    let sending = async {
        let mut acks = Vec::new();
        for number in 0..100 {
            let device = &devices[number % devices.len()];
            acks.push(device.send(room, &number.to_string()).await.unwrap());
        }
        acks
    };
    let restarting = async {
        let stopping = async { gateway.stop().await.unwrap() };
        let watching = async {
            let drain = watched.until("drain").await.unwrap();
            assert!(drain["reconnect_in_ms"].is_number(), "{drain}");
            watched.closed().await.unwrap()
        };
        let (ended_well, code) = tokio::join!(stopping, watching);
        assert!(ended_well, "the gateway's exit code");
        assert_eq!(code, GOING_AWAY);
        gateway.start_again().await.unwrap();
    };
    let (acks, ()) = tokio::join!(sending, restarting);
    world.ready().await;

    let last = acks.iter().map(|ack| ack.seq).max().unwrap();
    for device in &devices {
        device.reaches(room, last, SOON).await;
        device.assert_faultless();
        let ids = device.look(|seen| seen.message_ids(room));
        assert_eq!(ids.len(), acks.len());
        assert!(acks.iter().all(|ack| ids.contains(&ack.id)));
    }
}
