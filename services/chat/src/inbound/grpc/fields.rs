//! What many requests have in common: ids, pages, points in time.

use proto::{chat as v1, event};

use crate::{
    application::{Cursor, Limit, Page, Paged},
    domain::{Head, Invalid, Role, UserId},
};

/// On whose behalf the gateway asks.
pub(super) fn caller(id: &str) -> Result<UserId, Invalid> {
    id.parse()
        .map_err(|invalid: Invalid| invalid.of("caller_id"))
}

/// A page as asked for; without one, the first.
pub(super) fn page(page: Option<v1::Page>) -> Result<Page, Invalid> {
    let page = page.unwrap_or_default();
    Ok(Page {
        limit: Limit::page(page.limit)?,
        cursor: page.cursor.as_deref().map(Cursor::decode).transpose()?,
    })
}

/// The cursor of the following page.
pub(super) fn next<T>(page: &Paged<T>) -> Option<String> {
    page.next.as_ref().map(Cursor::encode)
}

/// A role as asked for.
pub(super) fn role(number: i32) -> Result<Role, Invalid> {
    match event::Role::try_from(number) {
        Ok(event::Role::Owner) => Ok(Role::Owner),
        Ok(event::Role::Admin) => Ok(Role::Admin),
        Ok(event::Role::Member) => Ok(Role::Member),
        Ok(event::Role::Reader) => Ok(Role::Reader),
        Ok(event::Role::Unspecified) | Err(_) => Err(Invalid::new(
            "role",
            "unknown",
            "must be owner, admin, member or reader",
        )),
    }
}

impl From<Head> for v1::Head {
    fn from(head: Head) -> Self {
        Self {
            seq: head.seq.get(),
            n: head.n.get(),
        }
    }
}

/// A number that the protocol keeps in 32 bits.
pub(super) fn narrow(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
