//! How many sends per second chat acknowledges over gRPC, and how soon a fact is in the event log.
//!
//! `scripts/stack run cargo run --release -p chat --example sends -- [senders] [rooms] [seconds]`

use std::{env, sync::Arc, time::Duration};

use anyhow::Context;
use bus::{Bus, KafkaSettings};
use chat::{Chat, Database, Settings};
use proto::{
    chat::{self as v1, chat_service_client::ChatServiceClient},
    event,
    topics::{CHAT_EVENTS, PARTITIONS},
};
use runtime::{
    Health, Shutdown,
    grpc::{Client, InternalCredential, Network, serve},
};
use time::OffsetDateTime;
use tokio::{sync::oneshot, task::JoinSet, time::Instant};
use uuid::Uuid;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = env::args().skip(1);
    let mut number = |default: usize| -> anyhow::Result<usize> {
        arguments
            .next()
            .map_or(Ok(default), |text| Ok(text.parse()?))
    };
    let (senders, rooms, seconds) = (number(32)?, number(1)?, number(5)?);

    let server = |name: &str| env::var(name).with_context(|| format!("{name} is not set"));
    let brokers = server("CHAPPE_TEST_KAFKA_BROKERS")?;
    let bus = bus::kafka(KafkaSettings::new(brokers, "sends"))?;
    bus.ensure_topic(CHAT_EVENTS, PARTITIONS).await?;
    let database = Database::Postgres(server("CHAPPE_TEST_POSTGRES_URL")?.into());
    database.migrate().await?;
    let settings = Settings {
        signing_key: None,
        issuer: "http://127.0.0.1".to_owned(),
        access_token_seconds: 900,
    };
    let chat = Chat::build(settings, database.open().await?, Arc::clone(&bus)).await?;
    let network = Network::new(InternalCredential::random());
    let listener = network.listen("127.0.0.1:0").await?;
    let client = network.connect(listener.address())?;
    let shutdown = Shutdown::new(Duration::from_secs(10));
    tokio::spawn(serve(
        listener,
        chat.routes(),
        Health::new(),
        shutdown.clone(),
    ));
    let running = tokio::spawn(chat.run(shutdown.clone(), Health::new()));

    let client = ChatServiceClient::new(client);
    let places = places(client.clone(), rooms).await?;
    let (ready, is_ready) = oneshot::channel();
    let published = tokio::spawn(published(bus, ready));
    is_ready.await?;
    let end = Instant::now() + Duration::from_secs(seconds as u64);
    let mut tasks = JoinSet::new();
    for sender in 0..senders {
        tasks.spawn(send(client.clone(), places.clone(), sender, end));
    }
    let mut latencies = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        latencies.append(&mut ended??);
    }
    let rate = latencies.len() / seconds;
    println!(
        "{senders} senders, {rooms} rooms: {rate} acknowledged/s, ack {}",
        spread(latencies)
    );
    println!(
        "from acceptance to the consumer: {}",
        spread(published.await??)
    );
    shutdown.trigger();
    running.await?
}

/// A person and the rooms they are in.
async fn places(
    mut client: ChatServiceClient<Client>,
    rooms: usize,
) -> anyhow::Result<Vec<(String, String)>> {
    let register = v1::RegisterRequest {
        username: format!("sender-{}", fresh_id().simple()),
        password: "correct horse".to_owned(),
        display_name: None,
    };
    let session = client.register(register).await?.into_inner();
    let owner = session.user.context("a session has a user")?.id;
    let mut places = Vec::new();
    for number in 0..rooms {
        let room = v1::CreateRoomRequest {
            caller_id: owner.clone(),
            title: format!("room {number}"),
            kind: event::RoomKind::Group.into(),
            visibility: event::Visibility::Private.into(),
            member_ids: Vec::new(),
        };
        let room = client.create_room(room).await?.into_inner();
        places.push((owner.clone(), room.id));
    }
    Ok(places)
}

async fn send(
    mut client: ChatServiceClient<Client>,
    places: Vec<(String, String)>,
    mut turn: usize,
    end: Instant,
) -> anyhow::Result<Vec<Duration>> {
    let mut latencies = Vec::new();
    while Instant::now() < end {
        let (caller, room) = &places[turn % places.len()];
        turn += 31;
        let began = Instant::now();
        let request = v1::SendMessageRequest {
            caller_id: caller.clone(),
            room_id: room.clone(),
            message_id: fresh_id().to_string(),
            body: "x".repeat(200),
            reply_to: None,
        };
        client.send_message(request).await?;
        latencies.push(began.elapsed());
    }
    Ok(latencies)
}

/// The ages of messages as they come out of the log, until none has come for a while. Ready when it has
/// read what was there before.
async fn published(bus: Arc<dyn Bus>, ready: oneshot::Sender<()>) -> anyhow::Result<Vec<Duration>> {
    let group = fresh_id().to_string();
    let mut consumer = bus.subscribe(&group, &[CHAT_EVENTS]).await?;
    let quiet = Duration::from_secs(4);
    consumer.receive(1_000).await?;
    while tokio::time::timeout(quiet / 2, consumer.receive(1_000))
        .await
        .is_ok()
    {}
    let _ = ready.send(());
    let mut ages = Vec::new();
    while let Ok(batch) = tokio::time::timeout(quiet, consumer.receive(1_000)).await {
        let now = now();
        for received in batch? {
            if let Ok(record) = received.record {
                ages.push((now - record.event.time).try_into().unwrap_or_default());
            }
        }
    }
    Ok(ages)
}

fn spread(mut latencies: Vec<Duration>) -> String {
    latencies.sort();
    let at = |share: usize| {
        latencies
            .get(latencies.len() * share / 100)
            .copied()
            .unwrap_or_default()
    };
    format!(
        "p50 {:.1?}, p99 {:.1?} of {}",
        at(50),
        at(99),
        latencies.len()
    )
}

#[expect(clippy::disallowed_methods, reason = "a client makes its ids")]
fn fresh_id() -> Uuid {
    Uuid::now_v7()
}

#[expect(clippy::disallowed_methods, reason = "a client has its own clock")]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
