//! A whole chat service in this process: gRPC without a network, one SQLite file, the embedded log.

#![allow(clippy::unwrap_used, reason = "a broken world fails its test")]

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bus::{Bus, BusError, ConsumeError, Consumer, PublishError, Publisher, Record};
use chat::{Chat, Database, Settings};
use prost::Message;
use proto::{
    chat::{self as v1, chat_service_client::ChatServiceClient},
    event::{self, room_event},
    topics::{CHAT_EVENTS, PARTITIONS},
};
use runtime::{
    Health, Shutdown,
    grpc::{Client, InternalCredential, Network, serve},
};
use tokio::{task::JoinSet, time::timeout};
use uuid::Uuid;
use xxhash_rust::xxh3::xxh3_64;

const PATIENCE: Duration = Duration::from_secs(20);

/// The service, and what outlives it.
pub(crate) struct World {
    pub(crate) chat: ChatServiceClient<Client>,
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) database: sqlite::Database,
    shutdown: Shutdown,
    tasks: JoinSet<()>,
}

impl World {
    pub(crate) async fn start() -> Self {
        let database = sqlite::Database::temporary().await.unwrap();
        Self::over(database, |bus| bus).await
    }

    /// Over a database that may have been used, with the log as `change` makes it.
    pub(crate) async fn over(
        database: sqlite::Database,
        change: impl FnOnce(Arc<dyn Bus>) -> Arc<dyn Bus>,
    ) -> Self {
        let bus = bus::embedded(database.clone()).await.unwrap();
        bus.ensure_topic(CHAT_EVENTS, PARTITIONS).await.unwrap();
        let settings = Settings {
            signing_key: None,
            issuer: "https://chappe.example".to_owned(),
            access_token_seconds: 900,
        };
        let store = Database::Sqlite(database.clone());
        store.migrate().await.unwrap();
        let store = store.open().await.unwrap();
        let chat = Chat::build(settings, store, change(Arc::clone(&bus)))
            .await
            .unwrap();

        let shutdown = Shutdown::new(Duration::from_secs(10));
        let network = Network::new(InternalCredential::random());
        let listener = network.listen("inproc://chat").await.unwrap();
        let client = ChatServiceClient::new(network.connect("inproc://chat").unwrap());
        let mut tasks = JoinSet::new();
        let (routes, stop) = (chat.routes(), shutdown.clone());
        tasks.spawn(async move { serve(listener, routes, Health::new(), stop).await.unwrap() });
        let stop = shutdown.clone();
        tasks.spawn(async move { chat.run(stop, Health::new()).await.unwrap() });
        Self {
            chat: client,
            bus,
            database,
            shutdown,
            tasks,
        }
    }

    /// Stops in order.
    pub(crate) async fn stop(mut self) {
        self.shutdown.trigger();
        while let Some(ended) = self.tasks.join_next().await {
            ended.unwrap();
        }
    }

    /// Ends everything at once, as far as a process can do that to itself.
    pub(crate) async fn kill(mut self) -> sqlite::Database {
        self.tasks.shutdown().await;
        self.database
    }

    pub(crate) async fn register(&self, username: &str) -> v1::User {
        let request = v1::RegisterRequest {
            username: username.to_owned(),
            password: "correct horse".to_owned(),
            display_name: None,
        };
        let session = self.chat.clone().register(request).await.unwrap();
        session.into_inner().user.unwrap()
    }

    pub(crate) async fn room(&self, owner: &v1::User, title: &str) -> v1::Room {
        let request = v1::CreateRoomRequest {
            caller_id: owner.id.clone(),
            title: title.to_owned(),
            kind: event::RoomKind::Group.into(),
            visibility: event::Visibility::Private.into(),
            member_ids: Vec::new(),
        };
        self.chat
            .clone()
            .create_room(request)
            .await
            .unwrap()
            .into_inner()
    }

    pub(crate) async fn send(&self, sender: &v1::User, room: &v1::Room, body: &str) -> Uuid {
        let id = fresh_id();
        let request = message(sender, room, id, body);
        self.chat.clone().send_message(request).await.unwrap();
        id
    }

