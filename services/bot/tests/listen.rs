//! Telegram's updates into the ledger: none lost, none asked for twice for nothing.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bot::{
    application::{
        error::TelegramError,
        listen::Listener,
        ports::{Clock, Identity, Ledger, Telegram},
        status::Status,
    },
    domain::{
        assignment::assign,
        bot::{Bot, Token},
        bridge::{Bridge, Bridges, ChatId, RoomId},
        heard::{Message, Sender, Update},
    },
    outbound::ledger::SqliteLedger,
};
use time::{OffsetDateTime, macros::datetime};
use tokio::sync::Notify;
use uuid::Uuid;

const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);
const BRIDGE: Bridge = Bridge {
    chat: ChatId(-5),
    room: RoomId(Uuid::from_u128(1)),
};

struct StoppedClock;

impl Clock for StoppedClock {
    fn now(&self) -> OffsetDateTime {
        NOW
    }
}

/// Forgets what is before the id that it is asked for, as Telegram does.
#[derive(Default)]
struct FakeTelegram(Mutex<BTreeMap<i64, Update>>);

#[async_trait]
impl Telegram for FakeTelegram {
    async fn identify(&self) -> Result<Identity, TelegramError> {
        unreachable!("a listener knows who it is")
    }

    async fn updates(&self, from: i64, _: Duration) -> Result<Vec<Update>, TelegramError> {
        let pending = {
            let mut pending = self.0.lock().unwrap();
            *pending = pending.split_off(&from);
            pending.values().cloned().collect::<Vec<_>>()
        };
        if pending.is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(pending)
    }

    async fn send(&self, _: ChatId, _: &str) -> Result<i64, TelegramError> {
        unreachable!("a listener does not speak")
    }
}

impl FakeTelegram {
    fn says(&self, id: i64, chat: ChatId) {
        let message = Message {
            chat,
            id,
            sender: Sender {
                id: 9,
                name: "Ada".to_owned(),
                handle: None,
            },
            text: format!("message {id}"),
            sent_at: NOW,
        };
        let update = Update {
            id,
            message: Some(message),
        };
        self.0.lock().unwrap().insert(id, update);
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

async fn ledger() -> Arc<SqliteLedger> {
    let database = sqlite::Database::temporary().await.unwrap();
    Arc::new(SqliteLedger::open(database).await.unwrap())
}

/// Listens until `count` messages wait in the ledger and Telegram has nothing more, and answers their texts.
async fn hear(
    telegram: &Arc<FakeTelegram>,
    ledger: &Arc<SqliteLedger>,
    count: usize,
) -> Vec<String> {
    let listener = Listener {
        bot: 7,
        bridges: Bridges::new([BRIDGE]).unwrap(),
        telegram: telegram.clone(),
        ledger: ledger.clone(),
        clock: Arc::new(StoppedClock),
        kept: Arc::new(Notify::new()),
        status: Arc::new(status()),
    };
    let heard = async {
        loop {
            let due = ledger
                .due(&[BRIDGE.chat], NOW, Duration::ZERO, u32::MAX, 100)
                .await
                .unwrap();
            let quiet = ledger.next_update(7).await.unwrap().is_none();
            if due.len() >= count && quiet && telegram.0.lock().unwrap().is_empty() {
                return due.into_iter().map(|heard| heard.message.text).collect();
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::select! {
        error = listener.run() => panic!("the listener ended: {error}"),
        heard = tokio::time::timeout(Duration::from_secs(20), heard) => heard.expect("heard in time"),
    }
}

#[tokio::test]
async fn what_is_said_in_a_bridged_chat_is_kept_and_nothing_else() {
    let (telegram, ledger) = (Arc::new(FakeTelegram::default()), ledger().await);
    telegram.says(1, BRIDGE.chat);
    telegram.says(2, ChatId(-6));
    telegram.says(3, BRIDGE.chat);
    assert_eq!(
        hear(&telegram, &ledger, 2).await,
        ["message 1", "message 3"]
    );
}

#[tokio::test]
async fn updates_are_heard_though_their_ids_begin_lower_after_a_quiet_week() {
    let (telegram, ledger) = (Arc::new(FakeTelegram::default()), ledger().await);
    telegram.says(1000, BRIDGE.chat);
    assert_eq!(hear(&telegram, &ledger, 1).await.len(), 1);
    telegram.says(5, BRIDGE.chat);
    assert_eq!(
        hear(&telegram, &ledger, 2).await,
        ["message 5", "message 1000"]
    );
}

#[tokio::test]
async fn an_update_is_not_confirmed_before_it_is_kept() {
    let (telegram, ledger) = (Arc::new(FakeTelegram::default()), ledger().await);
    telegram.says(1, BRIDGE.chat);
    // A process that asked and died before it kept anything.
    telegram.updates(0, Duration::ZERO).await.unwrap();
    assert_eq!(hear(&telegram, &ledger, 1).await, ["message 1"]);
}
