//! Notification with everything around it, in one process.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bus::{Bus, CloudEvent, Consumer, Record};
use notification::application::ports::{Changed, Registered, Registry, Verdict};
use notification::domain::{Change, Digest, LEASE, Report, Step, Topic};
use notification::{Notification, Settings};
use prost::Message;
use proto::event::{RoomDeleted, RoomEvent, room_event};
use proto::notification::attach_request::Message as Say;
use proto::notification::attach_response::Message as Answer;
use proto::notification::registry_service_client::RegistryServiceClient;
use proto::notification::{AttachRequest, AttachResponse, Hello};
use proto::topics::{CHAT_EVENTS, PARTITIONS};
use runtime::grpc::{Client, InternalCredential, Network};
use runtime::{Health, Shutdown};
use time::OffsetDateTime;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;
use uuid::Uuid;

use super::edge::FakeGateway;
use super::fickle::FickleRegistry;
use super::watched::WatchedBus;

pub(crate) const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

pub(crate) struct World {
    pub(crate) network: Network,
    pub(crate) registry: Arc<FickleRegistry>,
    pub(crate) bus: Arc<WatchedBus>,
    running: Option<(Shutdown, JoinHandle<()>)>,
}

impl World {
    /// Nothing runs yet, and the registry is empty.
    pub(crate) async fn new(lease: Duration) -> Self {
        let database = sqlite::Database::temporary().await.unwrap();
        let bus = bus::embedded(database).await.unwrap();
        bus.ensure_topic(CHAT_EVENTS, PARTITIONS).await.unwrap();
        Self {
            network: Network::new(InternalCredential::random()),
            registry: Arc::new(FickleRegistry::new(lease)),
            bus: Arc::new(WatchedBus::new(bus)),
            running: None,
        }
    }

    /// A registry that is trusted, without gateways; notification runs.
    pub(crate) async fn settled() -> Self {
        let mut world = Self::new(Duration::from_millis(500)).await;
        world.settle().await;
        world.start().await;
        world
    }

    pub(crate) async fn settle(&self) {
        until("the registry is trusted", async || {
            self.registry.settle(&[]).await.unwrap()
        })
        .await;
    }

    pub(crate) async fn start(&mut self) {
        let shutdown = Shutdown::new(Duration::from_secs(5));
        let notification = Notification::build(
            Settings::default(),
            self.registry.clone(),
            self.bus.clone(),
            self.network.clone(),
        )
        .await
        .unwrap();
        let listener = self.network.listen("inproc://notification").await.unwrap();
        let health = Health::new();
        let routes = notification.routes();
        let serve = runtime::grpc::serve(listener, routes, health.clone(), shutdown.clone());
        let run = notification.run(shutdown.clone(), health);
        let running = tokio::spawn(async move {
            let (served, ran) = tokio::join!(serve, run);
            served.unwrap();
            ran.unwrap();
        });
        self.running = Some((shutdown, running));
    }

    /// Told to stop, and waited for.
    pub(crate) async fn stop(&mut self) {
        let (shutdown, running) = self.running.take().unwrap();
        shutdown.trigger();
        timeout(Duration::from_secs(10), running)
            .await
            .unwrap()
            .unwrap();
    }

    /// Without any farewell.
    pub(crate) async fn kill(&mut self) {
        let (_, running) = self.running.take().unwrap();
        running.abort();
        let _ = running.await;
    }

    /// A gateway whose lease lives on by itself, with these rooms.
    pub(crate) async fn gateway(&self, name: &str, rooms: &[Uuid]) -> FakeGateway {
        let fake = FakeGateway::start(&self.network, name, 1).await;
        self.register(&fake, rooms).await;
        let (registry, gateway) = (self.registry.clone(), fake.gateway.clone());
        let report = report(rooms);
        tokio::spawn(async move {
            loop {
                let _ = registry.beat(&gateway.incarnation, &report).await;
                sleep(Duration::from_millis(50)).await;
            }
        });
        fake
    }

    /// Registers a gateway that does not beat.
    pub(crate) async fn register(&self, fake: &FakeGateway, rooms: &[Uuid]) {
        let gateway = &fake.gateway;
        assert_eq!(
            self.registry.register(gateway).await.unwrap(),
            Registered::Held
        );
        let add = Change {
            add: rooms.iter().copied().map(Topic::Room).collect(),
            ..Change::default()
        };
        let step = Step {
            operation: 1,
            part: 0,
        };
        let changed = self
            .registry
            .change_interest(&gateway.incarnation, step, &add)
            .await;
        assert_eq!(changed.unwrap(), Changed::Noted);
        let verdict = self
            .registry
            .beat(&gateway.incarnation, &report(rooms))
            .await;
        assert_eq!(verdict.unwrap(), Verdict::Agrees);
    }

