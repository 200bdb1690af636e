//! Where a record goes that nobody can handle.

use bytes::Bytes;

use crate::{CloudEvent, MAX_VALUE_BYTES, PublishError, Publisher, Received, Record};

/// The header that tells why a record was put aside.
pub const DEAD_LETTER_REASON: &str = "chappe-dead-letter-reason";
/// The header with the partition and offset from which it was taken, `partition/offset`.
const DEAD_LETTER_PLACE: &str = "chappe-dead-letter-place";
/// The header with the true size of a value that had to be cut, in bytes.
const DEAD_LETTER_SIZE: &str = "chappe-dead-letter-size";
/// What the headers of something malformed are prefixed with.
const ORIGINAL_HEADER: &str = "original-";

/// The topic that takes the dead letters of `topic`.
pub fn dead_letter_topic(topic: &str) -> String {
    format!("{topic}.dead-letter")
}

/// Puts a record aside: publishes it to `<topic>.dead-letter` with the reason as header
/// [`DEAD_LETTER_REASON`]. Once this is `Ok` the consumer commits the record and goes on, so a bad
/// record never stops its partition.
pub async fn dead_letter(
    publisher: &dyn Publisher,
    received: &Received,
    reason: &str,
) -> Result<(), PublishError> {
    let record = dead_record(received, reason);
    publisher
        .publish(&dead_letter_topic(&received.topic), vec![record])
        .await
        .pop()
        .unwrap_or_else(|| Err(PublishError::Unavailable("no answer".into())))
}

fn dead_record(received: &Received, reason: &str) -> Record {
    let place = format!("{}/{}", received.partition, received.offset);
    let mut record = match &received.record {
        Ok(record) => record.clone(),
        Err(malformed) => Record {
            key: malformed.key.clone(),
            event: CloudEvent {
                id: format!("{}/{place}", received.topic),
                source: "/chappe/bus".into(),
                r#type: "dead-letter".into(),
                subject: None,
                time: malformed.time,
                traceparent: None,
            },
            value: malformed.value.clone(),
            headers: malformed
                .headers
                .iter()
                .map(|(name, value)| (format!("{ORIGINAL_HEADER}{name}"), value.clone()))
                .collect(),
        },
    };
    record
        .headers
        .push((DEAD_LETTER_REASON.into(), reason.into()));
    record.headers.push((DEAD_LETTER_PLACE.into(), place));
    if record.value.len() > MAX_VALUE_BYTES {
        let size = record.value.len().to_string();
        record.headers.push((DEAD_LETTER_SIZE.into(), size));
        record.value = cut(&record.value);
    }
    record
}

/// A foreign producer's value may be larger than what can be published again.
fn cut(value: &Bytes) -> Bytes {
    value.slice(..MAX_VALUE_BYTES)
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;
    use crate::Malformed;

    fn malformed(value: Bytes) -> Received {
        Received {
            topic: "topic".into(),
            partition: 3,
            offset: 17,
            record: Err(Malformed {
                reason: "header ce_id is missing".into(),
                key: "key".into(),
                headers: vec![("ce_type".into(), "test.happened".into())],
                value,
                time: OffsetDateTime::UNIX_EPOCH,
            }),
        }
    }

    fn header<'a>(record: &'a Record, wanted: &str) -> Option<&'a str> {
        let found = record.headers.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.as_str())
    }

    #[test]
    fn the_letter_tells_where_it_was_taken_and_what_its_headers_were() {
        let letter = dead_record(&malformed("value".into()), "no id");
        assert_eq!(header(&letter, DEAD_LETTER_REASON), Some("no id"));
        assert_eq!(header(&letter, DEAD_LETTER_PLACE), Some("3/17"));
        assert_eq!(header(&letter, "original-ce_type"), Some("test.happened"));
        assert_eq!(letter.event.id, "topic/3/17");
        assert_eq!(letter.value, "value");
    }

    #[test]
    fn a_value_that_could_not_be_published_again_is_cut_and_says_so() {
        let size = MAX_VALUE_BYTES + 1;
        let letter = dead_record(&malformed(vec![0; size].into()), "too large");
        assert_eq!(letter.value.len(), MAX_VALUE_BYTES);
        assert_eq!(header(&letter, DEAD_LETTER_SIZE), Some(&*size.to_string()));
    }
}
