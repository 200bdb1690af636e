//! How long a call may take: what its `grpc-timeout` header says, else a default where it has an end.

use std::time::Duration;

use http::{HeaderMap, HeaderValue};

use super::method::{Method, Shape};

const HEADER: &str = "grpc-timeout";

/// The deadline of a unary call that brings none.
const DEFAULT: Duration = Duration::from_secs(10);
const DEFAULT_HEADER: HeaderValue = HeaderValue::from_static("10S");

/// Answers the call's deadline, and adds it to a request that has none.
pub(super) fn set(headers: &mut HeaderMap, method: &Method) -> Option<Duration> {
    if !headers.contains_key(HEADER) && method.shape == Shape::Unary {
        headers.insert(HEADER, DEFAULT_HEADER);
    }
    of(headers, method)
}

/// The deadline of a call that arrives.
pub(super) fn of(headers: &HeaderMap, method: &Method) -> Option<Duration> {
    let given = headers.get(HEADER).and_then(|value| value.to_str().ok());
    match given.and_then(parse) {
        Some(given) => Some(given),
        None if method.shape == Shape::Unary => Some(DEFAULT),
        None => None,
    }
}

/// Reads `grpc-timeout`: up to 8 digits and a unit.
fn parse(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.len() > 8 {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(number * 3600),
        "M" => Duration::from_secs(number * 60),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_is_read_as_it_was_meant() {
        assert_eq!(parse("2500m"), Some(Duration::from_millis(2500)));
        assert_eq!(parse("3S"), Some(Duration::from_secs(3)));
        for wrong in ["", "m", "5", "-1S", "123456789S", "1x", "é"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
