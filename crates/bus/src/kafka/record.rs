//! A record on the wire.

use bytes::Bytes;
use rdkafka::{
    Message, Timestamp,
    message::{BorrowedMessage, Header, Headers, OwnedHeaders},
};
use time::OffsetDateTime;

use crate::{Received, Record, headers};

/// The headers of a record. Fails when its time can't be written.
pub(super) fn headers(record: &Record) -> Result<OwnedHeaders, String> {
    let headers = headers::encode(record).map_err(|error| error.to_string())?;
    let owned = OwnedHeaders::new_with_capacity(headers.len());
    Ok(headers.iter().fold(owned, |owned, (key, value)| {
        owned.insert(Header {
            key,
            value: Some(value),
        })
    }))
}

pub(super) fn received(message: &BorrowedMessage<'_>) -> Received {
    let key = message.key().unwrap_or_default();
    let key = String::from_utf8(key.to_vec()).map_err(|error| error.into_bytes().into());
    let value = Bytes::copy_from_slice(message.payload().unwrap_or_default());
    Received {
        topic: message.topic().to_owned(),
        partition: message.partition(),
        offset: message.offset(),
        record: headers::decode(key, texts(message), value, taken(message.timestamp())),
    }
}

fn texts(message: &BorrowedMessage<'_>) -> Vec<(String, String)> {
    let headers = message.headers().into_iter().flat_map(Headers::iter);
    headers
        .map(|header| {
            let value = String::from_utf8_lossy(header.value.unwrap_or_default());
            (header.key.to_owned(), value.into_owned())
        })
        .collect()
}

fn taken(timestamp: Timestamp) -> OffsetDateTime {
    let nanoseconds = i128::from(timestamp.to_millis().unwrap_or(0)) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
