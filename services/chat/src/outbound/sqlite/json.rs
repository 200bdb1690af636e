//! Lists as SQLite takes them: a JSON array, unpacked by `json_each`. Ids and bytes are hexadecimal,
//! for `unhex`.

use std::fmt::Write as _;

use serde_json::Value;
use uuid::Uuid;

/// A list of ids.
pub(super) fn ids(ids: impl IntoIterator<Item = Uuid>) -> String {
    Value::Array(ids.into_iter().map(id).collect()).to_string()
}

/// A list of rows, each an array of its columns.
pub(super) fn table<const N: usize>(rows: impl IntoIterator<Item = [Value; N]>) -> String {
    Value::Array(
        rows.into_iter()
            .map(|row| Value::Array(row.into()))
            .collect(),
    )
    .to_string()
}

/// An id.
pub(super) fn id(id: Uuid) -> Value {
    Value::String(id.as_simple().to_string())
}

/// Bytes.
pub(super) fn bytes(bytes: &[u8]) -> Value {
    let mut hex = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(hex, "{byte:02x}").expect("a String takes everything");
    }
    Value::String(hex)
}
