//! Why a use case refused or failed.

use std::{fmt, time::Duration};

use super::ports::{PasswordError, StoreError};
use crate::domain::{Invalid, Refusal};

/// What was asked for and is not there, as far as the caller may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A person.
    User,
    /// A room.
    Room,
    /// A message.
    Message,
    /// Somebody in a room.
    Member,
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::User => "person",
            Self::Room => "room",
            Self::Message => "message",
            Self::Member => "member",
        })
    }
}

/// Why a use case refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A value breaks a rule.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// It does not exist, or the caller may not know that it does.
    #[error("there is no such {0}")]
    NotFound(Thing),
    /// The caller knows it and may not do this.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Unknown name or wrong password; which of them is not told.
    #[error("the username or the password is wrong")]
    BadCredentials,
    /// The refresh token is unknown, expired or revoked.
    #[error("the refresh token is not valid; log in again")]
    BadRefreshToken,
    /// The refresh token was exchanged before: somebody has a copy. Its family is revoked.
    #[error("the refresh token was used before; all of this log-in's tokens are revoked")]
    RefreshReused,
    /// Somebody has this username.
    #[error("somebody has this username")]
    UsernameTaken,
    /// A public room has this title.
    #[error("a public room has this title")]
    TitleTaken,
    /// Another person's message has this id.
    #[error("another person's message has this id")]
    IdTaken,
    /// Too many failed log-ins under this name.
    #[error("too many failed attempts; try again in {} s", .retry_after.as_secs())]
    TooManyAttempts {
        /// When the next attempt is admitted.
        retry_after: Duration,
    },
    /// More is waiting than can be done soon.
    #[error("too much is waiting; try again in a moment")]
    Overloaded,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something that should not happen.
    #[error("{0}")]
    Broken(String),
}

/// What kind of answer an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A rule for values.
    Invalid,
    /// Who the caller is was not shown.
    Unauthenticated,
    /// The caller may not.
    Forbidden,
    /// It is not there.
    NotFound,
    /// It clashes with what is there.
    Taken,
    /// It is not possible as things stand.
    Conflict,
    /// Too often.
    TooMany,
    /// Not now; whether it happened is not known, and a repetition is safe.
    Unavailable,
    /// A defect.
    Internal,
}

impl Error {
    /// Stable name in the public protocol.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(invalid) => match invalid.code.as_bytes() {
                b"weak_password" | b"bad_username" => invalid.code,
                _ => "invalid",
            },
            Self::NotFound(_) => "not_found",
            Self::Refused(Refusal::NotAMember) => "not_a_member",
            Self::Refused(Refusal::Role) => "forbidden",
            Self::Refused(Refusal::DirectRoom) => "direct_room",
            Self::Refused(Refusal::LastOwner) => "last_owner",
            Self::BadCredentials => "bad_credentials",
            Self::BadRefreshToken => "bad_refresh_token",
            Self::RefreshReused => "refresh_reused",
            Self::UsernameTaken => "username_taken",
            Self::TitleTaken => "title_taken",
            Self::IdTaken => "id_taken",
            Self::TooManyAttempts { .. } => "too_many_attempts",
            Self::Overloaded => "overloaded",
            Self::Store(StoreError::Conflict(_) | StoreError::Unavailable(_)) => "unavailable",
            Self::Store(StoreError::Broken(_)) | Self::Broken(_) => "internal",
        }
    }

    /// What kind of answer it is.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Invalid(_) => Kind::Invalid,
            Self::NotFound(_) => Kind::NotFound,
            Self::Refused(Refusal::LastOwner) => Kind::Conflict,
            Self::Refused(_) => Kind::Forbidden,
            Self::BadCredentials | Self::BadRefreshToken | Self::RefreshReused => {
                Kind::Unauthenticated
            }
            Self::UsernameTaken | Self::TitleTaken | Self::IdTaken => Kind::Taken,
            Self::TooManyAttempts { .. } => Kind::TooMany,
            Self::Overloaded
            | Self::Store(StoreError::Conflict(_) | StoreError::Unavailable(_)) => {
                Kind::Unavailable
            }
            Self::Store(StoreError::Broken(_)) | Self::Broken(_) => Kind::Internal,
        }
    }

    /// How long the caller should wait before a repetition, where waiting helps.
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooManyAttempts { retry_after } => Some(*retry_after),
            Self::Overloaded
            | Self::Store(StoreError::Conflict(_) | StoreError::Unavailable(_)) => {
                Some(Duration::from_secs(1))
            }
            _ => None,
        }
    }
}

impl From<PasswordError> for Error {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::Overloaded,
            PasswordError::Failed(reason) => Self::Broken(reason),
        }
    }
}
