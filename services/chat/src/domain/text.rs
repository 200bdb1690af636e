//! What all texts from outside have in common: NFC, a length, no control characters.

use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::Invalid;

/// Bounds of one kind of text.
pub(super) struct Bounds {
    pub field: &'static str,
    /// Longest text in characters.
    pub characters: usize,
    /// Longest text in bytes of UTF-8.
    pub bytes: usize,
    /// Whether newline and tab may occur.
    pub multiline: bool,
}

impl Bounds {
    /// The text in NFC, or the first rule that it breaks. An empty text is refused.
    pub(super) fn check(&self, text: &str) -> Result<String, Invalid> {
        // Before the work of normalizing: NFC never has more bytes than three times the input's
        // characters need, so a text far beyond the limit cannot come back under it.
        if text.len() > self.bytes.saturating_mul(4) {
            return Err(self.too_long());
        }
        let text: String = if is_nfc(text) {
            text.to_owned()
        } else {
            text.nfc().collect()
        };
        if text.is_empty() {
            return Err(Invalid::new(self.field, "empty", "must not be empty"));
        }
        if text.len() > self.bytes || text.chars().count() > self.characters {
            return Err(self.too_long());
        }
        if text.chars().any(|c| self.forbids(c)) {
            return Err(Invalid::new(
                self.field,
                "control_character",
                "must not contain control characters",
            ));
        }
        Ok(text)
    }

    /// As [`Bounds::check`], and not only blanks.
    pub(super) fn check_visible(&self, text: &str) -> Result<String, Invalid> {
        let text = self.check(text)?;
        if text.trim().is_empty() {
            return Err(Invalid::new(self.field, "empty", "must not be blank"));
        }
        Ok(text)
    }

    /// The whole text in pieces within the bounds, without what is forbidden; cut after a blank where
    /// there is one near the end of a piece. Blank pieces are left out.
    pub(super) fn pieces(&self, text: &str) -> Vec<String> {
        let mut pieces = Vec::new();
        let (mut piece, mut characters) = (String::new(), 0);
        for c in text.nfc().filter(|c| !self.forbids(*c)) {
            if characters == self.characters || piece.len() + c.len_utf8() > self.bytes {
                let rest = piece.split_off(end_of_piece(&piece));
                characters = rest.chars().count();
                pieces.push(std::mem::replace(&mut piece, rest));
            }
            piece.push(c);
            characters += 1;
        }
        pieces.push(piece);
        pieces.retain(|piece| !piece.trim().is_empty());
        pieces
    }

    /// The nearest text within the bounds: without what is forbidden, cut at the end. `None` when
    /// nothing is left.
    pub(super) fn clean(&self, text: &str) -> Option<String> {
        let mut kept = String::new();
        for (i, c) in text.nfc().filter(|c| !self.forbids(*c)).enumerate() {
            if i == self.characters || kept.len() + c.len_utf8() > self.bytes {
                break;
            }
            kept.push(c);
        }
        (!kept.trim().is_empty()).then_some(kept)
    }

    fn forbids(&self, c: char) -> bool {
        c.is_control() && !(self.multiline && matches!(c, '\n' | '\t'))
    }

    fn too_long(&self) -> Invalid {
        let detail = format!(
            "must have at most {} characters and {} bytes",
            self.characters, self.bytes
        );
        Invalid::new(self.field, "too_long", detail)
    }
}

/// Where a full piece is cut: after its last blank, if that leaves three quarters of it.
fn end_of_piece(piece: &str) -> usize {
    let after_blank = |c: char| piece.rfind(c).map_or(0, |at| at + c.len_utf8());
    let end = after_blank('\n').max(after_blank(' '));
    if end >= piece.len() / 4 * 3 {
        end
    } else {
        piece.len()
    }
}
