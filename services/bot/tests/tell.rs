//! A room's messages in its Telegram chat: each once, in order, and no echo.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bot::{
    application::{
        error::{TelegramError, Unavailable},
        ports::{Identity, Intent, Ledger, RoomPage, Rooms, Telegram},
        status::Status,
        tell::Teller,
    },
    domain::{
        assignment::assign,
        bot::{Bot, Token},
        bridge::{Bridge, Bridges, ChatId, RoomId},
        event::{Position, RoomEvent, RoomMessage, TelegramSource},
        heard::Update,
    },
    outbound::ledger::SqliteLedger,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const BRIDGE: Bridge = Bridge {
    chat: ChatId(-5),
    room: RoomId(Uuid::from_u128(1)),
};

/// Answers sends as scripted, then with success.
#[derive(Default)]
struct FakeTelegram {
    script: Mutex<VecDeque<TelegramError>>,
    sent: Mutex<Vec<String>>,
}

#[async_trait]
impl Telegram for FakeTelegram {
    async fn identify(&self) -> Result<Identity, TelegramError> {
        unreachable!("a teller knows who it is")
    }

    async fn updates(&self, _: i64, _: Duration) -> Result<Vec<Update>, TelegramError> {
        Ok(Vec::new())
    }

    async fn send(&self, _: ChatId, text: &str) -> Result<i64, TelegramError> {
        if let Some(error) = self.script.lock().unwrap().pop_front() {
            return Err(error);
        }
        let mut sent = self.sent.lock().unwrap();
        sent.push(text.to_owned());
        Ok(i64::try_from(sent.len()).unwrap())
    }
}

/// A room whose events are all known.
#[derive(Default)]
struct FakeRooms {
    events: Mutex<Vec<RoomEvent>>,
    is_gone: AtomicBool,
}

#[async_trait]
impl Rooms for FakeRooms {
    async fn events_after(&self, _: RoomId, seq: i64) -> Result<Option<RoomPage>, Unavailable> {
        if self.is_gone.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let events = self.events.lock().unwrap();
        Ok(Some(RoomPage {
            events: events
                .iter()
                .filter(|event| event.position.seq > seq)
                .cloned()
                .collect(),
            head: at(events.last().map_or(0, |event| event.position.seq)),
        }))
    }
}

fn at(seq: i64) -> Position {
    Position {
        epoch: "first".to_owned(),
        seq,
    }
}

fn message(seq: u8, source: Option<TelegramSource>) -> RoomEvent {
    RoomEvent {
        room: BRIDGE.room,
        position: at(seq.into()),
        message: Some(RoomMessage {
            id: Uuid::from_u128(seq.into()),
            author: "Ada".to_owned(),
            body: format!("message {seq}"),
            source,
        }),
        traceparent: None,
    }
}

fn status() -> Status {
    let bot = Bot {
        name: "support".parse().unwrap(),
        token: Token::new("7:token".into()),
        bridges: Bridges::new([BRIDGE]).unwrap(),
    };
    Status::new(&assign(vec![bot])[0])
}

/// A bridge that has told everything up to event 0, and its neighbours.
struct World {
    telegram: Arc<FakeTelegram>,
    ledger: Arc<SqliteLedger>,
    rooms: Arc<FakeRooms>,
    status: Arc<Status>,
}

impl World {
    async fn new() -> Self {
        let database = sqlite::Database::temporary().await.unwrap();
        let ledger = SqliteLedger::open(database).await.unwrap();
        ledger.advance(BRIDGE, &at(0), None).await.unwrap();
        Self {
            telegram: Arc::default(),
            ledger: Arc::new(ledger),
            rooms: Arc::default(),
            status: Arc::new(status()),
        }
    }

    /// Why nothing passes, if nothing does.
    fn problem(&self) -> Option<String> {
        self.status.report().bridges.remove(0).1
    }

    /// Runs a teller over these events until it has told up to `until`.
    async fn tell(&self, events: impl IntoIterator<Item = RoomEvent>, until: i64) {
        let (queue, received) = mpsc::channel(16);
        for event in events {
            queue.try_send(event).unwrap();
        }
        let teller = Teller {
            bridge: BRIDGE,
            topic: "chat.events.v1",
            telegram: self.telegram.clone(),
            ledger: self.ledger.clone(),
            rooms: self.rooms.clone(),
            status: self.status.clone(),
        };
        let told = async {
            while self.ledger.position(BRIDGE).await.unwrap() != Some(at(until)) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            () = teller.run(received, CancellationToken::new()) => panic!("the teller ended"),
            told = tokio::time::timeout(Duration::from_secs(20), told) => told.expect("told in time"),
        }
    }

    fn sent(&self) -> Vec<String> {
        self.telegram.sent.lock().unwrap().clone()
    }
}

#[tokio::test]
async fn messages_are_told_once_and_in_order_though_they_arrive_twice() {
    let world = World::new().await;
    let events = [1, 1, 2, 1, 2, 3].map(|seq| message(seq, None));
    world.tell(events, 3).await;
    assert_eq!(
        world.sent(),
        ["Ada:\nmessage 1", "Ada:\nmessage 2", "Ada:\nmessage 3"]
    );
}

