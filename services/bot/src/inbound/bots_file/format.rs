//! What the file says. No refusal quotes it: tokens are in it.

use std::collections::HashSet;

use proto::bots_file::MOST_BOTS;
use serde::Deserialize;

use super::LARGEST;
use crate::domain::{
    bot::{Bot, BotName, InvalidName, Token},
    bridge::{Bridge, Bridges, ChatId, RoomId, SharedEnd},
};

/// The most bridges of a bot.
const BRIDGES: usize = 200;

/// Why a file is not taken.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is there and can't be read.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// It is too long.
    #[error("it has more than {LARGEST} bytes")]
    TooLarge,
    /// It is no JSON.
    #[error("it is no JSON: look at line {line}, column {column}")]
    NoJson {
        /// Where reading failed.
        line: usize,
        /// Where in the line.
        column: usize,
    },
    /// Something is missing or of the wrong kind.
    #[error(
        "{path} is missing something, or is not what it should be (line {line}, column {column})"
    )]
    Form {
        /// Which value.
        path: String,
        /// Where reading failed.
        line: usize,
        /// Where in the line.
        column: usize,
    },
    /// Too many bots.
    #[error("it has {0} bots; {MOST_BOTS} are the most")]
    TooManyBots(usize),
    /// A name that is none.
    #[error("bots[{index}]: {reason}")]
    Name {
        /// Which bot.
        index: usize,
        /// Why.
        reason: InvalidName,
    },
    /// Two bots have one name.
    #[error("two bots have the name {0}")]
    DoubledName(BotName),
    /// A bot has the name of the one in the settings.
    #[error("the name {0} is that of the bot of --telegram-token")]
    OwnName(BotName),
    /// Too many bridges.
    #[error("the bot {bot} has {bridges} bridges; {BRIDGES} are the most")]
    TooManyBridges {
        /// Whose.
        bot: BotName,
        /// How many.
        bridges: usize,
    },
    /// A room's id that is none.
    #[error("the bot {bot}: the room of the chat {chat} is no UUID")]
    Room {
        /// Whose bridge.
        bot: BotName,
        /// Which bridge.
        chat: i64,
    },
    /// Two bridges of a bot share an end.
    #[error("the bot {bot}: {reason}")]
    SharedEnd {
        /// Whose.
        bot: BotName,
        /// Which.
        reason: SharedEnd,
    },
}

#[derive(Deserialize)]
struct File {
    bots: Vec<BotEntry>,
}

#[derive(Deserialize)]
struct BotEntry {
    name: String,
    token: String,
    #[serde(default, rename = "delivery")]
    _delivery: Delivery,
    #[serde(default)]
    bridges: Vec<BridgeEntry>,
}

/// How updates are fetched: there is one way yet.
#[derive(Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Delivery {
    #[default]
    Polling,
}

#[derive(Deserialize)]
struct BridgeEntry {
    chat: i64,
    room: String,
}

/// Reads the bots, all of them or none.
pub(super) fn read(contents: &[u8]) -> Result<Vec<Bot>, Refusal> {
    if contents.len() as u64 > LARGEST {
        return Err(Refusal::TooLarge);
    }
    let entries = parse(contents)?.bots;
    if entries.len() > MOST_BOTS {
        return Err(Refusal::TooManyBots(entries.len()));
    }
    let mut names = HashSet::new();
    let mut bots = Vec::with_capacity(entries.len());
    for (index, entry) in entries.into_iter().enumerate() {
        let bot = bot(index, entry)?;
        if !names.insert(bot.name.clone()) {
            return Err(Refusal::DoubledName(bot.name));
        }
        bots.push(bot);
    }
    Ok(bots)
}

fn parse(contents: &[u8]) -> Result<File, Refusal> {
    let mut json = serde_json::Deserializer::from_slice(contents);
    let file = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let (path, cause) = (error.path().to_string(), error.inner());
        let (line, column) = (cause.line(), cause.column());
        if cause.is_data() {
            Refusal::Form { path, line, column }
        } else {
            Refusal::NoJson { line, column }
        }
    })?;
    json.end().map_err(|error| Refusal::NoJson {
        line: error.line(),
        column: error.column(),
    })?;
    Ok(file)
}

fn bot(index: usize, entry: BotEntry) -> Result<Bot, Refusal> {
    let name: BotName = entry
        .name
        .parse()
        .map_err(|reason| Refusal::Name { index, reason })?;
    let bridges = entry.bridges.len();
    if bridges > BRIDGES {
        return Err(Refusal::TooManyBridges { bot: name, bridges });
    }
    let mut ends = Vec::with_capacity(bridges);
    for BridgeEntry { chat, room } in entry.bridges {
        let Ok(room) = room.parse() else {
            return Err(Refusal::Room { bot: name, chat });
        };
        ends.push(Bridge {
            chat: ChatId(chat),
            room: RoomId(room),
        });
    }
    match Bridges::new(ends) {
        Ok(bridges) => Ok(Bot {
            name,
            token: Token::new(entry.token.into()),
            bridges,
        }),
        Err(reason) => Err(Refusal::SharedEnd { bot: name, reason }),
    }
}
