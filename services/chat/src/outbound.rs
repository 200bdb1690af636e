//! What stands behind the ports.

mod codes;
mod facts;
pub mod passwords;
pub mod postgres;
mod rows;
pub mod schema;
pub mod signing_key;
pub mod sqlite;
mod stored_event;
pub mod system_clock;
pub mod tokens;

/// The texts that begin with a prefix, as bounds of an index in byte order: from, and up to but
/// without.
fn prefix_range(prefix: &str) -> (String, String) {
    (prefix.to_owned(), format!("{prefix}\u{10ffff}"))
}
