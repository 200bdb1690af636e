//! Rooms and what they are called.

use std::str::FromStr;

use time::OffsetDateTime;

use super::{Head, Invalid, Role, RoomId, text::Bounds};

const TITLE: Bounds = Bounds {
    field: "title",
    characters: 128,
    bytes: 512,
    multiline: false,
};
const TOPIC: Bounds = Bounds {
    field: "topic",
    characters: 1_024,
    bytes: 4_096,
    multiline: true,
};

/// A room's name: 1–128 characters on one line. Direct rooms have none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title(String);

impl Title {
    /// The title of a direct room, which is called after the other person instead.
    pub const fn none() -> Self {
        Self(String::new())
    }

    /// A title that was checked when it was stored.
    pub fn stored(title: String) -> Self {
        Self(title)
    }

    /// The title as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What must differ between two public rooms: neither capitals nor the width of blanks count.
    pub fn key(&self) -> String {
        self.0
            .to_lowercase()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }
}

impl FromStr for Title {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        TITLE.check_visible(text).map(Self)
    }
}

/// What a room is about: 1–1,024 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic(String);

impl Topic {
    /// A topic that was checked when it was stored.
    pub fn stored(topic: String) -> Self {
        Self(topic)
    }

    /// The topic as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Topic {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        TOPIC.check(text).map(Self)
    }
}

/// How a room works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoomKind {
    /// Everybody but readers writes.
    Group,
    /// Owners and admins write, all others read.
    Channel,
    /// Two people; nobody joins or leaves.
    Direct,
}

impl RoomKind {
    /// The role of somebody who joins, or is there from the start.
    pub const fn newcomer(self) -> Role {
        match self {
            Self::Group | Self::Direct => Role::Member,
            Self::Channel => Role::Reader,
        }
    }
}

/// Who may find and join a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Only members know that it exists.
    Private,
    /// Everybody may find and join it.
    Public,
}

/// What a room says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomDescription {
    /// Its name.
    pub title: Title,
    /// What it is about.
    pub topic: Option<Topic>,
    /// How it works.
    pub kind: RoomKind,
    /// Who may find it.
    pub visibility: Visibility,
}

impl RoomDescription {
    /// The title's key where it must be unique: in public rooms.
    pub fn unique_title(&self) -> Option<String> {
        (self.visibility == Visibility::Public).then(|| self.title.key())
    }
}

/// A room that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// Which.
    pub id: RoomId,
    /// What it says of itself.
    pub description: RoomDescription,
    /// When it was opened.
    pub created_at: OffsetDateTime,
    /// Where it stands.
    pub head: Head,
    /// How many are in it.
    pub member_count: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_that_look_alike_have_one_key() {
        let key = |title: &str| title.parse::<Title>().unwrap().key();
        assert_eq!(key("Général"), key("  GE\u{301}NE\u{301}RAL "));
        assert_ne!(key("general"), key("général"));
    }

    #[test]
    fn titles_have_one_line_and_128_characters() {
        assert!("x".repeat(128).parse::<Title>().is_ok());
        for (title, code) in [
            ("", "empty"),
            ("   ", "empty"),
            ("a\nb", "control_character"),
            (&"x".repeat(129), "too_long"),
        ] {
            assert_eq!(title.parse::<Title>().unwrap_err().code, code);
        }
    }
}
