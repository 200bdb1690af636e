//! The file by which the bot learns of its bots: made from all `TelegramBot`s of an installation.

use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

use super::digest;
use crate::resources::telegram_bot::{Delivery, TelegramBotSpec};

/// The file's name, and its key in the Secret.
pub const FILE: &str = "bots.json";

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
