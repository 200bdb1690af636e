//! Several bots in one process: started, stopped and changed by a file, each for itself.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "contract/logs.rs"]
mod logs;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use async_trait::async_trait;
use bot::{
    Bots, Settings, Store,
    application::{
        error::{TelegramError, Unavailable},
        ports::{Identity, RoomPage, Rooms, Telegram, Telegrams},
    },
    domain::{
        bot::Token,
        bridge::{ChatId, RoomId},
        event::{Position, RoomEvent},
        heard::{Message, Sender, Update},
    },
};
use bus::{Bus, CloudEvent, Record};
use prost::Message as _;
use proto::{
    bot::{Bot, BotState, ListBotsRequest, bridge_service_client::BridgeServiceClient},
    event,
    telegram::TelegramMessage,
    topics,
};
use runtime::{
    Health, Shutdown,
    grpc::{self, InternalCredential, Network},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use time::{OffsetDateTime, macros::datetime};
use tokio::{task::JoinHandle, time::timeout};
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(30);
const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);
const EPOCH: &str = "first";

fn room(number: u128) -> RoomId {
    RoomId(Uuid::from_u128(number))
}

/// All of Telegram: its bots by their tokens, what they are asked and what they say.
#[derive(Default)]
struct FakeTelegram(Mutex<World>);

#[derive(Default)]
struct World {
    /// Token → id. Others are refused.
    bots: HashMap<String, i64>,
    /// What the next getMe of this token panics by.
    cursed: HashSet<String>,
    /// Calls of getMe by token.
    identified: HashMap<String, u32>,
    /// Calls of getUpdates that go on, by bot.
    listening: HashMap<i64, u32>,
    /// Bots for which two listened at once.
    doubled: HashSet<i64>,
    updates: HashMap<i64, BTreeMap<i64, Update>>,
    sent: Vec<(i64, ChatId, String)>,
}

/// Telegram as the holder of one token sees it.
struct Holder {
    telegram: Arc<FakeTelegram>,
    token: String,
}

struct FakeTelegrams(Arc<FakeTelegram>);

impl Telegrams for FakeTelegrams {
    fn of(&self, token: &Token) -> Arc<dyn Telegram> {
        Arc::new(Holder {
            telegram: self.0.clone(),
            token: token.expose().to_owned(),
        })
    }
}

impl FakeTelegram {
    fn world(&self) -> MutexGuard<'_, World> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn says(&self, bot: i64, chat: ChatId, id: i64, text: &str) {
        let message = Message {
            chat,
            id,
            sender: Sender {
                id: 9,
                name: "Ada".to_owned(),
                handle: None,
            },
            text: text.to_owned(),
            sent_at: NOW,
        };
        let update = Update {
            id,
            message: Some(message),
        };
        let mut world = self.world();
        world.updates.entry(bot).or_default().insert(id, update);
    }
}

impl Holder {
    fn bot(&self) -> Result<i64, TelegramError> {
        let known = self.telegram.world().bots.get(&self.token).copied();
        known.ok_or_else(|| TelegramError::BadToken("it knows no bot with it".to_owned()))
    }
}

/// Listening, for as long as it lives.
struct Ear<'a>(&'a FakeTelegram, i64);

impl<'a> Ear<'a> {
    fn open(telegram: &'a FakeTelegram, bot: i64) -> Self {
        let mut world = telegram.world();
        let ears = world.listening.entry(bot).or_default();
        *ears += 1;
        if *ears > 1 {
            world.doubled.insert(bot);
        }
        Self(telegram, bot)
    }
}

impl Drop for Ear<'_> {
    fn drop(&mut self) {
        *self.0.world().listening.get_mut(&self.1).unwrap() -= 1;
    }
}

#[async_trait]
impl Telegram for Holder {
    async fn identify(&self) -> Result<Identity, TelegramError> {
        let is_cursed = {
            let mut world = self.telegram.world();
            *world.identified.entry(self.token.clone()).or_default() += 1;
            world.cursed.remove(&self.token)
        };
        assert!(!is_cursed, "a defect of the bot, made by the test");
        let id = self.bot()?;
        Ok(Identity {
            id,
            username: Some(format!("bot_{id}")),
        })
    }

