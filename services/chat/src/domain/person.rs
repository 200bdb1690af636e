//! People: who they are and what they are called.

use std::{fmt, str::FromStr};

use time::OffsetDateTime;

use super::{Invalid, UserId, text::Bounds};

const DISPLAY_NAME: Bounds = Bounds {
    field: "display_name",
    characters: 64,
    bytes: 256,
    multiline: false,
};

/// The unique name by which a person logs in and is found; lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Username(String);

impl Username {
    /// The name of somebody beyond a bridge. Its colon keeps it apart from all names that can be
    /// registered.
    pub fn bridged(network: &str, id: &str) -> Self {
        Self(format!("{network}:{id}"))
    }

    /// A name that was checked when it was stored.
    pub fn stored(name: String) -> Self {
        Self(name)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Username {
    type Err = Invalid;

    /// 2–64 of `a–z 0–9 . _ -`, beginning with a letter or digit; capitals are folded.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let name = text.to_ascii_lowercase();
        let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
        let fits = (2..=64).contains(&name.len())
            && name
                .bytes()
                .all(|c| plain(c) || matches!(c, b'.' | b'_' | b'-'))
            && name.bytes().next().is_some_and(plain);
        if fits {
            Ok(Self(name))
        } else {
            Err(Invalid::new(
                "username",
                "bad_username",
                "must have 2–64 letters a–z, digits, dots, underscores or hyphens and begin with \
                 a letter or digit",
            ))
        }
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a person is called on screens: 1–64 characters on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayName(String);

impl DisplayName {
    /// The nearest allowed name to one that came over a bridge; `fallback` when nothing is left.
    pub fn cleaned(text: &str, fallback: &Username) -> Self {
        DISPLAY_NAME
            .clean(text)
            .map_or_else(|| Self::from(fallback), Self)
    }

    /// A name that was checked when it was stored.
    pub fn stored(name: String) -> Self {
        Self(name)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DisplayName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        DISPLAY_NAME.check_visible(text).map(Self)
    }
}

impl From<&Username> for DisplayName {
    fn from(username: &Username) -> Self {
        Self(username.as_str().to_owned())
    }
}

/// What stands behind a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserKind {
    /// Somebody who logs in.
    Person,
    /// A program.
    Bot,
    /// Somebody who writes from beyond a bridge and cannot log in.
    Bridged,
}

/// As much of a person as is needed to show a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRef {
    /// Who.
    pub id: UserId,
    /// Unique name.
    pub username: Username,
    /// Name on screens.
    pub display_name: DisplayName,
    /// What stands behind the name.
    pub kind: UserKind,
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Who and what called.
    pub reference: UserRef,
    /// Time of registration.
    pub created_at: OffsetDateTime,
}

impl User {
    /// Who.
    pub const fn id(&self) -> UserId {
        self.reference.id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_are_folded_and_strange_names_refused() {
        assert_eq!("Anna.B-2".parse::<Username>().unwrap().as_str(), "anna.b-2");
        for bad in [
            "",
            "a",
            ".anna",
            "an na",
            "änna",
            "telegram:7",
            &"a".repeat(65),
        ] {
            assert_eq!(
                bad.parse::<Username>().unwrap_err().code,
                "bad_username",
                "{bad}"
            );
        }
    }

    #[test]
    fn a_bridged_name_is_cleaned_not_refused() {
        let name = Username::bridged("telegram", "7");
        assert_eq!(DisplayName::cleaned("A\u{7}nna\n", &name).as_str(), "Anna");
        assert_eq!(DisplayName::cleaned("\u{1}", &name).as_str(), "telegram:7");
    }
}