    /// The events of a topic's records so far, read from the beginning until `enough` says so.
    pub(crate) async fn events(
        &self,
        enough: impl Fn(&[event::RoomEvent]) -> bool,
    ) -> Vec<event::RoomEvent> {
        let mut events = Vec::new();
        let mut consumer = self.consumer(CHAT_EVENTS).await;
        let reading = async {
            while !enough(&events) {
                for received in consumer.receive(100).await.unwrap() {
                    let record = received.record.unwrap();
                    if !record.event.r#type.starts_with("personal.") {
                        events.push(event::RoomEvent::decode(record.value).unwrap());
                    }
                }
            }
        };
        let waited = timeout(PATIENCE, reading).await;
        assert!(waited.is_ok(), "only these events arrived: {events:#?}");
        events
    }

    /// The first record of a topic.
    pub(crate) async fn first_record(&self, topic: &str) -> Record {
        let mut consumer = self.consumer(topic).await;
        let received = timeout(PATIENCE, consumer.receive(1))
            .await
            .expect("a record arrives");
        received.unwrap().remove(0).record.unwrap()
    }

    async fn consumer(&self, topic: &str) -> Box<dyn Consumer> {
        self.bus
            .ensure_topic(topic.trim_end_matches(".dead-letter"), PARTITIONS)
            .await
            .unwrap();
        let group = fresh_id().to_string();
        self.bus.subscribe(&group, &[topic]).await.unwrap()
    }
}

pub(crate) fn message(
    sender: &v1::User,
    room: &v1::Room,
    id: Uuid,
    body: &str,
) -> v1::SendMessageRequest {
    v1::SendMessageRequest {
        caller_id: sender.id.clone(),
        room_id: room.id.clone(),
        message_id: id.to_string(),
        body: body.to_owned(),
        reply_to: None,
    }
}

/// The bodies of messages among events.
pub(crate) fn bodies(events: &[event::RoomEvent]) -> Vec<String> {
    let bodies = events.iter().filter_map(|event| match &event.body {
        Some(room_event::Body::MessageCreated(message)) => Some(message.body.clone()),
        _ => None,
    });
    bodies.collect()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test is a client, and clients make ids"
)]
pub(crate) fn fresh_id() -> Uuid {
    Uuid::now_v7()
}

/// The embedded log, but about every third record is not taken.
pub(crate) struct Moody {
    bus: Arc<dyn Bus>,
    publisher: Arc<MoodyPublisher>,
}

struct MoodyPublisher {
    inner: Arc<dyn Publisher>,
    count: AtomicU32,
}

impl Moody {
    pub(crate) fn over(bus: Arc<dyn Bus>) -> Arc<dyn Bus> {
        let publisher = Arc::new(MoodyPublisher {
            inner: bus.publisher(),
            count: AtomicU32::new(0),
        });
        Arc::new(Self { bus, publisher })
    }
}

#[async_trait]
impl Publisher for MoodyPublisher {
    async fn publish(&self, topic: &str, records: Vec<Record>) -> Vec<Result<(), PublishError>> {
        let mut failed = BTreeSet::new();
        let mut answers = Vec::new();
        for record in records {
            let count = self.count.fetch_add(1, Ordering::SeqCst);
            // Without a rhythm that a send could fall in with.
            let unlucky = xxh3_64(&count.to_le_bytes()).is_multiple_of(3);
            if unlucky || failed.contains(&record.key) {
                failed.insert(record.key);
                answers.push(Err(PublishError::Unavailable("moody".to_owned())));
            } else {
                answers.extend(self.inner.publish(topic, vec![record]).await);
            }
        }
        answers
    }
}

#[async_trait]
impl Bus for Moody {
    fn publisher(&self) -> Arc<dyn Publisher> {
        self.publisher.clone()
    }

    async fn subscribe(
        &self,
        group: &str,
        topics: &[&str],
    ) -> Result<Box<dyn Consumer>, ConsumeError> {
        self.bus.subscribe(group, topics).await
    }

    async fn ensure_topic(&self, topic: &str, partitions: i32) -> Result<(), BusError> {
        self.bus.ensure_topic(topic, partitions).await
    }

    async fn healthy(&self) -> Result<(), BusError> {
        self.bus.healthy().await
    }
}