#[tokio::test]
async fn a_gap_is_filled_from_chat() {
    let world = World::new().await;
    *world.rooms.events.lock().unwrap() = [1, 2, 3].map(|seq| message(seq, None)).to_vec();
    world.tell([message(3, None)], 3).await;
    assert_eq!(world.sent().len(), 3);
}

#[tokio::test]
async fn what_came_from_the_chat_is_not_told_to_it() {
    let world = World::new().await;
    let own = TelegramSource {
        chat: BRIDGE.chat,
        message: 50,
    };
    let other = TelegramSource {
        chat: ChatId(-6),
        message: 50,
    };
    world
        .tell([message(1, Some(own)), message(2, Some(other))], 2)
        .await;
    assert_eq!(world.sent(), ["Ada:\nmessage 2"]);
}

#[tokio::test]
async fn a_new_bridge_tells_nothing_that_was_said_before() {
    let world = World::new().await;
    let old = Position {
        epoch: "another life".to_owned(),
        seq: 0,
    };
    world.ledger.advance(BRIDGE, &old, None).await.unwrap();
    *world.rooms.events.lock().unwrap() = [1, 2].map(|seq| message(seq, None)).to_vec();
    world.tell([message(3, None)], 3).await;
    assert_eq!(world.sent(), ["Ada:\nmessage 3"]);
}

#[tokio::test]
async fn a_send_that_a_crash_left_uncertain_is_announced_and_not_repeated() {
    let world = World::new().await;
    let intent = world
        .ledger
        .intend(BRIDGE, &at(1), Uuid::from_u128(1), 0)
        .await
        .unwrap();
    assert_eq!(intent, Intent::New);
    world.tell([message(1, None), message(2, None)], 2).await;
    let sent = world.sent();
    assert_eq!(sent.len(), 2, "{sent:?}");
    assert!(sent[0].contains("may be missing"), "{sent:?}");
    assert_eq!(sent[1], "Ada:\nmessage 2");
}

#[tokio::test]
async fn a_message_waits_while_telegram_is_away_or_asks_to_wait() {
    let world = World::new().await;
    world.telegram.script.lock().unwrap().extend([
        TelegramError::NotDone("away".to_owned()),
        TelegramError::RetryAfter(Duration::from_millis(10)),
    ]);
    world.tell([message(1, None)], 1).await;
    assert_eq!(world.sent(), ["Ada:\nmessage 1"]);
}

#[tokio::test]
async fn a_teller_that_is_told_to_stop_does_not_wait_for_telegram() {
    let world = World::new().await;
    let wait = TelegramError::RetryAfter(Duration::from_hours(1));
    world.telegram.script.lock().unwrap().push_back(wait);
    let (queue, received) = mpsc::channel(16);
    queue.try_send(message(1, None)).unwrap();
    let teller = Teller {
        bridge: BRIDGE,
        topic: "chat.events.v1",
        telegram: world.telegram.clone(),
        ledger: world.ledger.clone(),
        rooms: world.rooms.clone(),
        status: world.status.clone(),
    };
    let stop = CancellationToken::new();
    let stopping = async {
        while !world.telegram.script.lock().unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        stop.cancel();
    };
    let both = async { tokio::join!(teller.run(received, stop.clone()), stopping) };
    let stopped = tokio::time::timeout(Duration::from_secs(20), both).await;
    assert!(stopped.is_ok(), "the teller does not stop");
    world.tell([message(1, None)], 1).await;
    assert_eq!(world.sent(), ["Ada:\nmessage 1"]);
}

#[tokio::test]
async fn a_message_that_telegram_refuses_does_not_hold_up_the_next() {
    let world = World::new().await;
    let refused = TelegramError::Refused("the bot was kicked".to_owned());
    world.telegram.script.lock().unwrap().push_back(refused);
    world.tell([message(1, None), message(2, None)], 2).await;
    assert_eq!(world.sent(), ["Ada:\nmessage 2"]);
}

#[tokio::test]
async fn a_chat_that_is_closed_is_told_until_it_opens() {
    let world = World::new().await;
    let closed = || TelegramError::Closed("the bot was kicked".to_owned());
    world.telegram.script.lock().unwrap().push_back(closed());
    world.tell([message(1, None)], 1).await;
    assert_eq!(world.problem().as_deref(), Some("the bot was kicked"));
    world.tell([message(2, None)], 2).await;
    assert_eq!(world.problem(), None);
    assert_eq!(world.sent(), ["Ada:\nmessage 2"]);
}

#[tokio::test]
async fn a_message_waits_while_the_token_is_refused() {
    let world = World::new().await;
    let refused = TelegramError::BadToken("revoked".to_owned());
    world.telegram.script.lock().unwrap().push_back(refused);
    world.tell([message(1, None)], 1).await;
    assert_eq!(world.sent(), ["Ada:\nmessage 1"]);
}

#[tokio::test]
async fn a_room_that_is_not_there_is_told() {
    let world = World::new().await;
    world.rooms.is_gone.store(true, Ordering::Relaxed);
    world.tell([message(1, None)], 1).await;
    assert_eq!(world.problem().as_deref(), Some("there is no such room"));
    world.rooms.is_gone.store(false, Ordering::Relaxed);
    world.tell([message(2, None)], 2).await;
    assert_eq!(world.problem(), None);
}
