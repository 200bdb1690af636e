//! Lists in pages.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::domain::Invalid;

/// How many items a page has: 1–200, unless another maximum is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(u32);

impl Limit {
    /// Most items of a page.
    pub const MOST: u32 = 200;
    /// Items of a page whose size was not named.
    pub const USUAL: u32 = 50;

    /// A page's size as received: 0 means 50, at most 200.
    pub fn page(wanted: i32) -> Result<Self, Invalid> {
        Self::within(wanted, Self::USUAL, Self::MOST)
    }

    /// A size as received: 0 means `usual`.
    pub fn within(wanted: i32, usual: u32, most: u32) -> Result<Self, Invalid> {
        match u32::try_from(wanted) {
            Ok(0) => Ok(Self(usual)),
            Ok(wanted) if wanted <= most => Ok(Self(wanted)),
            _ => Err(Invalid::new(
                "limit",
                "out_of_range",
                format!("must be 1–{most}"),
            )),
        }
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// One more: whether it comes tells if there is a next page.
    pub(super) const fn and_one(self) -> u32 {
        self.0 + 1
    }
}

/// Where the next page begins; opaque outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(String);

impl Cursor {
    /// After the item with this key.
    pub(super) fn after(key: &impl ToString) -> Self {
        Self(key.to_string())
    }

    /// As it was given to the client.
    pub fn decode(text: &str) -> Result<Self, Invalid> {
        URL_SAFE_NO_PAD
            .decode(text)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            // No list's key has one, and Postgres takes no NUL.
            .filter(|key| !key.contains(char::is_control))
            .map(Self)
            .ok_or_else(Self::bad)
    }

    /// What the client gets.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.0)
    }

    pub(super) fn key(&self) -> &str {
        &self.0
    }

    /// The key as an id.
    pub(super) fn id<T: std::str::FromStr>(&self) -> Result<T, Invalid> {
        self.0.parse().map_err(|_| Self::bad())
    }

    fn bad() -> Invalid {
        Invalid::new("cursor", "bad_cursor", "is not one that this list gave")
    }
}

/// What names are searched for: the beginning of a query, as far as a name can begin so.
pub(super) fn searched(query: &str) -> String {
    const LONGEST: usize = 128;
    query
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST)
        .collect()
}

/// Which page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// How long.
    pub limit: Limit,
    /// From where; `None` is the beginning.
    pub cursor: Option<Cursor>,
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Paged<T> {
    /// Its items.
    pub items: Vec<T>,
    /// Where the next one begins; `None` at the end.
    pub next: Option<Cursor>,
}

impl<T> Paged<T> {
    /// Of the `limit + 1` items that were asked for; `key` tells where the list goes on after one.
    pub(super) fn cut<K: ToString>(
        mut items: Vec<T>,
        limit: Limit,
        key: impl FnOnce(&T) -> K,
    ) -> Self {
        let more = items.len() > limit.get() as usize;
        items.truncate(limit.get() as usize);
        let next = items
            .last()
            .filter(|_| more)
            .map(|last| Cursor::after(&key(last)));
        Self { items, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_that_no_list_gave_is_refused() {
        let given = Cursor::after(&"general chat").encode();
        assert_eq!(Cursor::decode(&given).unwrap().key(), "general chat");
        let made_up = URL_SAFE_NO_PAD.encode("general\0");
        for bad in ["?", "_w", &made_up] {
            assert_eq!(Cursor::decode(bad).unwrap_err().code, "bad_cursor", "{bad}");
        }
    }
}
