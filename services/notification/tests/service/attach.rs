//! What gateways say to notification, and what it answers.

use super::edge::FakeGateway;
use super::world::{LONG, World, report, room, sequences, until};
use notification::application::ports::{Registry, Verdict};
use notification::domain::Digest;
use proto::notification::attach_request::Message as Say;
use proto::notification::attach_response::Message as Answer;
use proto::notification::registry_service_client::RegistryServiceClient;
use proto::notification::{
    Beat, BeatNoted, Hello, Interest, InterestNoted, Leave, ListGatewaysRequest,
    ListGatewaysResponse, RedeemTicketRequest, RegisteredGateway,
};
use time::OffsetDateTime;
use tonic::Code;

fn interest(operation: u64, rooms: &[u128]) -> Say {
    Say::Interest(Interest {
        operation,
        add: rooms
            .iter()
            .map(|&number| format!("room:{}", room(number)))
            .collect(),
        remove: vec![],
        reset: operation == 1,
    })
}

fn beat(rooms: &[u128]) -> Say {
    let rooms: Vec<_> = rooms.iter().copied().map(room).collect();
    let report = report(&rooms);
    Say::Beat(Beat {
        connections: 1,
        topics: report.topics,
        digest: report.digest.get(),
        draining: false,
    })
}

fn noted(operation: u64) -> Answer {
    Answer::InterestNoted(InterestNoted { operation })
}

fn beaten(announce_again: bool) -> Answer {
    Answer::BeatNoted(BeatNoted { announce_again })
}

async fn running() -> World {
    let mut world = World::new(LONG).await;
    world.start().await;
    world
}

#[tokio::test]
async fn from_the_answer_on_events_of_the_topic_reach_the_gateway() {
    let world = World::settled().await;
    let a = FakeGateway::start(&world.network, "a", 1).await;
    let mut attached = world.attach(&a).await;
    assert_eq!(attached.ask(interest(1, &[1])).await.unwrap(), noted(1));
    assert_eq!(attached.ask(beat(&[1])).await.unwrap(), beaten(false));

    world.publish(room(1), [1]).await;

    sequences(&a, &[1]).await;
}

#[tokio::test]
async fn a_registry_that_forgot_has_the_topics_announced_again() {
    let world = running().await;
    let a = FakeGateway::start(&world.network, "a", 1).await;
    let mut attached = world.attach(&a).await;
    assert_eq!(attached.ask(interest(1, &[1, 2])).await.unwrap(), noted(1));
    assert_eq!(attached.ask(beat(&[1, 2])).await.unwrap(), beaten(false));

    world.registry.empty();

    assert_eq!(attached.ask(beat(&[1, 2])).await.unwrap(), beaten(true));
    assert_eq!(attached.ask(interest(2, &[1, 2])).await.unwrap(), noted(2));
    assert_eq!(attached.ask(beat(&[1, 2])).await.unwrap(), beaten(false));
}

#[tokio::test]
async fn a_gateway_without_topics_looks_for_what_it_missed_too() {
    let world = running().await;
    let a = FakeGateway::start(&world.network, "a", 1).await;
    let mut attached = world.attach(&a).await;
    assert_eq!(attached.ask(beat(&[])).await.unwrap(), beaten(false));

    world.registry.empty();

    assert_eq!(attached.ask(beat(&[])).await.unwrap(), beaten(true));
    assert_eq!(attached.ask(beat(&[])).await.unwrap(), beaten(false));
}

#[tokio::test]
async fn registration_is_acknowledged_while_the_registry_is_away() {
    let world = running().await;
    world.registry.go_away(true);
    let a = FakeGateway::start(&world.network, "a", 1).await;
    let mut attached = world.attach(&a).await;
    assert_eq!(attached.ask(interest(1, &[1])).await.unwrap(), noted(1));
    assert_eq!(attached.ask(beat(&[1])).await.unwrap(), beaten(false));

    world.publish(room(1), [1]).await;
    sequences(&a, &[1]).await;

    // Back again, it knows nothing of all that.
    world.registry.go_away(false);
    assert_eq!(attached.ask(beat(&[1])).await.unwrap(), beaten(true));
    assert_eq!(attached.ask(interest(2, &[1])).await.unwrap(), noted(2));
    assert_eq!(attached.ask(beat(&[1])).await.unwrap(), beaten(false));
    world.publish(room(1), [2]).await;
    sequences(&a, &[1, 2]).await;
}

#[tokio::test]
async fn a_later_life_ends_the_stream_of_an_earlier_one() {
    let world = running().await;
    let (old, new) = (
        FakeGateway::start(&world.network, "a", 1).await,
        FakeGateway::start(&world.network, "a", 2).await,
    );
    let mut former = world.attach(&old).await;
    assert_eq!(former.ask(interest(1, &[1])).await.unwrap(), noted(1));
    let mut present = world.attach(&new).await;
    assert_eq!(present.ask(interest(1, &[2])).await.unwrap(), noted(1));

    let refused = former.ask(interest(2, &[3])).await.unwrap_err();

    assert_eq!(refused.code(), Code::FailedPrecondition);
    assert_eq!(
        runtime::grpc::reason(&refused).as_deref(),
        Some("superseded")
    );
    assert_eq!(present.ask(beat(&[2])).await.unwrap(), beaten(false));
}

