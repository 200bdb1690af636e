//! The file by which the bot learns of its bots: made from all `TelegramBot`s of an installation.

use std::collections::BTreeSet;

use k8s_openapi::jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

use super::digest;
use crate::resources::telegram_bot::{Delivery, TelegramBotSpec};

/// The file's name, and its key in the Secret.
pub const FILE: &str = "bots.json";

/// A bot that is to be in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The resource's name.
    pub name: String,
    /// When the resource was made.
    pub created: Option<Timestamp>,
    /// What it asks for.
    pub spec: TelegramBotSpec,
}

/// Who is in the file, where not all can be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Who has a place.
    pub taken: Vec<Wanted>,
    /// The names of those who have none.
    pub beyond: BTreeSet<String>,
}

/// Gives at most `most` places to the oldest, so that a new bot takes nobody's: neither by its name nor by a
/// token that comes before another's.
pub fn places(mut wanted: Vec<Wanted>, most: usize) -> Places {
    wanted.sort_by(|a, b| (a.created, &a.name).cmp(&(b.created, &b.name)));
    let beyond = wanted.split_off(most.min(wanted.len()));
    Places {
        taken: wanted,
        beyond: beyond.into_iter().map(|bot| bot.name).collect(),
    }
}

/// A bot whose token is known.
#[derive(Clone, Debug)]
pub struct Bot {
    /// The resource's name.
    pub name: String,
    /// What it asks for.
    pub spec: TelegramBotSpec,
    /// What its Secret holds.
    pub token: SecretString,
}

#[derive(Serialize)]
struct File<'a> {
    bots: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    name: &'a str,
    token: &'a str,
    delivery: Delivery,
    bridges: Vec<Bridge<'a>>,
}

#[derive(Serialize)]
struct Bridge<'a> {
    chat: i64,
    room: &'a str,
}

/// The file's contents; the same for the same bots, in whatever order they come.
pub fn contents(bots: &[Bot]) -> SecretString {
    let mut entries: Vec<Entry<'_>> = bots
        .iter()
        .map(|bot| Entry {
            name: &bot.name,
            token: bot.token.expose_secret(),
            delivery: bot.spec.delivery,
            bridges: bot
                .spec
                .bridges
                .iter()
                .map(|bridge| Bridge {
                    chat: bridge.chat,
                    room: &bridge.room,
                })
                .collect(),
        })
        .collect();
    entries.sort_by_key(|entry| entry.name);
    let text = serde_json::to_string(&File { bots: entries });
    text.expect("strings and numbers become JSON").into()
}

/// Tells secrets apart and reveals none: the first 8 hexadecimal digits of the SHA-256.
pub fn fingerprint(secret: &SecretString) -> String {
    digest::of(&[secret.expose_secret()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::telegram_bot_spec;

    fn bot(name: &str) -> Bot {
        Bot {
            name: name.to_owned(),
            spec: telegram_bot_spec(),
            token: "1:token".into(),
        }
    }

    fn wanted(name: &str, second: i64) -> Wanted {
        Wanted {
            name: name.to_owned(),
            created: Some(Timestamp::from_second(second).unwrap()),
            spec: telegram_bot_spec(),
        }
    }

    /// Of two places: who has one, and who has none.
    fn seated(wanted: &[Wanted]) -> (Vec<String>, Vec<String>) {
        let places = places(wanted.to_vec(), 2);
        let taken = places.taken.into_iter().map(|bot| bot.name);
        (taken.collect(), places.beyond.into_iter().collect())
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn of_too_many_bots_the_oldest_have_a_place_in_whatever_order_they_come() {
        let bots = [wanted("a", 3), wanted("b", 2), wanted("c", 1)];
        let expected = (names(&["c", "b"]), names(&["a"]));
        assert_eq!(seated(&bots), expected);
        let turned: Vec<_> = bots.iter().rev().cloned().collect();
        assert_eq!(seated(&turned), expected);
        assert_eq!(
            seated(&[wanted("b", 1), wanted("c", 1), wanted("a", 1)]),
            (names(&["a", "b"]), names(&["c"])),
            "of one second the first by name"
        );
    }

    #[test]
    fn a_place_that_becomes_free_is_taken_by_the_next() {
        let bots = [
            wanted("a", 1),
            wanted("b", 2),
            wanted("c", 3),
            wanted("d", 4),
        ];
        assert_eq!(seated(&bots).1, names(&["c", "d"]));
        assert_eq!(seated(&bots[1..]), (names(&["b", "c"]), names(&["d"])));
        assert_eq!(seated(&bots[2..]), (names(&["c", "d"]), names(&[])));
        assert_eq!(seated(&[]), (names(&[]), names(&[])));
    }

    #[test]
    fn the_file_is_the_same_in_whatever_order_the_bots_come() {
        let one = contents(&[bot("a"), bot("b")]);
        let other = contents(&[bot("b"), bot("a")]);
        assert_eq!(one.expose_secret(), other.expose_secret());
        assert_eq!(fingerprint(&one), fingerprint(&other));
        let json: serde_json::Value = serde_json::from_str(one.expose_secret()).unwrap();
        assert_eq!(json["bots"][0]["name"], "a");
        assert_eq!(json["bots"][0]["delivery"], "polling");
        assert_eq!(json["bots"][0]["bridges"][0]["chat"], -1001);
    }

    #[test]
    fn a_bot_is_shown_without_its_token() {
        assert!(!format!("{:?}", bot("a")).contains("1:token"));
    }
}
