//! Which bot works where, when several are configured.
//!
//! A chat belongs to one bot. Telegram numbers messages per chat, and what becomes of one is kept by
//! (chat, message): two bots in one chat would take one another's messages for their own. So the first
//! that is configured has the chat; the other says why it has not.

use std::collections::HashMap;

use super::{
    bot::{Bot, BotName},
    bridge::{Bridges, ChatId},
};

/// A bot and its part of the work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// As configured.
    pub bot: Bot,
    /// The bridges that it works for.
    pub bridges: Bridges,
    /// The bots that have others of its chats.
    pub taken: Vec<(ChatId, BotName)>,
    /// The bot that works with the same token, so that this one can't.
    pub twin: Option<BotName>,
}

impl Assignment {
    /// Whether both can't work at the same time.
    pub fn excludes(&self, other: &Self) -> bool {
        self.bot.name == other.bot.name
            || self.bot.token == other.bot.token
            || self
                .bridges
                .iter()
                .any(|bridge| other.bridges.room_of(bridge.chat).is_some())
    }
}

/// Gives each bot what no earlier one has. It depends on nothing else, so all replicas agree.
pub fn assign(bots: Vec<Bot>) -> Vec<Assignment> {
    let mut chats = HashMap::<ChatId, BotName>::new();
    let mut assigned = Vec::<Assignment>::with_capacity(bots.len());
    for bot in bots {
        let twin = assigned
            .iter()
            .find(|other| other.bot.token == bot.token)
            .map(|other| other.bot.name.clone());
        let bridges = if twin.is_some() {
            Bridges::default()
        } else {
            bot.bridges.without(|chat| chats.contains_key(&chat))
        };
        let taken = bot
            .bridges
            .iter()
            .filter_map(|bridge| Some((bridge.chat, chats.get(&bridge.chat)?.clone())))
            .collect();
        chats.extend(bridges.iter().map(|bridge| (bridge.chat, bot.name.clone())));
        assigned.push(Assignment {
            bot,
            bridges,
            taken,
            twin,
        });
    }
    assigned
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        bot::Token,
        bridge::{Bridge, RoomId},
    };

    fn bot(name: &str, token: &str, chats: &[i64]) -> Bot {
        let bridges = chats.iter().map(|chat| Bridge {
            chat: ChatId(*chat),
            room: RoomId(Uuid::from_u128(chat.unsigned_abs().into())),
        });
        Bot {
            name: name.parse().unwrap(),
            token: Token::new(token.into()),
            bridges: Bridges::new(bridges).unwrap(),
        }
    }

    #[test]
    fn a_chat_belongs_to_the_first_bot_that_names_it() {
        let assigned = assign(vec![bot("a", "1:a", &[-1, -2]), bot("b", "1:b", &[-2, -3])]);
        assert_eq!(assigned[0].bridges.iter().count(), 2);
        assert_eq!(assigned[1].bridges.room_of(ChatId(-2)), None);
        assert!(assigned[1].bridges.room_of(ChatId(-3)).is_some());
        assert_eq!(assigned[1].taken, [(ChatId(-2), "a".parse().unwrap())]);
        assert!(!assigned[0].excludes(&assigned[1]));
    }

    #[test]
    fn one_bot_works_with_a_token() {
        let assigned = assign(vec![bot("a", "1:a", &[-1]), bot("b", "1:a", &[-2])]);
        assert_eq!(assigned[0].twin, None);
        assert_eq!(assigned[1].twin, Some("a".parse().unwrap()));
        assert_eq!(assigned[1].bridges, Bridges::default());
    }
}
