//! A record's attributes as headers: `CloudEvents` 1.0 in binary mode, the same in both adapters.

use bytes::Bytes;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{CloudEvent, Malformed, Record};

const ID: &str = "ce_id";
const SOURCE: &str = "ce_source";
const TYPE: &str = "ce_type";
const SUBJECT: &str = "ce_subject";
const TIME: &str = "ce_time";
const SPEC_VERSION: &str = "ce_specversion";
const TRACEPARENT: &str = "traceparent";
const CONTENT_TYPE: &str = "content-type";

/// All headers of a record, its further ones last. Fails when the time is none of RFC 3339.
pub(crate) fn encode(record: &Record) -> Result<Vec<(&str, String)>, time::error::Format> {
    let event = &record.event;
    let mut headers = vec![
        (SPEC_VERSION, "1.0".to_owned()),
        (ID, event.id.clone()),
        (SOURCE, event.source.clone()),
        (TYPE, event.r#type.clone()),
        (TIME, event.time.format(&Rfc3339)?),
        (CONTENT_TYPE, "application/protobuf".to_owned()),
    ];
    let optional = [(SUBJECT, &event.subject), (TRACEPARENT, &event.traceparent)];
    for (name, value) in optional {
        if let Some(value) = value {
            headers.push((name, value.clone()));
        }
    }
    for (name, value) in &record.headers {
        headers.push((name, value.clone()));
    }
    Ok(headers)
}

/// The record with these headers; `time` is when the log took it.
pub(crate) fn decode(
    key: Result<String, Bytes>,
    headers: Vec<(String, String)>,
    value: Bytes,
    time: OffsetDateTime,
) -> Result<Record, Malformed> {
    let malformed = |reason: String, key: String, headers| {
        Err(Malformed {
            reason,
            key,
            headers,
            value: value.clone(),
            time,
        })
    };
    let key = match key {
        Ok(key) => key,
        Err(bytes) => {
            let key = String::from_utf8_lossy(&bytes).into_owned();
            return malformed("key is not UTF-8".into(), key, headers);
        }
    };
    match event(&headers) {
        Ok(event) => Ok(Record {
            key,
            event,
            value,
            headers: headers
                .into_iter()
                .filter(|(name, _)| !is_attribute(name))
                .collect(),
        }),
        Err(reason) => malformed(reason, key, headers),
    }
}

fn event(headers: &[(String, String)]) -> Result<CloudEvent, String> {
    let find = |wanted: &str| {
        headers
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.clone())
    };
    let require = |name: &str| {
        find(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| format!("header {name} is missing"))
    };
    let version = require(SPEC_VERSION)?;
    if version != "1.0" {
        return Err(format!("CloudEvents version {version:?} is not 1.0"));
    }
    let time = require(TIME)?;
    Ok(CloudEvent {
        id: require(ID)?,
        source: require(SOURCE)?,
        r#type: require(TYPE)?,
        subject: find(SUBJECT),
        time: OffsetDateTime::parse(&time, &Rfc3339)
            .map_err(|error| format!("header {TIME} {time:?} is no time: {error}"))?,
        traceparent: find(TRACEPARENT),
    })
}

fn is_attribute(name: &str) -> bool {
    matches!(
        name,
        ID | SOURCE | TYPE | SUBJECT | TIME | SPEC_VERSION | TRACEPARENT | CONTENT_TYPE
    )
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn record() -> Record {
        let event = CloudEvent {
            id: "1".into(),
            source: "/test".into(),
            r#type: "test.happened".into(),
            subject: Some("room".into()),
            time: datetime!(2026-11-21 10:00:00.123 UTC),
            traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".into()),
        };
        let mut record = Record::new("key", event, "value");
        record.headers.push(("further".into(), "kept".into()));
        record
    }

    fn owned(record: &Record) -> Vec<(String, String)> {
        let headers = encode(record).expect("a time of this century");
        headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    fn decoded(headers: Vec<(String, String)>) -> Result<Record, Malformed> {
        decode(
            Ok("key".into()),
            headers,
            "value".into(),
            OffsetDateTime::UNIX_EPOCH,
        )
    }

    #[test]
    fn a_record_survives_its_headers() {
        assert_eq!(decoded(owned(&record())), Ok(record()));
    }

    #[test]
    fn a_missing_attribute_is_named_and_the_rest_is_kept() {
        for missing in [ID, SOURCE, TYPE, TIME, SPEC_VERSION] {
            let mut headers = owned(&record());
            headers.retain(|(name, _)| name != missing);
            let malformed = decoded(headers.clone()).expect_err("an attribute is missing");
            assert_eq!(malformed.reason, format!("header {missing} is missing"));
            assert_eq!(malformed.headers, headers);
            assert_eq!(malformed.value, "value");
        }
    }

    #[test]
    fn a_time_that_is_none_is_malformed() {
        let mut headers = owned(&record());
        for header in &mut headers {
            if header.0 == TIME {
                header.1 = "yesterday".into();
            }
        }
        let malformed = decoded(headers).expect_err("no time");
        assert!(malformed.reason.contains("yesterday"), "{malformed}");
    }

    #[test]
    fn a_key_that_is_not_text_is_malformed() {
        let key = Err(Bytes::from_static(b"\xff"));
        let result = decode(
            key,
            owned(&record()),
            "value".into(),
            OffsetDateTime::UNIX_EPOCH,
        );
        assert_eq!(result.expect_err("no text").reason, "key is not UTF-8");
    }
}
