//! How a room's message reads in Telegram.

/// The longest text of sendMessage, in UTF-16 code units after entities are parsed.
const LONGEST: usize = 4096;

/// Splits a message into texts that sendMessage takes, each headed by the author's name. Breaks lie at
/// a line's end or a space where one is near.
pub fn parts(author: &str, body: &str) -> Vec<String> {
    let head = format!("{}:\n", shortened(author));
    let room = LONGEST - units(&head);
    let mut parts = Vec::new();
    let mut rest = body;
    while !rest.is_empty() {
        let (part, after) = rest.split_at(break_within(rest, room));
        parts.push(format!("{head}{part}"));
        rest = after;
    }
    parts
}

/// What is told when it can't be known whether a message arrived.
pub fn notice_of_uncertainty(author: &str) -> String {
    format!("⚠ A message of {} may be missing here.", shortened(author))
}

fn shortened(author: &str) -> String {
    author.chars().take(128).collect()
}

fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// The byte at which `text` is broken so that the part before has at most `limit` units.
fn break_within(text: &str, limit: usize) -> usize {
    let mut used = 0;
    let Some((end, _)) = text.char_indices().find(|(_, c)| {
        used += c.len_utf16();
        used > limit
    }) else {
        return text.len();
    };
    let part = &text[..end];
    let near = |at: &usize| *at > end / 2;
    let line = part.rfind('\n').map(|at| at + 1).filter(near);
    let space = part.rfind(' ').map(|at| at + 1).filter(near);
    line.or(space).unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_short_message_is_one_part_under_its_authors_name() {
        assert_eq!(parts("Ada", "hello"), ["Ada:\nhello"]);
    }

    #[test]
    fn a_long_message_breaks_at_a_space() {
        let body = "word ".repeat(1000);
        let parts = parts("Ada", &body);
        assert_eq!(parts.len(), 2);
        assert!(parts[0].ends_with("word "));
    }

    proptest! {
        #[test]
        fn parts_together_are_the_body_and_none_is_too_long(author in "\\PC{1,200}", body in "(?s).{1,9000}") {
            let head = format!("{}:\n", shortened(&author));
            let parts = parts(&author, &body);
            prop_assert!(parts.iter().all(|part| units(part) <= LONGEST));
            let bodies: String = parts.iter().map(|part| &part[head.len()..]).collect();
            prop_assert_eq!(bodies, body);
        }
    }
}
