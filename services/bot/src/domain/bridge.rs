//! A bridge joins one Telegram chat to one room.

use std::{collections::BTreeMap, fmt, str::FromStr};

use uuid::Uuid;

/// Telegram's `chat.id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChatId(pub i64);

impl fmt::Display for ChatId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A room of Chappe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RoomId(pub Uuid);

impl fmt::Display for RoomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One Telegram chat and the room that it meets, written `chat=<id>,room=<uuid>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bridge {
    /// The Telegram side.
    pub chat: ChatId,
    /// Chappe's side.
    pub room: RoomId,
}

/// Why a bridge's text is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBridge {
    /// A key other than `chat` and `room`, or none.
    #[error("write a bridge as chat=<telegram chat id>,room=<room uuid>")]
    Form,
    /// The chat is no number.
    #[error("chat is not a Telegram chat id, such as -1001234567890")]
    Chat,
    /// The room is no UUID.
    #[error("room is not a room's UUID")]
    Room,
}

impl FromStr for Bridge {
    type Err = InvalidBridge;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (mut chat, mut room) = (None, None);
        for pair in text.split(',') {
            match pair.trim().split_once('=').ok_or(InvalidBridge::Form)? {
                ("chat", id) => chat = Some(id.parse().map_err(|_| InvalidBridge::Chat)?),
                ("room", id) => room = Some(id.parse().map_err(|_| InvalidBridge::Room)?),
                _ => return Err(InvalidBridge::Form),
            }
        }
        Ok(Self {
            chat: ChatId(chat.ok_or(InvalidBridge::Form)?),
            room: RoomId(room.ok_or(InvalidBridge::Form)?),
        })
    }
}

/// All bridges of one bot. A chat has one room and a room one chat, so nothing can go in circles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bridges {
    rooms: BTreeMap<ChatId, RoomId>,
}

/// Two bridges share an end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("chat {chat} or room {room} is bridged twice; a chat has one room and a room one chat")]
pub struct SharedEnd {
    chat: ChatId,
    room: RoomId,
}

impl Bridges {
    /// Takes bridges that share no end.
    pub fn new(bridges: impl IntoIterator<Item = Bridge>) -> Result<Self, SharedEnd> {
        let mut rooms = BTreeMap::new();
        for Bridge { chat, room } in bridges {
            if rooms.values().any(|taken| *taken == room) || rooms.insert(chat, room).is_some() {
                return Err(SharedEnd { chat, room });
            }
        }
        Ok(Self { rooms })
    }

    /// The room that a chat is bridged to.
    pub fn room_of(&self, chat: ChatId) -> Option<RoomId> {
        self.rooms.get(&chat).copied()
    }

    /// The same without the bridges of these chats.
    #[must_use]
    pub fn without(&self, is_out: impl Fn(ChatId) -> bool) -> Self {
        let kept = self.iter().filter(|bridge| !is_out(bridge.chat));
        Self {
            rooms: kept.map(|bridge| (bridge.chat, bridge.room)).collect(),
        }
    }

    /// All of them, by chat.
    pub fn iter(&self) -> impl Iterator<Item = Bridge> + '_ {
        self.rooms.iter().map(|(chat, room)| Bridge {
            chat: *chat,
            room: *room,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: &str = "0191e2a0-0000-7000-8000-000000000001";

    #[test]
    fn a_bridge_is_read_from_its_text() {
        let bridge: Bridge = format!("chat=-100123, room={ROOM}").parse().unwrap();
        assert_eq!(bridge.chat, ChatId(-100_123));
        assert_eq!(bridge.room.to_string(), ROOM);
    }

    #[test]
    fn a_wrong_bridge_says_what_is_wrong() {
        assert_eq!("".parse::<Bridge>(), Err(InvalidBridge::Form));
        assert_eq!("chat=5".parse::<Bridge>(), Err(InvalidBridge::Form));
        let text = format!("chat=five,room={ROOM}");
        assert_eq!(text.parse::<Bridge>(), Err(InvalidBridge::Chat));
        assert_eq!("chat=5,room=7".parse::<Bridge>(), Err(InvalidBridge::Room));
    }

    #[test]
    fn a_room_is_bridged_to_one_chat_only() {
        let bridge = |chat| {
            format!("chat={chat},room={ROOM}")
                .parse::<Bridge>()
                .unwrap()
        };
        assert!(Bridges::new([bridge(1), bridge(2)]).is_err());
        assert!(Bridges::new([bridge(1)]).is_ok());
    }
}
