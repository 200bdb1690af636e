//! Messages.

use std::str::FromStr;

use time::OffsetDateTime;

use super::{Count, Invalid, MessageId, RoomId, Seq, UserRef, text::Bounds};

const BODY: Bounds = Bounds {
    field: "body",
    characters: 10_000,
    bytes: 16 * 1_024,
    multiline: true,
};

/// A message's text: 1–10,000 characters, at most 16 KiB, in NFC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body(String);

impl Body {
    /// A text that came over a bridge, in as many bodies as it needs: nothing is lost but control
    /// characters. None when nothing is left.
    pub fn pieces(text: &str) -> Vec<Self> {
        BODY.pieces(text).into_iter().map(Self).collect()
    }

    /// A text that was checked when it was stored.
    pub fn stored(body: String) -> Self {
        Self(body)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Body {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        BODY.check(text).map(Self)
    }
}

/// Where a bridged message was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageSource {
    /// The network, such as `telegram`.
    pub network: String,
    /// The chat's id there.
    pub chat: String,
    /// The message's id in that chat.
    pub message_id: String,
}

/// A message as everybody sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Which.
    pub id: MessageId,
    /// Where.
    pub room: RoomId,
    /// Position among the room's events.
    pub seq: Seq,
    /// Position among the room's messages.
    pub n: Count,
    /// Who wrote it.
    pub sender: UserRef,
    /// What.
    pub body: Body,
    /// The message of the same room that it answers.
    pub reply_to: Option<MessageId>,
    /// When it was accepted.
    pub created_at: OffsetDateTime,
    /// Set where it came over a bridge.
    pub source: Option<MessageSource>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_keeps_newline_and_tab_and_is_composed() {
        assert_eq!("e\u{301}\n\t".parse::<Body>().unwrap().as_str(), "é\n\t");
    }

    #[test]
    fn a_body_has_its_limits() {
        assert!("x".repeat(10_000).parse::<Body>().is_ok());
        for (body, code) in [
            (String::new(), "empty"),
            ("x".repeat(10_001), "too_long"),
            ("🦀".repeat(4_097), "too_long"),
            ("a\u{0}b".to_owned(), "control_character"),
            ("a\u{1b}b".to_owned(), "control_character"),
        ] {
            assert_eq!(body.parse::<Body>().unwrap_err().code, code);
        }
    }

    #[test]
    fn a_long_bridged_text_is_cut_at_blanks_and_nothing_is_lost() {
        assert_eq!(Body::pieces("a\r\n\u{0}b")[0].as_str(), "a\nb");
        assert!(Body::pieces(" \u{0}").is_empty());

        let words = "word ".repeat(5_000);
        let pieces = Body::pieces(&words);
        assert_eq!(pieces.len(), 3);
        assert!(pieces.iter().all(|piece| piece.as_str().ends_with("word ")));
        assert!(
            pieces
                .iter()
                .all(|piece| piece.as_str().parse::<Body>().is_ok())
        );
        assert_eq!(pieces.iter().map(Body::as_str).collect::<String>(), words);

        let crabs = "🦀".repeat(5_000);
        let pieces = Body::pieces(&crabs);
        assert!(
            pieces
                .iter()
                .all(|piece| piece.as_str().parse::<Body>().is_ok())
        );
        assert_eq!(pieces.iter().map(Body::as_str).collect::<String>(), crabs);
    }
}
