//! How the bots are doing, as those tell who work for them.

use std::{collections::BTreeMap, sync::Arc};

use parking_lot::Mutex;

use super::ports::Identity;
use crate::domain::{
    assignment::Assignment,
    bot::BotName,
    bridge::{Bridge, ChatId, RoomId},
};

/// What a bot is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Telegram has not answered yet.
    Starting,
    /// Another process works for it.
    Standby,
    /// This process works for it.
    Bridging,
    /// Telegram refuses its token.
    Refused,
    /// Something else keeps it from working.
    Failing,
}

/// What may go wrong on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Becoming and being the one that works.
    Lead,
    /// Hearing Telegram.
    Listen,
    /// Handing on what was heard.
    HandOn,
}

/// The two ends of a bridge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Telegram's.
    Chat,
    /// Chappe's.
    Room,
}

/// What is told about a bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its name.
    pub name: BotName,
    /// Which token it has.
    pub token_version: String,
    /// What it is about.
    pub state: State,
    /// Who it is, once Telegram has told.
    pub identity: Option<Identity>,
    /// What went wrong last and has not gone well since.
    pub last_error: Option<String>,
    /// Its bridges, each with the reason why nothing passes.
    pub bridges: Vec<(Bridge, Option<String>)>,
}

/// How one bot is doing.
#[derive(Debug)]
pub struct Status {
    name: BotName,
    token_version: String,
    state: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    state: State,
    identity: Option<Identity>,
    /// The last one last.
    errors: Vec<(Part, String)>,
    bridges: BTreeMap<ChatId, Sides>,
}

#[derive(Debug)]
struct Sides {
    room: RoomId,
    problems: Vec<(End, String)>,
}

impl Status {
    /// Of a bot that has not begun.
    pub fn new(assignment: &Assignment) -> Self {
        let bridges = assignment.bot.bridges.iter().map(|Bridge { chat, room }| {
            let taken = assignment.taken.iter().filter(|(taken, _)| *taken == chat);
            let problems = taken
                .map(|(_, by)| (End::Chat, format!("the bot {by} bridges this chat already")))
                .collect();
            (chat, Sides { room, problems })
        });
        let inner = Inner {
            state: State::Starting,
            identity: None,
            errors: Vec::new(),
            bridges: bridges.collect(),
        };
        Self {
            name: assignment.bot.name.clone(),
            token_version: assignment.bot.token.version(),
            state: Mutex::new(inner),
        }
    }

    /// Telegram has told who it is.
    pub fn identified(&self, identity: Identity) {
        self.state.lock().identity = Some(identity);
    }

    /// What it is about from now on; its leading goes well.
    pub fn goes_on(&self, state: State) {
        self.state.lock().state = state;
        self.works(Part::Lead);
    }

    /// It can't work, and why. The reason must not hold the token.
    pub fn stopped_by(&self, state: State, reason: String) {
        self.state.lock().state = state;
        self.fails(Part::Lead, reason);
    }

    /// A part of the work fails, and why.
    pub fn fails(&self, part: Part, reason: String) {
        let mut inner = self.state.lock();
        inner.errors.retain(|(failed, _)| *failed != part);
        inner.errors.push((part, reason));
    }

    /// A part of the work goes well.
    pub fn works(&self, part: Part) {
        self.state
            .lock()
            .errors
            .retain(|(failed, _)| *failed != part);
    }

    /// Nothing passes over the bridge of this chat, and why.
    pub fn blocked(&self, chat: ChatId, end: End, reason: String) {
        if let Some(sides) = self.state.lock().bridges.get_mut(&chat) {
            sides.problems.retain(|(blocked, _)| *blocked != end);
            sides.problems.push((end, reason));
        }
    }

    /// This end of the bridge lets pass.
    pub fn passes(&self, chat: ChatId, end: End) {
        if let Some(sides) = self.state.lock().bridges.get_mut(&chat) {
            sides.problems.retain(|(blocked, _)| *blocked != end);
        }
    }

    /// All of it.
    pub fn report(&self) -> Report {
        let inner = self.state.lock();
        let bridges = inner.bridges.iter().map(|(chat, sides)| {
            let bridge = Bridge {
                chat: *chat,
                room: sides.room,
            };
            (bridge, sides.problems.last().map(|(_, why)| why.clone()))
        });
        Report {
            name: self.name.clone(),
            token_version: self.token_version.clone(),
            state: inner.state,
            identity: inner.identity.clone(),
            last_error: inner.errors.last().map(|(_, why)| why.clone()),
            bridges: bridges.collect(),
        }
    }
}

/// The bots of this process: those that work, wait, or have not let go yet. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Board(Arc<Mutex<BTreeMap<BotName, Arc<Status>>>>);

impl Board {
    /// Every bot, by name.
    pub fn reports(&self) -> Vec<Report> {
        self.0
            .lock()
            .values()
            .map(|status| status.report())
            .collect()
    }

    /// Shows this one from now on.
    pub(super) fn put(&self, status: &Arc<Status>) {
        self.0.lock().insert(status.name.clone(), status.clone());
    }

    /// Shows this one unless another of its name is there.
    pub(super) fn announce(&self, status: &Arc<Status>) {
        let mut board = self.0.lock();
        board
            .entry(status.name.clone())
            .or_insert_with(|| status.clone());
    }

    /// Shows this one no longer.
    pub(super) fn take(&self, status: &Arc<Status>) {
        let mut board = self.0.lock();
        if board
            .get(&status.name)
            .is_some_and(|shown| Arc::ptr_eq(shown, status))
        {
            board.remove(&status.name);
        }
    }
}