    /// A stream on which nothing was said.
    pub(crate) async fn open(&self) -> Attached {
        let client = self.network.connect("inproc://notification").unwrap();
        let mut client: RegistryServiceClient<Client> = RegistryServiceClient::new(client);
        let (say, said) = mpsc::channel(16);
        Attached {
            say,
            answers: client
                .attach(ReceiverStream::new(said))
                .await
                .unwrap()
                .into_inner(),
        }
    }

    /// A gateway that speaks to notification as real ones do.
    pub(crate) async fn attach(&self, fake: &FakeGateway) -> Attached {
        let attached = self.open().await;
        attached
            .say(Say::Hello(Hello {
                gateway_id: fake.gateway.incarnation.id.to_string(),
                boot_epoch: fake.gateway.incarnation.epoch.get(),
                address: fake.gateway.address.to_string(),
            }))
            .await;
        attached
    }

    pub(crate) async fn publish(&self, room: Uuid, sequences: impl IntoIterator<Item = i64>) {
        let records = sequences.into_iter().map(|seq| {
            let event = RoomEvent {
                room_id: room.to_string(),
                seq,
                body: Some(room_event::Body::RoomDeleted(RoomDeleted {})),
                ..RoomEvent::default()
            };
            record(room, event.encode_to_vec())
        });
        self.publish_records(records.collect()).await;
    }

    pub(crate) async fn publish_records(&self, records: Vec<Record>) {
        for result in self.bus.publisher().publish(CHAT_EVENTS, records).await {
            result.unwrap();
        }
    }

    /// The `seq` of the first event of the room that would be delivered again.
    pub(crate) async fn first_uncommitted(&self) -> i64 {
        let mut consumer = self.consumer("notification-router", CHAT_EVENTS).await;
        let received = consumer.receive(1).await.unwrap();
        let record = received[0].record.as_ref().unwrap();
        RoomEvent::decode(record.value.clone()).unwrap().seq
    }

    pub(crate) async fn consumer(&self, group: &str, topic: &str) -> Box<dyn Consumer> {
        self.bus.subscribe(group, &[topic]).await.unwrap()
    }
}

pub(crate) struct Attached {
    say: mpsc::Sender<AttachRequest>,
    answers: Streaming<AttachResponse>,
}

impl Attached {
    pub(crate) async fn say(&self, message: Say) {
        let message = Some(message);
        self.say.send(AttachRequest { message }).await.unwrap();
    }

    pub(crate) async fn answer(&mut self) -> Result<Answer, tonic::Status> {
        let answer = timeout(Duration::from_secs(10), self.answers.message())
            .await
            .unwrap();
        Ok(answer?.expect("the stream is open").message.unwrap())
    }

    pub(crate) async fn ask(&mut self, message: Say) -> Result<Answer, tonic::Status> {
        self.say(message).await;
        self.answer().await
    }
}

pub(crate) fn room(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub(crate) fn report(rooms: &[Uuid]) -> Report {
    let topics: Vec<_> = rooms.iter().copied().map(Topic::Room).collect();
    Report {
        connections: 1,
        topics: topics.len() as u64,
        digest: Digest::of(&topics),
        draining: false,
    }
}

pub(crate) fn record(room: Uuid, value: Vec<u8>) -> Record {
    let event = CloudEvent {
        id: "1".into(),
        source: "/chappe/chat".into(),
        r#type: "room.deleted".into(),
        subject: None,
        time: OffsetDateTime::UNIX_EPOCH,
        traceparent: Some(TRACE.into()),
    };
    Record::new(room.to_string(), event, value)
}

/// As long as production's; for tests that are not about leases.
pub(crate) const LONG: Duration = LEASE;

pub(crate) async fn until<F: Future<Output = bool>>(what: &str, condition: impl Fn() -> F) {
    let deadline = Instant::now() + Duration::from_secs(15);
    while !condition().await {
        assert!(Instant::now() < deadline, "not within 15 s: {what}");
        sleep(Duration::from_millis(10)).await;
    }
}

pub(crate) async fn sequences(fake: &FakeGateway, expected: &[i64]) {
    let name = &fake.gateway.incarnation.id;
    let deadline = Instant::now() + Duration::from_secs(15);
    while fake.sequences() != expected {
        let now = fake.sequences();
        assert!(
            Instant::now() < deadline,
            "{name} has {now:?} and not {expected:?}"
        );
        sleep(Duration::from_millis(10)).await;
    }
}