#[tokio::test]
async fn who_leaves_is_not_waited_for() {
    let world = running().await;
    let a = FakeGateway::start(&world.network, "a", 1).await;
    let mut attached = world.attach(&a).await;
    assert_eq!(attached.ask(beat(&[])).await.unwrap(), beaten(false));
    attached.say(Say::Leave(Leave {})).await;

    until("the lease is gone", async || {
        world.registry.lookup(&[]).await.unwrap().leases.is_empty()
    })
    .await;
    let verdict = world
        .registry
        .beat(&a.gateway.incarnation, &report(&[]))
        .await
        .unwrap();
    assert_eq!(verdict, Verdict::NoLease);
}

#[tokio::test]
async fn a_stream_that_breaks_keeps_the_lease() {
    let world = running().await;
    let a = FakeGateway::start(&world.network, "a", 1).await;
    let mut attached = world.attach(&a).await;
    assert_eq!(attached.ask(interest(1, &[1])).await.unwrap(), noted(1));
    drop(attached);

    let mut elsewhere = world.attach(&a).await;
    assert_eq!(elsewhere.ask(beat(&[1])).await.unwrap(), beaten(false));
}

#[tokio::test]
async fn what_is_malformed_is_refused_and_changes_nothing() {
    let world = running().await;
    let hello = |id: &str, address: &str| {
        Say::Hello(Hello {
            gateway_id: id.into(),
            boot_epoch: 1,
            address: address.into(),
        })
    };
    let a = FakeGateway::start(&world.network, "a", 1).await;
    let bad_topic = Say::Interest(Interest {
        operation: 1,
        add: vec!["room:1".into()],
        ..Interest::default()
    });
    for wrong in [bad_topic, hello("b", "http://b:1")] {
        let mut attached = world.attach(&a).await;
        let refused = attached.ask(wrong).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
    }
    let topics = world.registry.lookup(&[]).await.unwrap().leases[0].topics;
    assert_eq!(topics, 0);
    assert_eq!(Digest::default().get(), 0);

    for first in [
        beat(&[]),
        hello("no/name", "http://b:1"),
        hello("b", "nowhere"),
    ] {
        let mut attached = world.open().await;
        let refused = attached.ask(first).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
    }
}

#[tokio::test]
async fn a_stopping_replica_sends_gateways_elsewhere() {
    let mut world = running().await;
    let a = FakeGateway::start(&world.network, "a", 1).await;
    let mut attached = world.attach(&a).await;
    assert_eq!(attached.ask(beat(&[])).await.unwrap(), beaten(false));
    world.stop().await;

    assert_eq!(
        attached.answer().await.unwrap_err().code(),
        Code::Unavailable
    );
    assert_eq!(world.registry.lookup(&[]).await.unwrap().leases.len(), 1);
}

#[tokio::test]
async fn a_ticket_is_good_for_one_use_with_and_without_the_registry() {
    let world = running().await;
    let client = world.network.connect("inproc://notification").unwrap();
    let mut client = RegistryServiceClient::new(client);
    let mut redeem = async |ticket: &str, expires_in: i64| {
        let ticket = RedeemTicketRequest {
            ticket_id: ticket.into(),
            expires_at: now() + expires_in,
        };
        client
            .redeem_ticket(ticket)
            .await
            .map(|answer| answer.into_inner().first_use)
    };
    assert!(redeem("first", 30).await.unwrap());
    assert!(!redeem("first", 30).await.unwrap());
    assert!(!redeem("late", -1).await.unwrap());
    assert_eq!(
        redeem("", 30).await.unwrap_err().code(),
        Code::InvalidArgument
    );

    world.registry.go_away(true);
    assert!(redeem("second", 30).await.unwrap());
    assert!(!redeem("second", 30).await.unwrap());
    assert!(!redeem("first", 30).await.unwrap());
}

#[expect(
    clippy::disallowed_methods,
    reason = "the service reads the machine's clock too"
)]
fn now() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}

async fn list(world: &World) -> ListGatewaysResponse {
    let client = world.network.connect("inproc://notification").unwrap();
    let mut registry = RegistryServiceClient::new(client);
    let list = registry.list_gateways(ListGatewaysRequest {}).await;
    list.unwrap().into_inner()
}

#[tokio::test]
async fn gateways_are_listed_with_the_connections_of_their_last_beat() {
    let world = World::settled().await;
    let a = FakeGateway::start(&world.network, "a", 1).await;
    let mut attached = world.attach(&a).await;
    attached.ask(interest(1, &[1])).await.unwrap();
    attached.ask(beat(&[1])).await.unwrap();

    let list = list(&world).await;

    let registered = RegisteredGateway {
        gateway_id: "a".into(),
        address: a.gateway.address.to_string(),
        connections: 1,
    };
    assert_eq!(list.gateways, [registered]);
    assert!(list.fresh);
}

#[tokio::test]
async fn a_list_is_not_fresh_while_the_registry_is_away_or_was_emptied() {
    let world = World::settled().await;
    assert!(list(&world).await.fresh);

    world.registry.go_away(true);
    assert_eq!(list(&world).await, ListGatewaysResponse::default());

    world.registry.go_away(false);
    world.registry.empty();
    assert!(!list(&world).await.fresh);
}
