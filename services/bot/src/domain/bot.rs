//! A bot as it is configured.

use std::{fmt, str::FromStr};

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use super::bridge::Bridges;

/// The longest name, in characters: as long as Kubernetes' are.
const LONGEST_NAME: usize = 253;

/// How the configuration calls a bot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BotName(String);

/// A text that is no bot's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a bot's name has 1 to {LONGEST_NAME} characters that can be seen")]
pub struct InvalidName;

impl FromStr for BotName {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let fits = !text.trim().is_empty() && text.chars().count() <= LONGEST_NAME;
        if fits && !text.contains(char::is_control) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidName)
        }
    }
}

impl fmt::Display for BotName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a bot shows Telegram. Never shown otherwise: its version tells it apart.
#[derive(Clone)]
pub struct Token(SecretString);

impl Token {
    /// Telegram decides whether it is one.
    pub fn new(token: SecretString) -> Self {
        Self(token)
    }

    /// The first 8 hexadecimal digits of its SHA-256.
    pub fn version(&self) -> String {
        let digest = Sha256::digest(self.expose());
        let start = digest.first_chunk().expect("a digest has 32 bytes");
        format!("{:08x}", u32::from_be_bytes(*start))
    }

    /// The secret itself, for Telegram alone.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({})", self.version())
    }
}

impl PartialEq for Token {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Token {}

/// A bot: who it is in Telegram, and what it bridges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bot {
    /// Its name here.
    pub name: BotName,
    /// Its token.
    pub token: Token,
    /// Its chats and their rooms.
    pub bridges: Bridges,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_told_apart_and_not_shown() {
        let token = Token::new("123456:secret".into());
        // printf 123456:secret | sha256sum
        assert_eq!(token.version(), "210fd515");
        assert_eq!(format!("{token:?}"), "Token(210fd515)");
        assert_ne!(token, Token::new("123456:another".into()));
    }

    #[test]
    fn a_name_can_be_seen() {
        assert!("support".parse::<BotName>().is_ok());
        for text in ["", " ", "two\nlines", &"x".repeat(254)] {
            assert_eq!(text.parse::<BotName>(), Err(InvalidName), "{text:?}");
        }
    }
}