    async fn updates(&self, from: i64, _: Duration) -> Result<Vec<Update>, TelegramError> {
        let bot = self.bot()?;
        let _ear = Ear::open(&self.telegram, bot);
        let pending: Vec<_> = {
            let mut world = self.telegram.world();
            let updates = world.updates.entry(bot).or_default();
            *updates = updates.split_off(&from);
            updates.values().cloned().collect()
        };
        if pending.is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(pending)
    }

    async fn send(&self, chat: ChatId, text: &str) -> Result<i64, TelegramError> {
        let bot = self.bot()?;
        let mut world = self.telegram.world();
        world.sent.push((bot, chat, text.to_owned()));
        Ok(i64::try_from(world.sent.len()).unwrap())
    }
}

/// Rooms 1 to 9 are there, and empty but for what comes over the bus.
struct FakeRooms;

#[async_trait]
impl Rooms for FakeRooms {
    async fn events_after(&self, asked: RoomId, _: i64) -> Result<Option<RoomPage>, Unavailable> {
        let head = Position {
            epoch: EPOCH.to_owned(),
            seq: 0,
        };
        let events = Vec::<RoomEvent>::new();
        let is_there = (1..10).any(|number| room(number) == asked);
        Ok(is_there.then_some(RoomPage { events, head }))
    }
}

/// A process of bots, with its file.
struct Process {
    folder: TempDir,
    telegram: Arc<FakeTelegram>,
    store: Store,
    bus: Arc<dyn Bus>,
    health: Health,
    shutdown: Shutdown,
    bridges: BridgeServiceClient<grpc::Client>,
    task: JoinHandle<()>,
}

impl Process {
    /// With these bots in its file; Telegram knows those whose tokens are written `<id>:…`.
    async fn start(bots: &[Value]) -> Self {
        Self::start_with(bots, |path| Settings {
            telegram_token: None,
            telegram_api_url: None,
            bots: Some(path),
            bridge: Vec::new(),
        })
        .await
    }

    async fn start_with(bots: &[Value], settings: impl FnOnce(PathBuf) -> Settings) -> Self {
        logs::collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bots.json");
        std::fs::write(&path, json!({ "bots": bots }).to_string()).unwrap();
        let database = sqlite::Database::temporary().await.unwrap();
        let bus = bus::embedded(database.clone()).await.unwrap();
        bus.ensure_topic(topics::CHAT_EVENTS, 4).await.unwrap();
        let telegram = Arc::new(FakeTelegram::default());
        for bot in bots {
            let token = bot["token"].as_str().unwrap();
            if let Ok(id) = token.split(':').next().unwrap().parse() {
                telegram.world().bots.insert(token.to_owned(), id);
            }
        }
        let store = Store::sqlite(database).await.unwrap();
        Self::run(folder, settings(path), telegram, store, bus).await
    }

    /// Another replica: with the same file, on the same store and log.
    async fn replica(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bots.json");
        std::fs::copy(self.folder.path().join("bots.json"), &path).unwrap();
        let settings = Settings {
            telegram_token: None,
            telegram_api_url: None,
            bots: Some(path),
            bridge: Vec::new(),
        };
        let (telegram, store) = (self.telegram.clone(), self.store.clone());
        Self::run(folder, settings, telegram, store, self.bus.clone()).await
    }

    async fn run(
        folder: TempDir,
        settings: Settings,
        telegram: Arc<FakeTelegram>,
        store: Store,
        bus: Arc<dyn Bus>,
    ) -> Self {
        let bots = Bots::compose(
            settings,
            Arc::new(FakeTelegrams(telegram.clone())),
            store.clone(),
            bus.clone(),
            Arc::new(FakeRooms),
        )
        .unwrap();
        let network = Network::new(InternalCredential::random());
        let listener = network.listen("inproc://bot").await.unwrap();
        let bridges = BridgeServiceClient::new(network.connect("inproc://bot").unwrap());
        let (shutdown, health) = (Shutdown::new(Duration::from_secs(10)), Health::new());
        let served = grpc::serve(listener, bots.routes(), health.clone(), shutdown.clone());
        tokio::spawn(served);
        Self {
            folder,
            telegram,
            store,
            bus,
            bridges,
            task: tokio::spawn(bots.run(shutdown.clone(), health.clone())),
            health,
            shutdown,
        }
    }

