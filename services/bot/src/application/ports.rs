//! What the use cases need from outside.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use time::OffsetDateTime;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::error::{TelegramError, Unavailable};
use crate::domain::{
    bot::Token,
    bridge::{Bridge, ChatId, RoomId},
    event::{Position, RoomEvent, TelegramSource},
    heard::{Heard, Update},
};

/// Who a bot is in Telegram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Its id.
    pub id: i64,
    /// Its name, without the leading @.
    pub username: Option<String>,
}

/// The Telegram Bot API, for whoever has a token.
pub trait Telegrams: Send + Sync {
    /// As the bot with this token sees it.
    fn of(&self, token: &Token) -> Arc<dyn Telegram>;
}

/// The Telegram Bot API, as one bot sees it.
#[async_trait]
pub trait Telegram: Send + Sync {
    /// Who the bot is (getMe).
    async fn identify(&self) -> Result<Identity, TelegramError>;

    /// Updates from `from` on; confirms all before it. Waits up to `wait` for the first (getUpdates).
    async fn updates(&self, from: i64, wait: Duration) -> Result<Vec<Update>, TelegramError>;

    /// Writes a text into a chat and answers its `message_id` (sendMessage).
    async fn send(&self, chat: ChatId, text: &str) -> Result<i64, TelegramError>;
}

/// What a send that is about to happen was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// Never tried.
    New,
    /// Done.
    Told,
    /// Begun, and its outcome never recorded.
    Uncertain,
}

/// The bot's own durable memory.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Whether it answers.
    async fn healthy(&self) -> Result<(), Unavailable>;

    /// Waits until the caller is the only one that works for `bot`, here and in other processes, and holds
    /// that until the answer is dropped.
    async fn lead(&self, bot: i64) -> Result<Box<dyn Leadership>, Unavailable>;

    /// The update to ask Telegram for next; `None` where every earlier one is confirmed.
    async fn next_update(&self, bot: i64) -> Result<Option<i64>, Unavailable>;

    /// Keeps what was heard, once per (chat, message), and the update to ask for next, together.
    async fn keep(
        &self,
        bot: i64,
        heard: &[Heard],
        next_update: Option<i64>,
        now: OffsetDateTime,
    ) -> Result<(), Unavailable>;

    /// What was heard in these chats and has to be handed on by `due_by`, in the order it was heard. Each
    /// answer puts the next attempt off to `again_after` later; after `attempts` of them a message is
    /// given up.
    async fn due(
        &self,
        chats: &[ChatId],
        due_by: OffsetDateTime,
        again_after: Duration,
        attempts: u32,
        limit: u32,
    ) -> Result<Vec<Heard>, Unavailable>;

    /// What could not be handed on is due again at once, and the attempt does not count.
    async fn not_handed_on(&self, messages: &[TelegramSource]) -> Result<(), Unavailable>;

    /// A heard message is in its room: it is forgotten here, but for whose message it became.
    async fn arrived(&self, source: TelegramSource, message: Uuid) -> Result<(), Unavailable>;

    /// How far the room has been told to the chat.
    async fn position(&self, bridge: Bridge) -> Result<Option<Position>, Unavailable>;

    /// The room has been told up to here; the intents of `message` are no longer needed. Never moves
    /// backwards within an epoch.
    async fn advance(
        &self,
        bridge: Bridge,
        to: &Position,
        message: Option<Uuid>,
    ) -> Result<(), Unavailable>;

    /// Records that a part of the message at this place of the room is about to be sent, and answers
    /// what it was before. Up to the room's position everything is told: a former leader that does not
    /// know yet what its successor did learns it here.
    async fn intend(
        &self,
        bridge: Bridge,
        at: &Position,
        message: Uuid,
        part: i32,
    ) -> Result<Intent, Unavailable>;

    /// Takes an intent back: the part was surely not sent.
    async fn withdraw(&self, chat: ChatId, message: Uuid, part: i32) -> Result<(), Unavailable>;

    /// Records that nothing more is to be sent of a part, and which Telegram message it became.
    async fn told(
        &self,
        chat: ChatId,
        message: Uuid,
        part: i32,
        telegram_message: Option<i64>,
    ) -> Result<(), Unavailable>;
}

/// The right to work for a bot.
#[async_trait]
pub trait Leadership: Send {
    /// Returns when the right is lost.
    async fn lost(&mut self);
}

/// What was heard, on its way to chat.
#[async_trait]
pub trait HeardLog: Send + Sync {
    /// Publishes in order; answers what did not get through.
    async fn publish(&self, heard: Vec<Heard>) -> Vec<TelegramSource>;
}

/// The events of the rooms, as they happen.
#[async_trait]
pub trait RoomEvents: Send + Sync {
    /// Where they come from, as traces name it.
    fn topic(&self) -> &'static str;

    /// Brings `bot` the events of these rooms until it is dropped. Some may be missing, and some come
    /// twice: it is the quick way, and not the only one.
    async fn bring(&self, bot: i64, rooms: HashMap<RoomId, mpsc::Sender<RoomEvent>>);
}

/// A page of a room's events.
#[derive(Debug, Clone)]
pub struct RoomPage {
    /// In order.
    pub events: Vec<RoomEvent>,
    /// The room's newest event.
    pub head: Position,
}

/// The rooms, as chat tells them.
#[async_trait]
pub trait Rooms: Send + Sync {
    /// The events after `seq`; `None` where there is no such room.
    async fn events_after(&self, room: RoomId, seq: i64) -> Result<Option<RoomPage>, Unavailable>;
}

/// The wall clock.
pub trait Clock: Send + Sync {
    /// Now, in UTC.
    fn now(&self) -> OffsetDateTime;
}
