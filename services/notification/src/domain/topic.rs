//! What a gateway can be interested in.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;
use xxhash_rust::xxh3::xxh3_64;

/// Something that events are about and that a gateway wants for its connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// A room's sequence: `room:<id>`.
    Room(Uuid),
    /// A person's own devices: `user:<id>`.
    User(Uuid),
}

/// A text names no topic.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a topic is `room:<id>` or `user:<id>` with a lower-case UUID, not {0:?}")]
pub struct BadTopic(String);

impl Topic {
    /// XXH3 (64 bits) of the topic's text: what a [`Digest`](super::Digest) is made of.
    pub fn xxh3(self) -> u64 {
        xxh3_64(self.to_string().as_bytes())
    }
}

impl FromStr for Topic {
    type Err = BadTopic;

    fn from_str(text: &str) -> Result<Self, BadTopic> {
        let topic = text.split_once(':').and_then(|(kind, id)| {
            let id = Uuid::parse_str(id).ok()?;
            match kind {
                "room" => Some(Self::Room(id)),
                "user" => Some(Self::User(id)),
                _ => None,
            }
        });
        // Another spelling of the same id would have another hash, and digests would never agree.
        topic
            .filter(|topic| topic.to_string() == text)
            .ok_or_else(|| BadTopic(text.chars().take(64).collect()))
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Room(id) => write!(f, "room:{id}"),
            Self::User(id) => write!(f, "user:{id}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0198c0de-0000-7000-8000-00000000000a";

    #[test]
    fn a_topic_is_written_as_it_was_read() {
        for text in [format!("room:{ID}"), format!("user:{ID}")] {
            assert_eq!(
                text.parse::<Topic>().map(|topic| topic.to_string()),
                Ok(text)
            );
        }
    }

    #[test]
    fn what_is_no_topic_is_refused() {
        for text in [
            "",
            "room",
            "room:",
            "room:1",
            &format!("rooms:{ID}"),
            &format!("room:{}", ID.to_uppercase()),
            &format!("room:{}", ID.replace('-', "")),
            &format!("room:{ID} "),
        ] {
            assert!(text.parse::<Topic>().is_err(), "{text}");
        }
    }
}