    fn knows(&self, token: &str, id: i64) {
        let mut world = self.telegram.world();
        world.bots.insert(token.to_owned(), id);
    }

    /// Writes the file as Kubernetes does: all of it at once.
    fn write(&self, contents: &str) {
        let path = self.folder.path().join("next");
        std::fs::write(&path, contents).unwrap();
        std::fs::rename(path, self.folder.path().join("bots.json")).unwrap();
    }

    fn configure(&self, bots: &[Value]) {
        self.write(&json!({ "bots": bots }).to_string());
    }

    async fn list(&self) -> Vec<Bot> {
        let answer = self.bridges.clone().list_bots(ListBotsRequest {}).await;
        let bots = answer.unwrap().into_inner().bots;
        let shown = format!("{bots:?}");
        assert!(!shown.contains("secret"), "a token is shown: {shown}");
        bots
    }

    /// Waits until the list of bots is as it should be.
    async fn until(&self, what: &str, holds: impl Fn(&[Bot]) -> bool) -> Vec<Bot> {
        let mut last = Vec::new();
        let waiting = async {
            loop {
                last = self.list().await;
                if holds(&last) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let done = timeout(PATIENCE, waiting).await.is_ok();
        assert!(done, "{what}: {last:#?}");
        last
    }

    async fn bridging(&self, names: &[&str]) -> Vec<Bot> {
        self.until(&format!("{names:?} bridge"), |bots| {
            let found: Vec<_> = bots.iter().map(|bot| bot.name.as_str()).collect();
            found == names && bots.iter().all(|bot| bot.state() == BotState::Bridging)
        })
        .await
    }

    /// Somebody writes in a room.
    async fn write_in(&self, room: RoomId, seq: i64, body: &str) {
        let id = Uuid::from_u128(room.0.as_u128() << 64 | u128::try_from(seq).unwrap());
        let message = event::Message {
            id: id.to_string(),
            body: body.to_owned(),
            sender: Some(event::UserRef {
                display_name: "Ada".to_owned(),
                ..event::UserRef::default()
            }),
            ..event::Message::default()
        };
        let value = event::RoomEvent {
            room_id: room.to_string(),
            epoch: EPOCH.to_owned(),
            seq,
            body: Some(event::room_event::Body::MessageCreated(message)),
            ..event::RoomEvent::default()
        };
        let event = CloudEvent {
            id: format!("{room}/{seq}"),
            source: "/chappe/chat".to_owned(),
            r#type: "chappe.room.message.created".to_owned(),
            subject: None,
            time: NOW,
            traceparent: None,
        };
        let record = Record::new(room.to_string(), event, value.encode_to_vec());
        let publisher = self.bus.publisher();
        let results = publisher.publish(topics::CHAT_EVENTS, vec![record]).await;
        assert!(results.iter().all(Result::is_ok), "{results:?}");
    }

    /// Waits until so much was sent to Telegram, and answers it by chat.
    async fn sent(&self, count: usize) -> Vec<(i64, i64, String)> {
        let all = || self.telegram.world().sent.clone();
        let waiting = async {
            while all().len() < count {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let done = timeout(PATIENCE, waiting).await.is_ok();
        let mut sent: Vec<_> = all()
            .into_iter()
            .map(|(bot, chat, text)| (bot, chat.0, text))
            .collect();
        assert!(done, "{sent:?}");
        sent.sort();
        sent
    }

    /// Waits until these texts are on their way to chat, each once.
    async fn handed_on(&self, count: usize) -> Vec<String> {
        let mut consumer = self
            .bus
            .subscribe("the-test", &[topics::TELEGRAM_MESSAGES])
            .await
            .unwrap();
        let mut texts = Vec::new();
        while texts.len() < count {
            let batch = timeout(PATIENCE, consumer.receive(100)).await;
            for received in batch.expect("handed on in time").unwrap() {
                let value = received.record.unwrap().value;
                texts.push(TelegramMessage::decode(value).unwrap().text);
            }
        }
        texts.sort();
        texts
    }

    fn times_identified(&self, token: &str) -> u32 {
        let world = self.telegram.world();
        world.identified.get(token).copied().unwrap_or(0)
    }

    fn listens(&self, bot: i64) -> bool {
        let world = self.telegram.world();
        world.listening.get(&bot).is_some_and(|ears| *ears > 0)
    }

    async fn stop(self) {
        self.shutdown.trigger();
        let stopped = timeout(PATIENCE, self.task).await;
        stopped.expect("it stops in time").unwrap();
        let doubled = self.telegram.world().doubled.clone();
        assert!(doubled.is_empty(), "two listened at once for {doubled:?}");
        let shown = logs::lines_with("secret");
        assert!(shown.is_empty(), "a token is shown: {shown:#?}");
    }
}

fn entry(name: &str, token: &str, bridges: &[(i64, u128)]) -> Value {
    let bridges: Vec<_> = bridges
        .iter()
        .map(|(chat, number)| json!({"chat": chat, "room": room(*number).to_string()}))
        .collect();
    json!({"name": name, "token": token, "delivery": "polling", "bridges": bridges})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_is_new_in_the_file_starts_and_one_that_is_gone_lets_go() {
    let support = entry("support", "7:secret", &[(-1, 1)]);
    let process = Process::start(&[]).await;
    process.knows("7:secret", 7);
    process.until("there is none", <[_]>::is_empty).await;
    process.configure(std::slice::from_ref(&support));
    let bots = process.bridging(&["support"]).await;
    assert_eq!(bots[0].token_version.len(), 8);
    assert_eq!(bots[0].bot_id, Some(7));
    assert_eq!(bots[0].username.as_deref(), Some("bot_7"));
    assert_eq!(bots[0].last_error, None);
    assert_eq!(bots[0].bridges.len(), 1);

    process.configure(&[]);
    process.until("it is gone", <[_]>::is_empty).await;
    assert!(!process.listens(7));
    // It gave up the lead: whoever comes next gets it.
    process.configure(&[support]);
    process.bridging(&["support"]).await;
    process.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_token_restarts_its_bot_and_no_other() {
    let other = entry("other", "8:secret", &[(-2, 2)]);
    let process = Process::start(&[entry("support", "7:secret", &[(-1, 1)]), other.clone()]).await;
    let before = process.bridging(&["other", "support"]).await;
    // Telegram knows the new one; as long as it takes, both.
    process.knows("7:new-secret", 7);
    process.configure(&[entry("support", "7:new-secret", &[(-1, 1)]), other]);
    let changed = |bots: &[Bot]| {
        let version = bots.iter().map(|bot| &bot.token_version).nth(1);
        version.is_some_and(|version| *version != before[1].token_version)
            && bots[1].state() == BotState::Bridging
    };
    let after = process.until("the new token is used", changed).await;
    assert_eq!(after[0], before[0]);
    assert_eq!(after[1].bot_id, Some(7));
    assert_eq!(process.times_identified("8:secret"), 1);
    process.write_in(room(1), 1, "hello").await;
    assert_eq!(process.sent(1).await, [(7, -1, "Ada:\nhello".to_owned())]);
    process.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_file_changes_nothing() {
    let process = Process::start(&[entry("support", "7:secret", &[(-1, 1)])]).await;
    let before = process.bridging(&["support"]).await;
    let asked = process.times_identified("7:secret");
    let path = process.folder.path().join("bots.json");
    let path = path.display().to_string();
    let doubled = entry("support", "7:secret", &[]);
    for (broken, reason) in [
        ("{\"bots\": [{\"token\": \"7:secret".to_owned(), "no JSON"),
        (
            json!({"bots": [doubled, doubled]}).to_string(),
            "two bots have",
        ),
    ] {
        process.write(&broken);
        logs::until("the refusal is told", |line| {
            line.contains(&path) && line.contains(reason)
        })
        .await;
        assert_eq!(process.list().await, before);
    }
    process.configure(&[
        entry("support", "7:secret", &[(-1, 1)]),
        entry("z", "9:secret", &[]),
    ]);
    process
        .until("the next is read", |bots| bots.len() == 2)
        .await;
    assert_eq!(process.list().await[0], before[0]);
    assert_eq!(process.times_identified("7:secret"), asked);
    process.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_two_bots_has_all_of_its_rooms() {
    let process = Process::start(&[
        entry("a", "7:secret", &[(-1, 1), (-2, 2), (-3, 3)]),
        // A room may meet a chat of each.
        entry("b", "8:secret", &[(-4, 3), (-5, 4), (-6, 5)]),
    ])
    .await;
    process.bridging(&["a", "b"]).await;
    for number in 1..=5 {
        for seq in 1..=3 {
            process.write_in(room(number), seq, &format!("{seq}")).await;
        }
    }
    let mut expected: Vec<_> = [(7, -1), (7, -2), (7, -3), (8, -4), (8, -5), (8, -6)]
        .into_iter()
        .flat_map(|(bot, chat)| (1..=3).map(move |seq| (bot, chat, format!("Ada:\n{seq}"))))
        .collect();
    expected.sort();
    assert_eq!(process.sent(expected.len()).await, expected);

    let mut said = Vec::new();
    for (bot, chat) in [(7, -1), (7, -3), (8, -4), (8, -6)] {
        for id in 1..=5 {
            let text = format!("{chat}/{id}");
            process
                .telegram
                .says(bot, ChatId(chat), chat.abs() * 100 + id, &text);
            said.push(text);
        }
    }
    said.sort();
    assert_eq!(process.handed_on(said.len()).await, said);
    process.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_is_told_and_disturbs_no_other_bot() {
    let process = Process::start(&[
        entry("support", "7:secret", &[(-1, 1)]),
        entry("wrong", "a-secret", &[(-2, 2)]),
    ])
    .await;
    let states = |bots: &[Bot]| bots.iter().map(Bot::state).collect::<Vec<_>>();
    let bots = process
        .until("one works and one is refused", |bots| {
            states(bots) == [BotState::Bridging, BotState::Refused]
        })
        .await;
    assert!(
        bots[1]
            .last_error
            .as_ref()
            .unwrap()
            .contains("no bot with it")
    );
    let ready = async {
        while !process.health.is_ready() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let ready = timeout(PATIENCE, ready).await.is_ok();
    assert!(ready, "{:?}", process.health.reasons());
    process.write_in(room(1), 1, "hello").await;
    assert_eq!(process.sent(1).await.len(), 1);

    // It is revoked while it is used.
    process.telegram.world().bots.remove("7:secret");
    process
        .until("both are refused", |bots| {
            states(bots) == [BotState::Refused, BotState::Refused]
        })
        .await;
    assert!(process.health.is_ready());
    // And nothing that was written meanwhile is lost.
    process.write_in(room(1), 2, "are you there?").await;
    process.knows("7:secret", 7);
    process
        .until("it works again", |bots| {
            bots[0].state() == BotState::Bridging
        })
        .await;
    assert_eq!(process.sent(2).await[0].2, "Ada:\nare you there?");
    process.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_one_bot_restarts_that_bot() {
    let process = Process::start(&[]).await;
    process.knows("7:secret", 7);
    process.knows("8:secret", 8);
    process
        .telegram
        .world()
        .cursed
        .insert("8:secret".to_owned());
    process.configure(&[
        entry("support", "7:secret", &[(-1, 1)]),
        entry("cursed", "8:secret", &[(-2, 2)]),
    ]);
    process.bridging(&["cursed", "support"]).await;
    assert_eq!(process.times_identified("8:secret"), 2);
    assert_eq!(process.times_identified("7:secret"), 1);
    process.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bridge_over_which_nothing_passes_says_why() {
    let process = Process::start(&[
        entry("a", "7:secret", &[(-1, 1), (-2, 77)]),
        entry("b", "8:secret", &[(-1, 2), (-3, 3)]),
        entry("c", "7:secret", &[(-4, 4)]),
    ])
    .await;
    let problems = |bot: &Bot| -> Vec<_> {
        let bridges = bot.bridges.iter();
        bridges.map(|bridge| bridge.problem.clone()).collect()
    };
    let no_room = Some("there is no such room".to_owned());
    let taken = Some("the bot a bridges this chat already".to_owned());
    let bots = process
        .until("all is told", |bots| {
            bots.len() == 3
                && bots[0].state() == BotState::Bridging
                && bots[1].state() == BotState::Bridging
                && problems(&bots[0]) == [no_room.clone(), None]
                && problems(&bots[1]) == [None, taken.clone()]
        })
        .await;
    assert_eq!(bots[2].state(), BotState::Failing);
    let reason = bots[2].last_error.as_deref();
    assert_eq!(reason, Some("the bot a has the same token"));
    process.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_changes_its_bot_and_nothing_is_told_twice() {
    let process = Process::start(&[entry("a", "7:secret", &[(-1, 1)])]).await;
    process.knows("8:secret", 8);
    process.bridging(&["a"]).await;
    process.write_in(room(1), 1, "1").await;
    process.sent(1).await;
    process.configure(&[entry("b", "8:secret", &[(-1, 1)])]);
    process.bridging(&["b"]).await;
    process.write_in(room(1), 2, "2").await;
    let sent = process.sent(2).await;
    assert_eq!(
        sent,
        [(7, -1, "Ada:\n1".to_owned()), (8, -1, "Ada:\n2".to_owned())]
    );
    process.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_replica_stands_by_and_takes_over() {
    let bots = [
        entry("a", "7:secret", &[(-1, 1)]),
        entry("b", "8:secret", &[(-2, 2)]),
    ];
    let first = Process::start(&bots).await;
    first.bridging(&["a", "b"]).await;
    let second = first.replica().await;
    let standby = |bots: &[Bot]| {
        let states = bots.iter().map(Bot::state).collect::<Vec<_>>();
        states == [BotState::Standby, BotState::Standby]
    };
    let bots = second.until("it stands by", standby).await;
    assert_eq!(bots[0].bot_id, Some(7));
    first.write_in(room(1), 1, "1").await;
    first.write_in(room(2), 1, "1").await;
    first.sent(2).await;
    first.telegram.says(7, ChatId(-1), 50, "heard by the first");
    assert_eq!(second.handed_on(1).await, ["heard by the first"]);
    first.stop().await;

    second.bridging(&["a", "b"]).await;
    second.write_in(room(1), 2, "2").await;
    second.write_in(room(2), 2, "2").await;
    let sent = second.sent(4).await;
    let texts = |bot, chat| [1, 2].map(|number| (bot, chat, format!("Ada:\n{number}")));
    assert_eq!(sent, [texts(7, -1), texts(8, -2)].concat());
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bot_of_the_settings_needs_no_file() {
    let bridge = format!("chat=-1,room={}", room(1));
    let process = Process::start_with(&[], |_| Settings {
        telegram_token: Some("7:secret".into()),
        telegram_api_url: None,
        bots: None,
        bridge: vec![bridge.parse().unwrap()],
    })
    .await;
    process.knows("7:secret", 7);
    process.bridging(&["default"]).await;
    process.write_in(room(1), 1, "hello").await;
    assert_eq!(process.sent(1).await, [(7, -1, "Ada:\nhello".to_owned())]);
    process.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_credential_is_told_nothing() {
    let network = Network::new(InternalCredential::random());
    let stranger = Network::new(InternalCredential::random());
    let database = sqlite::Database::temporary().await.unwrap();
    let settings = Settings {
        telegram_token: Some("7:secret".into()),
        telegram_api_url: None,
        bots: None,
        bridge: Vec::new(),
    };
    assert!(!format!("{settings:?}").contains("secret"), "{settings:?}");
    let bots = Bots::compose(
        settings,
        Arc::new(FakeTelegrams(Arc::default())),
        Store::sqlite(database.clone()).await.unwrap(),
        bus::embedded(database).await.unwrap(),
        Arc::new(FakeRooms),
    )
    .unwrap();
    let listener = network.listen("127.0.0.1:0").await.unwrap();
    let address = listener.address().to_owned();
    let shutdown = Shutdown::new(Duration::from_secs(1));
    tokio::spawn(grpc::serve(
        listener,
        bots.routes(),
        Health::new(),
        shutdown,
    ));
    let mut asks = BridgeServiceClient::new(stranger.connect(&address).unwrap());
    let refused = asks.list_bots(ListBotsRequest {}).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::Unauthenticated);
}
