//! Points in time.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::Malformed;

/// RFC 3339 in UTC with milliseconds, such as `2026-11-21T09:30:00.125Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-11-21T09:30:00.125Z")]
pub struct Timestamp(OffsetDateTime);

impl From<OffsetDateTime> for Timestamp {
    fn from(at: OffsetDateTime) -> Self {
        Self(at)
    }
}

impl TryFrom<Option<prost_types::Timestamp>> for Timestamp {
    type Error = Malformed;

    fn try_from(at: Option<prost_types::Timestamp>) -> Result<Self, Malformed> {
        let malformed = Malformed("time");
        let at = at.ok_or(malformed)?;
        let nanos = i128::from(at.seconds) * 1_000_000_000 + i128::from(at.nanos);
        OffsetDateTime::from_unix_timestamp_nanos(nanos)
            .map(Self)
            .map_err(|_| malformed)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let at = self.0.to_offset(time::UtcOffset::UTC);
        serializer.collect_str(&format_args!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            at.year(),
            u8::from(at.month()),
            at.day(),
            at.hour(),
            at.minute(),
            at.second(),
            at.millisecond()
        ))
    }
}

impl JsonSchema for Timestamp {
    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "date-time",
            "description": "RFC 3339 in UTC with milliseconds",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc_with_milliseconds() {
        for (seconds, nanos, text) in [
            (0, 0, "\"1970-01-01T00:00:00.000Z\""),
            (1_795_253_400, 125_999_999, "\"2026-11-21T09:30:00.125Z\""),
        ] {
            let at = Timestamp::try_from(Some(prost_types::Timestamp { seconds, nanos }));
            assert_eq!(serde_json::to_string(&at.unwrap()).unwrap(), text);
        }
        assert!(Timestamp::try_from(None).is_err());
    }
}
